using System.Globalization;
using System.Numerics;

namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>A set of hash slots, 0 to 16383. Immutable.</summary>
internal sealed class SlotSet : IEquatable<SlotSet>
{
    /// <summary>Number of slots of a cluster.</summary>
    public const int All = 16_384;

    private const int Words = All / 64;
    private readonly ulong[] _bits;

    private SlotSet(ulong[] bits)
    {
        _bits = bits;
        Count = bits.Sum(BitOperations.PopCount);
    }

    /// <summary>No slot.</summary>
    public static SlotSet Empty { get; } = new(new ulong[Words]);

    /// <summary>Every slot.</summary>
    public static SlotSet Full { get; } = OfRange(0, All - 1);

    /// <summary>Number of slots in the set.</summary>
    public int Count { get; }

    /// <summary>No slot is in the set.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The slots in ascending order.</summary>
    public IEnumerable<int> Slots => Enumerable.Range(0, All).Where(Has);

    /// <summary>The set as ranges, both ends included, in ascending order.</summary>
    public IEnumerable<(int First, int Last)> Ranges
    {
        get
        {
            for (var first = 0; first < All; first++)
            {
                if (!Has(first))
                    continue;
                var last = first;
                while (last + 1 < All && Has(last + 1))
                    last++;
                yield return (first, last);
                first = last;
            }
        }
    }

    /// <summary>The slots from first to last, both included.</summary>
    public static SlotSet OfRange(int first, int last) => Of(Enumerable.Range(first, last - first + 1));

    /// <summary>These slots.</summary>
    public static SlotSet Of(IEnumerable<int> slots)
    {
        var bits = new ulong[Words];
        foreach (var slot in slots)
            bits[slot >> 6] |= 1UL << (slot & 63);
        return new(bits);
    }

    /// <summary>The union of all.</summary>
    public static SlotSet Union(IEnumerable<SlotSet> sets) => sets.Where(s => !s.IsEmpty).Aggregate(Empty, (a, b) => a.IsEmpty ? b : a | b);

    /// <summary>The slot is in the set.</summary>
    public bool Has(int slot) => (_bits[slot >> 6] >> (slot & 63) & 1) == 1;

    /// <summary>Number of slots in both.</summary>
    public int CommonWith(SlotSet other)
    {
        var count = 0;
        for (var i = 0; i < Words; i++)
            count += BitOperations.PopCount(_bits[i] & other._bits[i]);
        return count;
    }

    /// <summary>Slots in both.</summary>
    public static SlotSet operator &(SlotSet a, SlotSet b) => Combine(a, b, (x, y) => x & y);

    /// <summary>Slots in either.</summary>
    public static SlotSet operator |(SlotSet a, SlotSet b) => Combine(a, b, (x, y) => x | y);

    /// <summary>Slots of the first that are not in the second.</summary>
    public static SlotSet operator -(SlotSet a, SlotSet b) => Combine(a, b, (x, y) => x & ~y);

    /// <inheritdoc/>
    public bool Equals(SlotSet? other) => other is not null && _bits.AsSpan().SequenceEqual(other._bits);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SlotSet);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, _bits[0], _bits[^1]);

    /// <summary>The ranges as people write them, such as "0-5460, 5462".</summary>
    public override string ToString() => string.Join(", ", Ranges.Select(r =>
        r.First == r.Last ? r.First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{r.First}-{r.Last}")));

    private static SlotSet Combine(SlotSet a, SlotSet b, Func<ulong, ulong, ulong> word)
    {
        var bits = new ulong[Words];
        for (var i = 0; i < Words; i++)
            bits[i] = word(a._bits[i], b._bits[i]);
        return new(bits);
    }
}
