using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.LocalNode;

/// <summary>Removes a volume that nobody claims any more: first what it holds, then the object.</summary>
internal sealed class VolumeReconciler(OperatorRuntime runtime, ICache<LocalVolume> volumes, VolumeDirectory disk) : IReconciler
{
    public string Name => "volumes";

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel)
    {
        if (volumes.Get(key) is not { IsToGo: true })
            return Outcome.Done;

        // Data goes: not by what was seen a moment ago.
        if ((await runtime.Client.GetAsync<LocalVolume>(key, cancel)).OrNotFound() is not { IsToGo: true } live)
            return Outcome.Done;
        if (!disk.Remove(live.Spec.Local.Path))
            return Outcome.Fail("ForeignPath", $"{live.Spec.Local.Path} is not in the folder of volumes; it is left alone.");
        var deleted = await runtime.Client.DeleteAsync(ResourceTypes.PersistentVolume, live.Metadata, "Background", exactVersion: false, cancel);
        deleted.OrNotFound();
        return Outcome.Done;
    }
}
