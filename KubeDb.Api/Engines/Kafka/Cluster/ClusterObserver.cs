using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Kafka.Cluster;

/// <summary>Asks the nodes of a cluster at the same time, each who the controllers are, then the broker that is furthest what it knows of the cluster.</summary>
internal sealed class ClusterObserver(KafkaConnector connector)
{
    /// <summary>Connections to the nodes, and what they say now. Pods that are being deleted are left out: the cluster has to do without them.</summary>
    public async Task<OpenCluster> OpenAsync(DatabaseInstances instances, TimeSpan timeout, CancellationToken cancel)
    {
        var asked = await Task.WhenAll(
            from nodes in KafkaNodes.Of(instances.Database)
            from pod in instances.Pods
            let id = nodes.IdOf(pod.Metadata.Name)
            where id is not null && !pod.Metadata.IsDeleting
            orderby nodes.AreControllers descending, id
            select AskAsync(instances, pod, id.Value, nodes, timeout, cancel));
        var cluster = new OpenCluster([.. asked.Where(a => a.Client is not null).Select(a => (a.Node, a.Client!))]);
        try
        {
            var quorum = asked.Select(a => a.Quorum).OfType<KafkaQuorum>().MaxBy(q => (q.Epoch, q.HighWatermark));
            var (metadata, problem) = await MetadataAsync(cluster, quorum, cancel);
            cluster.View = new([.. asked.Select(a => a.Node)], metadata, quorum, quorum is null ? asked.Select(a => a.Trouble).FirstOrDefault(t => t is not null) : problem);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>What they say now.</summary>
    public async Task<ClusterView> ObserveAsync(DatabaseInstances instances, TimeSpan timeout, CancellationToken cancel)
    {
        await using var cluster = await OpenAsync(instances, timeout, cancel);
        return cluster.View;
    }

    private async Task<(ClusterNode Node, KafkaClient? Client, KafkaQuorum? Quorum, string? Trouble)> AskAsync(
        DatabaseInstances instances, Pod pod, int id, KafkaNodes nodes, TimeSpan timeout, CancellationToken cancel)
    {
        var (client, problem) = await connector.OpenAsync(instances, pod, timeout, cancel);
        var node = new ClusterNode(pod.Metadata.Key, id, nodes.AreBrokers, nodes.AreControllers, problem);
        if (client is null)
            return (node, null, null, null);
        try
        {
            return (node, client, await client.DescribeQuorumAsync(cancel), null);
        }
        catch (KafkaRefusedException e)
        {
            // It answers, and does not know who leads.
            return (node, client, null, e.Message.TrimEnd('.'));
        }
        catch (TimeoutException) when (nodes.AreBrokers)
        {
            // A broker waits for the controllers before it answers that; what it serves meanwhile it tells on another connection.
            await client.DisposeAsync();
            var (another, trouble) = await connector.OpenAsync(instances, pod, timeout, cancel);
            return (node with { Problem = trouble }, another, null, "no controller answered in time who leads");
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            await client.DisposeAsync();
            return (node with { Problem = e.Message.TrimEnd('.') }, null, null, null);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    private static async Task<(KafkaMetadata? Metadata, string? Problem)> MetadataAsync(OpenCluster cluster, KafkaQuorum? quorum, CancellationToken cancel)
    {
        var ends = (quorum?.Voters ?? []).Concat(quorum?.Observers ?? []).DistinctBy(r => r.Id).ToDictionary(r => r.Id, r => r.EndOffset);
        string? problem = null;
        foreach (var (_, client) in cluster.Servers.Where(s => s.Node.IsBroker).OrderByDescending(s => ends.GetValueOrDefault(s.Node.Id, -1)))
        {
            try
            {
                return (await client.MetadataAsync(null, cancel), null);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                problem ??= e.Message.TrimEnd('.');
            }
        }

        return (null, problem ?? "none can be asked");
    }
}

/// <summary>Connections to the nodes that answer.</summary>
/// <param name="Servers">The nodes and their connections.</param>
internal sealed record OpenCluster(IReadOnlyList<(ClusterNode Node, KafkaClient Client)> Servers) : IAsyncDisposable
{
    /// <summary>What they said.</summary>
    public ClusterView View { get; set; } = new([], null, null, null);

    /// <summary>The connection to a node; null when it does not answer.</summary>
    public KafkaClient? ClientOf(int id) => Servers.FirstOrDefault(s => s.Node.Id == id).Client;

    /// <summary>A broker that the cluster counts on; null when none answers.</summary>
    public KafkaClient? AnyBroker => Servers.OrderByDescending(s => View.IsRegistered(s.Node)).FirstOrDefault(s => s.Node.IsBroker).Client;

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, client) in Servers)
            await client.DisposeAsync();
    }
}
