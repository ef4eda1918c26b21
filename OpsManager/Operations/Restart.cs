using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Rolling;

namespace KubeDb.OpsManager.Operations;

/// <summary>Restarts every pod of a database once.</summary>
internal sealed class Restart : IOperation
{
    /// <summary>The type of request.</summary>
    public const string Name = OpsRequestTypes.Restart;

    public Restart(OperationParts parts)
    {
        var roll = Roll.Forward(RestartReason.RestartRequested);
        Steps =
        [
            new Step { Name = Name, Describe = static _ => "begin", DoAsync = parts.Acceptance.RecordAsync },
            new Step
            {
                Name = OpsConditionTypes.RestartPods,
                Deadline = RollingDeadline,
                Describe = static _ => "restart the pods one after the other",
                DoAsync = (run, cancel) => parts.Roller.RollAsync(run, roll, cancel),
            },
        ];
        Undo =
        [
            new Step
            {
                Name = "SettledPods",
                Message = "The pod on its way is back; no other was restarted.",
                Deadline = RollingDeadline,
                Describe = static _ => "wait for the pod on its way",
                DoAsync = (run, cancel) => parts.Roller.SettleAllAsync(run, roll, cancel),
                IsNeeded = static run => run.Request.Metadata.IsDeleting,
            },
        ];
    }

    /// <summary>How long one pod may take, unless the request says otherwise.</summary>
    public static TimeSpan RollingDeadline { get; } = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public string Type => Name;

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Undo { get; }

    /// <inheritdoc/>
    public Task<StepResult?> PreCheckAsync(OperationRun run, CancellationToken cancel) => Task.FromResult<StepResult?>(null);

    /// <inheritdoc/>
    public string Epilogue(OperationRun run) => "";
}
