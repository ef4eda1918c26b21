using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis;

/// <summary>
/// Restarting a Standalone: there is nobody to hand over to, so all that can be done before is to see that the data is safe on disk. The
/// server itself saves at SIGTERM.
/// </summary>
internal sealed class RedisRestarts(RedisConnector connector) : IRestartStrategy
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel) =>
        Task.FromResult(old[0]);

    /// <inheritdoc/>
    public async Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        if (instances.Database.Spec.StorageType == StorageTypes.Ephemeral)
            return Readiness.Yes;
        var (info, _) = await InfoAsync(instances, pod, cancel);

        // A server that can not be asked serves nobody: restarting it can only help.
        if (info is null)
            return Readiness.Yes;
        if (info.Text("aof_enabled") == "1")
        {
            return info.Text("aof_last_write_status") == "err"
                ? Unsafe(pod, "its append-only file")
                : Readiness.Yes;
        }

        return info.Text("rdb_last_bgsave_status") == "err" ? Unsafe(pod, "its last snapshot") : Readiness.Yes;
    }

    /// <inheritdoc/>
    public async Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var (info, failure) = await InfoAsync(instances, pod, cancel);
        if (info is null)
            return Readiness.NotYet($"{pod.Metadata.Name}: {failure}");
        return info.Text("loading") == "0" && info.Text("async_loading") is null or "0"
            ? Readiness.Yes
            : Readiness.NotYet($"{pod.Metadata.Name} is loading its data, {info.Text("loading_loaded_perc") ?? "0"} % done");
    }

    private static Readiness Unsafe(Pod pod, string what) => Readiness.NotYet(
        $"{pod.Metadata.Name} could not write {what}: a restart now would lose what was written since. Free space on its volume, or make it larger");

    private async Task<(RedisInfo? Info, string Failure)> InfoAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var (client, failure) = await connector.OpenAsync(pod.Status.PodIP, instances.Credential, Timeout, cancel);
        if (client is null)
            return (null, failure!.Message);
        await using (client)
        {
            try
            {
                var reply = await client.SendAsync(cancel, "INFO", "persistence");
                return reply.Error is { } error ? (null, error.Sentence) : (RedisInfo.Parse(reply.Text), "");
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return (null, e.Message);
            }
        }
    }
}
