using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace KubeDb.Api.Engines.Kafka.Client;

/// <summary>
/// Writes the fields of a request: big-endian numbers, and texts, bytes and arrays behind their length and one, as flexible versions of requests
/// have them. <see cref="LegacyText"/> is for what is older.
/// </summary>
internal sealed class KafkaWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public KafkaWriter Int8(sbyte value)
    {
        _buffer.Write([(byte)value]);
        return this;
    }

    public KafkaWriter Bool(bool value) => Int8(value ? (sbyte)1 : (sbyte)0);

    public KafkaWriter Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
        return this;
    }

    public KafkaWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    public KafkaWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    /// <summary>A number in groups of seven bits, the lowest first.</summary>
    public KafkaWriter Unsigned(ulong value)
    {
        while (value > 0x7f)
        {
            _buffer.Write([(byte)(value | 0x80)]);
            value >>= 7;
        }

        _buffer.Write([(byte)value]);
        return this;
    }

    /// <summary>The same for one that may be negative: small numbers of both signs are short.</summary>
    public KafkaWriter Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public KafkaWriter Text(string? value) => value is null ? Unsigned(0) : Bytes(Encoding.UTF8.GetBytes(value));

    public KafkaWriter Bytes(ReadOnlySpan<byte> value) => Unsigned((ulong)value.Length + 1).Raw(value);

    public KafkaWriter Raw(ReadOnlySpan<byte> value)
    {
        _buffer.Write(value);
        return this;
    }

    /// <summary>A text behind a length of two bytes.</summary>
    public KafkaWriter LegacyText(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return Int16(checked((short)bytes.Length)).Raw(bytes);
    }

    public KafkaWriter Array<T>(IReadOnlyCollection<T> items, Action<KafkaWriter, T> write)
    {
        Unsigned((ulong)items.Count + 1);
        foreach (var item in items)
            write(this, item);
        return this;
    }

    /// <summary>The end of a structure: no field that its version does not know.</summary>
    public KafkaWriter End() => Unsigned(0);
}
