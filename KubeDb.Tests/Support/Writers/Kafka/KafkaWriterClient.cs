using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace KubeDb.Tests.Support.Writers.Kafka;

/// <summary>
/// Produces a record for each number into one partition, with a client that nobody here wrote: acknowledged by every replica in sync, and sent again by the
/// client itself for as long as the writer lets it.
/// </summary>
internal sealed class KafkaWriterClient : IWriterClient
{
    private readonly ClientConfig _config;
    private readonly TopicPartition _partition;
    private readonly IProducer<Null, string> _producer;

    /// <summary>Writes into a partition of a topic that is there.</summary>
    public KafkaWriterClient(ClientConfig config, string topic, int partition)
    {
        (_config, _partition) = (config, new(topic, partition));
        _producer = new ProducerBuilder<Null, string>(new ProducerConfig(new ClientConfig(config))
        {
            Acks = Acks.All, EnableIdempotence = true, LingerMs = 0, MessageTimeoutMs = 60_000, RequestTimeoutMs = 5_000,
        }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
    }

    /// <summary>What clients of a cluster have in common: quick to look again for a broker that moved.</summary>
    public static ClientConfig Config(IEnumerable<int> ports) => new()
    {
        BootstrapServers = string.Join(',', ports.Select(p => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{p}"))),
        SocketConnectionSetupTimeoutMs = 5_000,
        ReconnectBackoffMs = 50,
        ReconnectBackoffMaxMs = 500,
        TopicMetadataRefreshIntervalMs = 2_000,
        AllowAutoCreateTopics = false,
    };

    /// <summary>Makes a topic whose records two of three replicas have to have, however long a slow machine takes for it.</summary>
    public static async Task CreateTopicAsync(ClientConfig config, string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(config).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        var wanted = new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 3, Configs = new() { ["min.insync.replicas"] = "2" } };
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await admin.CreateTopicsAsync([wanted], new CreateTopicsOptions { RequestTimeout = TimeSpan.FromSeconds(20), OperationTimeout = TimeSpan.FromSeconds(20) });
                return;
            }
            catch (CreateTopicsException e) when (e.Results.TrueForAll(r => r.Error.Code == ErrorCode.TopicAlreadyExists))
            {
                // An earlier attempt made it after all.
                return;
            }
            catch (KafkaException) when (clock.Elapsed < TimeSpan.FromMinutes(3))
            {
                await Task.Delay(500);
            }
        }
    }

    public async Task WriteAsync(int number, CancellationToken cancel) =>
        await _producer.ProduceAsync(_partition, new() { Value = number.ToString(CultureInfo.InvariantCulture) }, cancel);

    public Task<IReadOnlyCollection<int>> ReadAsync(IReadOnlyList<int> numbers, CancellationToken cancel) => Task.Run<IReadOnlyCollection<int>>(
        () =>
        {
            using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(new ClientConfig(_config)) { GroupId = $"reader-{Guid.NewGuid():N}", EnableAutoCommit = false, EnablePartitionEof = true })
                .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
            consumer.Assign(new TopicPartitionOffset(_partition, Offset.Beginning));
            var wanted = numbers.ToHashSet();
            var found = new HashSet<int>();
            while (consumer.Consume(cancel) is { IsPartitionEOF: false } record)
            {
                if (int.Parse(record.Message.Value, CultureInfo.InvariantCulture) is var number && wanted.Contains(number))
                    found.Add(number);
            }

            return found;
        },
        cancel);

    public ValueTask DisposeAsync()
    {
        _producer.Flush(TimeSpan.FromSeconds(5));
        _producer.Dispose();
        return ValueTask.CompletedTask;
    }
}
