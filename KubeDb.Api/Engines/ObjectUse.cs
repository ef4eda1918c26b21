using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>An object that a database names: a secret, or the AppBinding of an application.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Key">Its namespace and name.</param>
public sealed record NamedObject(ResourceType Type, ObjectKey Key)
{
    /// <summary>A secret.</summary>
    public static NamedObject Secret(ObjectKey key) => new(ResourceTypes.Secret, key);
}

/// <summary>Index of which databases name which objects, so that one that appears or changes requeues the databases that name it.</summary>
public sealed class ObjectUse
{
    private readonly Lock _gate = new();
    // Short arrays, replaced and never changed: a database names a few objects, and an object has one user as a rule.
    private readonly Dictionary<(IEngine Engine, ObjectKey Database), NamedObject[]> _named = [];
    private readonly Dictionary<NamedObject, (IEngine Engine, ObjectKey Database)[]> _users = [];

    /// <summary>Sets which objects the database names; what it named before is forgotten.</summary>
    public void Set(IEngine engine, ObjectKey database, IEnumerable<NamedObject> objects)
    {
        NamedObject[] named = [.. objects.Distinct()];
        lock (_gate)
        {
            if (_named.TryGetValue((engine, database), out var before) && before.SequenceEqual(named))
                return;
            RemoveLocked(engine, database);
            if (named.Length == 0)
                return;
            _named[(engine, database)] = named;
            foreach (var one in named)
                _users[one] = [.. _users.GetValueOrDefault(one, []), (engine, database)];
        }
    }

    /// <summary>The database is gone.</summary>
    public void Remove(IEngine engine, ObjectKey database)
    {
        lock (_gate)
            RemoveLocked(engine, database);
    }

    /// <summary>The databases of the engine that name the object.</summary>
    public IReadOnlyList<ObjectKey> UsersOf(IEngine engine, NamedObject named)
    {
        lock (_gate)
            return _users.TryGetValue(named, out var users) ? [.. users.Where(u => u.Engine == engine).Select(u => u.Database)] : [];
    }

    /// <summary>Calls back with the key of each database that names an object which changed.</summary>
    public void OnChange(DatabaseCaches caches, IEngine engine, Action<ObjectKey> touched)
    {
        ArgumentNullException.ThrowIfNull(caches);
        caches.OnSecretChange((key, isInitial) => Tell(NamedObject.Secret(key), isInitial));
        caches.Owned(AppBinding.Resource).Subscribe(change => Tell(new(AppBinding.Resource, change.Latest.Metadata.Key), change.IsInitial));

        void Tell(NamedObject named, bool isInitial)
        {
            if (isInitial)
                return;
            foreach (var database in UsersOf(engine, named))
                touched(database);
        }
    }

    private void RemoveLocked(IEngine engine, ObjectKey database)
    {
        if (!_named.Remove((engine, database), out var objects))
            return;
        foreach (var named in objects)
        {
            var left = _users.GetValueOrDefault(named, []).Where(u => u != (engine, database)).ToArray();
            if (left.Length == 0)
                _users.Remove(named);
            else
                _users[named] = left;
        }
    }
}
