using System.Globalization;
using System.Text;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Engines.Kafka.Cluster;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>
/// One round of health checks: every node answers, a controller leads and all of them vote, every broker is registered, every partition has a leader,
/// and a record is written and read back.
/// </summary>
internal sealed class KafkaHealth(KafkaConnector connector)
{
    /// <summary>The topic that is written and read. It has one partition, and keeps its records for ten minutes.</summary>
    public const string ProbeTopic = "kafka-health";

    private const string TenMinutes = "600000";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly ClusterObserver _observer = new(connector);

    /// <summary>Checks the cluster; the first failure ends the round.</summary>
    public async Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var checks = instances.Database.Spec.HealthChecker;
        var timeout = TimeSpan.FromSeconds(checks?.TimeoutSeconds is { } seconds and > 0 ? seconds : 10);

        // A node that hangs is to be named within the time of the round: connecting and asking take a bound each, and more questions follow.
        await using var cluster = await _observer.OpenAsync(instances, timeout / 5, cancel);
        if (cluster.View.Judge(instances.Database.Metadata.Key.ToString()) is { } failure)
            return new(failure);
        return checks is { DisableWriteCheck: true } ? HealthReport.Healthy : new(await WriteAndReadAsync(cluster, timeout, cancel));
    }

    private async Task<HealthFailure?> WriteAndReadAsync(OpenCluster cluster, TimeSpan timeout, CancellationToken cancel)
    {
        // A topic that was just made has no leader at first, and a leader may just have moved.
        var began = connector.Time.GetTimestamp();
        while (true)
        {
            var failure = await TryAsync(cluster, cancel);
            if (failure is null || connector.Time.GetElapsedTime(began) > timeout / 3)
                return failure;
            await Task.Delay(Pause, connector.Time, cancel);
        }
    }

    private async Task<HealthFailure?> TryAsync(OpenCluster cluster, CancellationToken cancel)
    {
        var step = HealthLabels.Write;
        var place = "a broker";
        try
        {
            if (cluster.AnyBroker is not { } broker)
                return Failed(step, "No broker can be asked who leads");
            if ((await broker.MetadataAsync([ProbeTopic], cancel)).Topics is not [{ Error: not KafkaError.UnknownTopicOrPartition } topic, ..])
                return await CreateAsync(broker, cluster.View.Metadata!.Brokers.Count, cancel);
            if (topic.Error == KafkaError.TopicAuthorizationFailed)
                return Failed(step, $"The superuser of the auth secret may not use the topic {ProbeTopic}");
            if (topic.Partitions is not [{ Leader: >= 0 and var leader }, ..])
                return Failed(step, $"The topic {ProbeTopic} has no leader: {topic.Error.Shown()}");
            place = cluster.View.Nodes.FirstOrDefault(n => n.Id == leader) is { } node ? $"pod {node.Key}" : string.Create(CultureInfo.InvariantCulture, $"broker {leader}");
            if (cluster.ClientOf(leader) is not { } client)
                return Failed(step, $"The topic {ProbeTopic} is led by {place}, which can not be asked");
            var value = Encoding.ASCII.GetBytes(connector.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
            var (result, offset) = await client.ProduceAsync(ProbeTopic, 0, value, connector.Time.GetUtcNow(), cancel);
            if (!result.IsOk)
                return Failed(step, $"{Upper(place)} does not take a record of {ProbeTopic}: {result.Shown}");
            step = HealthLabels.Read;
            var fetched = await client.FetchAsync(ProbeTopic, 0, offset, Pause, cancel);
            return fetched.Error != KafkaError.None
                ? Failed(step, $"{Upper(place)} gives no record of {ProbeTopic}: {fetched.Error.Shown()}")
                : fetched.Records.FirstOrDefault(r => r.Offset == offset) is { } record && record.Value.Span.SequenceEqual(value)
                    ? null
                    : Failed(step, $"{Upper(place)} does not return what was just written to {ProbeTopic}");
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return Failed(step, $"{Upper(place)} did not answer the {step} check: {e.Message.TrimEnd('.')}");
        }
    }

    private static async Task<HealthFailure?> CreateAsync(KafkaClient broker, int brokers, CancellationToken cancel)
    {
        // As many copies as there are brokers for, of which one may be missing, whatever the cluster asks of other topics.
        var copies = Math.Clamp(brokers, 1, 3);
        var settings = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["compression.type"] = "uncompressed",
            ["min.insync.replicas"] = Math.Max(1, copies - 1).ToString(CultureInfo.InvariantCulture),
            ["retention.ms"] = TenMinutes,
            ["segment.ms"] = TenMinutes,
        };
        var made = await broker.CreateTopicAsync(new(ProbeTopic, 1, (short)copies, settings), cancel);
        return Failed(HealthLabels.Write, made.IsOk || made.Error == KafkaError.TopicAlreadyExists ? $"The topic {ProbeTopic} was just made and has no leader yet" : $"The topic {ProbeTopic} can not be made: {made.Shown}");
    }

    private static HealthFailure Failed(string label, string what) => new(label, $"{what}.", AcceptsConnections: true);

    private static string Upper(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
