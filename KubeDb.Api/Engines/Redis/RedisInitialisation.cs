using System.Globalization;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>
/// Tells whether init scripts still have to run in a database of several servers. Its pods are Ready before there is a database at all, or none
/// would ever be made of them; so readiness does not tell. The start script of a pod that has scripts to run listens on a channel until they have
/// ended, and the server says how many listen.
/// </summary>
internal sealed class RedisInitialisation(RedisConnector connector)
{
    /// <summary>The channel that nobody ever publishes to.</summary>
    public const string Channel = "kubedb:initialising";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong as long as init scripts have not ended; null when none has to run.</summary>
    public async Task<HealthFailure?> PendingAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var redis = (RedisDatabase)instances.Database;
        if (redis.Spec is not { Mode: RedisModes.Cluster or RedisModes.Sentinel, Init: { Script: not null, Initialized: false } })
            return null;
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting && p.Metadata.Name.EndsWith("-0", StringComparison.Ordinal)))
        {
            if (await IsPendingAsync(instances, pod, cancel))
                return new(HealthLabels.NodesNotReady, $"The init scripts of pod {pod.Metadata.Key} have not ended. Its log says more (kubectl logs).", AcceptsConnections: true);
        }

        return null;
    }

    // A server that does not answer is for the other checks to say.
    private async Task<bool> IsPendingAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var (client, _) = await connector.OpenAsync(instances, pod, Timeout, cancel);
        if (client is null)
            return false;
        await using (client)
        {
            try
            {
                var reply = await client.SendAsync(cancel, "PUBSUB", "NUMSUB", Channel);
                return reply.Items.Count == 2 && long.TryParse(reply.Items[1].Text, CultureInfo.InvariantCulture, out var listeners) && listeners > 0;
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return false;
            }
        }
    }
}
