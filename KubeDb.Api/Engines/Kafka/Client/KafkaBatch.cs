using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace KubeDb.Api.Engines.Kafka.Client;

/// <summary>Record batches as brokers keep and send them (magic 2).</summary>
internal static class KafkaBatch
{
    /// <summary>Bytes before the checksummed part: offset, length, epoch, magic, checksum.</summary>
    private const int Head = 8 + 4 + 4 + 1 + 4;

    /// <summary>Bytes that <c>offset</c> and <c>length</c> take, which the length does not count.</summary>
    private const int Frame = 12;

    private const sbyte Magic = 2;
    private const short CompressionMask = 7, ControlMask = 0x20;

    /// <summary>A batch of one record without a key.</summary>
    public static byte[] Of(ReadOnlySpan<byte> value, DateTimeOffset now)
    {
        var record = new KafkaWriter().Int8(0).Signed(0).Signed(0).Signed(-1).Signed(value.Length).Raw(value).Signed(0).Written;
        var time = now.ToUnixTimeMilliseconds();
        var body = new KafkaWriter().Int16(0).Int32(0).Int64(time).Int64(time).Int64(-1).Int16(-1).Int32(-1).Int32(1).Signed(record.Length).Raw(record).Written;
        return new KafkaWriter().Int64(0).Int32(Head - Frame + body.Length).Int32(-1).Int8(Magic).Int32((int)Checksum(body)).Raw(body).Written.ToArray();
    }

    /// <summary>The records of whole batches; a last one that was cut off is left out, and so are those that are compressed or not for consumers.</summary>
    /// <exception cref="IOException">A batch is damaged.</exception>
    public static IReadOnlyList<KafkaRecord> Read(ReadOnlySpan<byte> batches)
    {
        var records = new List<KafkaRecord>();
        while (batches.Length >= Frame)
        {
            var (offset, length) = (BinaryPrimitives.ReadInt64BigEndian(batches), BinaryPrimitives.ReadInt32BigEndian(batches[8..]));
            if (length < Head - Frame)
                throw new IOException("The peer sends a batch of records of an impossible length.");
            if (length > batches.Length - Frame)
                break;
            ReadBatch(batches.Slice(Frame, length), offset, records);
            batches = batches[(Frame + length)..];
        }

        return records;
    }

    private static void ReadBatch(ReadOnlySpan<byte> batch, long offset, List<KafkaRecord> records)
    {
        var reader = new KafkaReader(batch);
        _ = reader.Int32();
        if (reader.Int8() != Magic)
            throw new IOException("The peer sends a batch of records of a format that is not read.");
        if (reader.UInt32() != Checksum(batch[(Head - Frame)..]))
            throw new IOException("A batch of records was damaged on its way.");
        var attributes = reader.Int16();
        if ((attributes & (CompressionMask | ControlMask)) != 0)
            return;
        _ = reader.Take(4 + 8 + 8 + 8 + 2 + 4);
        for (var left = reader.Int32(); left > 0; left--)
        {
            var record = new KafkaReader(reader.Take(reader.Signed()));
            _ = record.Int8();
            _ = record.Signed();
            var at = offset + record.Signed();
            Bytes(ref record);
            records.Add(new(at, Bytes(ref record).ToArray()));
        }
    }

    private static ReadOnlySpan<byte> Bytes(ref KafkaReader record)
    {
        var length = record.Signed();
        return length < 0 ? default : record.Take(length);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        var words = bytes[..(bytes.Length & ~7)];
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(words))
            sum = BitOperations.Crc32C(sum, word);
        foreach (var one in bytes[words.Length..])
            sum = BitOperations.Crc32C(sum, one);
        return ~sum;
    }
}
