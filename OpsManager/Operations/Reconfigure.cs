using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Rolling;

namespace KubeDb.OpsManager.Operations;

/// <summary>
/// Changes the user's configuration of a database: in its spec, in the rendered files, and in the running servers, live where the engine
/// can prove it and by restarting them where not.
/// </summary>
/// <remarks>
/// What the configuration was stands on the request before it is changed. Every plan is made from that state, not from the one that the
/// operation itself has brought about, so that making it again gives the same plan.
/// </remarks>
internal sealed class Reconfigure : IOperation
{
    /// <summary>Step and condition of a change without restart.</summary>
    public const string Live = "ReconfigureLive";

    private const string RestartNeeded = "RestartNeeded";
    private const string NotLiveYet = "NotLiveYet";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(150);

    private readonly Roller _roller;
    private readonly ConfigurationChange _change;
    private readonly Roll _forward = new(Journal.PodsBefore, static _ => true);

    public Reconfigure(Roller roller, ConfigurationChange change)
    {
        _roller = roller;
        _change = change;
        Steps =
        [
            new Step { Name = "Reconfigure", Describe = static _ => "begin", DoAsync = static (_, _) => Task.FromResult(StepResult.Done) },
            new Step
            {
                Name = "patchedSecret",
                Describe = static _ => "write the new configuration",
                DoAsync = _change.WriteAsync,
            },
            new Step
            {
                Name = "UpdatePetSets",
                Describe = static _ => "update the PetSets",
                DoAsync = static (run, _) => Task.FromResult(run.View.PetSetsObserved(run.Database)),
            },
            new Step
            {
                Name = Live,
                Message = "The new configuration is in effect without a restart.",
                Describe = static _ => "change the running servers",
                IsNeeded = static run => Mode(run) != RestartModes.Always,
                DoAsync = ApplyLiveAsync,
            },
            new Step
            {
                Name = "RestartPods",
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "restart the pods on the new configuration",
                IsNeeded = static run => Mode(run) == RestartModes.Always || LiveReason(run) == RestartNeeded,
                DoAsync = RestartAsync,
            },
        ];
        Undo = new ReconfigureUndo(roller, change).Steps;
    }

    /// <inheritdoc/>
    public string Type => OpsRequestTypes.Reconfigure;

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Undo { get; }

    /// <inheritdoc/>
    public Task<StepResult?> PreCheckAsync(OperationRun run, CancellationToken cancel) => ConfigurationChange.CheckAsync(run, cancel);

    /// <inheritdoc/>
    public string Epilogue(OperationRun run) =>
        LiveReason(run) == NotLiveYet ? $" {run.Request.Status.Conditions.Of(Live)!.Message}" : "";

    private static string Mode(OperationRun run) => run.Request.Configuration?.Restart ?? RestartModes.Auto;

    private static string? LiveReason(OperationRun run) => run.Request.Status.Conditions.Of(Live)?.Reason;

    private async Task<StepResult> ApplyLiveAsync(OperationRun run, CancellationToken cancel)
    {
        var never = Mode(run) == RestartModes.Never;
        if (run.Pods.FirstOrDefault(p => !p.IsReady) is { } down)
        {
            return never
                ? StepResult.Passed(NotLiveYet, $"Pod {down.Metadata.Name} is not Ready, so nothing was changed live; the new configuration takes effect when the pods start again.")
                : StepResult.Passed(RestartNeeded, $"Pod {down.Metadata.Name} is not Ready, so the configuration is not changed live. The pods are restarted.");
        }

        var configuration = run.Engine.Configuration!;
        var plan = await _change.PlanAsync(run, cancel);
        if (plan.Plan is null)
            return plan.Otherwise;
        var instances = await run.InstancesAsync(cancel);
        var change = await configuration.ApplyLiveAsync(instances, plan.Plan, cancel);
        switch (change.Kind)
        {
            case LiveChangeKind.Refused:
                return StepResult.FailForGood("", change.Message);
            case LiveChangeKind.NeedsRestart:
                return never
                    ? StepResult.Passed(NotLiveYet, $"No pod is restarted, as spec.configuration.restart is false, so a part is not in effect before the next restart: {Sentences.Ended(change.Message)}")
                    : StepResult.Passed(RestartNeeded, $"The pods are restarted, for it can not be done in the running servers: {Sentences.Ended(change.Message)}");
            default:
                return await configuration.InEffectAsync(instances, plan.Plan, cancel) is { IsReady: false } notYet
                    ? StepResult.Wait("NotInEffect", notYet.Reason, Poll)
                    : StepResult.DoneWith(change.Message.Length > 0 ? $"In effect without a restart: {Sentences.Ended(change.Message)}" : "The new configuration is in effect without a restart.");
        }
    }

