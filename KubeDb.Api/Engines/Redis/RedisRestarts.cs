using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis;

/// <summary>
/// Restarting a Standalone: there is nobody to hand over to, so all that can be done before is to see that the data is safe on disk, and to
/// save what is not.
/// </summary>
/// <remarks>
/// What is remembered here only paces the questions; whether a pod may go is read off its server each time.
/// </remarks>
internal sealed class RedisRestarts(RedisConnector connector, TimeProvider time) : IRestartStrategy
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly SilentServers _silent = new(time);
    private readonly RedisSnapshots _snapshots = new(time);

    /// <inheritdoc/>
    public Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel) =>
        Task.FromResult(old[0]);

    /// <summary>
    /// Yes when everything that the server acknowledged is on disk, or when it can not be asked: nobody listens, or nothing was heard for half
    /// a minute. A server that answers but refuses to tell (wrong password, busy with a script) may hold what is on no disk, so it is left alone.
    /// </summary>
    public async Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        if (instances.Database.Spec.StorageType == StorageTypes.Ephemeral)
            return Readiness.Yes;
        var (client, failure) = await connector.OpenAsync(instances, pod, Timeout, cancel);
        if (client is null)
            return failure!.TimedOut ? _silent.Silent(pod, failure.Message) : Unreachable(pod, failure);
        await using (client)
        {
            try
            {
                var readiness = await JudgeAsync(client, pod, cancel);
                _silent.Heard(pod);
                return readiness;
            }
            catch (TimeoutException e)
            {
                return _silent.Silent(pod, e.Message);
            }
            catch (IOException e)
            {
                return Readiness.NotYet($"{pod.Metadata.Name} broke off the connection, it is asked again: {e.Message}");
            }
        }
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

    private async Task<Readiness> JudgeAsync(RespClient client, Pod pod, CancellationToken cancel)
    {
        var reply = await client.SendAsync(cancel, "INFO", "persistence");
        if (reply.Error is { } error)
            return Refuses(pod, error);
        var info = RedisInfo.Parse(reply.Text);

        // What it loads is on disk, and it has acknowledged nothing yet.
        if (info.Text("loading") == "1")
            return Readiness.Yes;
        if (info.Text("aof_enabled") != "1")
            return await _snapshots.SaveAsync(client, pod, cancel);
        if (info.Text("aof_last_write_status") == "err")
        {
            return Readiness.NotYet(
                $"{pod.Metadata.Name} could not write its append-only file: a restart now would lose what was written since. Free space on its volume, or make it larger");
        }

        // The first file is complete only when its writing ends; until then what is written stands in none.
        return info.Text("aof_rewrite_in_progress") == "1" || info.Text("aof_rewrite_scheduled") == "1"
            ? Readiness.NotYet($"{pod.Metadata.Name} is writing its append-only file anew; it is restarted once that is done")
            : Readiness.Yes;
    }

    /// <summary>What a failed connection, other than by silence, says of the server's data.</summary>
    internal static Readiness Unreachable(Pod pod, ConnectFailure failure) => failure.Error switch
    {
        null or { Kind: RespErrorKind.Loading } => Readiness.Yes,
        { Kind: RespErrorKind.WrongPassword } => Readiness.NotYet(
            $"{pod.Metadata.Name} is left alone, because whether its data is safe on disk can not be seen: {failure.Message}"),
        var error => Refuses(pod, error),
    };

    private static Readiness Refuses(Pod pod, RespError error) => error.Kind switch
    {
        RespErrorKind.Loading => Readiness.Yes,
        RespErrorKind.Busy => Readiness.NotYet(
            $"{pod.Metadata.Name} is busy with a script, so whether its data is safe on disk can not be seen. Wait for the script, or end it with SCRIPT KILL"),
        _ => Readiness.NotYet(
            $"{pod.Metadata.Name} is left alone, because it does not tell whether its data is safe on disk: {error.Sentence}. Delete the pod if that does not matter"),
    };

    private async Task<(RedisInfo? Info, string Failure)> InfoAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var (client, failure) = await connector.OpenAsync(instances, pod, Timeout, cancel);
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
