using System.Globalization;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>Carries the steps of a plan out, one after the other; one that fails ends the round, and the next one sees what is missing.</summary>
internal sealed class SentinelExecutor(RedisConnector connector, SentinelConnector sentinels, SentinelObserver observer)
{
    /// <summary>Carries out the plan.</summary>
    /// <returns>What was done, and why it ended; null when all was done.</returns>
    public async Task<(IReadOnlyList<MaintenanceAction> Done, string? Failure)> RunAsync(
        DatabaseInstances instances, SentinelView view, SentinelPlan plan, CancellationToken cancel)
    {
        var done = new List<MaintenanceAction>();
        foreach (var step in plan.Steps)
        {
            var (action, failure) = await RunAsync(instances, view, step, cancel);
            if (failure is not null)
                return (done, failure);
            done.Add(action);
        }

        return (done, null);
    }

    private async Task<(MaintenanceAction Action, string? Failure)> RunAsync(
        DatabaseInstances instances, SentinelView view, SentinelStep step, CancellationToken cancel)
    {
        switch (step)
        {
            case SentinelStep.Promote promote:
                return (new(RedisReasons.MasterPromoted, $"{promote.Pod} was made master: {promote.Why}."), await SendAsync(instances, promote.Pod, cancel, "REPLICAOF", "NO", "ONE"));
            case SentinelStep.Follow follow:
                var host = view.Members.First(m => m.Pod == follow.Master).Host;
                var failure = await SendAsync(instances, follow.Pod, cancel, "REPLICAOF", host, RedisConnector.Port.ToString(CultureInfo.InvariantCulture));
                return (
                    follow.LosesData
                        ? new(RedisReasons.ReplicaDataReplaced, $"{follow.Pod} was a master with data of its own, beside {follow.Master}, which the sentinels name; it follows {follow.Master} now, whose data takes its place.", IsWarning: true)
                        : new(RedisReasons.ReplicaAttached, $"{follow.Pod} follows {follow.Master} now."),
                    failure);
            case SentinelStep.Watch watch:
                return (new(RedisReasons.MasterRegistered, $"Sentinel {watch.Watcher} watches {watch.Master} as the master of {view.Name} now."), await WatchAsync(instances, view, watch, cancel));
            case SentinelStep.Configure configure:
                return (
                    new(RedisReasons.MasterRegistered, $"Sentinel {configure.Watcher} has the settings of {view.Name} that are wanted now."),
                    await AskAsync(instances, configure.Watcher, (client, pod) => ConfigureAsync(instances, client, pod, view.Name, configure.Options, configure.Password, cancel), cancel));
            case SentinelStep.Failover failover:
                return (
                    new(RedisReasons.FailoverStarted, $"Sentinel {failover.Watcher} was asked to replace the master: {failover.Why}."),
                    await AskAsync(instances, failover.Watcher, async (client, _) => Refusal(await client.SendAsync(cancel, "SENTINEL", "FAILOVER", view.Name)), cancel));
            case SentinelStep.Reset reset:
                return (
                    new(RedisReasons.SentinelReset, $"Sentinel {reset.Watcher} was made to look again for the servers of {view.Name}: it still knew {reset.Stale}."),
                    await AskAsync(instances, reset.Watcher, async (client, _) => Refusal(await client.SendAsync(cancel, "SENTINEL", "RESET", view.Name)), cancel));
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step, null);
        }
    }

    private Task<string?> WatchAsync(DatabaseInstances instances, SentinelView view, SentinelStep.Watch watch, CancellationToken cancel)
    {
        var host = view.Members.First(m => m.Pod == watch.Master).Host;
        var quorum = SentinelSettings.Quorum(view.WantedWatchers).ToString(CultureInfo.InvariantCulture);
        return AskAsync(
            instances,
            watch.Watcher,
            async (client, pod) =>
            {
                observer.Remember(pod, view.Name, null);
                if (watch.Replaces && Refusal(await client.SendAsync(cancel, "SENTINEL", "REMOVE", view.Name)) is { } kept)
                    return kept;
                return Refusal(await client.SendAsync(cancel, "SENTINEL", "MONITOR", view.Name, host, RedisConnector.Port.ToString(CultureInfo.InvariantCulture), quorum))
                    ?? await ConfigureAsync(instances, client, pod, view.Name, view.Options, password: true, cancel);
            },
            cancel);
    }

    private async Task<string?> ConfigureAsync(
        DatabaseInstances instances, RespClient client, Pod pod, string master, IReadOnlyDictionary<string, string> options, bool password, CancellationToken cancel)
    {
        // One option a command: servers before 7 take several, but say of none which one they refuse.
        foreach (var (option, value) in options)
        {
            if (Refusal(await client.SendAsync(cancel, "SENTINEL", "SET", master, option, value)) is { } refused)
                return $"{option}: {refused}";
        }

        if (!password || instances.Credential is not { } credential)
            return null;
        if ((await client.SendAsync(cancel, "SENTINEL", "SET", master, "auth-pass", credential.Password)).IsError)
            return "it does not take the password of the master";
        observer.Remember(pod, master, credential);
        return null;
    }

    private async Task<string?> SendAsync(DatabaseInstances instances, string name, CancellationToken cancel, params string[] command)
    {
        var pod = instances.Pods.First(p => p.Metadata.Name == name);
        var (client, failure) = await connector.OpenAsync(instances, pod, SentinelConnector.Timeout, cancel);
        if (client is null)
            return $"{name}: {failure!.Message}";
        await using (client)
        {
            try
            {
                return Refusal(await client.SendAsync(cancel, command)) is { } refused ? $"{name}: {refused}" : null;
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return $"{name}: {e.Message}";
            }
        }
    }

    private async Task<string?> AskAsync(DatabaseInstances instances, string name, Func<RespClient, Pod, Task<string?>> ask, CancellationToken cancel)
    {
        var peer = instances.Peers[SentinelPeer.Role];
        var pod = peer.Pods.First(p => p.Metadata.Name == name);
        var (refused, failure) = await sentinels.AskAsync(peer, pod, async client => await ask(client, pod) ?? "", cancel);
        return failure is not null ? $"Sentinel {name}: {failure}" : refused!.Length > 0 ? $"Sentinel {name}: {refused}" : null;
    }

    private static string? Refusal(RespReply reply) => reply.Error?.Sentence;
}
