namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>
/// What a cluster lacks of being one: from what all pods say to the commands that come next. Pure. Each round looks anew, so it may be cut off
/// after any command, and at rest it asks for nothing.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Slots get an owner where nobody owns them only when every pod answered: a pod that is away may know a cluster.</item>
/// <item>Who owns what is settled before nodes meet (<see cref="ClusterClaims"/>): when they meet, the loser of a slot deletes its keys.</item>
/// <item>A node is forgotten only when it owns no slot and is in no pod, and every pod answered.</item>
/// <item>A replica leaves a master only while that master answers, or owns nothing: else it may hold the last copy.</item>
/// <item>A replica takes over from a master that is gone only when that one can not come back (<see cref="ClusterView.IsGone"/>).
/// From one that may come back it takes over when the masters elect it, without us.</item>
/// </list>
/// </remarks>
internal static class ClusterPlan
{
    /// <summary>A planned handover begins when a replica is at most this far behind, in bytes: writers wait for the rest.</summary>
    public const long HandoverLag = 1 << 20;

    // A large cluster hears of the others by gossip.
    private const int MeetsAtOnce = 8;

    /// <summary>The commands that come next, in order; empty when there is nothing to do, or nothing but to wait.</summary>
    public static IReadOnlyList<ClusterAction> Next(ClusterView view)
    {
        if (view.Answering.Count == 0)
            return [];
        var claims = ClusterClaims.Next(view);
        return claims.Count > 0 ? claims :
        [
            .. Meet(view),
            .. view.Shards.SelectMany(s => Recover(view, s)),
            .. view.Shards.SelectMany(s => Follow(view, s)),
            .. view.Shards.SelectMany(BringHome),
            .. Forget(view),
        ];
    }

    /// <summary>The replica of the shard that can take over from its living master at once: in sync, and nearly as far as it. Null when none can.</summary>
    public static ClusterMember? Heir(ClusterShard shard, ClusterMember master) => shard.Members
        .Where(m => IsInSync(m, master) && m != master)
        .OrderByDescending(m => m.Answer!.Offset).FirstOrDefault();

    /// <summary>The replica follows the master, as both know, has its data, and is nearly as far.</summary>
    public static bool IsInSync(ClusterMember replica, ClusterMember master) =>
        replica.Answer is { IsMaster: false, IsLinkUp: true, IsSyncing: false } answer && answer.MasterId == master.Answer!.Id
        && master.Answer.Table.Find(answer.Id)?.MasterId == master.Answer.Id
        && master.Answer.Offset - answer.Offset <= HandoverLag;

    private static IEnumerable<ClusterAction> Meet(ClusterView view)
    {
        var owners = view.Answering.ToDictionary(m => m, m => ClusterClaims.LivingOwner(view, m));
        var meets = owners.Where(o => o.Value is not null).Select(o => (From: o.Key, To: o.Value!)).ToList();
        var pods = view.Answering.Where(m => owners[m] is null && !ClusterClaims.IsHeld(view, m)).ToList();
        for (var i = 0; i < pods.Count; i++)
        {
            for (var j = i + 1; j < pods.Count; j++)
            {
                var (a, b) = (pods[i], pods[j]);
                if (a.Answer!.IsBlank && b.Answer!.IsBlank || (ClusterView.Knows(a, b) && ClusterView.Knows(b, a)))
                    continue;
                var meet = ClusterView.Knows(a, b) ? (From: b, To: a) : (From: a, To: b);
                if (meets.Count(m => m.From == meet.From) < MeetsAtOnce)
                    meets.Add(meet);
            }
        }

        var message = $"The nodes of {Names(meets.SelectMany(m => new[] { m.From, m.To }))} are made known to each other by their present addresses.";
        return meets.Select(m => new ClusterAction(ClusterVerb.Meet, m.From.Pod, message) { Argument = m.To.Address });
    }

