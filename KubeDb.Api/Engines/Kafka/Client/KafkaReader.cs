using System.Buffers.Binary;
using System.Text;

namespace KubeDb.Api.Engines.Kafka.Client;

/// <summary>Reads the fields of one answer, of flexible versions. What does not fit into it is no answer of a Kafka server.</summary>
internal ref struct KafkaReader(ReadOnlySpan<byte> answer)
{
    private ReadOnlySpan<byte> _rest = answer;

    public delegate T Item<out T>(ref KafkaReader reader);

    /// <summary>How many bytes are left.</summary>
    public readonly int Left => _rest.Length;

    public sbyte Int8() => (sbyte)Take(1)[0];

    public bool Bool() => Take(1)[0] != 0;

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public KafkaError Error() => (KafkaError)Int16();

    /// <summary>A number in groups of seven bits, the lowest first; ten of them at most.</summary>
    public ulong Unsigned()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var group = Take(1)[0];
            value |= (ulong)(group & 0x7f) << shift;
            if (group < 0x80)
                return value;
        }

        throw Malformed();
    }

    /// <summary>The same for one that may be negative.</summary>
    public long Signed()
    {
        var value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public string Text() => NullableText() ?? throw Malformed();

    public string? NullableText()
    {
        var length = Length();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>A text behind a length of two bytes.</summary>
    public string LegacyText()
    {
        var length = Int16();
        return length < 0 ? "" : Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>Bytes behind their length; none at all are empty.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Length();
        return length <= 0 ? default : Take(length);
    }

    /// <summary>Bytes of a known number.</summary>
    public ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > _rest.Length)
            throw Malformed();
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    /// <summary>The items of an array; none for no array at all.</summary>
    /// <param name="smallest">Bytes that each item has at least: a larger number of them can not be true, and is not believed.</param>
    /// <param name="read">Reads an item.</param>
    public IReadOnlyList<T> Array<T>(int smallest, Item<T> read)
    {
        var count = Length();
        if (count <= 0)
            return [];
        if ((long)count * smallest > _rest.Length)
            throw Malformed();
        var items = new List<T>(count);
        for (var i = 0; i < count; i++)
            items.Add(read(ref this));
        return items;
    }

    public IReadOnlyList<int> Numbers() => Array(4, static (ref KafkaReader r) => r.Int32());

    /// <summary>Passes over the fields that the version of the answer does not know, which end every structure.</summary>
    public void End()
    {
        for (var fields = Unsigned(); fields > 0; fields--)
        {
            Unsigned();
            Take((long)Math.Min(Unsigned(), long.MaxValue));
        }
    }

    private int Length()
    {
        var length = Unsigned();
        return length > int.MaxValue ? throw Malformed() : (int)length - 1;
    }

    private static IOException Malformed() => new("The peer's answer ends in the middle of a field: it does not speak the protocol of Kafka.");
}
