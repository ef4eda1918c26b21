using System.Collections.Concurrent;
using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Remembers in which state a database and everything that it owns were found to be as described, with no word to say about it. While that is
/// their state, a reconcile describes and compares nothing: a description is a pure function of <see cref="DatabaseFacts"/>, and what was
/// compared with it has not changed. Holds a hash a database. Thread-safe.
/// </summary>
internal sealed class SettledDatabases(IEngine engine, DatabaseCaches caches)
{
    private readonly ConcurrentDictionary<ObjectKey, Settled> _settled = new();

    /// <summary>
    /// The present state of a database and of what it owns. Taken before anything is compared, so that a change meanwhile is seen the next time.
    /// </summary>
    public UInt128 StateOf(DatabaseFacts facts)
    {
        using var hash = new StateHash();
        hash.Add(facts);
        foreach (var petSet in caches.AllPetSetsOf(facts.Database))
            hash.Add(petSet.Metadata);
        foreach (var secret in caches.Secrets.WithLabel(facts.Database.Metadata.Namespace, DatabaseLabels.Instance, facts.Database.Metadata.Name))
            hash.Add(secret.Metadata);
        foreach (var kind in caches.OwnedKinds)
        {
            // What is served decides what can be applied.
            hash.Add(caches.IsOwned(kind.Type) ? 1 : 0);
            foreach (var child in kind.IsDatabase ? caches.MadeBy(kind.Type, facts.Database) : caches.OwnedBy(kind.Type, engine, facts.Database))
                hash.Add(child.Metadata);
        }

        return hash.Finish();
    }

    /// <summary>How many PetSets the database has when it was found as described in this state; null when it was not.</summary>
    public int? PetSets(ObjectKey database, UInt128 state) =>
        _settled.TryGetValue(database, out var settled) && settled.State == state ? settled.PetSets : null;

    /// <summary>In this state everything was as described.</summary>
    public void Remember(ObjectKey database, UInt128 state, int petSets) => _settled[database] = new(state, petSets);

    /// <summary>The database is gone, or not as described.</summary>
    public void Forget(ObjectKey database) => _settled.TryRemove(database, out _);

    private readonly record struct Settled(UInt128 State, int PetSets);
}
