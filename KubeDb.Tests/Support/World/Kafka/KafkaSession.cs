using System.Buffers.Binary;
using System.Text;
using KubeDb.Api.Engines.Kafka.Client;

namespace KubeDb.Tests.Support.World;

/// <summary>TEST DOUBLE of one client's session with a node: the requests that an operator sends.</summary>
internal sealed class KafkaSession(KafkaMember node, Func<bool> isDead)
{
    private static readonly KafkaApi[] OfBrokers =
    [
        KafkaApi.Produce, KafkaApi.Fetch, KafkaApi.Metadata, KafkaApi.SaslHandshake, KafkaApi.ApiVersions, KafkaApi.CreateTopics, KafkaApi.DescribeConfigs,
        KafkaApi.SaslAuthenticate, KafkaApi.IncrementalAlterConfigs, KafkaApi.DescribeQuorum, KafkaApi.DescribeCluster,
    ];

    private static readonly KafkaApi[] OfControllers =
        [KafkaApi.SaslHandshake, KafkaApi.ApiVersions, KafkaApi.DescribeConfigs, KafkaApi.SaslAuthenticate, KafkaApi.IncrementalAlterConfigs, KafkaApi.DescribeQuorum, KafkaApi.DescribeCluster];

    private readonly List<byte> _received = [];

    public Stream Open() => new ByteConnection((bytes, answers) =>
    {
        if (node.Answers && node.Cluster.Running.Contains(node) && !isDead())
            Receive(bytes.Span, answers);
    });

    private KafkaDouble Cluster => node.Cluster;

