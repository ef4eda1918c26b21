using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Handles the data of a database that is being deleted, as its deletion policy says, and removes the finalizer. Garbage collection then deletes
/// what the database controls. Nothing here may block the deletion of a namespace: an object that is gone, or is deleted with the namespace,
/// counts as handled. A missing right does not: without the finalizer the database would take along what its policy keeps.
/// </summary>
internal sealed class DeletionStep(DatabaseParts parts, Orphaning orphaning)
{
    /// <summary>Requeue interval while a deletion is refused: no event arrives when the namespace is deleted as well.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>How long the servers of a database may take to end before what they depend on goes too; longer than any grace period of theirs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(7);

    /// <summary>Continues when the database is not being deleted, or its deletion is refused.</summary>
    public async Task<Outcome> RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (!pass.Stored.Metadata.IsDeleting)
        {
            pass.Status.Remove(ConditionTypes.DeletionBlocked);
            return Outcome.Continue;
        }

        if (!pass.Stored.Metadata.Finalizers.Contains(DatabaseWrites.Finalizer))
            return Over(pass);
        if (await ReadAsync(pass, cancel) is not { } live)
            return Over(pass);
        pass.Stored = live;
        var plan = DeletionPlan.For(Policy(live));
        if (plan.IsRefused && await NamespaceGoesAsync(pass, cancel) is { } space)
        {
            EmitNotProtected(pass, space);
            await DeleteBeyondAsync(pass, cancel);
            await ReleaseAsync(pass, cancel);
            return Over(pass);
        }

        var orphaned = IsNew(pass, plan) && await orphaning.IsAskedForAsync(live, cancel);
        if (plan.IsRefused)
            return await RefuseAsync(pass, orphaned, cancel);
        if (orphaned)
        {
            plan = plan with { Claims = Fate.Kept, Credential = Fate.Kept };
        }
        else
        {
            if (await EndServersAsync(pass, cancel) is { Length: > 0 } remains)
                return Outcome.Wait(Reasons.BeingDeleted, $"The database is being deleted; {remains} is still there.", Soon);

            // What becomes of their data is said before they go.
            await MadeDatabases.FollowAsync(parts, live, new JsonObject { ["deletionPolicy"] = Policy(live) }, cancel);
            await DeleteBeyondAsync(pass, cancel);
        }

