using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Whether the user wants everything left where it is (<c>kubectl delete --cascade=orphan</c>). The API server says so by a finalizer, which
/// Kubernetes' garbage collector takes away once it has taken the children from the database: often before this process looks. From then on
/// the children show it: an object that was applied for the database and has no owner any more was orphaned.
/// </summary>
internal sealed class Orphaning(DatabaseParts parts)
{
    /// <summary>The finalizer of the API server.</summary>
    private const string Finalizer = "orphan";

    /// <summary>Annotation of a database that is to leave everything behind although its deletion is refused for now.</summary>
    private const string Annotation = "kubedb.com/deletion-propagation";

    private static readonly ResourceType[] Witnesses = [PetSet.Resource, ResourceTypes.Secret];

    /// <summary>True when a database that is being deleted is to leave everything behind.</summary>
    /// <param name="live">The database as the server has it.</param>
    /// <param name="cancel">Cancels the calls.</param>
    /// <exception cref="ApiException">The children can not be read.</exception>
    public async Task<bool> IsAskedForAsync(IDatabase live, CancellationToken cancel) =>
        IsUnderWay(live) || live.Metadata.Annotations.GetValueOrDefault(Annotation) == Finalizer || await WasCarriedOutAsync(live, cancel);

    /// <summary>True while the garbage collector takes the children from the database.</summary>
    public static bool IsUnderWay(IDatabase live) => live.Metadata.Finalizers.Contains(Finalizer);

    /// <summary>Records that everything is to be left behind: a database whose deletion is refused takes its children back meanwhile.</summary>
    public Task<IDatabase> RememberAsync(IDatabase live, CancellationToken cancel) =>
        live.Metadata.Annotations.GetValueOrDefault(Annotation) == Finalizer
            ? Task.FromResult(live)
            : DatabaseWrites.PatchAnnotationsAsync(parts, live, new JsonObject { [Annotation] = Finalizer }, cancel);

    /// <summary>
    /// Continues unless a child has lost its owner. Then the database may be in deletion without the cache showing it yet: a live read
    /// decides, before an apply takes the child back and so into the deletion.
    /// </summary>
    public async Task<Outcome> RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        // A database whose deletion is refused is reconciled like any other.
        if (pass.Stored.Metadata.IsDeleting || !Known(pass.Stored).Any(c => IsOrphan(pass.Stored, c.Metadata)))
            return Outcome.Continue;
        var kinds = parts.Engine.Kinds;
        var request = new ApiRequest { Verb = ApiVerb.Get, Type = kinds.Database, Namespace = pass.Key.Namespace, Name = pass.Key.Name };
        var live = (await parts.Client.SendAsync(request, kinds.DecodeDatabase, cancel)).OrNotFound();
        if (live is { Metadata.IsDeleting: false } && live.Metadata.Uid == pass.Stored.Metadata.Uid)
            return Outcome.Continue;
        pass.IsOver = true;
        if (live is null)
            return Outcome.Done;
        parts.Caches.Of(parts.Engine).Databases.Observe(live);
        return Outcome.Wait(Reasons.BeingDeleted, $"{pass.Kind} {pass.Key} is being deleted.", TimeSpan.FromMilliseconds(100));
    }

    /// <summary>The children that the database still controls, as they are known.</summary>
    public IEnumerable<(ResourceType Type, ObjectMeta Metadata)> Held(IDatabase database) =>
        Known(database).Where(c => c.Metadata.OwnerReferences.Any(o => o.Uid == database.Metadata.Uid));

    private IEnumerable<(ResourceType Type, ObjectMeta Metadata)> Known(IDatabase database) =>
        Labelled(PetSet.Resource, parts.Caches.PetSets, database)
            .Concat(Labelled(ResourceTypes.Secret, parts.Caches.Secrets, database))
            .Concat(parts.Caches.OwnedKinds.SelectMany(kind => Labelled(kind.Type, parts.Caches.Owned(kind.Type), database)));

    private IEnumerable<(ResourceType Type, ObjectMeta Metadata)> Labelled<T>(ResourceType type, ICache<T> cache, IDatabase database)
        where T : class, IKubernetesObject =>
        cache.WithLabel(database.Metadata.Namespace, DatabaseLabels.Instance, database.Metadata.Name)
            .Where(o => DatabaseLabels.AreOf(parts.Engine, database.Metadata.Name, o.Metadata))
            .Select(o => (type, o.Metadata));

    private async Task<bool> WasCarriedOutAsync(IDatabase live, CancellationToken cancel)
    {
        var selector = string.Join(',', DatabaseLabels.Selector(parts.Engine.Kinds.FullName, live.Metadata.Name).Select(l => $"{l.Key}={l.Value}"));
        var children = new List<ObjectMeta>();
        foreach (var type in Witnesses)
        {
            var request = new ApiRequest { Verb = ApiVerb.List, Type = type, Namespace = live.Metadata.Namespace, LabelSelector = selector };
            children.AddRange((await parts.Client.ListAsync(request, OwnedObjectDecoder.Decode, cancel)).OrThrow().Items.Select(c => c.Metadata));
        }

        // An earlier database of this name may have left something behind, which this one did not take over.
        var orphans = children.Where(c => IsOrphan(live, c)).ToList();
        return orphans.Exists(o => o.CreationTimestamp >= live.Metadata.CreationTimestamp)
            || (orphans.Count > 0 && !children.Exists(c => c.Controller?.Uid == live.Metadata.Uid));
    }

    // What was applied (its fingerprint is not empty) was given an owner with it.
    private bool IsOrphan(IDatabase database, ObjectMeta child) =>
        !string.IsNullOrEmpty(child.Fingerprint)
        && !child.IsDeleting
        && child.Controller is null
        && child.Labels.GetValueOrDefault(DatabaseLabels.ManagedBy) == DatabaseLabels.Manager
        && DatabaseLabels.AreOf(parts.Engine, database.Metadata.Name, child);
}
