using System.Collections.Concurrent;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Health;

/// <summary>
/// Remembers the last good description of a database while its present spec can not be carried out or its catalog version is gone: its servers
/// still run as they were described then, so their health is checked that way. Holds nothing for databases whose spec is carried out.
/// Thread-safe.
/// </summary>
internal sealed class LastGood
{
    private readonly ConcurrentDictionary<ObjectKey, (string Uid, ResolvedDatabase Resolved)> _databases = new();
    private readonly ConcurrentDictionary<string, ICatalogVersion> _versions = new(StringComparer.Ordinal);
    private readonly IEngine _engine;
    private readonly Gatherer _gatherer;

    /// <summary>Subscribes to changes of databases and versions.</summary>
    public LastGood(IEngine engine, DatabaseCaches caches, Gatherer gatherer)
    {
        (_engine, _gatherer) = (engine, gatherer);
        caches.Of(engine).Databases.Subscribe(Changed);
        caches.Of(engine).Versions.Subscribe(Changed);
    }

    /// <summary>
    /// The descriptions that the servers of a database may run with, the likeliest first; empty when nothing but the present one is known.
    /// </summary>
    public IReadOnlyList<ResolvedDatabase> Of(IDatabase stored)
    {
        if (_databases.TryGetValue(stored.Metadata.Key, out var kept) && kept.Uid == stored.Metadata.Uid)
            return _gatherer.Resolve(_engine, stored).Value is { } present ? [present, kept.Resolved] : [kept.Resolved];
        return _versions.TryGetValue(stored.Spec.Version, out var version) && Resolve(stored, version) is { } resolved ? [resolved] : [];
    }

    /// <summary>The present spec was applied: forgets the older description.</summary>
    public void IsDescribed(ObjectKey database) => _databases.TryRemove(database, out _);

    private void Changed(CacheChange<IDatabase> change)
    {
        if (change.New is not { } now)
            _databases.TryRemove(change.Latest.Metadata.Key, out _);
        else if (change.Old is { } old && old.Metadata.Uid == now.Metadata.Uid && old.Metadata.Generation != now.Metadata.Generation)
            Keep(old);
    }

    private void Keep(IDatabase old)
    {
        if ((_databases.TryGetValue(old.Metadata.Key, out var kept) && kept.Uid == old.Metadata.Uid) || !WasCarriedOut(old))
            return;
        if (_gatherer.Resolve(_engine, old).Value is { } resolved)
            _databases[old.Metadata.Key] = (old.Metadata.Uid, resolved);
        else if (Of(old) is [var last, ..])
            _databases[old.Metadata.Key] = (old.Metadata.Uid, last);
    }

    private static bool WasCarriedOut(IDatabase database) =>
        database.Status.Conditions.IsTrue(ConditionTypes.Provisioned)
        && !database.Status.Conditions.IsFalse(ConditionTypes.SpecAccepted)
        && !database.Status.Conditions.IsFalse(ConditionTypes.DependenciesReady);

    private void Changed(CacheChange<ICatalogVersion> change)
    {
        if (change.New is { } now)
            _versions.TryRemove(now.Metadata.Name, out _);
        else
            _versions[change.Latest.Metadata.Name] = change.Latest;
    }

    private ResolvedDatabase? Resolve(IDatabase stored, ICatalogVersion version)
    {
        var defaulted = _engine.Default(stored, version);
        return _engine.Check(defaulted, version).Count == 0 ? new ResolvedDatabase(defaulted, version) : null;
    }
}
