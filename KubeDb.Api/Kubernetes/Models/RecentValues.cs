namespace KubeDb.Api.Kubernetes.Models;

/// <summary>
/// Remembers one value a slot, by hash, so that equal values that come later can share it. It grows with what it loses, up to a bound that
/// no server can move: sharing is a saving, not a promise. Safe for threads without locks: a lost race costs a copy.
/// </summary>
internal sealed class RecentValues<T>
    where T : class
{
    private const int Least = 1 << 12;
    private const int Most = 1 << 17;

    private Slot[] _slots = new Slot[Least];
    private int _lost;

    /// <summary>Slots there are now; a power of two.</summary>
    public int Slots => Volatile.Read(ref _slots).Length;

    /// <summary>The value kept under the hash, which need not be the one looked for.</summary>
    public T? Find(int hash)
    {
        var slots = Volatile.Read(ref _slots);
        return Volatile.Read(ref slots[hash & (slots.Length - 1)].Value);
    }

    /// <summary>Keeps a value; another one in its slot is forgotten.</summary>
    public void Keep(int hash, T value)
    {
        var slots = Volatile.Read(ref _slots);
        if (slots[hash & (slots.Length - 1)].Value is not null && Interlocked.Increment(ref _lost) > slots.Length / 4 && slots.Length < Most)
        {
            Volatile.Write(ref _lost, 0);
            slots = Doubled(slots);
            Volatile.Write(ref _slots, slots);
        }

        ref var slot = ref slots[hash & (slots.Length - 1)];
        slot.Hash = hash;
        Volatile.Write(ref slot.Value, value);
    }

    private static Slot[] Doubled(Slot[] slots)
    {
        var larger = new Slot[slots.Length * 2];
        foreach (var slot in slots)
        {
            if (slot.Value is not null)
                larger[slot.Hash & (larger.Length - 1)] = slot;
        }

        return larger;
    }

    // A hash and a value of two writers that raced put the value where nobody finds it, and nothing else.
    private struct Slot
    {
        public int Hash;
        public T? Value;
    }
}
