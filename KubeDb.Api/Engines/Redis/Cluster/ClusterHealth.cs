using System.Globalization;

namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>The health of a cluster as an observation shows it, worst first; then a key written to and read from the master of each shard.</summary>
internal static class ClusterHealth
{
    /// <summary>What is wrong with what the pods said; null when nothing is. Pure.</summary>
    public static HealthFailure? Judge(ClusterView view) => Absent(view) ?? Slots(view) ?? Pods(view) ?? Links(view) ?? Roles(view);

    /// <summary>The role of each pod that plays one: primary for an owner of slots, standby for a replica. A master without slots plays none.</summary>
    public static IReadOnlyDictionary<string, string> RolesOf(ClusterView view) => view.Answering
        .Select(m => (m.Pod, Role: !m.Answer!.IsMaster ? PodRoles.Standby : view.Owners.Any(o => o.Member == m) ? PodRoles.Primary : ""))
        .Where(m => m.Role.Length > 0).ToDictionary(m => m.Pod, m => m.Role, StringComparer.Ordinal);

    /// <summary>Writes, reads and deletes a key in each shard; null when every master did.</summary>
    public static async Task<HealthFailure?> WriteAndReadAsync(ClusterSessions sessions, TimeProvider time, CancellationToken cancel)
    {
        var owners = sessions.View.Owners.Where(o => o.Member is not null);
        var failures = await Task.WhenAll(owners.Select(o => WriteAndReadAsync(sessions, o, time, cancel)));
        return failures.FirstOrDefault(f => f is not null);
    }

    private static async Task<HealthFailure?> WriteAndReadAsync(ClusterSessions sessions, SlotOwner owner, TimeProvider time, CancellationToken cancel)
    {
        var pod = $"pod {owner.Member!.Pod}";
        var key = ClusterSlots.KeyIn(RedisHealth.ProbeKey, owner.Slots);
        var value = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        if (sessions.ClientOf(owner.Member) is not { } client)
            return null;
        try
        {
            var replies = await client.SendManyAsync(cancel, ["SET", key, value, "EX", "60"], ["GET", key], ["DEL", key]);
            return RedisHealth.Judge(pod, value, replies[0], replies[1]);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return new(HealthLabels.Write, $"{pod} did not answer the write check: {e.Message}", AcceptsConnections: true);
        }
    }

    private static HealthFailure? Absent(ClusterView view)
    {
        if (view.Answering.Count == 0)
            return new(view.Members.Select(m => m.Problem?.Label).FirstOrDefault(l => l is not null) ?? HealthLabels.NodesNotReady, $"No pod of the cluster answers: {Problems(view.Members)}.", AcceptsConnections: false);
        return view.Owners.Count > 0 ? null : new(
            HealthLabels.NodesNotReady,
            view.IsComplete ? "The cluster is being made: no slot has an owner yet." : $"The cluster is made once every pod answers: {Problems(view.Members)}.",
            AcceptsConnections: false);
    }

    private static HealthFailure? Slots(ClusterView view)
    {
        foreach (var shard in view.Shards)
        {
            if (shard.Owner is { Member: null } owner)
                return new(HealthLabels.ClusterSlot, Lost(view, shard, owner), AcceptsConnections: false);
        }

        if (view.Owners.FirstOrDefault(o => o.Member is null) is { } foreign)
            return new(HealthLabels.ClusterSlot, $"The slots {foreign.Slots} belong to node {foreign.Id}, which is in none of the pods that answer.", AcceptsConnections: false);
        if (!view.Unowned.IsEmpty)
            return new(HealthLabels.ClusterSlot, $"{view.Unowned.Count} of {SlotSet.All} slots have no owner: {view.Unowned}{Waits(view)}.", AcceptsConnections: false);
        var failing = view.Answering.Where(m => !m.Answer!.IsStateOk).ToList();
        return failing.Count == 0 ? null : new(
            HealthLabels.ClusterSlot, $"cluster_state is not ok, as pod {Join(failing)} says{Waits(view)}.", AcceptsConnections: failing.Count < view.Answering.Count);
    }

