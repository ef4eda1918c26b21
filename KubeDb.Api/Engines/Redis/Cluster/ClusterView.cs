namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>Who owns slots, by all that the answering pods say.</summary>
/// <param name="Id">Node id.</param>
/// <param name="Slots">Its slots; at least one.</param>
/// <param name="Epoch">Version of its claim.</param>
/// <param name="Member">The pod with that node; null when no answering pod has it.</param>
internal sealed record SlotOwner(string Id, SlotSet Slots, long Epoch, ClusterMember? Member);

/// <summary>
/// A cluster at one moment, put together from what every pod that answers knows. A node is a pod because the pod said so itself; names and
/// addresses that nodes announce are not trusted for that. Immutable and pure.
/// </summary>
internal sealed class ClusterView
{
    private readonly Dictionary<string, ClusterMember> _byId;

    /// <summary>Puts it together.</summary>
    /// <param name="members">Every pod that the spec wants, also those that do not exist, and in addition every other pod of the database.</param>
    /// <param name="shards">Number of shards.</param>
    public ClusterView(IReadOnlyList<ClusterMember> members, int shards)
    {
        Members = members;
        ShardCount = shards;
        Answering = [.. members.Where(m => m.Answer is not null)];
        _byId = Answering.GroupBy(m => m.Answer!.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        Owners = FindOwners();
        Unowned = SlotSet.Full - SlotSet.Union(Owners.Select(o => o.Slots));
        Shards = ClusterShard.Match(this);
    }

    /// <summary>All pods, in the order of shards and ordinals.</summary>
    public IReadOnlyList<ClusterMember> Members { get; }

    /// <summary>Number of shards that the spec wants.</summary>
    public int ShardCount { get; }

    /// <summary>The pods that answered.</summary>
    public IReadOnlyList<ClusterMember> Answering { get; }

    /// <summary>
    /// Every pod answered, each as a node of its own: only then is it known that a node is in no pod, and in none that may come back.
    /// </summary>
    public bool IsComplete => Answering.Count == Members.Count && _byId.Count == Members.Count;

    /// <summary>The owners of slots; no slot has two. Among claims the one with the greatest epoch counts.</summary>
    public IReadOnlyList<SlotOwner> Owners { get; }

    /// <summary>Slots that nobody owns, as far as the answering pods know.</summary>
    public SlotSet Unowned { get; }

    /// <summary>The shards of the spec, each with the owner of its slots.</summary>
    public IReadOnlyList<ClusterShard> Shards { get; }

    /// <summary>The greatest epoch that anybody knows of.</summary>
    public long MaxEpoch => Answering.SelectMany(m => m.Answer!.Table.Nodes).Select(n => n.Epoch).DefaultIfEmpty(0).Max();

    /// <summary>Slots that two answering pods consider their own.</summary>
    public SlotSet Contested
    {
        get
        {
            var (seen, twice) = (SlotSet.Empty, SlotSet.Empty);
            foreach (var claims in Answering.Select(m => m.Answer!.Claims).Where(c => !c.IsEmpty))
                (seen, twice) = (seen | claims, twice | (seen & claims));
            return twice;
        }
    }

    /// <summary>Slots of which it matters who holds keys: contested ones, and those without owner where there are keys at all.</summary>
    public SlotSet Questionable => Answering.Any(m => m.Answer!.Keys > 0) ? Contested | Unowned : Contested;

    /// <summary>The answering pod with that node; null when there is none.</summary>
    public ClusterMember? Find(string? id) => id is null ? null : _byId.GetValueOrDefault(id);

    /// <summary>Both hear of each other.</summary>
    public static bool AreConnected(ClusterMember a, ClusterMember b) => Reaches(a, b) && Reaches(b, a);

    /// <summary>The first hears of the second at its present address.</summary>
    public static bool Reaches(ClusterMember from, ClusterMember to) => Knows(from, to) && from.Answer!.Table.Find(to.Answer!.Id)!.IsReached;

    /// <summary>The first knows the present address of the second, as the second gives it: then it gets in touch by itself.</summary>
    public static bool Knows(ClusterMember from, ClusterMember to) =>
        from.Answer!.Table.Find(to.Answer!.Id) is { } entry && !entry.Is(NodeFlags.NoAddress)
        && (to.Answer.Table.Myself.Address is { Length: > 0 } address ? entry.Address == address : entry.IsReached);

    /// <summary>
    /// True when the node can not come back: no answering pod has it, and none that does not answer can. The pods of its shard have to answer;
    /// so have all others, unless the host name that the node announced is that of a pod of the shard.
    /// </summary>
    public bool IsGone(string id, ClusterShard shard)
    {
        if (Find(id) is not null || shard.Members.Any(m => m.Answer is null))
            return false;
        return IsComplete || Answering.Select(m => m.Answer!.Table.Find(id)).Any(n => n is { Hostname.Length: > 0 } && shard.Members.Any(m => IsHostOf(n.Hostname, m)));
    }

    /// <summary>The host name is that of the pod: its first label is the pod's name.</summary>
    public static bool IsHostOf(string hostname, ClusterMember member) => hostname.Split('.')[0] == member.Pod;

    private List<SlotOwner> FindOwners()
    {
        var claims = new Dictionary<string, (SlotSet Slots, long Epoch)>(StringComparer.Ordinal);
        foreach (var node in Answering.SelectMany(Claims))
        {
            claims[node.Id] = !claims.TryGetValue(node.Id, out var known) || known.Epoch < node.Epoch ? (node.Slots, node.Epoch)
                : known.Epoch == node.Epoch && !known.Slots.Equals(node.Slots) ? (known.Slots | node.Slots, node.Epoch)
                : known;
        }

        var owners = new List<SlotOwner>();
        var taken = SlotSet.Empty;
        var inOrder = claims.OrderByDescending(c => c.Value.Epoch).ThenByDescending(c => Find(c.Key) is not null).ThenBy(c => c.Key, StringComparer.Ordinal);
        foreach (var (id, (slots, epoch)) in inOrder)
        {
            var own = slots - taken;
            taken |= slots;
            if (!own.IsEmpty)
                owners.Add(new(id, own, epoch, Find(id)));
        }

        return owners;
    }

    // What a pod that answers owns, nobody but itself can say.
    private IEnumerable<ClusterNode> Claims(ClusterMember member) => member.Answer!.Table.Nodes.Where(
        n => !n.Slots.IsEmpty && n.Is(NodeFlags.Master) && (n.Is(NodeFlags.Myself) || Find(n.Id) is null));
}
