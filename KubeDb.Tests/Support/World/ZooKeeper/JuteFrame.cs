using System.Buffers.Binary;
using System.Text;

namespace KubeDb.Tests.Support.World;

/// <summary>Reads the fields of a frame of ZooKeeper's protocol.</summary>
internal sealed class JuteReader(ReadOnlyMemory<byte> frame)
{
    private int _at;

    public bool IsAtEnd => _at >= frame.Length;

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public bool Bool() => Take(1)[0] != 0;

    public byte[] Buffer() => Int() is > 0 and var length ? Take(length).ToArray() : [];

    public string Text() => Encoding.UTF8.GetString(Buffer());

    private ReadOnlySpan<byte> Take(int count) => frame.Span.Slice((_at += count) - count, count);
}

/// <summary>Writes a frame of ZooKeeper's protocol, without its length.</summary>
internal sealed class JuteWriter
{
    private readonly List<byte> _bytes = [];

    public JuteWriter Int(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public JuteWriter Long(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public JuteWriter Bool(bool value)
    {
        _bytes.Add(value ? (byte)1 : (byte)0);
        return this;
    }

    public JuteWriter Buffer(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public JuteWriter Text(string value) => Buffer(Encoding.UTF8.GetBytes(value));

    /// <summary>The state of a node whose data has this length.</summary>
    public JuteWriter Stat(int length, int children) =>
        Long(1).Long(2).Long(0).Long(0).Int(0).Int(0).Int(0).Long(0).Int(length).Int(children).Long(1);

    /// <summary>The frame with its length before it.</summary>
    public byte[] Framed()
    {
        var framed = new byte[_bytes.Count + 4];
        BinaryPrimitives.WriteInt32BigEndian(framed, _bytes.Count);
        _bytes.CopyTo(framed, 4);
        return framed;
    }
}
