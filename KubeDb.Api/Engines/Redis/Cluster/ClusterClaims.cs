using System.Globalization;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>
/// Who owns which slots, where that is not clear. Nodes that meet settle it themselves by the epochs of their claims, and whoever loses a slot
/// deletes the keys in it; so before they meet it is seen to that the one with the data wins. Pure.
/// </summary>
internal static class ClusterClaims
{
    /// <summary>The commands that come next; empty when all is clear. Nothing else is done in the same round.</summary>
    public static IReadOnlyList<ClusterAction> Next(ClusterView view)
    {
        List<ClusterAction> actions =
        [
            .. view.Shards.SelectMany(s => OwnersWithoutTable(view, s)),
            .. EmptyClaims(view),
            .. view.Shards.SelectMany(s => LostOwner(view, s)),
        ];
        return actions.Count > 0 ? actions : [.. NoOwner(view)];
    }

    /// <summary>
    /// The pod may meet nobody yet: it holds keys of slots that the others give to a node which does not answer, or whose claim has no version
    /// yet; meeting them would make it delete these keys. Not so where exactly all its slots are the other's: then it becomes a replica.
    /// </summary>
    public static bool IsHeld(ClusterView view, ClusterMember member)
    {
        var answer = member.Answer!;
        if (answer.Keys == 0 || answer.Claims.IsEmpty || view.Answering.Any(m => m != member && ClusterView.AreConnected(m, member)))
            return false;
        return IsWithoutTable(member)
            ? LivingOwner(view, member) is null
            : view.Owners.Any(o => o.Member is null && o.Slots.CommonWith(answer.Claims) > 0 && !o.Slots.Equals(answer.Claims));
    }

    /// <summary>
    /// The pod whose slots a pod without a table claims, when all are that one's and its claim has a version: an older copy of that one's data. It
    /// meets that one first, and from its own side: so it loses its claim before it knows anybody else. Where two nodes without version meet, one
    /// gets a version above all, and would win. Null when there is no such owner, or several are.
    /// </summary>
    public static ClusterMember? LivingOwner(ClusterView view, ClusterMember member) =>
        IsWithoutTable(member) && view.Owners.Where(o => o.Slots.CommonWith(member.Answer!.Claims) > 0).ToList() is [{ Member: { } owner, Epoch: > 0 }] && owner != member ? owner : null;

    /// <summary>
    /// Who can take over the slots of an owner that is gone, best first: its replicas that received of it, wherever they are; then the pods of the
    /// shard with data of these slots, the furthest and fullest first; then the empty ones.
    /// </summary>
    public static IEnumerable<ClusterMember> Candidates(ClusterView view, ClusterShard shard, SlotOwner owner) => view.Answering
        .Where(m => (m.Answer!.MasterId == owner.Id) || m.Shard == shard.Index && (m.Answer!.SampleSlot is not { } slot || owner.Slots.Has(slot)))
        .OrderByDescending(m => (m.Answer!.MasterId == owner.Id) && m.Answer!.Offset > 1)
        .ThenByDescending(m => m.Answer!.Keys > 0)
        .ThenByDescending(m => m.Answer!.MasterId == owner.Id)
        .ThenByDescending(m => (m.Answer!.MasterId == owner.Id) ? m.Answer!.Offset : 0)
        .ThenByDescending(m => m.Answer!.Keys)
        .ThenBy(m => m.Shard != shard.Index)
        .ThenBy(m => m.Ordinal);

    // Its file of nodes was lost, not its data: at its start a server takes the slots of the keys that it finds, without a version.
    private static bool IsWithoutTable(ClusterMember member) => member.Answer is { Keys: > 0, Table: { IsAlone: true, Myself.Epoch: 0 } } a && !a.Claims.IsEmpty;

    /// <summary>
    /// A shard whose pods lost their tables, and of whose slots nobody else knows an owner: the pod with the most keys owns them, also those that
    /// only other pods of the shard hold keys of.
    /// </summary>
    private static IEnumerable<ClusterAction> OwnersWithoutTable(ClusterView view, ClusterShard shard)
    {
        var lost = shard.Members.Where(IsWithoutTable).ToList();
        var claims = SlotSet.Union(lost.Select(m => m.Answer!.Claims));
        if (lost.Count == 0 || !shard.IsComplete || view.Owners.Any(o => o.Slots.CommonWith(claims) > 0 && !(o.Member is { } m && IsWithoutTable(m))))
            yield break;
        var owner = lost.OrderByDescending(m => m.Answer!.Keys).ThenBy(m => m.Ordinal).First();
        var others = SlotSet.Union(view.Answering.Where(m => m.Shard != shard.Index).Select(m => m.Answer!.Claims));
        var message = $"{owner.Pod} lost its table of the cluster but has its data, the most of shard {shard.Index}: it owns the slots {claims - others}.";
        foreach (var action in Claim(view, owner, claims - others, message))
            yield return action;
    }

    /// <summary>
    /// Two claim a slot, only one has keys in it, and the claim of the other would win. An owner that was elected meanwhile may be empty rightly:
    /// others know it as owner then.
    /// </summary>
    private static IEnumerable<ClusterAction> EmptyClaims(ClusterView view)
    {
        if (view.Contested.IsEmpty)
            yield break;
        foreach (var loser in view.Answering.Where(m => !m.Answer!.Claims.IsEmpty))
        {
            var slots = SlotSet.Union(view.Answering.Where(w => w != loser).Select(winner => Forfeited(view, winner, loser)));
            if (!slots.IsEmpty)
                yield return new(ClusterVerb.DropSlots, loser.Pod, $"{loser.Pod} claims the slots {slots} of another pod without having a key in them: it gives them up.") { Slots = slots };
        }
    }

