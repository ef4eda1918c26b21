namespace KubeDb.Api.Engines.Kafka.Client;

/// <content>Records. They are sent to, and asked of, the broker that leads the partition.</content>
public sealed partial class KafkaClient
{
    private const int LargestFetch = 0x100000;

    /// <summary>Writes one record; acknowledged once every replica in sync has it.</summary>
    /// <returns>What the server says, and the offset of the record.</returns>
    public async Task<(KafkaResult Result, long Offset)> ProduceAsync(string topic, int partition, ReadOnlyMemory<byte> value, DateTimeOffset now, CancellationToken cancel)
    {
        var batch = KafkaBatch.Of(value.Span, now);
        var results = await _connection.SendAsync(
            KafkaApi.Produce,
            w => w.Text(null).Int16(-1).Int32((int)_options.Timeout.TotalMilliseconds)
                .Array([topic], (t, name) => t.Text(name).Array([partition], (p, index) => p.Int32(index).Bytes(batch).End()).End()).End(),
            static (ref KafkaReader r) => r.Array(3, static (ref KafkaReader t) =>
            {
                _ = t.Text();
                var partitions = t.Array(33, static (ref KafkaReader p) =>
                {
                    _ = p.Int32();
                    var (error, offset) = (p.Error(), p.Int64());
                    _ = p.Int64();
                    _ = p.Int64();
                    var faults = p.Array(6, static (ref KafkaReader fault) =>
                    {
                        _ = fault.Int32();
                        var words = fault.NullableText();
                        fault.End();
                        return words;
                    });
                    var message = p.NullableText();
                    p.End();
                    return (Result: new KafkaResult(error, message ?? (faults.Count > 0 ? faults[0] : null)), Offset: offset);
                });
                t.End();
                return partitions;
            }),
            cancel);
        return results.SelectMany(t => t).ToList() is [var one] ? one : throw new IOException("The server's answer does not name the partition.");
    }

    /// <summary>Reads records from an offset on, as many as fit into a mebibyte.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">The first record.</param>
    /// <param name="wait">How long the server may wait for one.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public async Task<KafkaFetched> FetchAsync(string topic, int partition, long offset, TimeSpan wait, CancellationToken cancel)
    {
        var results = await _connection.SendAsync(
            KafkaApi.Fetch,
            w => w.Int32(-1).Int32((int)wait.TotalMilliseconds).Int32(1).Int32(LargestFetch).Int8(0).Int32(0).Int32(-1)
                .Array([topic], (t, name) => t.Text(name).Array(
                    [partition],
                    (p, index) => p.Int32(index).Int32(-1).Int64(offset).Int32(-1).Int64(-1).Int32(LargestFetch).End()).End())
                .Array<int>([], static (_, _) => { }).Text("").End(),
            static (ref KafkaReader r) =>
            {
                _ = r.Int32();
                Demand(r.Error(), null, "gives no records");
                _ = r.Int32();
                return r.Array(3, static (ref KafkaReader t) =>
                {
                    _ = t.Text();
                    var partitions = t.Array(38, ReadFetched);
                    t.End();
                    return partitions;
                });
            },
            cancel);
        var fetched = results.SelectMany(t => t).ToList() is [var one] ? one : throw new IOException("The server's answer does not name the partition.");

        // A server sends whole batches, which may begin before the offset.
        return fetched with { Records = [.. fetched.Records.Where(r => r.Offset >= offset)] };
    }

    private static KafkaFetched ReadFetched(ref KafkaReader reader)
    {
        _ = reader.Int32();
        var (error, highWatermark) = (reader.Error(), reader.Int64());
        _ = reader.Int64();
        _ = reader.Int64();
        _ = reader.Array(17, static (ref KafkaReader aborted) =>
        {
            _ = aborted.Int64();
            _ = aborted.Int64();
            aborted.End();
            return true;
        });
        _ = reader.Int32();
        var records = KafkaBatch.Read(reader.Bytes());
        reader.End();
        return new(error, highWatermark, records);
    }
}
