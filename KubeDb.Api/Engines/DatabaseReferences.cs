using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>
/// Index of which databases name which others (<see cref="IEngine.DatabaseReferences"/>), in both directions. Follows the informers, so it is
/// complete once they are synced: that nobody names a database may be concluded from it then. Thread-safe.
/// </summary>
public sealed class DatabaseReferences
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(IEngine Engine, ObjectKey Key), (ResourceType Kind, ObjectKey Key)[]> _named = [];
    private readonly Dictionary<(ResourceType Kind, ObjectKey Key), (IEngine Engine, ObjectKey Key)[]> _users = [];
    private readonly List<(ResourceType Kind, Action<ObjectKey> Touched)> _listeners = [];

    /// <summary>Follows the databases of the engines.</summary>
    public DatabaseReferences(IReadOnlyDictionary<IEngine, EngineCaches> engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        foreach (var (engine, caches) in engines)
            caches.Databases.Subscribe(change => Changed(engine, change));
    }

    /// <summary>The databases that name the given one, of any engine.</summary>
    public IReadOnlyList<(IEngine Engine, ObjectKey Key)> UsersOf(ResourceType kind, ObjectKey key)
    {
        lock (_gate)
            return _users.GetValueOrDefault((kind, key), []);
    }

    /// <summary>
    /// Calls back with the key of a database of the engine when one that it names changed, or had pods come, change or go, and when it came to be
    /// named by another one or no longer is. What is there at the start is not reported: every database is in the queue then.
    /// </summary>
    public void OnChange(IEngine engine, Informer<Pod> pods, Action<ObjectKey> touched)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(pods);
        lock (_gate)
            _listeners.Add((engine.Kinds.Database, touched));
        pods.Subscribe(change =>
        {
            // Of this engine's own pods: those who name the database have a look.
            var pod = change.Latest.Metadata;
            if (!change.IsInitial && pod.Labels.GetValueOrDefault(DatabaseLabels.Name) == engine.Kinds.FullName && pod.Labels.TryGetValue(DatabaseLabels.Instance, out var name))
                Tell(UsersOf(engine.Kinds.Database, new(pod.Namespace, name)).Select(u => (u.Engine.Kinds.Database, u.Key)));
        });
    }

    private void Changed(IEngine engine, CacheChange<IDatabase> change)
    {
        var key = change.Latest.Metadata.Key;
        var now = change.New is { } database ? engine.DatabaseReferences(database).Select(r => (r.Kind, r.Key)).Distinct().ToArray() : [];
        var before = Set((engine, key), now);
        if (change.IsInitial)
            return;
        Tell(before.Except(now).Concat(now.Except(before)));
        Tell(UsersOf(engine.Kinds.Database, key).Select(u => (u.Engine.Kinds.Database, u.Key)));
    }

    private (ResourceType Kind, ObjectKey Key)[] Set((IEngine Engine, ObjectKey Key) user, (ResourceType Kind, ObjectKey Key)[] now)
    {
        lock (_gate)
        {
            var before = _named.GetValueOrDefault(user, []);
            if (before.SequenceEqual(now))
                return before;
            foreach (var gone in before.Except(now))
            {
                var left = _users.GetValueOrDefault(gone, []).Where(u => u != user).ToArray();
                if (left.Length == 0)
                    _users.Remove(gone);
                else
                    _users[gone] = left;
            }

            foreach (var added in now.Except(before))
                _users[added] = [.. _users.GetValueOrDefault(added, []), user];
            if (now.Length == 0)
                _named.Remove(user);
            else
                _named[user] = now;
            return before;
        }
    }

    private void Tell(IEnumerable<(ResourceType Kind, ObjectKey Key)> databases)
    {
        foreach (var (kind, key) in databases)
        {
            (ResourceType Kind, Action<ObjectKey> Touched)[] listeners;
            lock (_gate)
                listeners = [.. _listeners.Where(l => l.Kind == kind)];
            foreach (var (_, touched) in listeners)
                touched(key);
        }
    }
}
