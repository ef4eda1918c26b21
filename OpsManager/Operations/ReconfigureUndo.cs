using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Rolling;

namespace KubeDb.OpsManager.Operations;

/// <summary>The way back from a Reconfigure that failed. It needs nothing but the record: what the way there used may be gone.</summary>
internal sealed class ReconfigureUndo
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(150);
    /// <summary>Step that sets running servers back.</summary>
    public const string RestoredLive = "RestoredLive";
    private readonly Roller _roller;

    public ReconfigureUndo(OperationParts parts)
    {
        _roller = parts.Roller;
        Steps =
        [
            new Step
            {
                Name = "RestoredConfiguration",
                Message = "The previous configuration is written back.",
                Describe = static _ => "write the previous configuration back",
                IsNeeded = WasChanged,
                DoAsync = parts.Spec.RestoreAsync,
            },
            new Step
            {
                Name = RestoredLive,
                Message = "The running servers have their previous values.",
                Describe = static _ => "set the running servers back",
                IsNeeded = static run => WasChanged(run) && MayHaveChangedLive(run),
                DoAsync = SetBackAsync,
            },
            new Step
            {
                Name = "RestoredPods",
                Message = "All pods run on the previous configuration.",
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "restart the pods that started on the new configuration",
                IsNeeded = WasChanged,
                DoAsync = RestartAsync,
            },
        ];
    }

    /// <summary>The steps, in order.</summary>
    public IReadOnlyList<Step> Steps { get; }

    private static bool WasChanged(OperationRun run) => run.Record?.Change is not null;

    private static bool MayHaveChangedLive(OperationRun run) =>
        run.Engine.Configuration!.ChangesLive
        && run.Request.Configuration?.Restart != RestartModes.Always
        && run.IsRecorded(run.StepOf(OpsConditionTypes.UpdatePetSets))
        && (run.ConditionOf(run.StepOf(Reconfigure.Live)) is null or { Status: Condition.True } || run.FailureOf(run.StepOf(Reconfigure.Live)) is not null);

    private static async Task<StepResult> SetBackAsync(OperationRun run, CancellationToken cancel)
    {
        var unharmed = run.ConcernedPods.Where(p => p.IsReady && run.Record!.RanBefore(p)).ToList();
        if (unharmed.Count == 0 || run.Plan?.Reversed(null) is not { } plan)
            return StepResult.DoneWith("No server has to be set back live.");
        var instances = await run.InstancesAsync(cancel) with { Pods = unharmed };
        var change = await run.Engine.Configuration!.ApplyLiveAsync(instances, plan, cancel);
        return change.Kind switch
        {
            LiveChangeKind.Refused => StepResult.FailForGood("", $"The server refuses its previous values: {change.Message}"),
            LiveChangeKind.NeedsRestart when run.Engine.Configuration.AtStart(instances, run.Plan).Count > 0 => StepResult.DoneWith("Nothing had been changed live."),
            LiveChangeKind.NeedsRestart => StepResult.Passed(
                Reconfigure.RestartNeeded, $"The pods are restarted, for the running servers can not be set back: {Sentences.Ended(change.Message)}"),
            _ => StepResult.Done,
        };
    }

    /// <summary>Pods that started since the operation began may run on the new configuration, and so may those that could not be set back.</summary>
    private async Task<StepResult> RestartAsync(OperationRun run, CancellationToken cancel)
    {
        var all = run.Request.Status.Conditions.Of(RestoredLive)?.Reason == Reconfigure.RestartNeeded;
        var roll = Roll.Back(RestartReason.ConfigurationRestored) with { PetSets = run.ConcernedSets, Affects = p => all || !run.Record!.RanBefore(p) };
        var rolled = await _roller.RollAsync(run, roll, cancel);
        if (rolled.End != StepEnd.Done)
            return rolled;
        if (await Roller.AllBackAsync(run, cancel) is { IsReady: false } missing)
            return StepResult.Wait(Reasons.PodNotReady, missing.Reason, Poll);
        return run.Plan?.Reversed(null) is { } plan ? await Reconfigure.InEffectAsync(run, plan, cancel) : StepResult.Done;
    }
}
