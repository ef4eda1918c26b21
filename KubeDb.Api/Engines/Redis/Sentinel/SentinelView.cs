using System.Globalization;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>What one round saw of a database and of the sentinels that watch it. Immutable.</summary>
internal sealed record SentinelView
{
    /// <summary>Name under which sentinels know the master.</summary>
    public required string Name { get; init; }

    /// <summary>The servers: those that the spec wants by ordinal, then others that are still there.</summary>
    public required IReadOnlyList<MemberView> Members { get; init; }

    /// <summary>The sentinels: those that their spec wants by ordinal, then others that are still there.</summary>
    public required IReadOnlyList<WatcherView> Watchers { get; init; }

    /// <summary>How many sentinels their spec wants; 0 when they are not known.</summary>
    public required int WantedWatchers { get; init; }

    /// <summary>What sentinels are to have for the master.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>Sentinels without which nothing is decided.</summary>
    public int Majority => (WantedWatchers / 2) + 1;

    /// <summary>The servers that the spec wants.</summary>
    public IEnumerable<MemberView> Wanted => Members.Where(m => m.IsWanted);

    /// <summary>The servers that answered.</summary>
    public IEnumerable<MemberView> Answering => Members.Where(m => m.State is not null);

    /// <summary>The sentinels that answered.</summary>
    public IEnumerable<WatcherView> Informants => Watchers.Where(w => w.Failure is null);

    /// <summary>The server that a sentinel or another server names by its name or address; null when it is none of these.</summary>
    public MemberView? Find(string host) => Members.FirstOrDefault(m => m.Is(host));
}

/// <summary>A server. Immutable.</summary>
/// <param name="Pod">Name of its pod.</param>
/// <param name="Host">The name by which others reach it.</param>
/// <param name="Address">Its address; empty when it has none.</param>
/// <param name="IsWanted">The spec wants it.</param>
/// <param name="State">What it says of itself; null when it could not be asked.</param>
/// <param name="Failure">Why it could not be asked; null when it could.</param>
internal sealed record MemberView(string Pod, string Host, string Address, bool IsWanted, ReplicationState? State, string? Failure)
{
    /// <summary>It answers, but refuses to tell: what it holds can not be seen.</summary>
    public bool Refuses { get; init; }

    /// <summary>It takes writes, as it says itself.</summary>
    public bool IsMaster => State is { IsMaster: true };

    /// <summary>It holds data.</summary>
    public bool HasData => State is { Keys: > 0 };

    /// <summary>True when it goes by that name or address.</summary>
    public bool Is(string host) => host.Length > 0 && (host == Host || host == Address);

    /// <summary>It follows the other, in sync or not.</summary>
    public bool Follows(MemberView master) => State is { IsMaster: false } state && master.Is(state.MasterHost);

    /// <summary>It follows the other, and gets what is written there.</summary>
    public bool IsLinkedTo(MemberView master) => Follows(master) && State!.IsLinkUp;
}

/// <summary>A sentinel. Immutable.</summary>
/// <param name="Pod">Name of its pod.</param>
/// <param name="Host">The name by which other sentinels reach it.</param>
/// <param name="Address">Its address; empty when it has none.</param>
/// <param name="IsWanted">Its spec wants it.</param>
/// <param name="Failure">Why it could not be asked; null when it could.</param>
/// <param name="Master">What it says of the master; null when it knows none of the name.</param>
/// <param name="KnowsPassword">This process gave it the password of the master.</param>
internal sealed record WatcherView(string Pod, string Host, string Address, bool IsWanted, string? Failure, MonitoredMaster? Master, bool KnowsPassword)
{
    /// <summary>True when it goes by that name or address.</summary>
    public bool Is(string host) => host.Length > 0 && (host == Host || host == Address);
}

/// <summary>What a server says of its part in replication. Immutable.</summary>
internal sealed record ReplicationState
{
    /// <summary>It is a master.</summary>
    public bool IsMaster { get; init; }

    /// <summary>Whom it follows; empty for a master.</summary>
    public string MasterHost { get; init; } = "";

    /// <summary>It gets what is written to its master.</summary>
    public bool IsLinkUp { get; init; }

    /// <summary>It was in sync with its master once since it started.</summary>
    public bool WasLinked { get; init; }

    /// <summary>How far it is in the stream of writes.</summary>
    public long Offset { get; init; }

    /// <summary>Its keys, in all databases.</summary>
    public long Keys { get; init; }

    /// <summary>It reads its data from disk, or takes over its master's.</summary>
    public bool IsLoading { get; init; }

    /// <summary>Replicas that are in sync with it.</summary>
    public int LinkedReplicas { get; init; }

    /// <summary>How long it has been running, in seconds.</summary>
    public long Uptime { get; init; }

    /// <summary>Reads an INFO answer.</summary>
    public static ReplicationState Parse(string text)
    {
        var info = RedisInfo.Parse(text);
        var isMaster = info.Text("role") == "master";
        var linkUp = info.Text("master_link_status") == "up";
        return new()
        {
            IsMaster = isMaster,
            MasterHost = isMaster ? "" : info.Text("master_host") ?? "",
            IsLinkUp = linkUp,
            WasLinked = linkUp || Number(info.Text("master_link_down_since_seconds"), absent: -1) >= 0,
            Offset = Number(info.Text(isMaster ? "master_repl_offset" : "slave_repl_offset")),
            Keys = Lines(text, "db").Sum(l => Number(Field(l, "keys="))),
            IsLoading = info.Text("loading") == "1" || info.Text("async_loading") == "1" || info.Text("master_sync_in_progress") == "1",
            LinkedReplicas = Lines(text, "slave").Count(l => Field(l, "state=") == "online"),
            Uptime = Number(info.Text("uptime_in_seconds")),
        };
    }

    // Lines such as slave0:… and db0:…, of which there are as many as there are replicas and databases.
    private static IEnumerable<string> Lines(string text, string name) => text.Split('\n')
        .Where(l => l.StartsWith(name, StringComparison.Ordinal) && l.Length > name.Length && char.IsAsciiDigit(l[name.Length]))
        .Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimEnd('\r'));

    private static string? Field(string line, string name) =>
        line.Split(',').FirstOrDefault(f => f.StartsWith(name, StringComparison.Ordinal))?[name.Length..];

    private static long Number(string? text, long absent = 0) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : absent;
}
