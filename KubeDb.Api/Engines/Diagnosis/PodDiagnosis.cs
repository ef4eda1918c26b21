using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using Condition = KubeDb.Api.Kubernetes.Models.Condition;

namespace KubeDb.Api.Engines.Diagnosis;

/// <summary>
/// Answers why the pods of a database do not run, from what Kubernetes says of them. Pure, and the same for every engine: the words are those
/// of the controller, the scheduler, the node or the server itself.
/// </summary>
public static class PodDiagnosis
{
    /// <summary>Pods that start may be without their containers, or not Ready, for so long without anyone being told.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Stop = TimeSpan.FromMinutes(2);
    private static readonly string[] ImageTroubles = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable"];
    private static readonly string[] Waits = ["", "ContainerCreating", "PodInitializing", "CrashLoopBackOff"];

    /// <summary>UIDs of the objects whose events would say more than the objects themselves, the most telling first.</summary>
    public static IReadOnlyList<string> EventsWanted(WorkloadFacts facts) =>
    [
        .. facts.Sets.Where(s => IsShort(facts, s)).Select(s => s.Metadata.Uid),
        .. facts.Claims.Where(IsPending).Select(c => c.Metadata.Uid),
        .. Down(facts).Where(p => CrashLoop.Of(p) is null && Unscheduled(p) is null).Select(p => p.Metadata.Uid),
    ];

    /// <summary>The first thing that keeps a pod from running; null when nothing is known to.</summary>
    public static Finding? Of(WorkloadFacts facts) =>
        facts.Sets.Select(s => Refused(facts, s)).FirstOrDefault(f => f is not null)
        ?? Down(facts).Select(p => Of(facts, p)).FirstOrDefault(f => f is not null)
        ?? (facts.Lasts < Stop ? null : facts.Pods.Where(p => p.Metadata.IsDeleting).Select(DoesNotEnd).FirstOrDefault());

    private static Finding? Of(WorkloadFacts facts, Pod pod) =>
        Crash(facts, pod) ?? Waiting(facts, pod) ?? Unschedulable(facts, pod) ?? (facts.Lasts < Start ? null : NotStarted(facts, pod));

    private static IEnumerable<Pod> Down(WorkloadFacts facts) => facts.Pods.Where(p => !p.IsReady && !p.Metadata.IsDeleting);

    private static bool IsShort(WorkloadFacts facts, StatefulSet set) =>
        facts.Pods.Count(p => p.Metadata.Controller?.Uid == set.Metadata.Uid) < set.Spec.Replicas;

    // A refusal that is older than the newest pod is no more than history.
    private static Finding? Refused(WorkloadFacts facts, StatefulSet set)
    {
        if (!IsShort(facts, set) || Newest(facts, set.Metadata.Uid, e => e.Reason is "FailedCreate" or "SuccessfulCreate") is not { Reason: "FailedCreate" } refused)
            return null;
        return new(
            Reasons.PodsRefused,
            $"StatefulSet {set.Metadata.Key} can not create its pods: {Sentence(refused.Message)} "
            + "Correct spec.podTemplate or have it allowed; Kubernetes tries again by itself.");
    }

    private static Finding? Crash(WorkloadFacts facts, Pod pod)
    {
        if (CrashLoop.Of(pod) is not { } crash)
            return null;
        var how = crash.Reason is "" or "Error" or "Completed" ? "" : $" ({crash.Reason})";
        var what = $"Container {crash.Container} of pod {pod.Metadata.Key} ends again and again, last with exit code {crash.ExitCode}{how}.";
        if (crash.Reason == "OOMKilled")
            return new(Reasons.ContainerCrashes, $"{what} It needs more memory than its limit: raise the container's resources.limits.memory.");
        if (facts.Words.GetValueOrDefault(pod.Metadata.Uid) is { } words)
            return new(Reasons.ContainerCrashes, $"{what} Its last words: {words}");
        return new(
            Reasons.ContainerCrashes,
            $"{what} Its log says why: kubectl logs -n {pod.Metadata.Namespace} {pod.Metadata.Name} -c {crash.Container} --previous");
    }

