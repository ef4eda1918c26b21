using System.Collections.Concurrent;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>
/// The sentinels themselves: whether each answers and can have a master replaced, and that none goes on watching a database that is gone. That
/// they know the masters of those that are there is seen to by each database (<see cref="SentinelMode"/>).
/// </summary>
internal sealed class RedisSentinelMaintenance(SentinelConnector sentinels, TimeProvider time)
{
    // Sentinels that have just come to know a master, or forgot stale entries, find each other within a few seconds.
    private static readonly TimeSpan FindEachOther = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<(string Pod, string Master), long> _lackingSince = new();

    /// <summary>One round.</summary>
    public async Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var views = await ObserveAsync(instances, cancel);
        var actions = new List<MaintenanceAction>();
        foreach (var (pod, master) in Forgotten(views, Watched(instances).Select(u => u.Metadata.Key).ToHashSet()))
        {
            var target = instances.Pods.First(p => p.Metadata.Name == pod);
            var (reply, _) = await sentinels.AskAsync(instances, target, client => client.SendAsync(cancel, "SENTINEL", "REMOVE", master), cancel);
            if (reply is { IsError: false })
                actions.Add(new(RedisReasons.MasterForgotten, $"{pod} no longer watches {master}: no database of that name refers to these sentinels."));
        }

        return new() { Health = Judge(instances, views), Actions = actions };
    }

    /// <summary>Asks every sentinel what it watches.</summary>
    public async Task<IReadOnlyList<SentinelPodView>> ObserveAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var answers = await sentinels.AskAllAsync(instances, client => AskAsync(client, cancel), cancel);
        return [.. answers.Select(a => new SentinelPodView(a.Pod.Metadata.Name, a.Pod.Metadata.Uid, a.Failure, a.Answer ?? []))];
    }

    /// <summary>
    /// What is watched although no database has the name, by pod. Only names of our form: others were registered by hand, for servers that are
    /// not ours.
    /// </summary>
    public static IEnumerable<(string Pod, string Master)> Forgotten(IReadOnlyList<SentinelPodView> views, IReadOnlySet<ObjectKey> users) =>
        from view in views
        from master in view.Masters
        where SentinelNames.Database(master.Name) is { } database && !users.Contains(database)
        select (view.Pod, master.Name);

    /// <summary>The health that the views show.</summary>
    public HealthReport Judge(DatabaseInstances instances, IReadOnlyList<SentinelPodView> views)
    {
        if (views.Count == 0)
            return new(new HealthFailure("nodes-not-ready", "No pod of the sentinels runs.", AcceptsConnections: false));
        if (views.FirstOrDefault(v => v.Failure is not null) is { } silent)
        {
            return new(new HealthFailure(
                "ping", $"Sentinel {instances.Database.Metadata.Namespace}/{silent.Pod} does not answer: {silent.Failure}.", AcceptsConnections: views.Any(v => v.Failure is null)));
        }

        var users = Watched(instances).Select(u => SentinelNames.Master(u.Metadata.Key)).ToHashSet(StringComparer.Ordinal);
        HealthReport? failure = null;
        foreach (var view in views)
        {
            foreach (var (name, problem) in view.Masters)
            {
                if (problem is null || !users.Contains(name))
                    _lackingSince.TryRemove((view.Uid, name), out _);
                else if (Lasts(view.Uid, name))
                    failure ??= new(new HealthFailure("quorum", $"Sentinel {view.Pod} could not have the master of {name} replaced: {problem}.", AcceptsConnections: true));
            }
        }

        return failure ?? HealthReport.Healthy;
    }

    // One that names these sentinels while it changes to or from others is watched by one of the two.
    private static IEnumerable<IDatabase> Watched(DatabaseInstances instances) =>
        instances.Users.Where(u => TlsTransition.Peers(u) is not var (present, _) || present == instances.Database.Metadata.Key);

    private bool Lasts(string pod, string master)
    {
        var now = time.GetTimestamp();
        return time.GetElapsedTime(_lackingSince.GetOrAdd((pod, master), now), now) >= FindEachOther;
    }

    private static async Task<IReadOnlyList<WatchedMaster>> AskAsync(RespClient client, CancellationToken cancel)
    {
        var ping = await client.SendAsync(cancel, "PING");
        if (ping.Text != "PONG")
            throw new IOException(ping.Error is { } error ? $"it refuses PING: {error.Sentence}" : "it answers PING with something else than PONG");
        var masters = await client.SendAsync(cancel, "SENTINEL", "MASTERS");
        if (masters.Error is { } refused)
            throw new IOException($"it refuses SENTINEL MASTERS: {refused.Sentence}");
        var names = masters.Items.Select(m => SentinelEntry.Of(m).Text("name")).ToList();
        var quorums = names.Count == 0 ? [] : await client.SendManyAsync(cancel, [.. names.Select(n => new[] { "SENTINEL", "CKQUORUM", n })]);
        return [.. names.Select((n, i) => new WatchedMaster(n, quorums[i].Error?.Message))];
    }
}

/// <summary>What one sentinel says of what it watches. Immutable.</summary>
/// <param name="Pod">Name of its pod.</param>
/// <param name="Uid">UID of its pod.</param>
/// <param name="Failure">Why it could not be asked; null when it could.</param>
/// <param name="Masters">What it watches.</param>
internal sealed record SentinelPodView(string Pod, string Uid, string? Failure, IReadOnlyList<WatchedMaster> Masters);

/// <summary>A master that a sentinel watches.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Problem">Why the sentinels could not have it replaced; null when they could.</param>
internal sealed record WatchedMaster(string Name, string? Problem);
