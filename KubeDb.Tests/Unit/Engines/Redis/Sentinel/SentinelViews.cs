using System.Globalization;
using KubeDb.Api.Engines.Redis.Sentinel;

namespace KubeDb.Tests.Unit.Engines.Redis.Sentinel;

/// <summary>Views for tests: servers rd-0, rd-1, … and sentinels sen-0, sen-1, ….</summary>
internal static class SentinelViews
{
    public const string Name = "demo/rd";

    /// <summary>A view of the given servers, and of sentinels in order.</summary>
    public static SentinelView Of(IReadOnlyList<MemberView> members, params IReadOnlyList<WatcherView> watchers) => new()
    {
        Name = Name,
        Members = members,
        Watchers = watchers,
        WantedWatchers = watchers.Count,
        Options = SentinelSettings.MasterOptions,
    };

    public static string Host(int i) => $"rd-{i}.rd-pods.demo.svc";

    public static string WatcherHost(int i) => $"sen-{i}.sen-pods.demo.svc";

    public static MemberView Master(int i, long keys = 0, int replicas = 0, long uptime = 1000) =>
        Member(i, new() { IsMaster = true, Keys = keys, LinkedReplicas = replicas, Uptime = uptime, Offset = keys });

    /// <summary>A replica of the server with the number, in sync.</summary>
    public static MemberView Replica(int i, int of, long keys = 0) =>
        Member(i, new() { MasterHost = Host(of), IsLinkUp = true, WasLinked = true, Keys = keys, Uptime = 1000 });

    /// <summary>A replica whose master went away while both ran.</summary>
    public static MemberView Left(int i, int by, long keys = 0) =>
        Member(i, new() { MasterHost = Host(by), WasLinked = true, Keys = keys, Uptime = 1000 });

    /// <summary>One that was started anew, and waits to be told what it is.</summary>
    public static MemberView Fresh(int i, long keys = 0, long uptime = 5, string follows = "nobody.invalid", bool loading = false, long offset = 0) =>
        Member(i, new() { MasterHost = follows, Keys = keys, Uptime = uptime, IsLoading = loading, Offset = offset });

    public static MemberView Down(int i, string failure = "it is not there") => new($"rd-{i}", Host(i), "", true, null, failure);

    /// <summary>A sentinel that names the server with the number as master.</summary>
    public static WatcherView Names(int i, int master, long epoch = 0, int[]? replicas = null, int[]? sentinels = null, string flags = "master", params string[] strangers) =>
        Watcher(i, new MonitoredMaster(
            Entry(("name", Name), ("ip", Host(master)), ("flags", flags), ("config-epoch", Text(epoch)), ("quorum", "2"), ("down-after-milliseconds", "5000"), ("failover-timeout", "5000"), ("parallel-syncs", "1")),
            [.. (replicas ?? []).Select(r => Entry(("ip", Host(r)), ("flags", "slave"))), .. strangers.Where(s => s.StartsWith("rd", StringComparison.Ordinal)).Select(s => Entry(("ip", s), ("flags", "slave,s_down")))],
            [.. (sentinels ?? []).Select(s => Entry(("ip", WatcherHost(s)), ("flags", "sentinel"))), .. strangers.Where(s => s.StartsWith("sen", StringComparison.Ordinal)).Select(s => Entry(("ip", s), ("flags", "sentinel,s_down")))]));

    /// <summary>A sentinel that knows no master of the name.</summary>
    public static WatcherView Ignorant(int i) => Watcher(i, null);

    public static WatcherView Silent(int i) => new($"sen-{i}", WatcherHost(i), "", true, "no connection within 3 s", null, false);

    /// <summary>Three sentinels that know everything of a set of three.</summary>
    public static WatcherView[] Whole(int master, long epoch = 0) =>
        [.. Enumerable.Range(0, 3).Select(i => Names(i, master, epoch, [.. Enumerable.Range(0, 3).Except([master])], [.. Enumerable.Range(0, 3).Except([i])]))];

    /// <summary>A step as a short line.</summary>
    public static string Short(SentinelStep step) => step switch
    {
        SentinelStep.Promote s => $"promote {s.Pod}",
        SentinelStep.Follow s => $"{s.Pod} follows {s.Master}{(s.LosesData ? " and loses data" : "")}",
        SentinelStep.Watch s => $"{s.Watcher} watches {s.Master}{(s.Replaces ? " instead" : "")}",
        SentinelStep.Configure s => $"configure {s.Watcher}: {string.Join(' ', s.Options.Select(o => $"{o.Key}={o.Value}"))}{(s.Password ? " and password" : "")}",
        SentinelStep.Failover s => $"failover by {s.Watcher}",
        SentinelStep.Reset s => $"reset {s.Watcher}: {s.Stale}",
        _ => step.ToString(),
    };

    private static MemberView Member(int i, ReplicationState state) => new($"rd-{i}", Host(i), $"10.0.0.{i}", true, state, null);

    private static WatcherView Watcher(int i, MonitoredMaster? master) => new($"sen-{i}", WatcherHost(i), $"10.0.1.{i}", true, null, master, true);

    private static SentinelEntry Entry(params (string Name, string Value)[] fields) => new(fields.ToDictionary(f => f.Name, f => f.Value));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
