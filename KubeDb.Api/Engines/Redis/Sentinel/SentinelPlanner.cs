namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>
/// Decides what a database and its sentinels lack. Pure. What the sentinels say of the master counts; the operator decides only where they know
/// none, or name one that can not be it. Whoever holds the data wins over whoever is empty.
/// </summary>
internal static class SentinelPlanner
{
    /// <summary>The plan of a round.</summary>
    public static SentinelPlan Plan(SentinelView view)
    {
        var informants = view.Informants.ToList();
        if (view.WantedWatchers == 0 || informants.Count(i => i.IsWanted) < view.Majority)
            return TooFewSentinels(view, informants.Count);
        if (informants.FirstOrDefault(i => i.Master is { IsFailingOver: true }) is { } busy)
            return SentinelPlan.Wait($"Sentinel {busy.Pod} is having the master replaced.", Claimed(view) is { IsMaster: true } serving ? serving.Pod : null);
        return Claimed(view) is { } claimed ? OfClaimed(view, claimed) : OfUnknown(view);
    }

    /// <summary>
    /// The server that the sentinels name as master: the newest decision counts, then how many name it. Null when none names one of ours.
    /// </summary>
    public static MemberView? Claimed(SentinelView view) => view.Informants
        .Where(i => i.Master is not null)
        .Select(i => (Member: view.Find(i.Master!.Host), i.Master!.ConfigEpoch))
        .Where(c => c.Member is not null)
        .GroupBy(c => (c.Member!.Pod, c.ConfigEpoch))
        .OrderByDescending(g => g.Key.ConfigEpoch).ThenByDescending(g => g.Count()).ThenBy(g => g.Key.Pod, StringComparer.Ordinal)
        .Select(g => g.First().Member)
        .FirstOrDefault();

    private static SentinelPlan TooFewSentinels(SentinelView view, int answering)
    {
        var silent = view.Watchers.FirstOrDefault(w => w.Failure is not null);
        var why = silent is null ? "" : $" {silent.Pod}: {silent.Failure}.";

        // What the last ones said stays as it is: without sentinels nobody replaces a master.
        var master = view.Members.Where(m => m.IsMaster).ToList() is [var only] ? only.Pod : null;
        return SentinelPlan.Wait(
            view.WantedWatchers == 0
                ? "The RedisSentinel that watches this database is not there, or its version or credential is not."
                : $"Of {view.WantedWatchers} sentinels {answering} answer, and {view.Majority} are needed to have a failed master replaced.{why}",
            master);
    }

    private static SentinelPlan OfClaimed(SentinelView view, MemberView master)
    {
        if (master.State is not { } state)
            return SentinelPlan.Wait($"The master {master.Pod} can not be reached: {master.Failure}. The sentinels replace it if that lasts.");
        if (state.IsLoading && !state.IsMaster)
            return SentinelPlan.Wait($"The master {master.Pod} is loading its data.");
        if (state.IsMaster)
            return EmptyBeside(view, master) is { } holder ? TakeOver(view, holder, $"the master {master.Pod} came back empty, while {holder.Pod} holds data") : SentinelSteady.Plan(view, master);
        return view.Find(state.MasterHost) is { IsMaster: true } other
            ? SentinelPlan.Wait($"{master.Pod}, which the sentinels name as master, follows {other.Pod}; the sentinels settle that.", other.Pod)
            : OfRestarted(view, master);
    }

    // It is younger than those who still hold data, and none of them follows it: so it lost what it had. A master that was merely emptied by a
    // client is as old as its data was.
    private static MemberView? EmptyBeside(SentinelView view, MemberView master) => master.HasData
        ? null
        : Richest(view.Answering.Where(m => m != master && m.HasData && !m.IsLinkedTo(master) && m.State!.Uptime > master.State!.Uptime));

