using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>One object that applying a blueprint changed.</summary>
/// <param name="Object">The described object.</param>
/// <param name="Created">It was not there before.</param>
public sealed record AppliedObject(DesiredObject Object, bool Created);

/// <summary>The result of applying a blueprint.</summary>
/// <param name="Outcome"><see cref="Outcome.Continue"/> when everything is as described; otherwise why not.</param>
/// <param name="Changed">What was written, in order; also when it stopped half-way.</param>
/// <param name="Pruned">What was deleted because the blueprint no longer holds it, as <c>Kind name</c>.</param>
public sealed record BlueprintResult(Outcome Outcome, IReadOnlyList<AppliedObject> Changed, IReadOnlyList<string> Pruned);

/// <summary>
/// Applies the objects of a blueprint in its order, and deletes those that an earlier blueprint described and this one does not. PetSets, secrets, claims and other databases are never deleted here: they hold data or credentials. Idempotent; at rest it sends nothing.
/// </summary>
public sealed class BlueprintApplier(Applier applier, DatabaseCaches caches)
{
    /// <summary>Applies the blueprint.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="database">The database that owns the objects, as stored (with its UID).</param>
    /// <param name="blueprint">What to make.</param>
    /// <param name="cancel">Cancels the calls.</param>
    /// <exception cref="ApiException">The API server refused in a way that a retry may help.</exception>
    public async Task<BlueprintResult> ApplyAsync(IEngine engine, IDatabase database, Blueprint blueprint, CancellationToken cancel)
    {
        var changed = new List<AppliedObject>();
        foreach (var desired in blueprint.Objects)
        {
            if (desired.Pending is { } pending)
                return new(pending, changed, []);
            if (WithOwner(desired, database) is not { } manifest)
                return new(OwnerMissing(desired), changed, []);
            var result = await ApplyAsync(manifest, desired.Type, cancel);
            if (result.Changed)
                changed.Add(new(desired, result.Kind is ApplyKind.Created));
            if (result.ToOutcome() is { Kind: not OutcomeKind.Continue } stop)
                return new(stop, changed, []);
        }

        return new(Outcome.Continue, changed, await PruneAsync(engine, database, blueprint, cancel));
    }

    /// <summary>Deletes a child of <see cref="DatabaseCaches.OwnedKinds"/> after a live read of it. True once it is gone.</summary>
    public Task<bool> DeleteAsync(ResourceType type, OwnedObject child, CancellationToken cancel) => applier.DeleteOwnedAsync(
        child.Metadata.Key, AnnotatedOwner.UidOf(child.Metadata), type, caches.Owned(type), OwnedObjectDecoder.Decode, cancel);

    private Task<ApplyResult> ApplyAsync(JsonObject manifest, ResourceType type, CancellationToken cancel)
    {
        if (type == PetSet.Resource)
            return applier.ApplyAsync(manifest, type, caches.PetSets, PetSet.Decode, cancel);
        if (type == ResourceTypes.Secret)
            return applier.ApplyAsync(manifest, type, caches.Secrets, ObservedKinds.ManagedSecret, cancel);
        return caches.IsOwned(type)
            ? applier.ApplyAsync(manifest, type, caches.Owned(type), cancel)
            : Task.FromResult(new ApplyResult(
                ApplyKind.Failed,
                $"The API server does not serve {type}, which the database needs.",
                new ApiError(ApiErrorKind.Invalid, 0, "NotServed", $"The API server does not serve {type}.")));
    }

    private async Task<IReadOnlyList<string>> PruneAsync(IEngine engine, IDatabase database, Blueprint blueprint, CancellationToken cancel)
    {
        var pruned = new List<string>();
        foreach (var type in caches.OwnedKinds.Where(k => !k.IsDatabase).Select(k => k.Type))
        {
            foreach (var child in caches.OwnedBy(type, engine, database))
            {
                if (child.Metadata.IsDeleting || IsDescribed(blueprint, type, child.Metadata.Key))
                    continue;
                await DeleteAsync(type, child, cancel);
                pruned.Add($"{type.Kind} {child.Metadata.Name}");
            }
        }

        return pruned;
    }

    // By kind and not by version: old servers serve one object in two versions of its group.
    private static bool IsDescribed(Blueprint blueprint, ResourceType type, ObjectKey key) =>
        blueprint.Objects.Any(o => o.Type.Group == type.Group && o.Type.Kind == type.Kind && o.Name == key.Name && o.Namespace == key.Namespace);

    private OwnerReference? OwnerOf(DesiredObject desired, IDatabase database)
    {
        if (desired.Owner is not var (type, name))
            return Reference(database.Type, database.Metadata);
        var key = new ObjectKey(database.Metadata.Namespace, name);
        var owner = type == PetSet.Resource ? caches.PetSets.Get(key)?.Metadata : caches.Owned(type).Get(key)?.Metadata;
        return owner is null ? null : Reference(type, owner);
    }

    private static OwnerReference Reference(ResourceType type, ObjectMeta owner) => new()
    {
        ApiVersion = type.ApiVersion,
        Kind = type.Kind,
        Name = owner.Name,
        Uid = owner.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };

    private static Outcome OwnerMissing(DesiredObject desired) => Outcome.Wait(
        "OwnerNotThere",
        $"{desired.Type.Kind} {desired.Name} belongs to {desired.Owner!.Value.Type.Kind} {desired.Owner.Value.Name}, which is not there yet.",
        TimeSpan.FromSeconds(2));

    /// <summary>The manifest with its owner, by reference or by annotation; null while the owner is not there.</summary>
    private JsonObject? WithOwner(DesiredObject desired, IDatabase database)
    {
        var manifest = (JsonObject)desired.Manifest.DeepClone();
        if (desired.IsBeyond(database.Metadata))
            AnnotatedOwner.Set(manifest, database.Metadata);
        else if (OwnerOf(desired, database) is { } owner)
            manifest["metadata"]!["ownerReferences"] = new JsonArray(ToNode(owner));
        else
            return null;
        return manifest;
    }

    /// <summary>The reference of a child to the object that controls it, as it is written.</summary>
    public static JsonObject OwnerNode(ResourceType type, ObjectMeta owner) => ToNode(Reference(type, owner));

    /// <summary>An owner reference as it is written.</summary>
    public static JsonObject ToNode(OwnerReference owner) => new()
    {
        ["apiVersion"] = owner.ApiVersion,
        ["kind"] = owner.Kind,
        ["name"] = owner.Name,
        ["uid"] = owner.Uid,
        ["controller"] = owner.Controller,
        ["blockOwnerDeletion"] = owner.BlockOwnerDeletion,
    };
}
