using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Rolling;

/// <summary>
/// Restarts the pods of a database one after the other, and knows no engine: who goes next, what has to happen before, and when the new
/// one counts as back is the engine's word.
/// </summary>
/// <remarks>
/// Which pods are to go is written on the request before the first one goes, by UID. A pod whose UID is not in that list has been
/// restarted, whoever did it, and is not restarted again: that is how the roller goes on after it was killed anywhere. A second pod goes
/// only when the first is Ready and the engine says that it caught up.
/// </remarks>
internal sealed class Roller(IKubernetesClient client, RequestWriter requests, CrashReader crashes)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    /// <summary>Goes as far as it can.</summary>
    /// <param name="run">The operation.</param>
    /// <param name="roll">What is restarted and how it is recorded.</param>
    /// <param name="cancel">Cancels the pass.</param>
    public async Task<StepResult> RollAsync(OperationRun run, Roll roll, CancellationToken cancel)
    {
        if (Journal.Map(run.Request, roll.Annotation) is not { } before)
        {
            before = run.Pods.Where(roll.Affects).ToDictionary(p => p.Metadata.Name, p => p.Metadata.Uid, StringComparer.Ordinal);
            await requests.AnnotateAsync(run, [new(roll.Annotation, Journal.Text(before))], cancel);
        }

        var pods = run.Pods.ToDictionary(p => p.Metadata.Name, StringComparer.Ordinal);
        foreach (var (name, uid) in before.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var pod = pods.GetValueOrDefault(name);
            if (PodJudgement.Stage(pod, uid) != PodStage.Old && await SettleAsync(run, roll, name, pod, cancel) is { } pending)
                return pending;
        }

        var old = before.Where(p => PodJudgement.Stage(pods.GetValueOrDefault(p.Key), p.Value) == PodStage.Old).Select(p => pods[p.Key]).ToList();
        if (old.Count == 0)
            return StepResult.Done;
        if (run.Request.Metadata.IsDeleting && roll.StopsOnDeletion)
            return StepResult.FailForGood("", "The request was deleted while it ran.");
        return await TakeDownAsync(run, roll, await NextAsync(run, old, cancel), cancel);
    }

    /// <summary>Waits until no pod is on its way; starts nothing.</summary>
    public async Task<StepResult> SettleAllAsync(OperationRun run, Roll roll, CancellationToken cancel)
    {
        var pods = run.Pods.ToDictionary(p => p.Metadata.Name, StringComparer.Ordinal);
        foreach (var (name, uid) in Journal.Map(run.Request, roll.Annotation) ?? new Dictionary<string, string>())
        {
            var pod = pods.GetValueOrDefault(name);
            if (PodJudgement.Stage(pod, uid) != PodStage.Old && await SettleAsync(run, roll, name, pod, cancel) is { } pending)
                return pending;
        }

        return StepResult.Done;
    }

    /// <summary>Whether every pod of the database is there, Ready and caught up.</summary>
    public static async Task<Readiness> AllBackAsync(OperationRun run, CancellationToken cancel)
    {
        var pods = run.Pods;
        if (pods.Count < run.View.DesiredPods(run.Database))
            return Readiness.NotYet("Not all pods are there yet.");
        foreach (var pod in pods)
        {
            var readiness = pod.IsReady
                ? await run.Engine.Restarts.CaughtUpAsync(await run.InstancesAsync(cancel), pod, cancel)
                : Readiness.NotYet(PodJudgement.WhyNotReady(pod));
            if (!readiness.IsReady)
                return readiness;
        }

        return Readiness.Yes;
    }

    /// <summary>The pod that goes next: one that is down anyway, else the engine's choice.</summary>
    private static async Task<Pod> NextAsync(OperationRun run, List<Pod> old, CancellationToken cancel)
    {
        if (old.FirstOrDefault(p => !p.IsReady) is { } down)
            return down;
        if (old.Count == 1)
            return old[0];
        var order = await run.Engine.Restarts.OrderAsync(await run.InstancesAsync(cancel), old, cancel);
        return order.Count > 0 ? order[0] : old[0];
    }

    /// <summary>Sees a replaced pod through to the end; null once it is Ready, caught up and recorded as such.</summary>
    private async Task<StepResult?> SettleAsync(OperationRun run, Roll roll, string name, Pod? pod, CancellationToken cancel)
    {
        if (!run.IsTrue(roll.Evicted(name)))
            await RecordAsync(run, roll.Evicted(name), OpsConditionTypes.EvictPodMessage(name, true), cancel);
        if (run.IsTrue(roll.Ready(name)))
            return null;

        var readiness = pod is null || pod.Metadata.IsDeleting
            ? Readiness.NotYet($"Pod {name} is not there yet.")
            : pod.IsReady
                ? await run.Engine.Restarts.CaughtUpAsync(await run.InstancesAsync(cancel), pod, cancel)
                : Readiness.NotYet(PodJudgement.WhyNotReady(pod));
        if (readiness.IsReady)
        {
            await RecordAsync(run, roll.Ready(name), OpsConditionTypes.IsPodReadyMessage(name, true), cancel);
            return null;
        }

        if (roll.FailsOnCrash && pod is not null && PodJudgement.Crash(pod) is { } crash && await crashes.ExplainAsync(run, pod, crash, cancel) is { } why)
            return StepResult.FailForGood("", why);
        requests.EmitOnce(run.Request, "Warning", OpsConditionTypes.IsPodReadyMessage(name, false), readiness.Reason);
        return StepResult.Wait("PodNotReady", readiness.Reason, pod is { IsReady: true } ? Poll : Slow);
    }

    private async Task<StepResult> TakeDownAsync(OperationRun run, Roll roll, Pod pod, CancellationToken cancel)
    {
        if (run.Pods.FirstOrDefault(p => p.Metadata.Name != pod.Metadata.Name && !p.IsReady) is { } other && pod.IsReady)
            return StepResult.Wait("AnotherPodDown", $"Pod {other.Metadata.Name} is not Ready, so {pod.Metadata.Name} is left alone. {PodJudgement.WhyNotReady(other)}", Slow);

        if (pod.IsReady && await run.Engine.Restarts.PrepareAsync(await run.InstancesAsync(cancel), pod, cancel) is { IsReady: false } notYet)
            return StepResult.Wait("HandoverPending", notYet.Reason, Poll);

        var live = (await client.GetAsync<Pod>(pod.Metadata.Key, cancel)).OrNotFound();
        if (live is not null)
            run.View.Observe(live);
        if (live is null || live.Metadata.Uid != pod.Metadata.Uid || live.Metadata.IsDeleting)
            return StepResult.Wait("PodGoing", $"Pod {pod.Metadata.Name} is going already.", TimeSpan.FromMilliseconds(50));
        if (await EvictAsync(run, live, cancel) is { } refused)
            return refused;

        await RecordAsync(run, roll.Evicted(pod.Metadata.Name), OpsConditionTypes.EvictPodMessage(pod.Metadata.Name, true), cancel);
        return StepResult.Wait("PodGoing", $"Pod {pod.Metadata.Name} was evicted; its successor is not Ready yet.", Slow);
    }

    /// <summary>
    /// Evicts exactly this pod. A disruption budget that forbids it is a wait; but one that protects a pod which serves nobody would keep
    /// it from ever being mended, so a pod that is not Ready is then deleted.
    /// </summary>
    private async Task<StepResult?> EvictAsync(OperationRun run, Pod pod, CancellationToken cancel)
    {
        var eviction = new JsonObject
        {
            ["apiVersion"] = run.Offers.PolicyV1 ? "policy/v1" : "policy/v1beta1",
            ["kind"] = "Eviction",
            ["metadata"] = new JsonObject { ["name"] = pod.Metadata.Name, ["namespace"] = pod.Metadata.Namespace },
            ["deleteOptions"] = new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = pod.Metadata.Uid } },
        };
        var request = new ApiRequest
        {
            Verb = ApiVerb.Create,
            Type = Pod.Resource,
            Namespace = pod.Metadata.Namespace,
            Name = pod.Metadata.Name,
            Subresource = "eviction",
            Body = eviction,
        };
        var answer = await client.SendAsync(request, KubernetesVerbs.DecodeJson, cancel);
        if (answer.Succeeded || answer.Error.Kind == ApiErrorKind.NotFound)
            return null;
        if (answer.Error.Kind != ApiErrorKind.TooManyRequests)
            throw new ApiException(answer.Error);
        if (pod.IsReady)
        {
            requests.EmitOnce(run.Request, "Warning", OpsConditionTypes.EvictPodMessage(pod.Metadata.Name, false), answer.Error.Message);
            return StepResult.Wait(
                "DisruptionBudget",
                $"A PodDisruptionBudget does not allow pod {pod.Metadata.Name} to be evicted now: {answer.Error.Message} It is tried again every few seconds.",
                answer.Error.RetryAfter is { } after && after < Slow ? after : Slow);
        }

        var deleted = await client.DeleteAsync(Pod.Resource, pod.Metadata, "Background", exactVersion: true, cancel);
        _ = deleted.OrNotFound();
        return null;
    }

    private async Task RecordAsync(OperationRun run, string condition, string text, CancellationToken cancel)
    {
        await requests.ChangeAsync(run, s => s.Without(OpsConditions.Waiting).With(condition, true, "", text), cancel);
        requests.Emit(run.Request, "Warning", text, text);
    }
}

/// <summary>What a rolling restart restarts, and how it is recorded.</summary>
/// <param name="Annotation">Annotation that names the pods to replace.</param>
/// <param name="Affects">Which of the pods are to be replaced, asked once at the beginning.</param>
internal sealed record Roll(string Annotation, Func<Pod, bool> Affects)
{
    /// <summary>Set on the way back, so that its conditions are not taken for those of the way there.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>A new pod that crashes again and again ends it at once; otherwise only the deadline does.</summary>
    public bool FailsOnCrash { get; init; } = true;

    /// <summary>Deleting the request ends it between two pods.</summary>
    public bool StopsOnDeletion { get; init; } = true;

    /// <summary>Condition type: the pod was evicted.</summary>
    public string Evicted(string pod) => OpsConditionTypes.EvictPod(pod) + Suffix;

    /// <summary>Condition type: its successor is back.</summary>
    public string Ready(string pod) => OpsConditionTypes.IsPodReady(pod) + Suffix;
}
