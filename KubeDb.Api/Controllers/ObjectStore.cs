using System.Diagnostics.CodeAnalysis;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>A change of one object as the store took it in; <see cref="Old"/> is null for a new object, <see cref="New"/> for a deleted one.</summary>
/// <param name="Old">What was known before.</param>
/// <param name="New">What is known now.</param>
/// <param name="IsInitial">True for the objects of the first list (and those replayed to a late subscriber): nothing changed just now.</param>
public readonly record struct CacheChange<T>(T? Old, T? New, bool IsInitial)
    where T : class
{
    /// <summary>The newest state that is known, which for a deletion is the last one.</summary>
    public T Latest => New ?? Old!;
}

/// <summary>
/// The objects of one kind with their indexes. It only ever moves forward: an older version of an object never replaces a newer one, and
/// an object whose deletion is known never comes back, whatever a late watch event or a stale list says. Safe for threads.
/// </summary>
[SuppressMessage("Performance", "CA1812", Justification = "Created by Informer.")]
internal sealed class ObjectStore<T>(string? indexLabel, bool indexOwners)
    where T : class, IKubernetesObject
{
    private const int MaxTombstones = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, T>> _byNamespace = [];
    private readonly ObjectIndex<ObjectUid, T> _byOwner = new();
    private readonly ObjectIndex<(string Namespace, string Value), T> _byLabel = new();

    // UIDs that are gone, whoever told it first: the watch or the answer to an own call may still bring a state of before. Bounded in
    // number: the oldest go first.
    private readonly HashSet<ObjectUid> _tombstones = [];
    private readonly Queue<ObjectUid> _tombstonesByAge = new();

    // What own writes brought in while a list was under way: the list may be older, so that absence from it proves nothing.
    private readonly HashSet<ObjectUid> _writtenDuringList = [];
    private int _runningLists;
    private int _count;

    public int Count
    {
        get
        {
            lock (_gate)
                return _count;
        }
    }

    public T? Get(ObjectKey key)
    {
        lock (_gate)
            return Find(key);
    }

    public T[] List(string ns)
    {
        lock (_gate)
        {
            if (ns.Length != 0)
                return _byNamespace.TryGetValue(ns, out var names) ? [.. names.Values] : [];
            var all = new T[_count];
            var next = 0;
            foreach (var item in _byNamespace.Values)
            {
                item.Values.CopyTo(all, next);
                next += item.Count;
            }

            return all;
        }
    }

    public IReadOnlyList<T> ControlledBy(string ownerUid)
    {
        var owner = ObjectUid.Of(ownerUid);
        if (!indexOwners)
            return Array.FindAll(List(""), item => item.Metadata.Controller?.UidKey == owner);
        lock (_gate)
            return _byOwner.Snapshot(owner);
    }

    public IReadOnlyList<T> WithLabel(string ns, string key, string value)
    {
        if (ns.Length == 0 || key != indexLabel)
            return Array.FindAll(List(ns), item => item.Metadata.Labels.TryGetValue(key, out var found) && found == value);
        lock (_gate)
            return _byLabel.Snapshot((ns, value));
    }

    /// <summary>Takes in a state unless it is old or of an object known to be deleted.</summary>
    public CacheChange<T>? Put(T item, bool ownWrite, bool isInitial = false)
    {
        lock (_gate)
        {
            var meta = item.Metadata;
            if (_tombstones.Contains(meta.UidKey))
                return null;
            if (ownWrite && _runningLists > 0)
                _writtenDuringList.Add(meta.UidKey);
            var old = Find(meta.Key);
            if (old is not null && !ResourceVersions.IsNewer(meta, old.Metadata))
                return null;
            Set(old, item);
            return new(old, item, isInitial);
        }
    }

    /// <summary>Takes in the deletion of the object with this UID; another object of the same name stays.</summary>
    /// <param name="key">The name.</param>
    /// <param name="uid">The UID.</param>
    public CacheChange<T>? Remove(ObjectKey key, string uid)
    {
        lock (_gate)
        {
            var gone = ObjectUid.Of(uid);
            AddTombstone(gone);
            var old = Find(key);
            if (old is null || old.Metadata.UidKey != gone)
                return null;
            Set(old, null);
            return new(old, null, false);
        }
    }

    /// <summary>Call before the first request of a full list; pair it with <see cref="Replace"/> or <see cref="AbandonList"/>.</summary>
    public void BeginList()
    {
        lock (_gate)
        {
            _runningLists++;
        }
    }

    /// <summary>The list that was begun did not come to its end.</summary>
    public void AbandonList()
    {
        lock (_gate)
            EndList();
    }

    /// <summary>
    /// Takes in a full list: what is new or newer in it, and the deletion of what it lacks. What an own write brought in later than the list
    /// is kept.
    /// </summary>
    /// <param name="ns">Namespace of the list; empty for all.</param>
    /// <param name="items">The objects.</param>
    /// <param name="version">Version of the list.</param>
    /// <param name="isInitial">True for the first one.</param>
    /// <param name="restored">The list holds even where it is older: the server knows nothing newer any more.</param>
    public List<CacheChange<T>> Replace(string ns, IReadOnlyList<T> items, string version, bool isInitial, bool restored = false)
    {
        var changes = new List<CacheChange<T>>();
        lock (_gate)
        {
            if (restored)
                ForgetFuture(ns, items, changes);
            var listed = new HashSet<ObjectUid>(items.Count);
            foreach (var item in items)
            {
                listed.Add(item.Metadata.UidKey);
                if (Put(item, ownWrite: false, isInitial) is { } change)
                    changes.Add(change);
            }

            foreach (var old in List(ns))
            {
                if (listed.Contains(old.Metadata.UidKey) || IsLaterThanList(old, version))
                    continue;
                Set(old, null);
                changes.Add(new(old, null, false));
            }

            EndList();
            TrimExcess();
        }

        return changes;
    }

    // What is newer than its listed state, or not listed, is of a future that never came to be.
    private void ForgetFuture(string ns, IReadOnlyList<T> items, List<CacheChange<T>> changes)
    {
        _tombstones.Clear();
        _tombstonesByAge.Clear();
        _writtenDuringList.Clear();
        var present = items.ToDictionary(i => i.Metadata.Key);
        foreach (var held in List(ns))
        {
            var now = present.GetValueOrDefault(held.Metadata.Key);
            if (now is not null && now.Metadata.ResourceVersion == held.Metadata.ResourceVersion)
                continue;
            Set(held, now);
            changes.Add(new(held, now, false));
        }
    }

    private bool IsLaterThanList(T item, string version) =>
        _writtenDuringList.Contains(item.Metadata.UidKey)
        || (ResourceVersions.TryCompare(item.Metadata.ResourceVersion, version, out var order) && order > 0);

    private void AddTombstone(ObjectUid uid)
    {
        if (!_tombstones.Add(uid))
            return;
        _tombstonesByAge.Enqueue(uid);
        if (_tombstonesByAge.Count > MaxTombstones)
            _tombstones.Remove(_tombstonesByAge.Dequeue());
    }

    // What a list brings is what there is for a long time: room for as much again would be a third of what the indexes take.
    private void TrimExcess()
    {
        foreach (var names in _byNamespace.Values)
            names.TrimExcess();
        _byNamespace.TrimExcess();
        _byOwner.TrimExcess();
        _byLabel.TrimExcess();
    }

    private void EndList()
    {
        if (--_runningLists == 0)
            _writtenDuringList.Clear();
    }

    private T? Find(ObjectKey key) => _byNamespace.TryGetValue(key.Namespace, out var names) ? names.GetValueOrDefault(key.Name) : null;

    private void Set(T? old, T? item)
    {
        var key = (item ?? old!).Metadata.Key;
        if (old is not null)
            Unindex(old);
        if (item is null)
        {
            var left = _byNamespace[key.Namespace];
            left.Remove(key.Name);
            if (left.Count == 0)
                _byNamespace.Remove(key.Namespace);
            _count--;
            return;
        }

        if (!_byNamespace.TryGetValue(key.Namespace, out var names))
            _byNamespace.Add(key.Namespace, names = []);
        names[key.Name] = item;
        if (old is null)
            _count++;
        Index(item);
    }

    private void Index(T item)
    {
        if (indexOwners && item.Metadata.Controller is { } owner)
            _byOwner.Add(owner.UidKey, item);
        if (LabelOf(item) is { } value)
            _byLabel.Add((item.Metadata.Namespace, value), item);
    }

    private void Unindex(T item)
    {
        if (indexOwners && item.Metadata.Controller is { } owner)
            _byOwner.Remove(owner.UidKey, item);
        if (LabelOf(item) is { } value)
            _byLabel.Remove((item.Metadata.Namespace, value), item);
    }

    private string? LabelOf(T item) => indexLabel is null ? null : item.Metadata.Labels.GetValueOrDefault(indexLabel);
}
