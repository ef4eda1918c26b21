using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Apps;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Ends the servers of a database before what they depend on: a server that has lost the ensemble that coordinates it, or where its metadata is, can not
/// end in order, and is killed at the end of its grace period.
/// </summary>
internal static class ServersFirst
{
    /// <summary>Deletes those PetSets that are not being deleted.</summary>
    public static async Task DeletePetSetsAsync(DatabaseParts parts, IEnumerable<PetSet> petSets, DatabasePass pass, CancellationToken cancel)
    {
        foreach (var petSet in petSets.Where(p => !p.Metadata.IsDeleting))
            await parts.Applier.DeleteOwnedAsync(petSet.Metadata.Key, pass.Stored.Metadata.Uid, PetSet.Resource, parts.Caches.PetSets, PetSet.Decode, cancel);
    }

    /// <summary>True for a database that has made others for itself, or has companions.</summary>
    public static bool HasOthers(DatabaseParts parts, DatabasePass pass) =>
        parts.Caches.AllPetSetsOf(pass.Stored).Count > parts.Caches.PetSetsOf(pass.Stored).Count
        || parts.Caches.OwnedKinds.Any(k => k.IsDatabase && parts.Caches.MadeBy(k.Type, pass.Stored).Count > 0);

    /// <summary>What is left of the database's own servers, for a message; empty when nothing is.</summary>
    public static string Remains(DatabaseParts parts, DatabasePass pass)
    {
        var petSets = parts.Caches.PetSetsOf(pass.Stored).Select(p => $"PetSet {p.Metadata.Name}");
        var sets = parts.StatefulSets.WithLabel(pass.Key.Namespace, DatabaseLabels.Instance, pass.Key.Name)
            .Where(s => DatabaseLabels.AreOf(parts.Engine, pass.Key.Name, s.Metadata))
            .Select(s => $"StatefulSet {s.Metadata.Name}");
        var pods = parts.Caches.PodsOf(parts.Engine, pass.Stored).Select(p => $"Pod {p.Metadata.Name}");
        return string.Join(", ", petSets.Concat(sets).Concat(pods));
    }
}
