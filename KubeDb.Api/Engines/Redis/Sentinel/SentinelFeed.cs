using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>Listens to sentinels, which announce each change of a master the moment they know of it.</summary>
internal sealed class SentinelFeed(SentinelConnector sentinels, TimeProvider time) : IRoleFeed
{
    private const string Channel = "+switch-master";

    // A server that went without a word is silent for ever, and a sentinel that came back is not listened to: so now and then all over again.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public async Task ListenAsync(DatabaseInstances instances, Action<ResourceType, ObjectKey> changed, CancellationToken cancel)
    {
        using var bound = new CancellationTokenSource(Lifetime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        await Task.WhenAll(instances.Pods.Where(p => p.IsReady).Select(p => ListenAsync(instances, p, changed, both.Token)));
        cancel.ThrowIfCancellationRequested();
    }

    private async Task ListenAsync(DatabaseInstances instances, Pod pod, Action<ResourceType, ObjectKey> changed, CancellationToken cancel)
    {
        try
        {
            var (client, _) = await sentinels.OpenAsync(instances, pod, cancel);
            if (client is null)
                return;
            await using (client)
            {
                if ((await client.SendAsync(cancel, "SUBSCRIBE", Channel)).IsError)
                    return;
                while (true)
                {
                    // message, the channel, and: name, old address, old port, new address, new port
                    var message = await client.ReceiveAsync(cancel);
                    if (message.Items is [{ Text: "message" }, _, var text] && SentinelNames.Database(text.Text.Split(' ')[0]) is { } database)
                        changed(RedisDatabase.Resource, database);
                }
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException or OperationCanceledException)
        {
            // The others are still listened to.
        }
    }
}