    /// <summary>The master was started anew: it follows nobody that is there, and waits to be told what it is.</summary>
    private static SentinelPlan OfRestarted(SentinelView view, MemberView master)
    {
        var others = view.Answering.Where(m => m != master).ToList();
        if (others.FirstOrDefault(m => m.State!.IsLoading) is { } loading)
            return SentinelPlan.Wait($"The master {master.Pod} was started anew; {loading.Pod} is loading its data.");

        // Who was in sync since it started has at least what the master saved last.
        var heirs = others.Where(m => m.HasData && m.Follows(master) && m.State!.WasLinked).ToList();
        if (heirs.Count > 0)
            return Inherit(view, master, heirs);
        if (master.HasData)
            return TakeOver(view, master, "it was the master when all servers stopped");
        if (view.Wanted.FirstOrDefault(m => m.State is null) is { } absent)
            return SentinelPlan.Wait($"The master {master.Pod} came back empty; who holds the data is seen once {absent.Pod} can be asked: {absent.Failure}.");
        return Richest(others.Where(m => m.HasData)) is { } holder
            ? TakeOver(view, holder, $"{master.Pod}, the last master, came back empty")
            : TakeOver(view, master, "no server holds data");
    }

    private static SentinelPlan Inherit(SentinelView view, MemberView master, IReadOnlyList<MemberView> heirs)
    {
        var why = $"the master {master.Pod} was started anew, while its replicas went on and hold the data";
        var able = view.Informants.FirstOrDefault(i => view.Find(i.Master?.Host ?? "") == master && i.Master!.Replicas.Any(r => r.IsUp && heirs.Any(h => h.Is(r.Host))));
        return able is null
            ? TakeOver(view, Richest(heirs)!, why)
            : SentinelPlan.Wait($"The sentinels replace the master: {why}.") with { Steps = [new SentinelStep.Failover(able.Pod, why)] };
    }

    private static SentinelPlan OfUnknown(SentinelView view)
    {
        var masters = view.Members.Where(m => m.IsMaster).ToList();

        // One that has data, or whom others follow, is at work: only the sentinels lost their memory, or have not heard of it yet.
        if (masters is [var only] && (only.HasData || view.Answering.Any(m => m.Follows(only))) && EmptyBeside(view, only) is null)
            return SentinelSteady.Plan(view, only);
        if (view.Wanted.FirstOrDefault(m => m.State is null) is { } absent)
            return SentinelPlan.Wait($"The sentinels know no master; who it is to be is decided once {absent.Pod} can be asked: {absent.Failure}.");
        if (view.Answering.FirstOrDefault(m => m.State!.IsLoading) is { } loading)
            return SentinelPlan.Wait($"The sentinels know no master; {loading.Pod} is loading its data.");
        var chosen = masters.Where(m => m.HasData || m.State!.LinkedReplicas > 0)
            .OrderByDescending(m => m.State!.LinkedReplicas).ThenByDescending(m => m.State!.Keys).FirstOrDefault()
            ?? Richest(view.Answering.Where(m => m.HasData))
            ?? view.Wanted.FirstOrDefault();
        return chosen is null
            ? SentinelPlan.Wait("No pod of the database runs.")
            : TakeOver(view, chosen, chosen.HasData ? "the sentinels know no master, and it holds the most data" : "no server holds data");
    }

    /// <summary>The one with the most data; of equals the one furthest in the stream of writes, then the first.</summary>
    private static MemberView? Richest(IEnumerable<MemberView> members) =>
        members.OrderByDescending(m => m.State!.Keys).ThenByDescending(m => m.State!.Offset).FirstOrDefault();

    private static SentinelPlan TakeOver(SentinelView view, MemberView chosen, string why)
    {
        // A sentinel that is away and names another one would tell the others of it once it is back, as the newer decision.
        if (Claimed(view) is { } claimed && claimed != chosen && view.Watchers.FirstOrDefault(w => w.IsWanted && w.Failure is not null) is { } away)
            return SentinelPlan.Wait($"{chosen.Pod} is to become master, since {why}; that waits for sentinel {away.Pod}: {away.Failure}.");
        List<SentinelStep> steps = chosen.IsMaster ? [] : [new SentinelStep.Promote(chosen.Pod, why)];
        steps.AddRange(view.Answering.Where(m => m != chosen && m.IsWanted && !m.Follows(chosen)).Select(m => new SentinelStep.Follow(m.Pod, chosen.Pod, m.IsMaster && m.HasData)));
        if (!SentinelSteady.AwaitsReplicas(view, chosen))
            steps.AddRange(view.Informants.Where(i => i.IsWanted && view.Find(i.Master?.Host ?? "") != chosen).Select(i => new SentinelStep.Watch(i.Pod, chosen.Pod, i.Master is not null)));
        return SentinelPlan.Wait($"{chosen.Pod} becomes master: {why}.") with { Steps = steps };
    }
}
