using System.Globalization;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Kafka.Cluster;

/// <summary>What the nodes of a cluster said, asked at the same time. Judged without asking again.</summary>
/// <param name="Nodes">The pods: controllers first, by ordinal.</param>
/// <param name="Metadata">Brokers, topics and partitions, as the broker that is furthest knows them; null when none says it.</param>
/// <param name="Quorum">The controllers, as the active one knows them; null when none says it.</param>
/// <param name="Problem">Why one of the two is not known.</param>
internal sealed record ClusterView(IReadOnlyList<ClusterNode> Nodes, KafkaMetadata? Metadata, KafkaQuorum? Quorum, string? Problem)
{
    private const int MostNamed = 3;

    // A controller that has not fetched so many changes is behind, and not only asked at a bad moment.
    private const long Behind = 1000;

    /// <summary>The node of a pod; null when the pod is being deleted.</summary>
    public ClusterNode? NodeOf(Pod pod) => Nodes.FirstOrDefault(n => n.Key == pod.Metadata.Key);

    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    /// <param name="database">The database, for sentences.</param>
    public HealthFailure? Judge(string database)
    {
        if (Nodes.Count == 0)
            return new(HealthLabels.NodesNotReady, "No pod of the database runs.", AcceptsConnections: false);
        var brokers = Nodes.Where(n => n.IsBroker).ToList();
        var silent = Nodes.Where(n => n.Problem is not null).ToList();
        if (brokers.All(b => b.Problem is not null))
            return new(HealthLabels.ClientCreation, $"No broker of {database} can be asked: {Said(silent)}.", AcceptsConnections: false);
        if (Quorum is not { Leader: >= 0 })
            return new(HealthLabels.Leader, $"No controller of {database} leads: {(silent.Count > 0 ? Said(silent) : Problem ?? "they are electing one")}.", AcceptsConnections: true);
        if (silent.Count > 0)
            return new(HealthLabels.ClientCreation, $"No connection to pod {Said(silent)}.", AcceptsConnections: true);
        if (Nodes.FirstOrDefault(n => n.IsController && Voter(n) is null) is { } stranger)
            return new(HealthLabels.Membership, $"Pod {stranger.Key} runs a controller that the active one, {Name(Quorum.Leader)}, does not count on.", AcceptsConnections: true);
        if (Nodes.FirstOrDefault(n => n.IsController && Voter(n)!.EndOffset < Quorum.HighWatermark - Behind) is { } late)
            return new(HealthLabels.Sync, Text($"The controller of pod {late.Key} has not what the active one, {Name(Quorum.Leader)}, has: it is at {Math.Max(0, Voter(late)!.EndOffset)} of {Quorum.HighWatermark}."), AcceptsConnections: true);
        if (Metadata is null)
            return new(HealthLabels.Membership, $"No broker says what it knows of the cluster: {Problem}.", AcceptsConnections: true);
        if (brokers.FirstOrDefault(b => !IsRegistered(b)) is { } fenced)
            return new(HealthLabels.NodesNotReady, $"Pod {fenced.Key} runs a broker that the controllers do not let serve yet.", AcceptsConnections: true);
        var offline = Partitions().Where(p => p.Partition.Leader < 0).ToList();
        return offline.Count > 0
            ? new(HealthLabels.Partitions, Text($"{Counted(offline.Count, "partition")} {(offline.Count == 1 ? "has" : "have")} no leader, so nobody is served there: {Named(offline)}."), AcceptsConnections: true)
            : null;
    }

    /// <summary>Why the cluster would not serve what it serves now without the node; null when it would, or the node does not serve.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inSyncNeeded">How many replicas of a topic have to be in sync for it to take records.</param>
    public string? WhyNeeded(ClusterNode node, IReadOnlyDictionary<string, int> inSyncNeeded)
    {
        if (node.Problem is not null)
            return null;
        return (node.IsController ? WhyControllerNeeded(node) : null) ?? (node.IsBroker ? WhyBrokerNeeded(node, inSyncNeeded) : null);
    }

    /// <summary>The topics of which it has to be known how many replicas have to be in sync: one of their partitions has a replica beside the node that is not.</summary>
    public IReadOnlyList<string> Doubtful(ClusterNode node) =>
        [.. Partitions().Where(p => p.Partition.InSync.Contains(node.Id) && p.Partition.InSync.Count < p.Partition.Replicas.Count).Select(p => p.Topic).Distinct(StringComparer.Ordinal)];

