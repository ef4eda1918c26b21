namespace KubeDb.OpsManager.Execution;

/// <summary>One step of an operation.</summary>
/// <remarks>
/// <see cref="DoAsync"/> reads the state of the cluster first and does only what is missing; it returns <see cref="StepEnd.Done"/> only when
/// that state shows what the step is for. So it may be called any number of times, by a process that remembers nothing.
/// </remarks>
internal sealed record Step
{
    /// <summary>Stable name; the engine turns it into the documented condition and sentence.</summary>
    public required string Name { get; init; }

    /// <summary>Message of the condition of a step that the contract does not document; its condition is its name. Null for those that it does.</summary>
    public string? Message { get; init; }

    /// <summary>How long the step may go without progress, unless the request says otherwise.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What the step does, for people; begins like "restart the pods".</summary>
    public required Func<OperationRun, string> Describe { get; init; }

    /// <summary>Does what is missing.</summary>
    public required Func<OperationRun, CancellationToken, Task<StepResult>> DoAsync { get; init; }

    /// <summary>False when the request, or what an earlier step recorded, makes the step superfluous.</summary>
    public Func<OperationRun, bool> IsNeeded { get; init; } = static _ => true;

    /// <summary>Once it is recorded as passed, the database is what the operation makes of it; before, what it was.</summary>
    public bool WritesSpec { get; init; }
}

/// <summary>One kind of operation: what it does, and what takes it back.</summary>
internal interface IOperation
{
    /// <summary>The value of <c>spec.type</c>.</summary>
    string Type { get; }

    /// <summary>The steps, in order. The first one records what the operation begins with (<see cref="RequestAcceptance"/>).</summary>
    IReadOnlyList<Step> Steps { get; }

    /// <summary>
    /// The steps that bring the database back to where it was, in the order in which they run after a failure; empty when the operation
    /// changes nothing that outlives it. They are a list of their own because the way back is not the way there in reverse: a pod is
    /// restarted only after its old configuration is back.
    /// </summary>
    IReadOnlyList<Step> Undo { get; }

    /// <summary>What can be known to go wrong before the database is touched, beyond what is checked for every operation; null when nothing.</summary>
    Task<StepResult?> PreCheckAsync(OperationRun run, CancellationToken cancel);

    /// <summary>What is added to the documented final sentence; empty for nothing.</summary>
    string Epilogue(OperationRun run);
}
