using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace KubeDb.Api.Engines.ZooKeeper.Client;

/// <summary>Writes the records of the protocol: big-endian numbers, and texts and bytes behind their length.</summary>
internal sealed class JuteWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Begins a packet: its length comes first, and is filled in by <see cref="ToPacket"/>.</summary>
    public JuteWriter() => Int(0);

    public JuteWriter Int(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    public JuteWriter Long(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    public JuteWriter Bool(bool value)
    {
        _buffer.Write([value ? (byte)1 : (byte)0]);
        return this;
    }

    public JuteWriter Text(string? value) => value is null ? Int(-1) : Bytes(Encoding.UTF8.GetBytes(value));

    public JuteWriter Bytes(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        _buffer.Write(value);
        return this;
    }

    public JuteWriter Acl(ZooKeeperAcl acl) => Int(1).Int((int)acl.Permissions).Text(acl.Scheme).Text(acl.Id);

    /// <summary>The packet, its length in front.</summary>
    public byte[] ToPacket()
    {
        var packet = _buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(packet, packet.Length - 4);
        return packet;
    }
}

/// <summary>Reads the records of one packet. What does not fit into it is no answer of a ZooKeeper server.</summary>
internal ref struct JuteReader(ReadOnlySpan<byte> packet)
{
    private ReadOnlySpan<byte> _rest = packet;

    /// <summary>Nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public bool Bool() => Take(1)[0] != 0;

    /// <summary>Bytes behind their length; those of length -1, which stand for none at all, are empty.</summary>
    public byte[] Bytes()
    {
        var length = Int();
        return length < 0 ? [] : Take(length).ToArray();
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public IReadOnlyList<string> Texts()
    {
        var count = Int();

        // Each has a length of four bytes: a larger number can not be true, and is not believed before anything is reserved for it.
        if (count > _rest.Length / 4)
            throw Malformed();
        var texts = new List<string>(Math.Max(0, count));
        for (var i = 0; i < count; i++)
            texts.Add(Text());
        return texts;
    }

    public ZooKeeperStat Stat()
    {
        var (czxid, mzxid) = (Long(), Long());
        Take(16); // times, by the clock of whichever server led
        var version = Int();
        Take(8);
        var owner = Long();
        var length = Int();
        var children = Int();
        _ = Long();
        return new(czxid, mzxid, version, owner, length, children);
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
            throw Malformed();
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private static IOException Malformed() => new("The peer's answer ends in the middle of a record: it does not speak the protocol of ZooKeeper.");
}
