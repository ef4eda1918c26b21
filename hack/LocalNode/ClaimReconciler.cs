using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.LocalNode;

/// <summary>Makes the volume that a claim waits for, and grows the one that a claim outgrew, telling of it as a CSI resizer does.</summary>
internal sealed class ClaimReconciler(
    OperatorRuntime runtime, ICache<PersistentVolumeClaim> claims, ICache<StorageClass> classes, VolumeDirectory disk, string node) : IReconciler
{
    private const string Manager = "kubedb-local-node";

    // The name of the annotation until 1.22, and since.
    private static readonly string[] AskedFor = ["volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner"];

    public string Name => "claims";

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel)
    {
        if (claims.Get(key) is not { Metadata.IsDeleting: false, Spec.StorageClassName: { Length: > 0 } className } claim)
            return Outcome.Done;
        if (classes.Get(new("", className)) is not { Provisioner: VolumeControllers.Provisioner } kind)
            return Outcome.Done;
        if (IsWaiting(claim, kind))
            return await MakeAsync(claim, kind, cancel);
        if (IsOutgrown(claim, kind))
            return await GrowAsync(claim, cancel);
        return Outcome.Done;
    }

    private static bool IsWaiting(PersistentVolumeClaim claim, StorageClass kind) =>
        claim.Spec.VolumeName.Length == 0
        && AskedFor.Any(a => claim.Metadata.Annotations.GetValueOrDefault(a) == VolumeControllers.Provisioner)
        && (kind.VolumeBindingMode != "WaitForFirstConsumer" || claim.Metadata.Annotations.ContainsKey("volume.kubernetes.io/selected-node"));

    private static bool IsOutgrown(PersistentVolumeClaim claim, StorageClass kind) =>
        claim.Status.Phase == "Bound" && kind.AllowVolumeExpansion
        && claim.Spec.Resources.Storage is { } wanted && claim.Status.Storage is { } there && wanted > there;

    private async Task<Outcome> MakeAsync(PersistentVolumeClaim claim, StorageClass kind, CancellationToken cancel)
    {
        var name = "pvc-" + claim.Metadata.Uid;
        var wish = (await runtime.Client.GetAsync(ResourceTypes.PersistentVolumeClaim, claim.Metadata.Key, cancel)).OrNotFound();
        var terms = (await runtime.Client.GetAsync(ResourceTypes.StorageClass, kind.Metadata.Key, cancel)).OrNotFound();
        if (wish is null || terms is null)
            return Outcome.Done;
        var made = await runtime.Client.CreateAsync(ResourceTypes.PersistentVolume, Volume(name, disk.Make(name), claim, wish, terms), cancel);
        if (made.Error is { Kind: ApiErrorKind.AlreadyExists })
            return Outcome.Done;
        made.OrThrow();
        Tell(claim, "ProvisioningSucceeded", $"Successfully provisioned volume {name}");
        return Outcome.Done;
    }

    private JsonObject Volume(string name, string path, PersistentVolumeClaim claim, JsonObject wish, JsonObject terms) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "PersistentVolume",
        ["metadata"] = new JsonObject { ["name"] = name, ["annotations"] = new JsonObject { [LocalVolume.MadeBy] = VolumeControllers.Provisioner } },
        ["spec"] = new JsonObject
        {
            ["capacity"] = new JsonObject { ["storage"] = wish["spec"]!["resources"]!["requests"]!["storage"]!.DeepClone() },
            ["accessModes"] = wish["spec"]!["accessModes"]!.DeepClone(),
            ["storageClassName"] = claim.Spec.StorageClassName,
            ["persistentVolumeReclaimPolicy"] = terms["reclaimPolicy"]?.DeepClone() ?? "Delete",
            ["local"] = new JsonObject { ["path"] = path },
            ["claimRef"] = new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "PersistentVolumeClaim",
                ["namespace"] = claim.Metadata.Namespace,
                ["name"] = claim.Metadata.Name,
                ["uid"] = claim.Metadata.Uid,
            },
            ["nodeAffinity"] = new JsonObject { ["required"] = new JsonObject { ["nodeSelectorTerms"] = new JsonArray(OnNode()) } },
        },
    };

    private JsonObject OnNode() => new()
    {
        ["matchExpressions"] = new JsonArray(
            new JsonObject { ["key"] = "kubernetes.io/hostname", ["operator"] = "In", ["values"] = new JsonArray(node) }),
    };

    private async Task<Outcome> GrowAsync(PersistentVolumeClaim claim, CancellationToken cancel)
    {
        var wanted = claim.Spec.Resources.Requests["storage"];
        Tell(claim, "Resizing", $"External resizer is resizing volume {claim.Spec.VolumeName}");
        await SetStatusAsync(claim, Resizing(), capacity: null, cancel);
        var grown = new JsonObject { ["spec"] = new JsonObject { ["capacity"] = new JsonObject { ["storage"] = wanted } } };
        var volume = new ObjectKey("", claim.Spec.VolumeName);
        (await runtime.Client.MergePatchAsync(ResourceTypes.PersistentVolume, volume, grown, Manager, null, LocalVolume.Decode, cancel)).OrThrow();
        await SetStatusAsync(claim, new JsonArray(), wanted, cancel);
        Tell(claim, "VolumeResizeSuccessful", "Resize volume succeeded");
        return Outcome.Done;
    }

    private JsonArray Resizing() => new(
        new JsonObject
        {
            ["type"] = "Resizing",
            ["status"] = "True",
            ["lastTransitionTime"] = runtime.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        });

    private async Task SetStatusAsync(PersistentVolumeClaim claim, JsonArray conditions, string? capacity, CancellationToken cancel)
    {
        var status = new JsonObject { ["conditions"] = conditions };
        if (capacity is not null)
            status["capacity"] = new JsonObject { ["storage"] = capacity };
        var patch = new JsonObject { ["status"] = status };
        var result = await runtime.Client.MergePatchAsync(
            ResourceTypes.PersistentVolumeClaim, claim.Metadata.Key, patch, Manager, "status", PersistentVolumeClaim.Decode, cancel);
        claims.Observe(result.OrThrow());
    }

    private void Tell(PersistentVolumeClaim claim, string reason, string message) =>
        runtime.Events.Normal(EventTarget.Of(ResourceTypes.PersistentVolumeClaim, claim.Metadata), reason, message);
}