        await HandleClaimsAsync(pass, plan, cancel);
        await HandleCredentialAsync(pass, plan, cancel);
        if (plan.Credential is Fate.Deleted)
            await DeleteCertificatesAsync(pass, cancel);
        if (orphaned && !Orphaning.IsUnderWay(live))
            await LeaveBehindAsync(live, cancel);
        await ReleaseAsync(pass, cancel);
        return Over(pass);
    }

    // Names what is left of the servers of a database that has others for itself. A namespace that goes takes all of them in no order, and a node that is
    // lost never ends its pods.
    private async Task<string> EndServersAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (!ServersFirst.HasOthers(parts, pass) || pass.Stored.Metadata.DeletionTimestamp + Patience < parts.Time.GetUtcNow() || await NamespaceGoesAsync(pass, cancel) is not null)
            return "";
        parts.Health.Stop(parts.Engine, pass.Key);
        await ServersFirst.DeletePetSetsAsync(parts, parts.Caches.PetSetsOf(pass.Stored), pass, cancel);
        return ServersFirst.Remains(parts, pass);
    }

    // A refused deletion is not checked for orphaning again: the database has taken its children back.
    private static bool IsNew(DatabasePass pass, DeletionPlan plan) => !plan.IsRefused || !pass.Status.Is(ConditionTypes.DeletionBlocked);

    private Outcome Over(DatabasePass pass)
    {
        parts.Health.Stop(parts.Engine, pass.Key);
        parts.ObjectUse.Remove(parts.Engine, pass.Key);
        pass.IsOver = true;
        return Outcome.Done;
    }

    private async Task<IDatabase?> ReadAsync(DatabasePass pass, CancellationToken cancel)
    {
        var kinds = parts.Engine.Kinds;
        var request = new ApiRequest { Verb = ApiVerb.Get, Type = kinds.Database, Namespace = pass.Key.Namespace, Name = pass.Key.Name };
        var live = (await parts.Client.SendAsync(request, kinds.DecodeDatabase, cancel)).OrNotFound();
        return live is { Metadata.IsDeleting: true } && live.Metadata.Uid == pass.Stored.Metadata.Uid ? live : null;
    }

    private string? Policy(IDatabase live)
    {
        var version = parts.Caches.Of(parts.Engine).Versions.Get(new("", live.Spec.Version));
        return parts.Engine.Default(live, version).Spec.DeletionPolicy;
    }

    private async Task<Outcome> RefuseAsync(DatabasePass pass, bool orphaned, CancellationToken cancel)
    {
        if (orphaned)
            pass.Stored = await orphaning.RememberAsync(pass.Stored, cancel);
        var kind = parts.Engine.Kinds.Database.Kind.ToLowerInvariant();
        var message = $"{kind} \"{pass.Key}\" can't be terminated. To delete, change spec.deletionPolicy";
        if (pass.Status.Set(DatabaseConditions.Make(ConditionTypes.DeletionBlocked, true, Reasons.CannotTerminate, message, pass.Generation)))
            parts.Events.Warning(pass.Target, Reasons.CannotTerminate, message);
        pass.RequeueAfter(Again);
        return Outcome.Continue;
    }

    /// <summary>The namespace when it is being deleted, which takes everything in it along; null otherwise, also where it may not be read.</summary>
    private async Task<ObjectMeta?> NamespaceGoesAsync(DatabasePass pass, CancellationToken cancel)
    {
        var read = await parts.Client.GetAsync<Namespace>(new("", pass.Key.Namespace), cancel);
        if (read.Error is { IsRefusal: true })
            return null;
        return read.OrNotFound()?.Metadata is { IsDeleting: true } going ? going : null;
    }

    // On the namespace: one that is being deleted accepts no new event in it.
    private void EmitNotProtected(DatabasePass pass, ObjectMeta space)
    {
        var kind = parts.Engine.Kinds.Database.Kind.ToLowerInvariant();
        parts.Events.Warning(
            EventTarget.Of(Namespace.Resource, space),
            Reasons.NamespaceDeleted,
            $"{kind} \"{pass.Key}\" goes with its namespace, and its data with it, although its spec.deletionPolicy is DoNotTerminate: "
            + "in a namespace that is being deleted nothing can be kept.");
    }

    private async Task LeaveBehindAsync(IDatabase database, CancellationToken cancel)
    {
        foreach (var (type, child) in orphaning.Held(database).ToList())
            await SetOwnerAsync(type, child, database, false, cancel);
    }

    /// <summary>Deletes what garbage collection does not: cluster-scoped objects, and those in other namespaces.</summary>
    private async Task DeleteBeyondAsync(DatabasePass pass, CancellationToken cancel)
    {
        foreach (var type in parts.Caches.OwnedKinds.Select(k => k.Type))
        {
            foreach (var child in parts.Caches.OwnedBeyond(type, pass.Stored).Where(c => !c.Metadata.IsDeleting))
                await DeleteAsync(type, child, cancel);
        }
    }

    private async Task DeleteAsync(ResourceType type, OwnedObject child, CancellationToken cancel)
    {
        try
        {
            await parts.Blueprints.DeleteAsync(type, child, cancel);
        }
        catch (ApiException gone) when (gone.Error is { Kind: ApiErrorKind.NotFound } or { IsNamespaceGoing: true })
        {
            // It is deleted with its namespace.
        }
    }

    private async Task HandleClaimsAsync(DatabasePass pass, DeletionPlan plan, CancellationToken cancel)
    {
        foreach (var known in parts.Caches.ClaimsOf(parts.Engine, pass.Stored).Concat(parts.Caches.CompanionClaimsOf(pass.Stored)))
        {
            if (Tolerated(await parts.Client.GetAsync<PersistentVolumeClaim>(known.Metadata.Key, cancel)) is not { } claim || claim.Metadata.IsDeleting)
                continue;
            await SetOwnerAsync(PersistentVolumeClaim.Resource, claim.Metadata, pass.Stored, plan.Claims is Fate.Deleted, cancel);
        }
    }

    private async Task HandleCredentialAsync(DatabasePass pass, DeletionPlan plan, CancellationToken cancel)
    {
        var version = parts.Caches.Of(parts.Engine).Versions.Get(new("", pass.Stored.Spec.Version));
        var database = parts.Engine.Default(pass.Stored, version);
        if (parts.Engine.CredentialSecretName(database) is not { } name)
            return;
        var secret = Tolerated(await parts.Client.GetAsync<Secret>(new(pass.Key.Namespace, name), cancel));
        if (secret is null || secret.Metadata.IsDeleting)
            return;
        var fate = plan.CredentialFate(
            DatabaseLabels.AreOf(parts.Engine, pass.Key.Name, secret.Metadata)
                && secret.Metadata.Labels.GetValueOrDefault(DatabaseLabels.ManagedBy) == DatabaseLabels.Manager,
            database.Spec.AuthSecret is { ExternallyManaged: true },
            IsShared(pass, name));
        if (fate is Fate.Kept)
            await SetOwnerAsync(Secret.Resource, secret.Metadata, pass.Stored, false, cancel);
        else
            _ = Tolerated(await parts.Client.DeleteAsync(Secret.Resource, secret.Metadata, "Background", exactVersion: true, cancel));
    }

    // The secret of a Certificate outlives it, and cert-manager writes it again as long as the Certificate is there.
    private async Task DeleteCertificatesAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (!parts.Caches.IsOwned(ResourceTypes.Certificate))
            return;
        foreach (var certificate in parts.Caches.OwnedBy(ResourceTypes.Certificate, parts.Engine, pass.Stored).Where(c => !c.Metadata.IsDeleting))
            await DeleteAsync(ResourceTypes.Certificate, certificate, cancel);
        var version = parts.Caches.Of(parts.Engine).Versions.Get(new("", pass.Stored.Spec.Version));
        foreach (var wish in parts.Engine.Certificates(parts.Engine.Default(pass.Stored, version)))
        {
            var secret = Tolerated(await parts.Client.GetAsync<Secret>(new(pass.Key.Namespace, wish.SecretName), cancel));
            if (secret is not null && !secret.Metadata.IsDeleting && CertManager.Keeps(secret.Metadata, wish.Name))
                _ = Tolerated(await parts.Client.DeleteAsync(Secret.Resource, secret.Metadata, "Background", exactVersion: false, cancel));
        }
    }

    private bool IsShared(DatabasePass pass, string secret) => parts.Caches.Engines.Any(engine =>
        parts.Caches.Of(engine).Databases.List(pass.Key.Namespace).Any(other =>
            other.Metadata.Uid != pass.Stored.Metadata.Uid
            && !other.Metadata.IsDeleting
            && engine.CredentialSecretName(engine.Default(other, parts.Caches.Of(engine).Versions.Get(new("", other.Spec.Version)))) == secret));

    /// <summary>Makes the database an owner of the object, or none. Not its controller, so that another may be.</summary>
    private async Task SetOwnerAsync(ResourceType type, ObjectMeta child, IDatabase database, bool owned, CancellationToken cancel)
    {
        var others = child.OwnerReferences.Where(o => o.Uid != database.Metadata.Uid).Select(o => (JsonNode)BlueprintApplier.ToNode(o)).ToList();
        if (owned == others.Count < child.OwnerReferences.Count)
            return;
        if (owned)
        {
            var owner = BlueprintApplier.OwnerNode(database.Type, database.Metadata);
            owner.Remove("controller");
            owner.Remove("blockOwnerDeletion");
            others.Add(owner);
        }

        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = child.Uid,
                ["resourceVersion"] = child.ResourceVersion,
                ["ownerReferences"] = new JsonArray([.. others]),
            },
        };
        _ = Tolerated(await parts.Client.MergePatchAsync(
            type, child.Key, patch, FieldManagers.Provisioner, null, OwnedObjectDecoder.Decode, cancel));
    }

    private async Task ReleaseAsync(DatabasePass pass, CancellationToken cancel)
    {
        try
        {
            await DatabaseWrites.PatchFinalizersAsync(parts, pass.Stored, pass.Stored.Metadata.Finalizers.Where(f => f != DatabaseWrites.Finalizer), cancel);
        }
        catch (ApiException gone) when (gone.Error.Kind is ApiErrorKind.NotFound)
        {
            // It is gone already.
        }
    }

    private static T? Tolerated<T>(ApiResult<T> result) => result.Error switch
    {
        null => result.Value,
        { Kind: ApiErrorKind.NotFound } or { IsNamespaceGoing: true } => default,
        _ => throw new ApiException(result.Error),
    };
}
