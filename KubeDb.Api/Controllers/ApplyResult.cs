using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>What applying a described object came to.</summary>
public enum ApplyKind
{
    /// <summary>It was so already; nothing was written.</summary>
    Unchanged,

    /// <summary>It was not there and is now.</summary>
    Created,

    /// <summary>It was there and was changed.</summary>
    Configured,

    /// <summary>An object of this name is being deleted; it has to go first.</summary>
    BeingDeleted,

    /// <summary>The name belongs to someone else's object, which was left alone.</summary>
    NameTaken,

    /// <summary>The API server refused or did not answer.</summary>
    Failed,
}

/// <summary>What applying a described object came to.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Message">The sentence for people; empty when all is well.</param>
/// <param name="Error">The server's error; null unless it failed.</param>
public readonly record struct ApplyResult(ApplyKind Kind, string Message = "", ApiError? Error = null)
{
    // A stranger's object is not watched: only a look tells that it is gone.
    private static readonly TimeSpan NameAgain = TimeSpan.FromSeconds(5);

    /// <summary>True when something was written.</summary>
    public bool Changed => Kind is ApplyKind.Created or ApplyKind.Configured;

    /// <summary>True when the object is as described.</summary>
    public bool Succeeded => Kind <= ApplyKind.Configured;

    /// <summary>
    /// The outcome of the step that applied: what only a person can help fails, what time can help is waited for or thrown.
    /// </summary>
    /// <exception cref="ApiException">The API server refused in a way that waiting can help, or did not answer.</exception>
    public Outcome ToOutcome() => Kind switch
    {
        ApplyKind.BeingDeleted => Outcome.Wait("BeingDeleted", Message, TimeSpan.FromSeconds(2)),
        ApplyKind.NameTaken => Outcome.Fail("NameTaken", Message, NameAgain),
        ApplyKind.Failed when Error!.IsObjectRefused => Outcome.Fail("Refused", Message),
        ApplyKind.Failed => throw new ApiException(Error with { Message = Message }),
        _ => Outcome.Continue,
    };
}
