namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>What is to be done in a round, and what the round found. Immutable.</summary>
internal sealed record SentinelPlan
{
    /// <summary>The steps in order; one that fails ends the round.</summary>
    public IReadOnlyList<SentinelStep> Steps { get; init; } = [];

    /// <summary>The pod of the master on which servers and sentinels agree; null while they do not.</summary>
    public string? Master { get; init; }

    /// <summary>What is not as it should be; null when nothing is.</summary>
    public string? Problem { get; init; }

    /// <summary>Clients can write all the same.</summary>
    public bool AcceptsConnections { get; init; }

    /// <summary>A round that only waits.</summary>
    public static SentinelPlan Wait(string problem, string? master = null) => new() { Problem = problem, Master = master, AcceptsConnections = master is not null };
}

/// <summary>One thing to do. Immutable.</summary>
internal abstract record SentinelStep
{
    /// <summary>Makes a server master.</summary>
    /// <param name="Pod">Its pod.</param>
    /// <param name="Why">What was seen.</param>
    internal sealed record Promote(string Pod, string Why) : SentinelStep;

    /// <summary>Has a server follow the master.</summary>
    /// <param name="Pod">Its pod.</param>
    /// <param name="Master">Pod of the master.</param>
    /// <param name="LosesData">It holds data that the master's takes the place of.</param>
    internal sealed record Follow(string Pod, string Master, bool LosesData) : SentinelStep;

    /// <summary>Has a sentinel watch the master.</summary>
    /// <param name="Watcher">Pod of the sentinel.</param>
    /// <param name="Master">Pod of the master.</param>
    /// <param name="Replaces">It watches another server by the name.</param>
    internal sealed record Watch(string Watcher, string Master, bool Replaces) : SentinelStep;

    /// <summary>Sets options of the master in a sentinel.</summary>
    /// <param name="Watcher">Pod of the sentinel.</param>
    /// <param name="Options">The options.</param>
    /// <param name="Password">Also the password.</param>
    internal sealed record Configure(string Watcher, IReadOnlyDictionary<string, string> Options, bool Password) : SentinelStep;

    /// <summary>Has the sentinels replace the master.</summary>
    /// <param name="Watcher">Pod of the sentinel that does.</param>
    /// <param name="Why">What was seen.</param>
    internal sealed record Failover(string Watcher, string Why) : SentinelStep;

    /// <summary>Has a sentinel forget replicas and sentinels, and find those that are there.</summary>
    /// <param name="Watcher">Pod of the sentinel.</param>
    /// <param name="Stale">What it should not know.</param>
    internal sealed record Reset(string Watcher, string Stale) : SentinelStep;
}
