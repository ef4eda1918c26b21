using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.PetSets;

/// <summary>What the reconcile of PetSets works with.</summary>
internal sealed record PetSetParts
{
    /// <summary>The API server.</summary>
    public required IKubernetesClient Client { get; init; }

    /// <summary>Applies and deletes.</summary>
    public required Applier Applier { get; init; }

    /// <summary>The PetSets.</summary>
    public required ICache<PetSet> PetSets { get; init; }

    /// <summary>Their StatefulSets.</summary>
    public required ICache<StatefulSet> StatefulSets { get; init; }

    /// <summary>The placement policies.</summary>
    public required ICache<PlacementPolicy> Policies { get; init; }

    /// <summary>Writes events.</summary>
    public required IEventRecorder Events { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}

/// <summary>
/// Realises a PetSet as a StatefulSet of the same name, which it controls, and copies the status back. Kubernetes' own controller keeps
/// the pods. A StatefulSet is deleted only to change an immutable field, and then its pods stay; when the PetSet is deleted, garbage
/// collection deletes it as the propagation policy says.
/// </summary>
internal sealed class PetSetReconciler : IReconciler
{
    private static readonly HashSet<string> StatusFields =
    [
        "replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas", "currentRevision", "updateRevision",
        "collisionCount", "observedGeneration", "selector",
    ];

    private readonly PetSetParts _parts;
    private readonly StatusWriter _status;
    private readonly SchemaTolerance _tolerance = new();
    private readonly ServerTrouble _trouble = new();

    /// <summary>A reconciler of all PetSets.</summary>
    public PetSetReconciler(PetSetParts parts)
    {
        _parts = parts;
        _status = new StatusWriter(parts.Client, FieldManagers.Provisioner, new StatusScope(StatusFields, static _ => true), parts.Time);
    }

    /// <inheritdoc/>
    public string Name => "petset";

    /// <inheritdoc/>
    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel)
    {
        if (_parts.PetSets.Get(key) is not { Metadata.IsDeleting: false } petSet)
        {
            _trouble.Forget(key);
            return Outcome.Done;
        }

        var policyName = petSet.Spec.PodPlacementPolicy?.Name;
        var policy = string.IsNullOrEmpty(policyName) ? null : _parts.Policies.Get(new("", policyName));
        var manifest = StatefulSetManifest.Build(petSet, policy);
        var outcome = petSet.Spec.Distributed ? Distributed(petSet) : await TryCarryOutAsync(petSet, manifest, cancel);
        await WriteStatusAsync(petSet, PetSetConditions.Of(petSet, policy, policyName, outcome), outcome, cancel);
        return outcome;
    }

    private static Outcome Distributed(PetSet petSet) => Outcome.Fail(
        "DistributedNotSupported", $"spec.distributed of PetSet {petSet.Metadata.Key} asks for pods in several clusters, which is not supported; set it to false.");

    private async Task<Outcome> TryCarryOutAsync(PetSet petSet, JsonObject manifest, CancellationToken cancel)
    {
        try
        {
            var outcome = await CarryOutAsync(petSet, manifest, cancel);
            _trouble.Forget(petSet.Metadata.Key);
            return outcome;
        }
        catch (ApiException failed) when (_trouble.Lasts(petSet.Metadata.Key, failed.Error))
        {
            return ServerTrouble.Wait(failed.Error);
        }
    }

    private async Task<Outcome> CarryOutAsync(PetSet petSet, JsonObject manifest, CancellationToken cancel)
    {
        var key = petSet.Metadata.Key;
        if (_parts.StatefulSets.Get(key) is { } known && known.Metadata.Controller?.Uid == petSet.Metadata.Uid && !known.Metadata.IsDeleting
            && known.Metadata.Annotations.TryGetValue(StatefulSetManifest.FixedParts, out var parts) && parts != FixedParts(manifest))
        {
            var gone = await _parts.Applier.DeleteOwnedAsync(
                key, petSet.Metadata.Uid, StatefulSet.Resource, _parts.StatefulSets, StatefulSet.Decode, cancel, "Orphan");
            _parts.Events.Normal(Target(petSet), "Recreating", $"StatefulSet {key.Name} is made anew because of its volume claim templates; its pods stay.");
            if (!gone)
                return Outcome.Wait("Recreating", $"StatefulSet {key} is being made anew; its pods stay.", TimeSpan.FromSeconds(2));
        }

        var result = await ApplyAsync(manifest, cancel);
        if (result.Error is { } error && _tolerance.Learn(error))
            result = await ApplyAsync(manifest, cancel);
        return result.Error is { IsRefusal: true } refused ? Refusal.Wait(refused) : result.ToOutcome();
    }

    private Task<ApplyResult> ApplyAsync(JsonObject manifest, CancellationToken cancel)
    {
        _tolerance.Trim(manifest);
        return _parts.Applier.ApplyAsync(manifest, StatefulSet.Resource, _parts.StatefulSets, StatefulSet.Decode, cancel);
    }

    private async Task WriteStatusAsync(PetSet petSet, JsonArray conditions, Outcome outcome, CancellationToken cancel)
    {
        var set = _parts.StatefulSets.Get(petSet.Metadata.Key);
        if (set?.Metadata.Controller?.Uid != petSet.Metadata.Uid)
            set = null;
        var status = PetSetConditions.Status(petSet, set, outcome.Kind is OutcomeKind.Continue);
        status["conditions"] = conditions;
        EmitStalled(petSet, outcome);
        var written = await _status.WriteAsync(
            petSet.Metadata, KindsJson.ToObject(petSet.Status), status, PetSet.Resource, PetSet.Decode, _parts.PetSets, cancel);
        if (written.Error is { Kind: not ApiErrorKind.NotFound } error)
            throw new ApiException(error);
    }

    private void EmitStalled(PetSet petSet, Outcome outcome)
    {
        var known = petSet.Status.Conditions.FirstOrDefault(c => c.Type == PetSetConditions.Stalled);
        if (PetSetConditions.IsStalled(outcome) && known?.Message != outcome.Message)
            _parts.Events.Warning(Target(petSet), outcome.Reason, outcome.Message);
    }

    private static string FixedParts(JsonObject manifest) =>
        manifest["metadata"]!["annotations"]![StatefulSetManifest.FixedParts]!.GetValue<string>();

    private static EventTarget Target(PetSet petSet) => EventTarget.Of(PetSet.Resource, petSet.Metadata);
}
