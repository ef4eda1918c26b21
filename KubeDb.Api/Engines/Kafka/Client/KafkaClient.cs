namespace KubeDb.Api.Engines.Kafka.Client;

/// <summary>
/// What the operator asks of one Kafka server, over any stream (plain or TLS). A request that is refused as a whole throws
/// <see cref="KafkaRefusedException"/>; what is refused of its parts is in the answer. Not connected again once it broke.
/// </summary>
public sealed partial class KafkaClient : IAsyncDisposable
{
    private readonly KafkaConnection _connection;
    private readonly KafkaClientOptions _options;

    private KafkaClient(KafkaConnection connection, KafkaClientOptions options) => (_connection, _options) = (connection, options);

    /// <summary>Takes over a connected stream, which is closed with the client or when this fails; asks for the server's versions, and logs in.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="time">The clock of the bounds.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="credential">Who logs in; null for nobody.</param>
    /// <param name="mechanism">How.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <exception cref="IOException">The connection broke, the login is refused, or the peer is no Kafka server.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public static async Task<KafkaClient> OpenAsync(
        Stream stream, TimeProvider time, KafkaClientOptions options, Credential? credential, KafkaMechanism mechanism, CancellationToken cancel)
    {
        var connection = new KafkaConnection(stream, time, options);
        try
        {
            await connection.NegotiateAsync(cancel);
            if (credential is not null)
                await KafkaLogin.RunAsync(connection, credential, mechanism, cancel);
            return new(connection, options);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the server knows of brokers, topics and partitions.</summary>
    /// <param name="topics">Names of topics; null for all.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public Task<KafkaMetadata> MetadataAsync(IReadOnlyCollection<string>? topics, CancellationToken cancel) => _connection.SendAsync(
        KafkaApi.Metadata,
        w =>
        {
            if (topics is null)
                w.Unsigned(0);
            else
                w.Array(topics, static (each, name) => each.Text(name).End());
            w.Bool(false).Bool(false).Bool(false).End();
        },
        static (ref KafkaReader r) =>
        {
            _ = r.Int32();
            var brokers = r.Array(12, ReadBroker);
            var cluster = r.NullableText() ?? "";
            _ = r.Int32();
            var read = r.Array(9, ReadTopic);
            return new KafkaMetadata(cluster, brokers, read);
        },
        cancel);

    /// <summary>Who the members of a cluster are, as the server knows it.</summary>
    public Task<KafkaCluster> DescribeClusterAsync(CancellationToken cancel) => _connection.SendAsync(
        KafkaApi.DescribeCluster,
        static w => w.Bool(false).End(),
        static (ref KafkaReader r) =>
        {
            _ = r.Int32();
            var error = r.Error();
            Demand(error, r.NullableText(), "says nothing of its cluster");
            return new KafkaCluster(r.Text(), r.Int32(), r.Array(12, ReadBroker));
        },
        cancel);

    /// <summary>Who the controllers are, which of them leads, and how far each is. Any server passes the question on to the one that leads.</summary>
    public Task<KafkaQuorum> DescribeQuorumAsync(CancellationToken cancel) => _connection.SendAsync(
        KafkaApi.DescribeQuorum,
        static w => w.Array(["__cluster_metadata"], static (topic, name) => topic.Text(name).Array([0], static (each, partition) => each.Int32(partition).End()).End()).End(),
        static (ref KafkaReader r) =>
        {
            Demand(r.Error(), null, "says nothing of its controllers");
            var topics = r.Array(10, static (ref KafkaReader topic) =>
            {
                _ = topic.Text();
                var partitions = topic.Array(24, ReadQuorum);
                topic.End();
                return partitions;
            });
            return topics.SelectMany(t => t).FirstOrDefault() ?? throw new IOException("The server's answer names no controllers.");
        },
        cancel);

    /// <summary>Drops the connection.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static void Demand(KafkaError error, string? message, string what)
    {
        if (error != KafkaError.None)
            throw new KafkaRefusedException(error, $"The server {what}: {error.Shown(message)}.");
    }

    private static KafkaBroker ReadBroker(ref KafkaReader reader)
    {
        var broker = new KafkaBroker(reader.Int32(), reader.Text(), reader.Int32(), reader.NullableText());
        reader.End();
        return broker;
    }

    private static KafkaTopic ReadTopic(ref KafkaReader reader)
    {
        var (error, name, isInternal) = (reader.Error(), reader.Text(), reader.Bool());
        var partitions = reader.Array(18, ReadPartition);
        _ = reader.Int32();
        reader.End();
        return new(name, error, isInternal, partitions);
    }

    private static KafkaPartition ReadPartition(ref KafkaReader reader)
    {
        var (error, index, leader) = (reader.Error(), reader.Int32(), reader.Int32());
        _ = reader.Int32();
        var partition = new KafkaPartition(index, error, leader, reader.Numbers(), reader.Numbers(), reader.Numbers());
        reader.End();
        return partition;
    }

    private static KafkaQuorum ReadQuorum(ref KafkaReader reader)
    {
        var (_, error, leader, epoch, highWatermark) = (reader.Int32(), reader.Error(), reader.Int32(), reader.Int32(), reader.Int64());
        if (error != KafkaError.None)
            throw new KafkaRefusedException(error, $"The server says nothing of its controllers: {error.Shown()}.");
        var quorum = new KafkaQuorum(leader, epoch, highWatermark, reader.Array(29, ReadReplica), reader.Array(29, ReadReplica));
        reader.End();
        return quorum;
    }

    private static KafkaQuorumReplica ReadReplica(ref KafkaReader reader)
    {
        var replica = new KafkaQuorumReplica(reader.Int32(), reader.Int64());
        _ = reader.Int64();
        _ = reader.Int64();
        reader.End();
        return replica;
    }
}