    /// <summary>Why a restarted node is not back; null when it serves and has what the others have.</summary>
    public string? WhyNotBack(ClusterNode node)
    {
        if (node.Problem is not null)
            return $"{node.Pod} can not be asked: {node.Problem}";
        if (Quorum is not { Leader: >= 0 })
            return $"no controller leads{(Problem is null ? "" : $": {Problem}")}";
        if (node.IsController && (Voter(node) is not { } voter || voter.EndOffset < Quorum.HighWatermark))
            return Text($"the controller of {node.Pod} does not have what the active one, {Name(Quorum.Leader)}, has");
        if (!node.IsBroker)
            return null;
        if (Metadata is null)
            return $"no broker says what it knows of the cluster: {Problem}";
        if (!IsRegistered(node))
            return $"the controllers do not let the broker of {node.Pod} serve yet";
        var behind = Partitions().Where(p => p.Partition.Replicas.Contains(node.Id) && !p.Partition.InSync.Contains(node.Id)).ToList();
        return behind.Count == 0 ? null : Text($"{node.Pod} is not in sync yet for {Counted(behind.Count, "partition")}: {Named(behind)}");
    }

    /// <summary>True when the cluster counts on the broker.</summary>
    public bool IsRegistered(ClusterNode node) => Metadata?.Brokers.Any(b => b.Id == node.Id) == true;

    private string? WhyControllerNeeded(ClusterNode node)
    {
        if (Quorum is not { Leader: >= 0 })
            return $"which controllers are in step is not known{(Problem is null ? "" : $": {Problem}")}";
        if (Voter(node) is null)
            return null;

        // Of two controllers neither can be spared, and yet each has to be restarted at some time.
        var others = Quorum.Voters.Where(v => v.Id != node.Id).ToList();
        var needed = Math.Min((Quorum.Voters.Count / 2) + 1, others.Count);
        var left = others.Where(v => v.EndOffset >= Quorum.HighWatermark && Nodes.FirstOrDefault(n => n.Id == v.Id) is { Problem: null }).ToList();
        return left.Count >= needed ? null : Text(
            $"without it the controllers would lose their majority of {(Quorum.Voters.Count / 2) + 1}: beside it {(left.Count == 0 ? "none is" : $"only {string.Join(" and ", left.Select(v => Name(v.Id)))} {(left.Count == 1 ? "is" : "are")}")} in step");
    }

    private string? WhyBrokerNeeded(ClusterNode node, IReadOnlyDictionary<string, int> inSyncNeeded)
    {
        if (Metadata is null)
            return $"which replicas are in sync is not known: {Problem}";
        var held = Partitions().Where(p => p.Partition.InSync.Contains(node.Id) && p.Partition.InSync.Count - 1 < Needed(p.Topic, p.Partition)).ToList();
        if (held.Count == 0)
            return null;
        var (topic, first) = held[0];
        return Text($"without it {Counted(held.Count, "partition")} would have too few replicas in sync ({Named(held)}): {topic}-{first.Index} would have {first.InSync.Count - 1}, and needs {Needed(topic, first)}");

        // What has no other replica can not be kept up, whatever is waited for.
        int Needed(string name, KafkaPartition partition) => Math.Min(inSyncNeeded.GetValueOrDefault(name, 1), partition.Replicas.Count - 1);
    }

    private KafkaQuorumReplica? Voter(ClusterNode node) => Quorum!.Voters.FirstOrDefault(v => v.Id == node.Id);

    private string Name(int id) => Nodes.FirstOrDefault(n => n.Id == id)?.Pod ?? Text($"node {id}");

    private IEnumerable<(string Topic, KafkaPartition Partition)> Partitions() => from topic in Metadata?.Topics ?? [] from partition in topic.Partitions select (topic.Name, partition);

    private static string Named(IReadOnlyCollection<(string Topic, KafkaPartition Partition)> partitions) =>
        string.Join(", ", partitions.Take(MostNamed).Select(p => Text($"{p.Topic}-{p.Partition.Index}"))) + (partitions.Count > MostNamed ? ", …" : "");

    private static string Said(IEnumerable<ClusterNode> silent) => string.Join("; ", silent.Select(n => $"{n.Key}: {n.Problem}"));

    private static string Counted(int count, string what) => Text($"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A pod, and whether its server answers.</summary>
/// <param name="Key">Namespace and name of the pod.</param>
/// <param name="Id">Node id.</param>
/// <param name="IsBroker">It keeps records.</param>
/// <param name="IsController">It keeps the metadata.</param>
/// <param name="Problem">Why it can not be asked; null when it can.</param>
internal sealed record ClusterNode(ObjectKey Key, int Id, bool IsBroker, bool IsController, string? Problem)
{
    /// <summary>Name of the pod.</summary>
    public string Pod => Key.Name;
}