    private static Finding? Waiting(WorkloadFacts facts, Pod pod)
    {
        foreach (var container in pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses))
        {
            if (container.State.Waiting is not { } waiting || Waits.Contains(waiting.Reason))
                continue;
            var what = $"Container {container.Name} of pod {pod.Metadata.Key}";
            if (!ImageTroubles.Contains(waiting.Reason))
                return new(Reasons.ContainerNotStarted, $"{what} does not start, {waiting.Reason}: {Sentence(waiting.Message)}");

            // The state says that it waits for the next attempt, the event what came of the last one.
            var failed = Newest(facts, pod.Metadata.Uid, e => e is { Type: "Warning", Reason: "Failed" } && e.Message.Contains(container.Image, StringComparison.Ordinal));
            return new(
                Reasons.ImageNotPulled,
                $"{what} has no image, {waiting.Reason}: {Sentence(failed?.Message ?? waiting.Message)} "
                + "Correct the image of the catalog version, or spec.podTemplate.spec.imagePullSecrets; the node tries again by itself.");
        }

        return null;
    }

    private static Finding? Unschedulable(WorkloadFacts facts, Pod pod)
    {
        if (Unscheduled(pod) is not { } unscheduled)
            return null;
        foreach (var claim in facts.Claims.Where(c => IsPending(c) && c.Metadata.Name.EndsWith($"-{pod.Metadata.Name}", StringComparison.Ordinal)))
        {
            if (Newest(facts, claim.Metadata.Uid, e => e.Reason is "ProvisioningFailed" or "FailedBinding" or "ExternalProvisioning") is { } lacking)
                return Unbound(claim, lacking);
        }

        return new(
            Reasons.PodUnschedulable,
            $"Pod {pod.Metadata.Key} can not be scheduled: {Sentence(unscheduled.Message)} "
            + "Make room on a node that fits, or change the resources, nodeSelector or tolerations in spec.podTemplate.");
    }

    private static Finding Unbound(PersistentVolumeClaim claim, KubernetesEvent lacking) => new(
        Reasons.VolumeMissing,
        $"PersistentVolumeClaim {claim.Metadata.Key} of storage class {(string.IsNullOrEmpty(claim.Spec.StorageClassName) ? "(none)" : claim.Spec.StorageClassName)} "
        + $"has no volume: {Sentence(lacking.Message)} Create the storage class or a volume that fits; a claim keeps the class that it was made with.");

    private static Finding? NotStarted(WorkloadFacts facts, Pod pod)
    {
        if (Newest(facts, pod.Metadata.Uid, e => e.Type == "Warning") is not { } trouble)
            return null;
        return pod.Status.ContainerStatuses.Any(c => c.State.Running is not null)
            ? new(Reasons.PodNotReady, $"Pod {pod.Metadata.Key} runs and is not Ready: {Sentence(trouble.Message)}")
            : new(Reasons.ContainerNotStarted, $"The containers of pod {pod.Metadata.Key} do not start, {trouble.Reason}: {Sentence(trouble.Message)}");
    }

    private static Finding DoesNotEnd(Pod pod) => new(
        Reasons.PodDoesNotEnd,
        $"Pod {pod.Metadata.Key} on node {pod.Spec.NodeName} is being deleted and does not end, so that no other takes its place. "
        + "See whether its node is up (kubectl get nodes); delete the Node object of one that is gone for good.");

    private static Condition? Unscheduled(Pod pod) =>
        pod.Status.Conditions.FirstOrDefault(c => c.Type == "PodScheduled" && c.Status == "False");

    private static bool IsPending(PersistentVolumeClaim claim) => claim.Status.Phase == "Pending" && !claim.Metadata.IsDeleting;

    private static KubernetesEvent? Newest(WorkloadFacts facts, string uid, Func<KubernetesEvent, bool> fits) =>
        facts.Events.GetValueOrDefault(uid, []).Where(fits).MaxBy(e => e.At);

    private static string Sentence(string words)
    {
        var text = string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.EndsWith('.') ? text : text + ".";
    }
}
