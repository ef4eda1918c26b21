using KubeDb.Api.Controllers;

namespace KubeDb.OpsManager.Execution;

/// <summary>One step of an operation.</summary>
/// <remarks>
/// <see cref="DoAsync"/> looks at the world first and does only what is missing; it returns <see cref="StepEnd.Done"/> only when the world
/// shows what the step is for. So it may be called any number of times, by a process that remembers nothing.
/// </remarks>
internal sealed record Step
{
    /// <summary>Stable name; the engine turns it into the documented condition and sentence.</summary>
    public required string Name { get; init; }

    /// <summary>Message of the condition of a step that the contract does not document; its condition is its name. Null for those that it does.</summary>
    public string? Message { get; init; }

    /// <summary>How long the step may go without getting anywhere, unless the request says otherwise.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What the step does, for people; begins like "restart the pods".</summary>
    public required Func<OperationRun, string> Describe { get; init; }

    /// <summary>Brings the world closer to the end of the step.</summary>
    public required Func<OperationRun, CancellationToken, Task<StepResult>> DoAsync { get; init; }

    /// <summary>False when the request, or what an earlier step recorded, makes the step superfluous.</summary>
    public Func<OperationRun, bool> IsNeeded { get; init; } = static _ => true;
}

/// <summary>One kind of operation: what it does, and what takes it back.</summary>
internal interface IOperation
{
    /// <summary>The value of <c>spec.type</c>.</summary>
    string Type { get; }

    /// <summary>The steps, in order.</summary>
    IReadOnlyList<Step> Steps { get; }

    /// <summary>
    /// The steps that bring the database back to where it was, in the order in which they run after a failure; empty when the operation
    /// changes nothing that outlives it. They are a list of their own because the way back is not the way there in reverse: a pod is
    /// restarted only after its old configuration is back.
    /// </summary>
    IReadOnlyList<Step> Undo { get; }

    /// <summary>What can be known to go wrong before the database is touched; null when nothing.</summary>
    Task<StepResult?> PreCheckAsync(OperationRun run, CancellationToken cancel);

    /// <summary>What is added to the documented final sentence; empty for nothing.</summary>
    string Epilogue(OperationRun run);
}

/// <summary>The ends of an attempt at a step.</summary>
internal enum StepEnd
{
    /// <summary>The world is where the step wants it.</summary>
    Done,

    /// <summary>Something has to happen first.</summary>
    Wait,

    /// <summary>It did not work.</summary>
    Fail,
}

/// <summary>What came of an attempt at a step.</summary>
internal readonly record struct StepResult
{
    /// <summary>Which end.</summary>
    public StepEnd End { get; private init; }

    /// <summary>Stable id of why; empty for the documented one.</summary>
    public string Reason { get; private init; }

    /// <summary>The sentence for people; empty for the documented one.</summary>
    public string Message { get; private init; }

    /// <summary>When to look again although no event came.</summary>
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
