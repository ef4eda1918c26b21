using KubeDb.Api.Controllers;

namespace KubeDb.OpsManager.Execution;

/// <summary>The ends of an attempt at a step.</summary>
internal enum StepEnd
{
    /// <summary>The cluster is where the step wants it.</summary>
    Done,

    /// <summary>Something has to happen first.</summary>
    Wait,

    /// <summary>It did not work.</summary>
    Fail,
}

/// <summary>
/// What came of an attempt at a step. More than an <see cref="Outcome"/> tells: a step may be passed without its effect, carries the text of
/// its condition, and may be worth another attempt.
/// </summary>
internal readonly record struct StepResult
{
    /// <summary>Which end.</summary>
    public StepEnd End { get; private init; }

    /// <summary>Stable id of why; empty for the documented one.</summary>
    public string Reason { get; private init; }

    /// <summary>The sentence for people; empty for the documented one.</summary>
    public string Message { get; private init; }

    /// <summary>When to try again although no event came.</summary>
    public TimeSpan RetryAfter { get; private init; }

    /// <summary>The step is recorded with status False: passed, but its effect did not come about (and need not).</summary>
    public bool Negative { get; private init; }

    /// <summary>Trying again can not help.</summary>
    public bool Final { get; private init; }

    /// <summary>Done, with the documented sentence.</summary>
    public static StepResult Done { get; } = new() { End = StepEnd.Done, Reason = "", Message = "" };

    /// <summary>Done, with a sentence of its own.</summary>
    public static StepResult DoneWith(string message) => Done with { Message = message };

    /// <summary>Passed without the effect that the condition's name promises.</summary>
    public static StepResult Passed(string reason, string message) => Done with { Reason = reason, Message = message, Negative = true };

    /// <summary>Not yet.</summary>
    public static StepResult Wait(string reason, string message, TimeSpan retryAfter) =>
        new() { End = StepEnd.Wait, Reason = reason, Message = message, RetryAfter = retryAfter };

    /// <summary>What the outcome of a part of a step makes of the step.</summary>
    public static StepResult Of(Outcome outcome) => outcome.Kind switch
    {
        OutcomeKind.Wait => Wait(outcome.Reason, outcome.Message, outcome.RetryAfter ?? TimeSpan.FromSeconds(5)),
        OutcomeKind.Fail => FailForGood(outcome.Reason, outcome.Message),
        _ => Done,
    };

    /// <summary>Failed; tried again if the request allows more than one attempt.</summary>
    public static StepResult Fail(string message) => new() { End = StepEnd.Fail, Reason = "", Message = message };

    /// <summary>Failed, and would again.</summary>
    public static StepResult FailForGood(string reason, string message) =>
        new() { End = StepEnd.Fail, Reason = reason, Message = message, Final = true };
}

/// <summary>Something is missing that is needed to talk to the servers or to describe the database.</summary>
internal sealed class NotGatheredException(Outcome why) : Exception(why.Message)
{
    /// <summary>What is missing, as a wait.</summary>
    public StepResult Why { get; } = StepResult.Wait(why.Reason, why.Message, TimeSpan.FromSeconds(5));
}