    private static SlotSet Forfeited(ClusterView view, ClusterMember winner, ClusterMember loser)
    {
        var contested = winner.Answer!.Claims & loser.Answer!.Claims;
        var (epoch, other) = (loser.Answer.Table.Myself.Epoch, winner.Answer.Table.Myself.Epoch);
        if (contested.IsEmpty || epoch < other || ClusterView.Reaches(winner, loser) || ClusterView.Reaches(loser, winner) || (epoch > other && !view.IsComplete))
            return SlotSet.Empty;
        var known = epoch == other ? [] : view.Answering.Where(m => m != winner && m != loser)
            .Select(m => m.Answer!.Table.Find(loser.Answer.Id)?.Slots ?? SlotSet.Empty).ToList();
        return SlotSet.Of(contested.Slots.Where(s =>
            winner.KeysInSlots.GetValueOrDefault(s) > 0 && loser.KeysInSlots.TryGetValue(s, out var keys) && keys == 0 && !known.Exists(k => k.Has(s))));
    }

    /// <summary>
    /// The owner of a shard's slots can not come back, and no replica of it is left to take over: a pod that has the data takes the slots; when
    /// no pod has any, and every pod answered, an empty one.
    /// </summary>
    private static IEnumerable<ClusterAction> LostOwner(ClusterView view, ClusterShard shard)
    {
        if (shard.Owner is not { Member: null } owner || !view.IsGone(owner.Id, shard)
            || Candidates(view, shard, owner).FirstOrDefault() is not { Answer: { IsMaster: true } answer } heir)
            return [];
        var isKept = answer.Keys > 0;
        var isAlone = answer.Table.IsAlone && (answer.Table.Myself.Epoch == 0 || answer.Table.Myself.Epoch > owner.Epoch);
        var isEmptyNode = answer.Keys == 0 && answer.Claims.IsEmpty && view.IsComplete;
        if (isKept ? !isAlone : !isEmptyNode)
            return [];
        var lost = $"The owner of the slots {owner.Slots} of shard {shard.Index} is in none of its pods any more";
        return Claim(view, heir, owner.Slots, isKept
            ? $"{lost}: {heir.Pod} has the data and takes them."
            : $"{lost}, and none of them has data: {heir.Pod} takes them, and what was in them is lost unless it is restored from a backup.");
    }

    /// <summary>
    /// Slots that nobody owns go back to whom others still list as owner, or to where their keys are, or to the shard that they belong to. The
    /// answers are not of one moment, so a server takes only what its own table has free, which it checks itself.
    /// </summary>
    private static IEnumerable<ClusterAction> NoOwner(ClusterView view)
    {
        if (!view.IsComplete || view.Unowned.IsEmpty || view.Answering.Any(m => IsHeld(view, m)))
            yield break;
        var isLoss = view.Answering.Any(m => m.Answer!.Keys > 0);
        var unlisted = view.Unowned - SlotSet.Union(view.Answering.SelectMany(m => m.Answer!.Table.Nodes).Select(n => n.Slots));
        var masters = view.Answering.Where(m => m.Answer!.IsMaster).ToList();
        var withKeys = unlisted.Slots.ToLookup(s => masters.Where(m => m.KeysInSlots.GetValueOrDefault(s) > 0).MaxBy(m => m.KeysInSlots[s]));
        foreach (var master in masters)
        {
            var slots = SlotSet.Union(view.Answering.Select(m => m.Answer!.Table.Find(master.Answer!.Id)?.Slots ?? SlotSet.Empty)) & view.Unowned;
            slots |= SlotSet.Of(withKeys[master]);
            if (view.Shards.FirstOrDefault(s => s.Master == master) is { } shard)
                slots |= SlotSet.Of(withKeys[null]) & ClusterSlots.OfShard(shard.Index, view.ShardCount);
            slots -= SlotSet.Union(master.Answer!.Table.Nodes.Select(n => n.Slots));
            if (slots.IsEmpty)
                continue;
            var message = isLoss ? $"Nobody owned the slots {slots}: {master.Pod} takes them." : $"{master.Pod} gets the slots {slots} of shard {master.Shard}.";
            foreach (var action in Claim(view, master, slots, message, isLoss))
                yield return action;
        }
    }

    /// <summary>The pod takes slots, with a claim above all others where others know another owner.</summary>
    private static IEnumerable<ClusterAction> Claim(ClusterView view, ClusterMember member, SlotSet slots, string message, bool isWarning = true)
    {
        var (table, id) = (member.Answer!.Table, member.Answer.Id);
        var isAlone = table is { IsAlone: true, Myself.Epoch: 0 };
        if (!isAlone && view.Answering.SelectMany(m => m.Answer!.Table.Nodes).Any(n => n.Id != id && n.Slots.CommonWith(slots) > 0))
            yield return Make(ClusterVerb.BumpEpoch);

        var known = SlotSet.Union(table.Nodes.Where(n => n.Id != id).Select(n => n.Slots)) & slots;
        if (!known.IsEmpty)
            yield return Make(ClusterVerb.DropSlots) with { Slots = known };
        if (slots - table.Myself.Slots is { IsEmpty: false } missing)
            yield return Make(ClusterVerb.AddSlots) with { Slots = missing };

        // Last: without a version the claim is looked at again, should this process end here.
        if (isAlone)
            yield return Make(ClusterVerb.SetEpoch) with { Argument = (view.MaxEpoch + 1 + member.Shard).ToString(CultureInfo.InvariantCulture) };

        ClusterAction Make(ClusterVerb verb) => new(verb, member.Pod, message)
        {
            IsWarning = isWarning,
            Reason = isWarning ? RedisReasons.ClusterSlotsRecovered : RedisReasons.ClusterSlotsAssigned,
        };
    }
}
