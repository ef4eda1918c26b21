using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Rolling;

namespace KubeDb.OpsManager.Operations;

/// <summary>
/// Changes the user's configuration of a database: in its spec, in the rendered files, and in the running servers, live where the engine
/// can prove it and by restarting them where not.
/// </summary>
internal sealed class Reconfigure : IOperation
{
    /// <summary>Step and condition of a change without restart.</summary>
    public const string Live = "ReconfigureLive";

    /// <summary>Reason of a live change that takes effect only when the pods start.</summary>
    public const string RestartNeeded = "RestartNeeded";

    private const string NotLiveYet = "NotLiveYet";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(150);

    private readonly Roller _roller;
    private readonly Roll _roll = Roll.Forward(RestartReason.ConfigurationChanged);

    public Reconfigure(OperationParts parts)
    {
        _roller = parts.Roller;
        Steps =
        [
            new Step { Name = OpsConditionTypes.Reconfigure, Describe = static _ => "begin", DoAsync = parts.Acceptance.RecordAsync },
            new Step
            {
                Name = OpsConditionTypes.PatchedSecret,
                Describe = static _ => "write the new configuration",
                WritesSpec = true,
                DoAsync = parts.Spec.WriteAsync,
            },
            new Step
            {
                Name = OpsConditionTypes.UpdateAclSecret,
                Describe = static _ => "write the rules for users",
                IsNeeded = static run => run.Plan?.Files.Any(f => run.Engine.Configuration!.OwnFiles(run.Version!).Any(o => o.Name == f.File.Name)) == true,

                // Written with all other objects, in the step before.
                DoAsync = static (_, _) => Task.FromResult(StepResult.Done),
            },
            new Step
            {
                Name = OpsConditionTypes.UpdatePetSets,
                Describe = static _ => "update the PetSets",
                DoAsync = static (run, _) => Task.FromResult(run.View.PetSetsObserved(run.Live)),
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
                Name = OpsConditionTypes.RestartPods,
                Deadline = Restart.RollingDeadline,
                Describe = static _ => "restart the pods on the new configuration",
                DoAsync = RestartAsync,
            },
        ];
        Undo = new ReconfigureUndo(parts).Steps;
    }

    /// <inheritdoc/>
    public string Type => OpsRequestTypes.Reconfigure;

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Undo { get; }

    /// <inheritdoc/>
    public Task<StepResult?> PreCheckAsync(OperationRun run, CancellationToken cancel) => Task.FromResult<StepResult?>(null);

    /// <inheritdoc/>
    public string Epilogue(OperationRun run) =>
        LiveReason(run) == NotLiveYet ? $" {run.Request.Status.Conditions.Of(Live)!.Message}" : "";

    private static string Mode(OperationRun run) => run.Request.Configuration?.Restart ?? RestartModes.Auto;

    private static string? LiveReason(OperationRun run) => run.Request.Status.Conditions.Of(Live)?.Reason;

    private static async Task<StepResult> ApplyLiveAsync(OperationRun run, CancellationToken cancel)
    {
        var never = Mode(run) == RestartModes.Never;
        if (run.ConcernedPods.FirstOrDefault(p => !p.IsReady) is { } down)
        {
            return never
                ? StepResult.Passed(NotLiveYet, $"Pod {down.Metadata.Name} is not Ready, so nothing was changed live; the new configuration takes effect when the pods start again.")
                : StepResult.Passed(RestartNeeded, $"Pod {down.Metadata.Name} is not Ready, so the configuration is not changed live. The pods are restarted.");
        }

        if (run.Plan is not { } plan)
            return StepResult.DoneWith("The request changes nothing.");
        var instances = await run.InstancesAsync(cancel);
        var change = await run.Engine.Configuration!.ApplyLiveAsync(instances, plan, cancel);
        switch (change.Kind)
        {
            case LiveChangeKind.Refused:
                return StepResult.FailForGood("", change.Message);
            case LiveChangeKind.NeedsRestart:
                return never
                    ? StepResult.Passed(NotLiveYet, $"No pod is restarted, as spec.configuration.restart is false, so a part is not in effect before the next restart: {Sentences.Ended(change.Message)}")
                    : StepResult.Passed(RestartNeeded, $"The pods are restarted, for it can not be done in the running servers: {Sentences.Ended(change.Message)}");
            default:
                return await InEffectAsync(run, plan, cancel) is { End: not StepEnd.Done } notYet
                    ? notYet
                    : StepResult.DoneWith(change.Message.Length > 0 ? $"In effect without a restart: {Sentences.Ended(change.Message)}" : "The new configuration is in effect without a restart.");
        }
    }

    /// <summary>Scripts wait for the documented condition, so it is recorded also when nothing has to be restarted, and says so.</summary>
    private async Task<StepResult> RestartAsync(OperationRun run, CancellationToken cancel)
    {
        if (Mode(run) != RestartModes.Always && LiveReason(run) != RestartNeeded)
        {
            var pods = run.ConcernedPods.Count;
            return StepResult.DoneWith(LiveReason(run) == NotLiveYet
                ? "No pod was restarted, as spec.configuration.restart is false."
                : $"No restart was needed: the new configuration is in effect on {pods} of {pods} pods.");
        }

        var rolled = await _roller.RollAsync(run, _roll with { PetSets = run.ConcernedSets }, cancel);
        return rolled.End == StepEnd.Done && run.Plan is { } plan ? await InEffectAsync(run, plan, cancel) : rolled;
    }

    /// <summary>Done once every server that can be asked has the planned values in effect.</summary>
    internal static async Task<StepResult> InEffectAsync(OperationRun run, ConfigurationPlan plan, CancellationToken cancel) =>
        await run.Engine.Configuration!.InEffectAsync(await run.InstancesAsync(cancel), plan, cancel) is { IsReady: false } notYet
            ? StepResult.Wait(Reasons.NotInEffect, notYet.Reason, Poll)
            : StepResult.Done;
}
