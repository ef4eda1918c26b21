namespace KubeDb.Api.Kubernetes.Models;

/// <summary>
/// Remembers one value a slot, by hash, so that equal values that come later can share it. It grows with what it loses, up to a bound that
/// no server can move, and starts empty then: sharing is a saving, not a promise. Safe for threads without locks: a lost race costs a copy.
/// </summary>
internal sealed class RecentValues<T>
    where T : class
{
    private const int Least = 1 << 10;
    private const int Most = 1 << 17;

    private T?[] _slots = new T?[Least];
    private int _lost;

    /// <summary>Slots there are now; a power of two.</summary>
    public int Slots => Volatile.Read(ref _slots).Length;

    /// <summary>The value kept under the hash, which need not be the one looked for.</summary>
    public T? Find(int hash)
    {
        var slots = Volatile.Read(ref _slots);
        return Volatile.Read(ref slots[hash & (slots.Length - 1)]);
    }

    /// <summary>Keeps a value; the one that was there is forgotten.</summary>
    public void Keep(int hash, T value)
    {
        var slots = Volatile.Read(ref _slots);
        if (slots[hash & (slots.Length - 1)] is not null && Interlocked.Increment(ref _lost) > slots.Length && slots.Length < Most)
        {
            Volatile.Write(ref _lost, 0);
            slots = new T?[slots.Length * 2];
            Volatile.Write(ref _slots, slots);
        }

        Volatile.Write(ref slots[hash & (slots.Length - 1)], value);
    }
}
