using k8s.Models;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Diagnosis;
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
/// The algorithm, which a process that remembers nothing can enter at any line:
/// <list type="number">
/// <item>Before the first pod goes, the pods to replace are recorded on the request by UID, under the roll's id.</item>
/// <item>In every pass, what is missing of the database's objects is applied: while the request holds the database, nobody else does.</item>
/// <item>A recorded pod whose UID is no longer there has been replaced, by whomever. Its successor is waited for until it is Ready and the
/// engine says that it caught up, and until its name leads to its address; then it is recorded as back.</item>
/// <item>When every replaced pod is back, the next one is chosen: one that is down anyway, else the engine's choice.</item>
/// <item>Each rule of <see cref="RollSafety"/> is asked, then the engine, of every pod that has an address. An objection is a wait with its
/// reason, or the end where waiting can not help.</item>
/// <item>The pod is read live and evicted by UID, so that disruption budgets hold and nothing but this pod goes.</item>
/// </list>
/// It guarantees:
/// <list type="number">
/// <item>No pod is evicted twice for one roll.</item>
/// <item>Never are two pods down because of a roll.</item>
/// <item>A pod that the engine can not spare, or whose data would go with it, is not evicted.</item>
/// <item>Only a pod made after the roll began can fail it by crashing.</item>
/// <item>Another roll of the same request waits for its pods anew.</item>
/// </list>
/// </remarks>
internal sealed class Roller(IKubernetesClient client, RequestWriter requests, CrashReader crashes, PodNames names, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    /// <summary>Restarts what is left to restart, until something has to be waited for.</summary>
    /// <param name="run">The operation.</param>
    /// <param name="roll">What is restarted and how it is recorded.</param>
    /// <param name="cancel">Cancels the pass.</param>
    public async Task<StepResult> RollAsync(OperationRun run, Roll roll, CancellationToken cancel)
    {
        if (Journal.Map(run.Request, Journal.PodsBefore(roll.Id)) is not { } before)
        {
            var affected = run.Pods.Where(p => IsAffected(run, roll, p)).ToList();
            if (roll.Difference == PeerDifference.Separating && affected.Count > 1)
                return StepResult.FailForGood(Reasons.TransitionMissing, "The pods can not be restarted one by one: a restarted one could not talk to the others.");
            before = affected.ToDictionary(p => p.Metadata.Name, p => p.Metadata.Uid, StringComparer.Ordinal);
            await requests.AnnotateAsync(run, [new(Journal.PodsBefore(roll.Id), Journal.Text(before))], cancel);
        }

        if (await SettleAsync(run, roll, before, cancel) is { } pending)
            return await KeepWholeAsync(run, roll, pending, cancel);
        var pods = run.Pods.ToDictionary(p => p.Metadata.Name, StringComparer.Ordinal);
        var old = before.Where(p => PodJudgement.Stage(pods.GetValueOrDefault(p.Key), p.Value) == PodStage.Old)
            .OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => pods[p.Key]).ToList();
        if (old.Count == 0)
            return StepResult.Done;
        if (run.Request.Metadata.IsDeleting && roll.StopsOnDeletion)
            return StepResult.FailForGood("", "The request was deleted while it ran.");
        return await KeepWholeAsync(run, roll, await TakeDownAsync(run, roll, await NextAsync(run, roll, old, cancel), cancel), cancel);
    }

    /// <summary>Waits until no pod of the roll is on its way; starts nothing.</summary>
    public async Task<StepResult> SettleAllAsync(OperationRun run, Roll roll, CancellationToken cancel) =>
        Journal.Map(run.Request, Journal.PodsBefore(roll.Id)) is { } before && await SettleAsync(run, roll, before, cancel) is { } pending
            ? await KeepWholeAsync(run, roll, pending, cancel)
            : StepResult.Done;

    /// <summary>Whether every pod of the database is there, Ready and caught up.</summary>
    public static async Task<Readiness> AllBackAsync(OperationRun run, CancellationToken cancel)
    {
        var pods = run.Pods;
        if (run.Groups.Any(g => pods.Count(p => g.Has(p.Metadata.Name)) < g.Replicas))
            return Readiness.NotYet("Not all pods are there yet.");
        foreach (var pod in pods)
        {
            var readiness = await IsBackAsync(run, pod, cancel);
            if (!readiness.IsReady)
                return readiness;
        }

        return Readiness.Yes;
    }

    private static bool IsAffected(OperationRun run, Roll roll, Pod pod) =>
        (roll.PetSets is null || run.Groups.Any(g => roll.PetSets.Contains(g.PetSet) && g.Has(pod.Metadata.Name))) && roll.Affects(pod);

    private static async Task<Pod> NextAsync(OperationRun run, Roll roll, List<Pod> old, CancellationToken cancel) =>
        old.FirstOrDefault(p => !p.IsReady) is { } down ? down
        : old.Count == 1 ? old[0]
        : await run.Engine.Restarts.NextAsync(await run.InstancesAsync(cancel), old, roll.Reason, cancel);

    private static async Task<Readiness> IsBackAsync(OperationRun run, Pod pod, CancellationToken cancel) => pod.IsReady
        ? await run.Engine.Restarts.CaughtUpAsync(await run.InstancesAsync(cancel), pod, cancel)
        : Readiness.NotYet(PodJudgement.WhyNotReady(pod));

    /// <summary>Applies what is missing of the database while pods are waited for. What the server refuses is told in place of the wait.</summary>
    private static async Task<StepResult> KeepWholeAsync(OperationRun run, Roll roll, StepResult result, CancellationToken cancel)
    {
        if (result.End != StepEnd.Wait)
            return result;
        var facts = roll.KeepsChange ? await run.FactsAsync(changed: true, cancel) : await run.FactsAsync(cancel);
        var applied = await run.View.ApplyAsync(facts, cancel);
        return applied.End == StepEnd.Done ? result : applied;
    }

    /// <summary>Waits for every replaced pod; null once all are back and recorded as such.</summary>
    private async Task<StepResult?> SettleAsync(OperationRun run, Roll roll, IReadOnlyDictionary<string, string> before, CancellationToken cancel)
    {
        var pods = run.Pods.ToDictionary(p => p.Metadata.Name, StringComparer.Ordinal);
        foreach (var (name, uid) in before.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var pod = pods.GetValueOrDefault(name);
            var stage = PodJudgement.Stage(pod, uid);
            if (stage != PodStage.Old && await SettleAsync(run, roll, name, stage == PodStage.New ? pod : null, cancel) is { } pending)
                return pending;
        }

        return null;
    }

    private async Task<StepResult?> SettleAsync(OperationRun run, Roll roll, string name, Pod? successor, CancellationToken cancel)
    {
        await DisplayAsync(run, roll, run.Engine.Sentences.Evicted, name, cancel);
        var known = Journal.Map(run.Request, Journal.PodsBack(roll.Id)) ?? new Dictionary<string, string>();
        if (known.ContainsKey(name))
        {
            await DisplayAsync(run, roll, run.Engine.Sentences.Back, name, cancel);
            return null;
        }

        var readiness = successor is null || successor.Metadata.IsDeleting
            ? Readiness.NotYet($"Pod {name} is not there yet.")
            : await IsBackAsync(run, successor, cancel);
        if (readiness.IsReady)
            readiness = await names.LeadHereAsync(successor!, cancel);
        if (readiness.IsReady)
        {
            var entry = KeyValuePair.Create(name, Journal.Back(successor!.Metadata.Uid, time.GetUtcNow()));
            await requests.AnnotateAsync(run, [new(Journal.PodsBack(roll.Id), Journal.Text(known.Append(entry)))], cancel);
            await DisplayAsync(run, roll, run.Engine.Sentences.Back, name, cancel);
            return null;
        }

        if (roll.FailsOnCrash && successor is not null && CrashLoop.Of(successor) is { } crash && await crashes.ExplainAsync(run, successor, crash, cancel) is { } why)
            return StepResult.FailForGood("", why);
        requests.EmitOnce(run.Request, $"{roll.Id}/{name}", "Warning", run.Engine.Sentences.Back(name).Pending, readiness.Reason);
        return StepResult.Wait(Reasons.PodNotReady, readiness.Reason, successor is { IsReady: true } ? Poll : Slow);
    }

    private async Task<StepResult> TakeDownAsync(OperationRun run, Roll roll, Pod pod, CancellationToken cancel)
    {
        var facts = new RollFacts(pod, run.Pods, run.Groups, run.View.Caches.ClaimsOf(run.Engine, run.Live), run.View.PetSetsOf(run.Live));
        if (RollSafety.Objection(facts) is { } block)
            return block.IsFinal ? StepResult.FailForGood(block.Reason, block.Message) : StepResult.Wait(block.Reason, block.Message, Slow);
        if (pod.Status.PodIP.Length > 0 && await run.Engine.Restarts.PrepareAsync(await run.InstancesAsync(cancel), pod, cancel) is { IsReady: false } notYet)
            return StepResult.Wait(Reasons.HandoverPending, notYet.Reason, Poll);

        var live = (await client.GetAsync<Pod>(pod.Metadata.Key, cancel)).OrNotFound();
        if (live is not null)
            run.View.Observe(live);
        if (live is null || live.Metadata.Uid != pod.Metadata.Uid || live.Metadata.IsDeleting)
            return StepResult.Wait(Reasons.PodGoing, $"Pod {pod.Metadata.Name} is going already.", TimeSpan.FromMilliseconds(50));
        if (await EvictAsync(run, roll, live, cancel) is { } refused)
            return refused;
        requests.EmitOn(Pod.Resource, live.Metadata, roll.Reason.ToString(), $"Evicted for {run.Engine.Kinds.OpsRequest.Kind} {run.Request.Metadata.Key}, to be restarted.");

        await DisplayAsync(run, roll, run.Engine.Sentences.Evicted, pod.Metadata.Name, cancel);
        return StepResult.Wait(Reasons.PodGoing, $"Pod {pod.Metadata.Name} was evicted; its successor is not Ready yet.", Slow);
    }

    /// <summary>
    /// Evicts exactly this pod. A disruption budget that forbids it is a wait; but one that protects a pod which serves nobody would keep
    /// it from ever being mended, so a pod that is not Ready is then deleted.
    /// </summary>
    private async Task<StepResult?> EvictAsync(OperationRun run, Roll roll, Pod pod, CancellationToken cancel)
    {
        var eviction = new V1Eviction
        {
            Metadata = new V1ObjectMeta { Name = pod.Metadata.Name, NamespaceProperty = pod.Metadata.Namespace },
            DeleteOptions = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } },
        };
        var request = new ApiRequest
        {
            Verb = ApiVerb.Create,
            Type = Pod.Resource,
            Namespace = pod.Metadata.Namespace,
            Name = pod.Metadata.Name,
            Subresource = "eviction",
            Body = Manifests.ToJson(run.Offers.PolicyV1 ? ResourceTypes.Eviction : ResourceTypes.EvictionV1Beta1, eviction),
        };
        var answer = await client.SendAsync(request, KubernetesVerbs.DecodeJson, cancel);
        if (answer.Succeeded || answer.Error.Kind == ApiErrorKind.NotFound)
            return null;
        if (answer.Error.Kind != ApiErrorKind.TooManyRequests)
            throw new ApiException(answer.Error);
        if (pod.IsReady)
        {
            requests.EmitOnce(run.Request, $"{roll.Id}/{pod.Metadata.Name}", "Warning", run.Engine.Sentences.Evicted(pod.Metadata.Name).Pending, answer.Error.Message);
            return StepResult.Wait(
                Reasons.DisruptionBudget,
                $"A PodDisruptionBudget does not allow pod {pod.Metadata.Name} to be evicted now: {answer.Error.Message} It is tried again every few seconds.",
                answer.Error.RetryAfter is { } after && after < Slow ? after : Slow);
        }

        var deleted = await client.DeleteAsync(Pod.Resource, pod.Metadata, "Background", exactVersion: true, cancel);
        _ = deleted.OrNotFound();
        return null;
    }

    /// <summary>Displays what became of a pod: a condition, and an event once a process and roll.</summary>
    private async Task DisplayAsync(OperationRun run, Roll roll, Func<string, PodText> words, string pod, CancellationToken cancel)
    {
        var text = words(pod);
        var type = text.Condition + roll.Suffix;
        var isNew = !run.IsTrue(type);
        if (isNew)
            await requests.ChangeAsync(run, s => s.Without(OpsConditions.Waiting).With(type, true, "", text.Done), cancel);

        // A condition that pods share, or that an earlier roll set, does not tell whether this pod was spoken of.
        if (isNew || words("").Condition == text.Condition || !IsFirst(run, roll))
            requests.EmitOnce(run.Request, $"{roll.Id}/{pod}", "Warning", text.Done, text.Done);
    }

    /// <summary>True when no other roll of the request may have displayed the same condition before.</summary>
    private static bool IsFirst(OperationRun run, Roll roll) =>
        !run.Request.Metadata.Annotations.Keys.Any(k => k.StartsWith(Journal.PodsBefore(""), StringComparison.Ordinal) && k != Journal.PodsBefore(roll.Id));
}