    private static IEnumerable<ClusterAction> Recover(ClusterView view, ClusterShard shard)
    {
        if (shard.Owner is not { Member: null } owner || !view.IsGone(owner.Id, shard)
            || ClusterClaims.Candidates(view, shard, owner).FirstOrDefault() is not { Answer.IsMaster: false } heir || heir.Answer!.MasterId != owner.Id)
            yield break;
        var (answering, reached) = (view.Owners.Count(o => o.Member is not null), view.Owners.Count(o => o.Member is not null && ClusterView.Reaches(heir, o.Member)));
        var lost = $"The master of shard {shard.Index}, node {Short(owner.Id)}, is in none of its pods any more";
        if (reached * 2 > view.Owners.Count)
            yield return new(ClusterVerb.Force, heir.Pod, $"{lost}: {heir.Pod} takes over.") { IsWarning = true };
        else if (answering * 2 <= view.Owners.Count)
            yield return new(ClusterVerb.TakeOver, heir.Pod, $"{lost}, and too few masters are left to elect another: {heir.Pod} takes over.") { IsWarning = true };
    }

    private static IEnumerable<ClusterAction> Follow(ClusterView view, ClusterShard shard)
    {
        if (shard.Master is not { Answer.IsMaster: true } master)
            yield break;
        foreach (var member in shard.Members.Where(m => m.Answer is not null && m != master && m.Answer.MasterId != master.Answer.Id))
        {
            if (IsFree(view, member) && member.Answer!.Table.Find(master.Answer.Id) is { } known && known.Is(NodeFlags.Master) && !known.Is(NodeFlags.NoAddress))
            {
                yield return new(ClusterVerb.Replicate, member.Pod, $"{member.Pod} follows {master.Pod}, the master of its shard {shard.Index}.")
                {
                    Argument = master.Answer.Id,
                };
            }
        }
    }

    /// <summary>Following another master takes nothing from anybody that only this pod has.</summary>
    private static bool IsFree(ClusterView view, ClusterMember member)
    {
        var answer = member.Answer!;
        if (answer.IsMaster)
            return answer.Claims.IsEmpty && answer.Keys == 0 && view.Owners.All(o => o.Id != answer.Id);
        return view.Find(answer.MasterId) is { Answer.IsMaster: true } || view.Owners.All(o => o.Id != answer.MasterId);
    }

    /// <summary>Slots whose owner is in another shard come home to a pod of their own.</summary>
    private static IEnumerable<ClusterAction> BringHome(ClusterShard shard)
    {
        if (shard.Owner?.Member is { } owner && owner.Shard != shard.Index && Heir(shard, owner) is { } heir)
            yield return new(ClusterVerb.Failover, heir.Pod, $"{heir.Pod} takes the slots of shard {shard.Index} over from {owner.Pod}, which belongs to another shard.");
    }

    private static IEnumerable<ClusterAction> Forget(ClusterView view)
    {
        if (!view.IsComplete)
            yield break;
        var owners = view.Owners.Select(o => o.Id).ToHashSet(StringComparer.Ordinal);
        var entries = view.Answering.SelectMany(m => m.Answer!.Table.Nodes.Select(n => (Member: m, Node: n)))
            .Where(e => view.Find(e.Node.Id) is null && !owners.Contains(e.Node.Id)).GroupBy(e => e.Node.Id, StringComparer.Ordinal);
        foreach (var node in entries.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            // One that is still heard of is a node that somebody added; a master that is still followed is left by its replicas first.
            if (node.Any(e => e.Node.IsReached) || view.Answering.Any(m => m.Answer!.MasterId == node.Key))
                continue;
            foreach (var entry in node)
                yield return new(ClusterVerb.Forget, entry.Member.Pod, $"Node {Short(node.Key)} is in no pod and owns no slot: it is forgotten.") { Argument = node.Key };
        }
    }

    private static string Short(string id) => id.Length > 8 ? id[..8] : id;

    private static string Names(IEnumerable<ClusterMember> members) =>
        string.Join(", ", members.Select(m => m.Pod).Distinct().Order(StringComparer.Ordinal));
}
