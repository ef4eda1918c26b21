using KubeDb.Api.Kubernetes;

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

    /// <summary>What is said when all pods of a database are ready; null for the common sentence.</summary>
    public Func<ObjectKey, string>? AllReplicasReady { get; init; }

    /// <summary>What is said once a database was complete for the first time; null for the common sentence.</summary>
    public Func<ObjectKey, string>? Provisioned { get; init; }

    /// <summary>What is said of a database that answers; null for the common sentence.</summary>
    public Func<ObjectKey, string>? AcceptingConnection { get; init; }

    /// <summary>What is said of the applications that a database depends on; null where the documentation has no condition for it.</summary>
    public DependencyText? Dependencies { get; init; }

    /// <summary>Condition type and sentences of a step of an operation, by <c>spec.type</c> and the step's name.</summary>
    public required Func<string, string, StepText> Step { get; init; }

    /// <summary>What is displayed when a pod was evicted, by the pod's name.</summary>
    public required Func<string, PodText> Evicted { get; init; }

    /// <summary>What is displayed when an evicted pod's successor serves again, by the pod's name.</summary>
    public required Func<string, PodText> Back { get; init; }
}

/// <summary>What is said of the applications that a database depends on.</summary>
/// <param name="ReadyReason">Reason once they are there.</param>
/// <param name="Ready">The sentence then.</param>
/// <param name="FailedReason">Reason while they are not.</param>
public sealed record DependencyText(string ReadyReason, string Ready, string FailedReason);

/// <summary>What is displayed of one pod in a rolling restart.</summary>
/// <param name="Condition">Condition type; several pods may share one.</param>
/// <param name="Done">Message of the condition, and reason and message of its event, once it came about.</param>
/// <param name="Pending">Reason of the event while it has not.</param>
public sealed record PodText(string Condition, string Done, string Pending);
