using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines;

/// <summary>Finds the objects of one kind by the owner that their annotation names. Safe for threads.</summary>
internal sealed class AnnotatedObjects
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<ObjectKey>> _byOwner = [];
    private readonly Informer<OwnedObject> _objects;

    /// <summary>Follows the informer.</summary>
    public AnnotatedObjects(Informer<OwnedObject> objects)
    {
        _objects = objects;
        objects.Subscribe(Take);
    }

    /// <summary>The objects of the owner with this UID.</summary>
    public IEnumerable<OwnedObject> Of(string ownerUid)
    {
        ObjectKey[] keys;
        lock (_gate)
            keys = _byOwner.TryGetValue(ownerUid, out var found) ? [.. found] : [];
        return keys.Select(_objects.Get).OfType<OwnedObject>().Where(o => AnnotatedOwner.Of(o.Metadata)?.Uid == ownerUid);
    }

    private void Take(CacheChange<OwnedObject> change)
    {
        var (before, now) = (OwnerOf(change.Old), OwnerOf(change.New));
        if (before == now)
            return;
        lock (_gate)
        {
            if (before is not null && _byOwner.TryGetValue(before, out var keys) && keys.Remove(change.Latest.Metadata.Key) && keys.Count == 0)
                _byOwner.Remove(before);
            if (now is null)
                return;
            if (!_byOwner.TryGetValue(now, out keys))
                _byOwner[now] = keys = [];
            keys.Add(change.Latest.Metadata.Key);
        }
    }

    private static string? OwnerOf(OwnedObject? item) => item is null ? null : AnnotatedOwner.Of(item.Metadata)?.Uid;
}
