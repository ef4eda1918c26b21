using System.Runtime.InteropServices;

namespace KubeDb.Api.Controllers;

/// <summary>
/// An index from a value to objects that spends no list on the common case of one object a value. Not safe for threads: its owner locks.
/// </summary>
internal sealed class ObjectIndex<TValue, T>
    where TValue : notnull
    where T : class
{
    // The value is a T, or a List<T> of at least two.
    private readonly Dictionary<TValue, object> _buckets = [];

    public void Add(TValue value, T item)
    {
        ref var bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(_buckets, value, out _);
        switch (bucket)
        {
            case null:
                bucket = item;
                break;
            case List<T> many:
                many.Add(item);
                break;
            default:
                bucket = new List<T>(2) { (T)bucket, item };
                break;
        }
    }

    public void Remove(TValue value, T item)
    {
        if (!_buckets.TryGetValue(value, out var bucket))
            return;
        if (bucket is not List<T> many)
        {
            if (ReferenceEquals(bucket, item))
                _buckets.Remove(value);
            return;
        }

        many.Remove(item);
        if (many.Count == 1)
            _buckets[value] = many[0];
    }

    /// <summary>Gives the room for further values back.</summary>
    public void TrimExcess() => _buckets.TrimExcess();

    public IReadOnlyList<T> Snapshot(TValue value) => _buckets.GetValueOrDefault(value) switch
    {
        null => [],
        List<T> many => many.ToArray(),
        var one => [(T)one],
    };
}