    private async Task<StepResult> RestartAsync(OperationRun run, CancellationToken cancel)
    {
        var rolled = await _roller.RollAsync(run, _forward, cancel);
        if (rolled.End != StepEnd.Done)
            return rolled;
        var plan = await _change.PlanAsync(run, cancel);
        if (plan.Plan is null)
            return plan.Otherwise;
        return await run.Engine.Configuration!.InEffectAsync(await run.InstancesAsync(cancel), plan.Plan, cancel) is { IsReady: false } notYet
            ? StepResult.Wait("NotInEffect", notYet.Reason, Poll)
            : StepResult.Done;
    }
}

/// <summary>The way back from a Reconfigure that failed.</summary>
internal sealed class ReconfigureUndo
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(150);
    private static readonly Step LiveStep = new() { Name = Reconfigure.Live, Message = "", Describe = static _ => "", DoAsync = static (_, _) => Task.FromResult(StepResult.Done) };
    private readonly Roller _roller;
    private readonly ConfigurationChange _change;

    /// <summary>Pods that started since the operation began may run on the new configuration.</summary>
    private readonly Func<OperationRun, Roll> _back = static run => new Roll(Journal.PodsBeforeUndo, p => !RanBefore(run, p))
    {
        FailsOnCrash = false,
        StopsOnDeletion = false,
        Suffix = "--undo",
    };

    public ReconfigureUndo(Roller roller, ConfigurationChange change)
    {
        _roller = roller;
        _change = change;
        Steps =
        [
            new Step
            {
                Name = "RestoredConfiguration",
                Message = "The previous configuration is written back.",
                Describe = static _ => "write the previous configuration back",
                IsNeeded = WasChanged,
                DoAsync = RestoreAsync,
            },
            new Step
            {
                Name = "RestoredLive",
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

    private static bool WasChanged(OperationRun run) => Journal.Read(run.Request, Journal.ConfigurationBefore) is not null;

    private static bool MayHaveChangedLive(OperationRun run) =>
        run.Request.Configuration?.Restart != RestartModes.Always
        && run.Request.Status.Conditions.IsTrue("UpdatePetSets")
        && (run.ConditionOf(LiveStep) is null or { Status: Condition.True } || run.FailureOf(LiveStep) is not null);

    private static bool RanBefore(OperationRun run, Api.Kubernetes.Models.Pod pod) =>
        Journal.Map(run.Request, Journal.RunsBefore)?.GetValueOrDefault(pod.Metadata.Name) == Journal.RunOf(pod);

    private async Task<StepResult> RestoreAsync(OperationRun run, CancellationToken cancel)
    {
        var restored = await _change.RestoreAsync(run, cancel);
        return restored.End == StepEnd.Done ? run.View.PetSetsObserved(run.Database) : restored;
    }

    private async Task<StepResult> SetBackAsync(OperationRun run, CancellationToken cancel)
    {
        var unharmed = run.Pods.Where(p => p.IsReady && RanBefore(run, p)).ToList();
        if (unharmed.Count == 0)
            return StepResult.DoneWith("No server has to be set back live.");
        var plan = await _change.PlanBackAsync(run, cancel);
        if (plan.Plan is null)
            return plan.Otherwise;
        var instances = await run.InstancesAsync(cancel) with { Pods = unharmed };
        var change = await run.Engine.Configuration!.ApplyLiveAsync(instances, plan.Plan, cancel);
        return change.Kind switch
        {
            LiveChangeKind.Refused => StepResult.FailForGood("", $"The server refuses its previous values: {change.Message}"),
            LiveChangeKind.NeedsRestart => StepResult.DoneWith("Nothing had been changed live."),
            _ => StepResult.Done,
        };
    }

    private async Task<StepResult> RestartAsync(OperationRun run, CancellationToken cancel)
    {
        var rolled = await _roller.RollAsync(run, _back(run), cancel);
        if (rolled.End != StepEnd.Done)
            return rolled;
        if (await Roller.AllBackAsync(run, cancel) is { IsReady: false } missing)
            return StepResult.Wait("PodNotReady", missing.Reason, Poll);
        var plan = await _change.PlanBackAsync(run, cancel);
        if (plan.Plan is null)
            return plan.Otherwise;
        return await run.Engine.Configuration!.InEffectAsync(await run.InstancesAsync(cancel), plan.Plan, cancel) is { IsReady: false } notYet
            ? StepResult.Wait("NotInEffect", notYet.Reason, Poll)
            : StepResult.Done;
    }
}