    private void Receive(ReadOnlySpan<byte> bytes, ByteAnswers answers)
    {
        _received.AddRange(bytes);
        while (_received.Count >= 4)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(_received.Take(4).ToArray());
            if (_received.Count < length + 4)
                return;
            var frame = _received.Skip(4).Take(length).ToArray();
            _received.RemoveRange(0, length + 4);
            var answer = Answer(frame);
            var framed = new byte[answer.Length + 4];
            BinaryPrimitives.WriteInt32BigEndian(framed, answer.Length);
            answer.CopyTo(framed, 4);
            answers.Add(framed);
        }
    }

    private byte[] Answer(byte[] frame)
    {
        var request = new KafkaReader(frame);
        var (key, _, number) = (request.Int16(), request.Int16(), request.Int32());
        _ = request.LegacyText();
        var api = OfBrokers.Single(a => a.Key == key);
        if (api.IsFlexible)
            request.End();
        var answer = new KafkaWriter().Int32(number);
        if (api.HasFlexibleAnswer)
            answer.End();
        Answer(api, ref request, answer);
        return answer.Written.ToArray();
    }

    private void Answer(KafkaApi api, ref KafkaReader request, KafkaWriter answer)
    {
        if (api == KafkaApi.ApiVersions)
            answer.Int16(0).Array(node.IsBroker ? OfBrokers : OfControllers, static (w, a) => w.Int16(a.Key).Int16(a.Version).Int16(a.Version).End()).Int32(0).End();
        else if (api == KafkaApi.SaslHandshake)
            answer.Int16((short)(node.Credential is null || request.LegacyText() != "PLAIN" ? KafkaError.UnsupportedSaslMechanism : KafkaError.None)).Int32(1).LegacyText("PLAIN");
        else if (api == KafkaApi.SaslAuthenticate)
            Authenticate(ref request, answer);
        else if (api == KafkaApi.Metadata)
            Metadata(ref request, answer);
        else if (api == KafkaApi.DescribeCluster)
            answer.Int32(0).Int16(0).Text(null).Text(Cluster.Id).Int32(Cluster.Leader?.Id ?? -1).Array([.. Cluster.Registered], Broker).Int32(int.MinValue).End();
        else if (api == KafkaApi.DescribeQuorum)
            Quorum(answer);
        else if (api == KafkaApi.CreateTopics)
            CreateTopics(ref request, answer);
        else if (api == KafkaApi.DescribeConfigs)
            KafkaSettingAnswers.Describe(node, ref request, answer);
        else if (api == KafkaApi.IncrementalAlterConfigs)
            KafkaSettingAnswers.Alter(node, ref request, answer);
        else if (api == KafkaApi.Produce)
            Produce(ref request, answer);
        else
            Fetch(ref request, answer);
    }

    private void Authenticate(ref KafkaReader request, KafkaWriter answer)
    {
        var parts = Encoding.UTF8.GetString(request.Bytes()).Split('\0');
        var isRight = node.Credential is { } credential && parts is [_, var user, var password] && (user, password) == credential;
        answer.Int16((short)(isRight ? KafkaError.None : KafkaError.SaslAuthenticationFailed)).Text(null).Bytes([]).Int64(0).End();
    }

    private void Metadata(ref KafkaReader request, KafkaWriter answer)
    {
        // No array at all asks for every topic.
        var look = request;
        var all = look.Unsigned() == 0;
        var names = all ? [.. Cluster.Topics.Keys] : request.Array(2, static (ref KafkaReader t) =>
        {
            var name = t.Text();
            t.End();
            return name;
        });
        answer.Int32(0).Array([.. Cluster.Registered], Broker).Text(Cluster.Id).Int32(Cluster.Leader?.Id ?? -1).Array([.. names], (w, name) =>
        {
            var topic = Cluster.Topics.GetValueOrDefault(name);
            w.Int16((short)(topic is null ? KafkaError.UnknownTopicOrPartition : KafkaError.None)).Text(name).Bool(name.StartsWith("__", StringComparison.Ordinal))
                .Array([.. (topic?.Partitions ?? []).Select((p, i) => (Partition: p, Index: i))], (each, p) => each
                    .Int16((short)(p.Partition.Leader < 0 ? KafkaError.LeaderNotAvailable : KafkaError.None)).Int32(p.Index).Int32(p.Partition.Leader).Int32(0)
                    .Array([.. p.Partition.Replicas], Number).Array(p.Partition.InSync, Number)
                    .Array([.. p.Partition.Replicas.Except(Cluster.Registered.Select(b => b.Id))], Number).End())
                .Int32(int.MinValue).End();
        }).Int32(int.MinValue).End();
    }

    private void Quorum(KafkaWriter answer)
    {
        var leader = Cluster.Leader;
        List<int> voters = [.. node.Voters];
        List<KafkaMember> observers = [.. Cluster.Running.Where(m => !voters.Contains(m.Id))];
        answer.Int16(0).Array(["__cluster_metadata"], (t, name) => t.Text(name).Array([0], (p, index) => p
            .Int32(index).Int16((short)(leader is null ? KafkaError.LeaderNotAvailable : KafkaError.None)).Int32(leader?.Id ?? -1).Int32(Cluster.Epoch).Int64(Cluster.Epoch)
            .Array(voters, (w, id) => Replica(w, id, Cluster.Running.FirstOrDefault(m => m.Id == id)?.Metadata ?? -1))
            .Array(observers, (w, m) => Replica(w, m.Id, m.Metadata)).End()).End()).End();

        static void Replica(KafkaWriter w, int id, long offset) => w.Int32(id).Int64(offset).Int64(-1).Int64(-1).End();
    }

    private void CreateTopics(ref KafkaReader request, KafkaWriter answer)
    {
        var topics = request.Array(10, static (ref KafkaReader t) =>
        {
            var (name, partitions, replicas) = (t.Text(), t.Int32(), t.Int16());
            _ = t.Array(2, static (ref KafkaReader _) => 0);
            var settings = t.Array(3, static (ref KafkaReader s) =>
            {
                var setting = KeyValuePair.Create(s.Text(), s.NullableText() ?? "");
                s.End();
                return setting;
            });
            t.End();
            return (Name: name, Partitions: partitions, Replicas: (int)replicas, Settings: settings.ToDictionary());
        });
        answer.Int32(0).Array([.. topics], (w, t) =>
        {
            var error = Cluster.Topics.ContainsKey(t.Name) ? KafkaError.TopicAlreadyExists
                : Cluster.Leader is not null && Cluster.Create(t.Name, t.Partitions, t.Replicas, t.Settings) ? KafkaError.None : KafkaError.InvalidReplicationFactor;
            w.Text(t.Name).Int16((short)error).Text(null).Int32(t.Partitions).Int16((short)t.Replicas).Array<int>([], static (_, _) => { }).End();
        }).End();
    }

    private void Produce(ref KafkaReader request, KafkaWriter answer)
    {
        _ = request.NullableText();
        _ = (request.Int16(), request.Int32());
        var written = request.Array(3, static (ref KafkaReader t) =>
        {
            var name = t.Text();
            var partitions = t.Array(6, static (ref KafkaReader p) =>
            {
                var (index, batch) = (p.Int32(), p.Bytes().ToArray());
                p.End();
                return (index, batch);
            });
            t.End();
            return (Name: name, Partitions: partitions);
        });
        answer.Array([.. written], (t, topic) => t.Text(topic.Name).Array([.. topic.Partitions], (p, partition) =>
        {
            var at = Cluster.Topics.GetValueOrDefault(topic.Name)?.Partitions[partition.index];
            var error = at is null ? KafkaError.UnknownTopicOrPartition
                : at.Leader != node.Id ? KafkaError.NotLeaderOrFollower
                : KafkaBatch.Read(partition.batch).All(r => Cluster.Write(topic.Name, partition.index, r.Value.ToArray())) ? KafkaError.None : KafkaError.NotEnoughReplicas;
            p.Int32(partition.index).Int16((short)error).Int64((at?.Records.Count ?? 0) - 1).Int64(-1).Int64(0).Array<int>([], static (_, _) => { }).Text(null).End();
        }).End()).Int32(0).End();
    }

    private void Fetch(ref KafkaReader request, KafkaWriter answer)
    {
        _ = (request.Int32(), request.Int32(), request.Int32(), request.Int32(), request.Int8(), request.Int32(), request.Int32());
        var asked = request.Array(3, static (ref KafkaReader t) =>
        {
            var name = t.Text();
            var partitions = t.Array(32, static (ref KafkaReader p) =>
            {
                var index = p.Int32();
                _ = p.Int32();
                var offset = p.Int64();
                _ = (p.Int32(), p.Int64(), p.Int32());
                p.End();
                return (index, offset);
            });
            t.End();
            return (Name: name, Partitions: partitions);
        });
        answer.Int32(0).Int16(0).Int32(0).Array([.. asked], (t, topic) => t.Text(topic.Name).Array([.. topic.Partitions], (p, partition) =>
        {
            var at = Cluster.Topics.GetValueOrDefault(topic.Name)?.Partitions[partition.index];
            var error = at is null ? KafkaError.UnknownTopicOrPartition : at.Leader != node.Id ? KafkaError.NotLeaderOrFollower : KafkaError.None;
            var records = error == KafkaError.None ? at!.Records : [];
            p.Int32(partition.index).Int16((short)error).Int64(records.Count).Int64(records.Count).Int64(0).Array<int>([], static (_, _) => { }).Int32(-1)
                .Bytes(Batches(records, partition.offset)).End();
        }).End()).End();
    }

    // Each record a batch of its own, with its offset in the head, which no checksum covers.
    private static byte[] Batches(List<byte[]> records, long offset)
    {
        var bytes = new List<byte>();
        for (var at = (int)offset; at < records.Count; at++)
        {
            var batch = KafkaBatch.Of(records[at], DateTimeOffset.UnixEpoch);
            BinaryPrimitives.WriteInt64BigEndian(batch, at);
            bytes.AddRange(batch);
        }

        return [.. bytes];
    }

    private static void Number(KafkaWriter writer, int number) => writer.Int32(number);

    private static void Broker(KafkaWriter writer, KafkaMember broker)
    {
        var port = broker.Listeners.TryGetValue(broker.InterBroker, out var listener) ? listener.Port : 0;
        writer.Int32(broker.Id).Text(broker.Host).Int32(port).Text(broker.Settings.GetValueOrDefault("broker.rack")).End();
    }
}
