namespace KubeDb.Api.Engines;

/// <summary>Condition types and messages that the public documentation of one engine promises.</summary>
public sealed record EngineSentences
{
    /// <summary>How a client is called in the sentence "… is accepting … requests."</summary>
    public required string ClientTerm { get; init; }

    /// <summary>How the sentences that a database is being provisioned, or is, name its kind; null for the kind's name.</summary>
    public string? ProvisionedKind { get; init; }

    /// <summary>How the sentences about its health name its kind; null for the kind's name.</summary>
    public string? CheckedKind { get; init; }

    /// <summary>Condition type and sentences of a step of an operation, by <c>spec.type</c> and the step's name.</summary>
    public required Func<string, string, StepText> Step { get; init; }

    /// <summary>What is displayed when a pod was evicted, by the pod's name.</summary>
    public required Func<string, PodText> Evicted { get; init; }

    /// <summary>What is displayed when an evicted pod's successor serves again, by the pod's name.</summary>
    public required Func<string, PodText> Back { get; init; }
}

/// <summary>What is displayed of one pod in a rolling restart.</summary>
/// <param name="Condition">Condition type; several pods may share one.</param>
/// <param name="Done">Message of the condition, and reason and message of its event, once it came about.</param>
/// <param name="Pending">Reason of the event while it has not.</param>
public sealed record PodText(string Condition, string Done, string Pending);
