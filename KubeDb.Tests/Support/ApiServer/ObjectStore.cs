using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>An object as it is stored at one version; neither it nor its JSON is ever changed.</summary>
public sealed class Stored(Kind kind, JsonObject value, long version)
{
    private byte[]? _utf8;
    private byte[]? _metadata;
    private string? _key;

    /// <summary>Namespace and name, by which objects of a kind are sorted.</summary>
    public string Key => _key ??= ObjectStore.KeyOf(Object.Namespace(), Object.Name());

    /// <summary>The kind.</summary>
    public Kind Kind { get; } = kind;

    /// <summary>The object; copy before changing anything.</summary>
    public JsonObject Object { get; } = value;

    /// <summary>The version at which it came to be so.</summary>
    public long Version { get; } = version;

    /// <summary>The object as the server sends it.</summary>
    public byte[] Utf8 => _utf8 ??= Json.Bytes(Object);

    /// <summary>The metadata alone, as the server sends it to those who ask for no more.</summary>
    public byte[] Metadata => _metadata ??= JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = Object["metadata"]!.DeepClone(),
    });
}

/// <summary>One change of the store.</summary>
/// <param name="At">When, in virtual time since the start.</param>
/// <param name="Before">The object before; null when it is new.</param>
/// <param name="Now">The object after; of a deletion its last state, with the deletion's version.</param>
/// <param name="Deleted">True for a deletion.</param>
public sealed record Change(TimeSpan At, Stored? Before, Stored Now, bool Deleted)
{
    /// <summary>The version that the change made.</summary>
    public long Version => Now.Version;
}

/// <summary>All objects and the changes that made them, one version a change, until a compaction forgets the older ones.</summary>
public sealed class ObjectStore
{
    private readonly Dictionary<Kind, SortedDictionary<string, Stored>> _kinds = [];
    private readonly List<Change> _log = [];
    private long _forgotten = 1000;

    /// <summary>The same objects, as if all changes up to now were forgotten.</summary>
    public ObjectStore Copy()
    {
        var copy = new ObjectStore { _forgotten = Version };
        foreach (var (kind, objects) in _kinds)
            copy._kinds[kind] = new(objects, StringComparer.Ordinal);
        return copy;
    }

    /// <summary>The newest version.</summary>
    public long Version => _forgotten + _log.Count;

    /// <summary>The oldest version from which a watch can start or a list be read.</summary>
    public long Compacted => _forgotten;

    /// <summary>One object, or null.</summary>
    public Stored? Find(Kind kind, string ns, string name) => Of(kind).GetValueOrDefault(KeyOf(ns, name));

    /// <summary>All objects of a kind by namespace and name, newest state.</summary>
    public IReadOnlyCollection<Stored> All(Kind kind) => Of(kind).Values;

    /// <summary>All objects of a kind as they were at a version that is not compacted.</summary>
    public IReadOnlyCollection<Stored> AllAt(Kind kind, long version)
    {
        if (version >= Version)
            return All(kind);
        var past = new SortedDictionary<string, Stored>(Of(kind), StringComparer.Ordinal);
        for (var v = Version; v > version; v--)
        {
            var change = At(v);
            if (change.Now.Kind != kind)
                continue;
            var key = change.Now.Key;
            if (change.Before is null)
                past.Remove(key);
            else
                past[key] = change.Before;
        }

        return past.Values;
    }

    /// <summary>The change that made a version that is not compacted.</summary>
    public Change At(long version) => _log[(int)(version - _forgotten - 1)];

    /// <summary>The newest version that is at least so old; the compacted one when all are younger.</summary>
    public long VersionAt(TimeSpan time)
    {
        var version = Version;
        while (version > Compacted && At(version).At > time)
            version--;
        return version;
    }

    /// <summary>Stores an object under the next version, which is written into it.</summary>
    public Change Put(Kind kind, JsonObject value, TimeSpan at)
    {
        var before = Find(kind, value.Namespace(), value.Name());
        var now = Next(kind, value);
        Of(kind)[now.Key] = now;
        return Add(new Change(at, before, now, false));
    }

    /// <summary>Takes an object away.</summary>
    public Change Remove(Stored gone, TimeSpan at)
    {
        var last = Next(gone.Kind, gone.Object.Copy());
        Of(gone.Kind).Remove(gone.Key);
        return Add(new Change(at, gone, last, true));
    }

    /// <summary>Forgets all changes up to a version.</summary>
    public void Compact(long version)
    {
        var count = (int)Math.Clamp(version - _forgotten, 0, _log.Count);
        _log.RemoveRange(0, count);
        _forgotten += count;
    }

    private Stored Next(Kind kind, JsonObject value)
    {
        value.Meta()["resourceVersion"] = (Version + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new Stored(kind, value, Version + 1);
    }

    private Change Add(Change change)
    {
        _log.Add(change);
        return change;
    }

    private SortedDictionary<string, Stored> Of(Kind kind)
    {
        if (!_kinds.TryGetValue(kind, out var objects))
            _kinds[kind] = objects = new(StringComparer.Ordinal);
        return objects;
    }

    internal static string KeyOf(string ns, string name) => ns + "/" + name;
}
