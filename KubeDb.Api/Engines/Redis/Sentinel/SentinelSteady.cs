using System.Globalization;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>What is missing around a master that is one: replicas that do not follow it, sentinels that do not watch it. Pure.</summary>
internal static class SentinelSteady
{
    /// <summary>The plan of a round.</summary>
    public static SentinelPlan Plan(SentinelView view, MemberView master)
    {
        List<SentinelStep> steps = [.. Replicas(view, master), .. Watchers(view, master)];
        if (steps.Count == 0 && Reset(view, master) is { } reset)
            steps.Add(reset);
        return new() { Steps = steps, Master = master.Pod, Problem = Problem(view, master), AcceptsConnections = true };
    }

    /// <summary>
    /// While nobody holds data, replicas are in sync within moments, and sentinels that hear of the master only then find them at once. Of a
    /// replica that comes later they hear up to ten seconds later.
    /// </summary>
    public static bool AwaitsReplicas(SentinelView view, MemberView master) =>
        !view.Answering.Any(m => m.HasData) && view.Answering.Any(m => m != master && m.IsWanted && !m.IsLinkedTo(master));

    private static IEnumerable<SentinelStep> Replicas(SentinelView view, MemberView master) =>
        from member in view.Answering
        where member != master && member.IsWanted && !member.Follows(master) && !member.State!.IsLoading

        // One that the sentinels know as a replica, and that says it is a master, was the master or is to be: they settle it.
        where !(member.IsMaster && view.Informants.Any(i => i.Master?.Replicas.Any(r => member.Is(r.Host)) == true))
        select new SentinelStep.Follow(member.Pod, master.Pod, member.IsMaster && member.HasData);

    private static IEnumerable<SentinelStep> Watchers(SentinelView view, MemberView master)
    {
        var newest = view.Informants.Max(i => i.Master?.ConfigEpoch ?? 0);
        foreach (var watcher in view.Informants.Where(i => i.IsWanted))
        {
            if (watcher.Master is null && AwaitsReplicas(view, master))
                continue;
            if (watcher.Master is not { } known)
                yield return new SentinelStep.Watch(watcher.Pod, master.Pod, Replaces: false);

            // An older decision is overtaken by the newer one that other sentinels tell it; an equal one never is.
            else if (view.Find(known.Host) is { } named && named != master && known.ConfigEpoch < newest)
                continue;
            else if (!master.Is(known.Host))
                yield return new SentinelStep.Watch(watcher.Pod, master.Pod, Replaces: true);
            else if (Differing(view, known) is var options && (options.Count > 0 || LacksPassword(watcher)))
                yield return new SentinelStep.Configure(watcher.Pod, options, LacksPassword(watcher));
        }
    }

    // One that calls a master down which answers here may have lost the password; it does not tell.
    private static bool LacksPassword(WatcherView watcher) => !watcher.KnowsPassword || watcher.Master is { Entry.IsUp: false };

    private static Dictionary<string, string> Differing(SentinelView view, MonitoredMaster known)
    {
        var options = view.Options.Where(o => known.Entry.Text(o.Key) != o.Value).ToDictionary(StringComparer.Ordinal);
        var quorum = SentinelSettings.Quorum(view.WantedWatchers);
        if (known.Entry.Number("quorum") != quorum)
            options["quorum"] = quorum.ToString(CultureInfo.InvariantCulture);
        return options;
    }

    /// <summary>
    /// A sentinel that knows somebody who is gone, and may forget all: everybody is there and known to every sentinel, so that the others could
    /// have the master replaced while this one finds them again.
    /// </summary>
    private static SentinelStep? Reset(SentinelView view, MemberView master)
    {
        var watchers = view.Watchers.Where(w => w.IsWanted).ToList();
        if (watchers.Count < view.WantedWatchers || watchers.Any(w => w.Master is null || !master.Is(w.Master.Host)))
            return null;
        if (view.Wanted.Any(m => m != master && !m.IsLinkedTo(master)) || watchers.Any(w => !KnowsAll(view, watchers, master, w)))
            return null;
        foreach (var watcher in watchers)
        {
            var stale = watcher.Master!.Replicas.Where(r => view.Find(r.Host) is not { IsWanted: true }).Select(r => $"replica {r.Host}")
                .Concat(watcher.Master.Sentinels.Where(s => !watchers.Any(w => w.Is(s.Host))).Select(s => $"sentinel {s.Host}")).ToList();
            if (stale.Count > 0)
                return new SentinelStep.Reset(watcher.Pod, string.Join(", ", stale));
        }

        return null;
    }

    private static bool KnowsAll(SentinelView view, List<WatcherView> watchers, MemberView master, WatcherView watcher) =>
        view.Wanted.All(m => m == master || watcher.Master!.Replicas.Any(r => m.Is(r.Host) && r.IsUp))
        && watchers.All(w => w == watcher || watcher.Master!.Sentinels.Any(s => w.Is(s.Host) && s.IsUp));

    private static string? Problem(SentinelView view, MemberView master)
    {
        foreach (var member in view.Wanted.Where(m => m != master))
        {
            if (member.State is not { } state)
                return $"Replica {member.Pod} can not be reached: {member.Failure}.";
            if (state.IsMaster)
                return $"{member.Pod} says that it is a master, beside {master.Pod}.";
            if (!member.IsLinkedTo(master))
                return state.IsLoading ? $"Replica {member.Pod} is taking over the data of {master.Pod}." : $"Replica {member.Pod} is not in sync with {master.Pod} yet.";
        }

        var watchers = view.Watchers.Where(w => w.IsWanted).ToList();
        if (watchers.Find(w => w.Failure is not null) is { } silent)
            return $"Sentinel {silent.Pod} does not answer: {silent.Failure}.";
        if (watchers.Find(w => w.Master is null || !master.Is(w.Master.Host)) is { } stranger)
            return $"Sentinel {stranger.Pod} does not watch {master.Pod} as the master yet.";
        return watchers.Find(w => !KnowsAll(view, watchers, master, w)) is { } learning
            ? $"Sentinel {learning.Pod} has not found all replicas of {master.Pod}, or all other sentinels, yet."
            : null;
    }
}
