using System.Collections.Concurrent;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>
/// Asks every server of a database, then every sentinel: what sentinels say is never older than what servers say, so that a server that was made
/// master in between is not taken for one too many.
/// </summary>
internal sealed class SentinelObserver(RedisConnector connector, SentinelConnector sentinels)
{
    // Sentinels do not tell the passwords that they have, so which ones this process gave them is remembered.
    private readonly ConcurrentDictionary<(string Watcher, string Master), Credential> _passwords = new();

    /// <summary>Looks at everything.</summary>
    public async Task<SentinelView> ObserveAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var name = SentinelNames.Master(instances.Database.Metadata.Key);
        var members = await MembersAsync(instances, cancel);
        var peer = instances.Peers.GetValueOrDefault(SentinelPeer.Role);
        return new()
        {
            Name = name,
            Members = members,
            Watchers = peer is null ? [] : await WatchersAsync(peer, name, instances.Credential, cancel),
            WantedWatchers = peer is null ? 0 : SentinelNames.Wanted(peer).Count,
            Options = SentinelSettings.Of(peer is null ? RedisConf.Empty : SentinelSettings.User(peer.Facts), name),
        };
    }

    /// <summary>The sentinel was given this password of the master, or is no longer known to have one.</summary>
    public void Remember(Pod watcher, string master, Credential? password)
    {
        if (password is null)
            _passwords.TryRemove((watcher.Metadata.Uid, master), out _);
        else
            _passwords[(watcher.Metadata.Uid, master)] = password;
    }

    /// <summary>What one server says of itself.</summary>
    public async Task<(ReplicationState? State, string? Failure, bool Refuses)> AskAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var (client, failure) = await connector.OpenAsync(instances, pod, SentinelConnector.Timeout, cancel);
        if (client is null)
            return (null, failure!.Message, failure.Error is not null);
        await using (client)
        {
            try
            {
                var info = await client.SendAsync(cancel, "INFO");
                return info.Error is { } error ? (null, error.Sentence, true) : (ReplicationState.Parse(info.Text), null, false);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return (null, e.Message, false);
            }
        }
    }

    private async Task<IReadOnlyList<MemberView>> MembersAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var wanted = SentinelNames.Wanted(instances);
        return await Task.WhenAll(Names(wanted, instances).Select(async name =>
        {
            var pod = instances.Pods.FirstOrDefault(p => p.Metadata.Name == name && !p.Metadata.IsDeleting);
            var (state, failure, refuses) = pod is null ? (null, "it is not there", false) : await AskAsync(instances, pod, cancel);
            return new MemberView(name, SentinelNames.Host(instances.Database, name), pod?.Status.PodIP ?? "", wanted.Contains(name), state, failure) { Refuses = refuses };
        }));
    }

    private async Task<IReadOnlyList<WatcherView>> WatchersAsync(DatabaseInstances peer, string master, Credential? password, CancellationToken cancel)
    {
        var wanted = SentinelNames.Wanted(peer);
        return await Task.WhenAll(Names(wanted, peer).Select(async name =>
        {
            var pod = peer.Pods.FirstOrDefault(p => p.Metadata.Name == name && !p.Metadata.IsDeleting);
            var host = SentinelNames.Host(peer.Database, name);
            if (pod is null)
                return new WatcherView(name, host, "", wanted.Contains(name), "it is not there", null, false);
            var (answer, failure) = await sentinels.AskAsync(
                peer, pod, async client => new Holder(await MonitoredMaster.AskAsync(client, master, cancel)), cancel);
            var knows = password is null || _passwords.GetValueOrDefault((pod.Metadata.Uid, master)) == password;
            return new WatcherView(name, host, pod.Status.PodIP, wanted.Contains(name), failure, answer?.Master, knows);
        }));
    }

    private static IEnumerable<string> Names(IReadOnlyList<string> wanted, DatabaseInstances instances) =>
        wanted.Concat(instances.Pods.Where(p => !p.Metadata.IsDeleting).Select(p => p.Metadata.Name).Except(wanted).Order(StringComparer.Ordinal));

    private sealed record Holder(MonitoredMaster? Master);
}
