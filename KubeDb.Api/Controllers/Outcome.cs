namespace KubeDb.Api.Controllers;

/// <summary>What a named step of a reconcile came to. Not an exception: a step that can not go on says so by returning.</summary>
public readonly record struct Outcome
{
    private Outcome(OutcomeKind kind, string reason, string message, TimeSpan? retryAfter)
    {
        Kind = kind;
        Reason = reason;
        Message = message;
        RetryAfter = retryAfter;
    }

    /// <summary>How the reconcile goes on.</summary>
    public OutcomeKind Kind { get; }

    /// <summary>Stable CamelCase id of why; empty for <see cref="Continue"/> and <see cref="Done"/>.</summary>
    public string Reason { get; }

    /// <summary>The sentence for people.</summary>
    public string Message { get; }

    /// <summary>When to look again even if no event comes; null for "an event will tell".</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The next step may run.</summary>
    public static Outcome Continue => default;

    /// <summary>Nothing is left to do.</summary>
    public static Outcome Done => new(OutcomeKind.Done, "", "", null);

    /// <summary>Wait for an event, and look again at the latest after <paramref name="until"/>.</summary>
    public static Outcome Wait(string reason, string message, TimeSpan until) => new(OutcomeKind.Wait, reason, message, until);

    /// <summary>Only a change by a person can help; said in a condition, not retried blindly.</summary>
    public static Outcome Fail(string reason, string message) => new(OutcomeKind.Fail, reason, message, null);

    /// <summary>Only a change by a person can help, and no event tells of it: looked at again after <paramref name="until"/>.</summary>
    public static Outcome Fail(string reason, string message, TimeSpan until) => new(OutcomeKind.Fail, reason, message, until);

    /// <summary>The same, looked at again at the latest after <paramref name="until"/>.</summary>
    public Outcome AtLatest(TimeSpan until) => new(Kind, Reason, Message, RetryAfter < until ? RetryAfter : until);
}

/// <summary>How a reconcile goes on after a step.</summary>
public enum OutcomeKind
{
    /// <summary>With the next step.</summary>
    Continue,

    /// <summary>It ends; all is well.</summary>
    Done,

    /// <summary>It ends; something has to happen first.</summary>
    Wait,

    /// <summary>It ends; a person has to change something.</summary>
    Fail,
}
