using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Replaces pods that never ran and were made from an outdated template: a StatefulSet with strategy OnDelete never replaces them, even if the
/// old template can not run. A pod that ran once may hold the only copy of data, so only a Restart replaces it. Runs while no request holds
/// the database.
/// </summary>
internal sealed class ReplaceStep(DatabaseParts parts)
{
    /// <summary>Continues.</summary>
    public async Task<Outcome> RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        foreach (var pod in parts.Caches.PodsOf(parts.Engine, pass.Stored))
        {
            if (pod.Metadata.Controller is { } owner
                && parts.StatefulSets.Get(new(pass.Key.Namespace, owner.Name)) is { } set && set.Metadata.Uid == owner.Uid
                && IsObsolete(pod, set))
            {
                await ReplaceAsync(pass, pod, set, cancel);
            }
        }

        return Outcome.Continue;
    }

    /// <summary>True for a pod whose containers never started, of another template than its StatefulSet has now.</summary>
    internal static bool IsObsolete(Pod pod, StatefulSet set) =>
        !pod.Metadata.IsDeleting
        && pod.Status.Phase is "Pending"
        && set.Status.ObservedGeneration >= set.Metadata.Generation
        && set.Status.UpdateRevision.Length > 0
        && pod.Revision.Length > 0
        && pod.Revision != set.Status.UpdateRevision
        && pod.Status.ContainerStatuses.All(NeverRan)
        && pod.Status.InitContainerStatuses.All(c => c.State.Running is null);

    private static bool NeverRan(ContainerStatus container) =>
        container is { RestartCount: 0, State: { Running: null, Terminated: null }, LastState.Terminated: null };

    private async Task ReplaceAsync(DatabasePass pass, Pod known, StatefulSet set, CancellationToken cancel)
    {
        var live = (await parts.Client.GetAsync<Pod>(known.Metadata.Key, cancel)).OrNotFound();
        if (live is null || live.Metadata.Uid != known.Metadata.Uid || !IsObsolete(live, set))
            return;
        var deleted = await parts.Client.DeleteAsync(Pod.Resource, live.Metadata, "Background", exactVersion: true, cancel);
        _ = deleted.OrNotFound();
        parts.Events.Normal(
            pass.Target,
            Reasons.PodReplaced,
            $"Pod {live.Metadata.Name} never started, and its template is no longer the one that is wanted; it is made anew from the present one.");
    }
}
