namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>A shard of the spec: its pods, and who owns its slots.</summary>
/// <param name="Index">Index of its PetSet.</param>
/// <param name="Members">Its pods, in the order of ordinals.</param>
/// <param name="Owner">Who owns its slots; null when nobody owns any.</param>
internal sealed record ClusterShard(int Index, IReadOnlyList<ClusterMember> Members, SlotOwner? Owner)
{
    // A master says more about whose slots it owns than one replica does.
    private const int MasterWeight = 2;

    /// <summary>
    /// The pod that the others of the shard follow: the owner of its slots; where there are none yet, the pod that becomes it. Null when that
    /// pod does not answer.
    /// </summary>
    public ClusterMember? Master { get; private init; }

    /// <summary>Every pod of it answers.</summary>
    public bool IsComplete => Members.All(m => m.Answer is not null);

    /// <summary>
    /// Finds for each shard the owner of its slots. Slots may have moved between shards, so an owner belongs to the shard that most of its
    /// replication group is in; where that is undecided, to the one that would have got these slots when the cluster was made.
    /// </summary>
    public static IReadOnlyList<ClusterShard> Match(ClusterView view)
    {
        var indices = Enumerable.Range(0, view.ShardCount).ToList();
        var layout = indices.ConvertAll(i => ClusterSlots.OfShard(i, view.ShardCount));
        var pairs = view.Owners.SelectMany(owner => indices.Select(i => new Pair(owner, i, Weight(view, owner, i), owner.Slots.CommonWith(layout[i])))).ToList();
        var owners = new Dictionary<int, SlotOwner>();
        Take(pairs.Where(p => p.Weight > 0).OrderByDescending(p => p.Weight).ThenByDescending(p => p.Overlap), owners);

        // Left over are owners in another shard than their slots', without a follower in the right one.
        Take(pairs.Where(p => p.Overlap > 0).OrderByDescending(p => p.Overlap), owners);
        return [.. indices.Select(i => Make(view, i, owners.GetValueOrDefault(i)))];
    }

    private static void Take(IEnumerable<Pair> pairs, Dictionary<int, SlotOwner> owners)
    {
        foreach (var pair in pairs)
        {
            if (!owners.ContainsKey(pair.Shard) && !owners.ContainsValue(pair.Owner))
                owners[pair.Shard] = pair.Owner;
        }
    }

    private static ClusterShard Make(ClusterView view, int index, SlotOwner? owner)
    {
        var members = view.Members.Where(m => m.Shard == index).ToList();
        return new(index, members, owner) { Master = owner is null ? Head(view, members) : owner.Member };
    }

    // Followed already, or else the first: the choice stays the same after a crash in the middle.
    private static ClusterMember? Head(ClusterView view, List<ClusterMember> members)
    {
        var masters = members.Where(m => m.Answer is { IsMaster: true }).ToList();
        return masters.Find(m => view.Answering.Any(a => a.Answer!.MasterId == m.Answer!.Id)) ?? masters.FirstOrDefault();
    }

    private static int Weight(ClusterView view, SlotOwner owner, int shard)
    {
        var weight = view.Answering.Count(m => m.Shard == shard && m.Answer!.MasterId == owner.Id);
        var isHome = owner.Member is { } member
            ? member.Shard == shard
            : view.Answering.Any(a => a.Answer!.Table.Find(owner.Id) is { Hostname.Length: > 0 } n && view.Members.Any(m => m.Shard == shard && ClusterView.IsHostOf(n.Hostname, m)));
        return isHome ? weight + MasterWeight : weight;
    }

    private sealed record Pair(SlotOwner Owner, int Shard, int Weight, int Overlap);
}