    private static string Lost(ClusterView view, ClusterShard shard, SlotOwner owner)
    {
        var what = $"Shard {shard.Index} has no master for its slots {owner.Slots}: node {owner.Id} is in none of the pods that answer";
        if (view.IsGone(owner.Id, shard))
        {
            var keepers = view.Answering.Where(m => ClusterClaims.IsHeld(view, m) && m.Shard == shard.Index).ToList();
            return keepers.Count == 0
                ? $"{what} and can not come back. One that has its data takes over."
                : $"{what} and can not come back. {Join(keepers)} has data of this shard but another idea of its slots, so it is left alone: compare what CLUSTER NODES says there and elsewhere.";
        }

        return $"{what}. What was written last may be nowhere else, so it is waited for, unless the other masters elect its replica: {Problems(view.Members)}.";
    }

    private static HealthFailure? Pods(ClusterView view)
    {
        if (view.Members.FirstOrDefault(m => m.Problem is not null) is { Problem: { } problem })
            return new(problem.Label, $"Not every pod answers: {Problems(view.Members)}. The others serve every slot.", AcceptsConnections: true);
        return view.IsComplete ? null : new(
            HealthLabels.NodesNotReady,
            $"Two pods say that they are the same node: {Join(view.Answering.GroupBy(m => m.Answer!.Id, StringComparer.Ordinal).First(g => g.Count() > 1))}. One runs on a copy of the other's volume; delete nodes.conf on the copy.",
            AcceptsConnections: true);
    }

    private static HealthFailure? Links(ClusterView view)
    {
        foreach (var from in view.Answering)
        {
            var missing = view.Answering.Where(to => to != from && !ClusterView.Reaches(from, to)).ToList();
            if (missing.Count > 0)
                return new(HealthLabels.NodesNotReady, $"Pod {from.Pod} is not linked to {Join(missing)} in the cluster.", AcceptsConnections: true);
        }

        return null;
    }

    private static HealthFailure? Roles(ClusterView view)
    {
        foreach (var shard in view.Shards.Where(s => s.Master is not null))
        {
            var master = shard.Master!;
            if (master.Shard != shard.Index)
                return new(HealthLabels.Primary, $"The master of shard {shard.Index} is {master.Pod}, a pod of shard {master.Shard}. A pod of shard {shard.Index} takes over once it is in sync.", AcceptsConnections: true);
            foreach (var member in shard.Members.Where(m => m != master))
            {
                if (NotFollowing(view, shard, master, member) is { } message)
                    return new(member.Answer!.IsMaster ? HealthLabels.Primary : HealthLabels.NodesNotReady, message, AcceptsConnections: true);
            }
        }

        return null;
    }

    private static string? NotFollowing(ClusterView view, ClusterShard shard, ClusterMember master, ClusterMember member)
    {
        var answer = member.Answer!;
        if (answer.IsMaster && !answer.Claims.IsEmpty)
            return $"Pod {member.Pod} owns the slots {answer.Claims} beside {master.Pod}, the master of its shard {shard.Index}.";
        if (answer.IsMaster && answer.Keys > 0)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Pod {member.Pod} holds {answer.Keys} keys but no slot, so it can not follow {master.Pod}, the master of its shard {shard.Index}. Look at what it holds, then run FLUSHALL there.");
        }

        if (answer.IsMaster)
            return $"Pod {member.Pod} does not follow {master.Pod} yet, the master of its shard {shard.Index}.";
        if (answer.MasterId != master.Answer!.Id)
            return $"Pod {member.Pod} follows {view.Find(answer.MasterId)?.Pod ?? $"node {answer.MasterId}"} instead of {master.Pod}, the master of its shard {shard.Index}.";
        return answer.IsLinkUp ? null : $"Pod {member.Pod} has no link to its master {master.Pod}{(answer.IsSyncing ? ": it is receiving its data" : "")}.";
    }

    private static string Waits(ClusterView view) => view.Answering.Count == view.Members.Count ? "" : $"; {Problems(view.Members)}";

    private static string Problems(IEnumerable<ClusterMember> members) => string.Join("; ", members.Where(m => m.Problem is not null).Select(m => m.Problem!.Message));

    private static string Join(IEnumerable<ClusterMember> members) => string.Join(", ", members.Select(m => m.Pod));
}
