using System.Globalization;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Engines.Kafka.Cluster;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>
/// Restarting a cluster: controllers before brokers, the active controller last of its kind, what does not answer first; a node only while the others keep
/// the majority of controllers and enough replicas in sync, and the next one only when the last is in sync again. A server that ends hands over the
/// partitions that it leads by itself.
/// </summary>
internal sealed class KafkaRestarts(KafkaConnector connector) : IRestartStrategy
{
    private const string MinInSync = "min.insync.replicas";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly ClusterObserver _observer = new(connector);

    /// <inheritdoc/>
    public async Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel)
    {
        var view = await _observer.ObserveAsync(instances, Timeout, cancel);
        return old.Select(p => (Pod: p, Node: view.NodeOf(p)))
            .OrderBy(p => p.Node is { IsController: false })
            .ThenBy(p => p.Node is { Problem: null })
            .ThenBy(p => p.Node is { IsController: true } node && node.Id == view.Quorum?.Leader)
            .ThenBy(p => p.Node?.Id)
            .First().Pod;
    }

    /// <summary>
    /// Yes when the others go on serving without this one, or when it does not serve: one that can not be asked can go. One that serves, and of which the
    /// others' state is not known, is left alone.
    /// </summary>
    public async Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        await using var cluster = await _observer.OpenAsync(instances, Timeout, cancel);
        if (cluster.View.NodeOf(pod) is not { Problem: null } node)
            return Readiness.Yes;
        try
        {
            var needed = node.IsBroker ? await InSyncNeededAsync(cluster, node, cancel) : new Dictionary<string, int>();
            return cluster.View.WhyNeeded(node, needed) is { } why ? Readiness.NotYet($"{node.Pod} is left alone: {why}") : Readiness.Yes;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return Readiness.NotYet($"{node.Pod} is left alone: how many replicas have to be in sync is not known: {e.Message.TrimEnd('.')}");
        }
    }

    /// <inheritdoc/>
    public async Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var view = await _observer.ObserveAsync(instances, Timeout, cancel);
        if (view.NodeOf(pod) is not { } node)
            return Readiness.NotYet($"{pod.Metadata.Name} is not there yet");
        return view.WhyNotBack(node) is { } why ? Readiness.NotYet(why) : Readiness.Yes;
    }

    /// <summary>How many replicas have to be in sync, of the topics of which it matters.</summary>
    private static async Task<Dictionary<string, int>> InSyncNeededAsync(OpenCluster cluster, ClusterNode node, CancellationToken cancel)
    {
        var topics = cluster.View.Doubtful(node);
        if (topics.Count == 0 || cluster.AnyBroker is not { } broker)
            return [];
        var told = await broker.DescribeSettingsAsync([.. topics.Select(KafkaResource.Topic)], [MinInSync], cancel);

        // Of a topic that was deleted meanwhile nothing is told.
        return told.Where(t => t.Error == KafkaError.None).ToDictionary(
            t => t.Resource.Name,
            t => int.TryParse(t.Settings.FirstOrDefault(s => s.Name == MinInSync)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1);
    }
}
