namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>What has to happen before a server goes.</summary>
internal enum HandoverKind
{
    /// <summary>Nothing.</summary>
    Dispensable,

    /// <summary>Something that nobody here can bring about.</summary>
    Wait,

    /// <summary>Another server has to become master.</summary>
    HandOver,
}

/// <summary>Whether a server may go, and why not.</summary>
/// <param name="Kind">What has to happen.</param>
/// <param name="Why">What is missing; empty when nothing is.</param>
/// <param name="Watcher">Pod of the sentinel that can have the master replaced; null for the other kinds.</param>
internal readonly record struct HandoverNeed(HandoverKind Kind, string Why, string? Watcher = null);

/// <summary>Whether a server may go, and whether one has come back. Pure.</summary>
internal static class SentinelHandover
{
    /// <summary>What has to happen before the server goes.</summary>
    public static HandoverNeed Judge(SentinelView view, MemberView member)
    {
        var agreed = Agreed(view);
        if (member.IsMaster && (agreed is null || agreed == member))
            return OfMaster(view, member);
        if (agreed is null)
            return new(HandoverKind.Wait, "the sentinels do not agree on a master yet");
        return agreed.IsMaster
            ? new(HandoverKind.Dispensable, "")
            : new(HandoverKind.Wait, $"{agreed.Pod}, which the sentinels name as master, does not say that it is one");
    }

    /// <summary>Whether the server takes its part again: as the master on which all agree, or in sync with it.</summary>
    public static Readiness CaughtUp(SentinelView view, string pod)
    {
        if (view.Members.FirstOrDefault(m => m.Pod == pod) is not { State: { } state } member)
            return Readiness.NotYet($"{pod} can not be asked: {view.Members.FirstOrDefault(m => m.Pod == pod)?.Failure ?? "it is not there"}");
        if (state.IsLoading)
            return Readiness.NotYet($"{pod} is loading its data");
        if (Agreed(view) is not { IsMaster: true } master)
            return Readiness.NotYet("the sentinels do not agree on a master yet");
        if (member != master && !member.IsLinkedTo(master))
            return Readiness.NotYet($"{pod} is not in sync with {master.Pod} yet");
        var watching = view.Informants.Count(i => i.Master is { } known && (member == master || known.Replicas.Any(r => member.Is(r.Host) && r.IsUp)));
        return watching >= view.Majority ? Readiness.Yes : Readiness.NotYet($"the sentinels have not seen {pod} again yet");
    }

    private static HandoverNeed OfMaster(SentinelView view, MemberView master)
    {
        if (!view.Answering.Any(m => m != master && m.IsLinkedTo(master)))
            return new(HandoverKind.Wait, $"no replica is in sync with {master.Pod}, so nobody can take its part");
        var able = view.Informants.FirstOrDefault(i => i.Master is { } known && master.Is(known.Host)
            && known.Replicas.Any(r => r.IsUp && view.Answering.Any(m => m.IsLinkedTo(master) && m.Is(r.Host))));
        return able is null
            ? new(HandoverKind.Wait, $"no sentinel knows a replica that could take the part of {master.Pod} yet")
            : new(HandoverKind.HandOver, "", able.Pod);
    }

    /// <summary>The server that a majority of the sentinels names as master; null while none does.</summary>
    private static MemberView? Agreed(SentinelView view) => SentinelPlanner.Claimed(view) is { } claimed
        && view.Informants.Count(i => i.Master is { } known && claimed.Is(known.Host)) >= view.Majority ? claimed : null;
}
