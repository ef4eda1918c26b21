using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines;

/// <summary>Index of which databases name which secrets, so that a secret that appears or changes requeues the databases that name it.</summary>
public sealed class SecretUse
{
    private readonly Lock _gate = new();
    // Short arrays, replaced and never changed: a database names one or two secrets, and a secret has one user as a rule.
    private readonly Dictionary<(IEngine Engine, ObjectKey Database), ObjectKey[]> _named = [];
    private readonly Dictionary<ObjectKey, (IEngine Engine, ObjectKey Database)[]> _users = [];

    /// <summary>Sets which secrets the database names; what it named before is forgotten.</summary>
    public void Set(IEngine engine, ObjectKey database, IReadOnlyList<SecretReference> references)
    {
        ObjectKey[] secrets = [.. references.Select(r => new ObjectKey(database.Namespace, r.Name)).Distinct()];
        lock (_gate)
        {
            if (_named.TryGetValue((engine, database), out var before) && before.SequenceEqual(secrets))
                return;
            RemoveLocked(engine, database);
            if (secrets.Length == 0)
                return;
            _named[(engine, database)] = secrets;
            foreach (var secret in secrets)
                _users[secret] = [.. _users.GetValueOrDefault(secret, []), (engine, database)];
        }
    }

    /// <summary>The database is gone.</summary>
    public void Remove(IEngine engine, ObjectKey database)
    {
        lock (_gate)
            RemoveLocked(engine, database);
    }

    /// <summary>The databases of the engine that name the secret.</summary>
    public IReadOnlyList<ObjectKey> UsersOf(IEngine engine, ObjectKey secret)
    {
        lock (_gate)
            return _users.TryGetValue(secret, out var users) ? [.. users.Where(u => u.Engine == engine).Select(u => u.Database)] : [];
    }

    /// <summary>Calls back with the key of each database that names a secret which changed.</summary>
    public void OnChange(DatabaseCaches caches, IEngine engine, Action<ObjectKey> touched) =>
        caches.OnSecretChange((key, isInitial) =>
        {
            if (isInitial)
                return;
            foreach (var database in UsersOf(engine, key))
                touched(database);
        });

    private void RemoveLocked(IEngine engine, ObjectKey database)
    {
        if (!_named.Remove((engine, database), out var secrets))
            return;
        foreach (var secret in secrets)
        {
            var left = _users.GetValueOrDefault(secret, []).Where(u => u != (engine, database)).ToArray();
            if (left.Length == 0)
                _users.Remove(secret);
            else
                _users[secret] = left;
        }
    }
}
