using KubeDb.Api.Engines.Redis.Cluster;

namespace KubeDb.Tests.Unit.Engines.Redis.Cluster;

/// <summary>
/// A cluster of three shards with two pods each, as its pods tell it: whole, until a test changes what one of them has or says. The id of a node
/// is a letter: A, B, C are the masters of shards 0, 1, 2, and a, b, c their replicas.
/// </summary>
internal sealed class ClusterSample
{
    private static readonly string[] Letters = ["A", "a", "B", "b", "C", "c"];

    /// <summary>What each pod has and says, by its letter; in the order of shards and ordinals.</summary>
    public Dictionary<string, SamplePod> Pods { get; } = Letters.Select((letter, i) => new SamplePod
    {
        Id = letter,
        Shard = i / 2,
        Ordinal = i % 2,
        Nodes = Letters.ToDictionary(l => l, l => new SampleNode
        {
            Master = char.IsLower(l[0]) ? l.ToUpperInvariant() : null,
            Epoch = Array.IndexOf(Letters, l.ToUpperInvariant()) / 2 + 1,
            Slots = char.IsUpper(l[0]) ? ClusterSlots.OfShard(Array.IndexOf(Letters, l) / 2, 3) : SlotSet.Empty,
        }),
    }).ToDictionary(p => p.Id);

    public ClusterView View => new([.. Pods.Values.Select(p => p.Member())], 3);

    /// <summary>What the plan asks for: verb, pod's letter, argument or slots.</summary>
    public IReadOnlyList<string> Plan => [.. ClusterPlan.Next(View).Select(Text)];

    /// <summary>Everybody's knowledge of a node changes, the node's own too.</summary>
    public void Everywhere(string id, Func<SampleNode, SampleNode?> change)
    {
        foreach (var pod in Pods.Values.Where(p => p.Nodes.ContainsKey(id)))
        {
            if (change(pod.Nodes[id]) is { } node)
                pod.Nodes[id] = node;
            else
                pod.Nodes.Remove(id);
        }
    }

    /// <summary>The pod does not answer, and the others see its node fail.</summary>
    public void Down(params string[] letters)
    {
        foreach (var letter in letters)
        {
            Pods[letter].IsDown = true;
            Everywhere(letter, n => n with { Flags = "fail" });
        }
    }

    /// <summary>The pod was made again with an empty volume: a node that nobody knows and that knows nobody.</summary>
    public void Empty(params string[] letters)
    {
        Down(letters);
        foreach (var letter in letters)
            Pods[letter] = Pods[letter] with { Id = letter + "new", IsDown = false, Keys = 0, Offset = 0, Nodes = new() { [letter + "new"] = new() } };
    }

    /// <summary>The pod lost its table, not its data: it claims the slots of its keys.</summary>
    public void Tableless(string letter, params int[] slots)
    {
        Empty(letter);
        Pods[letter].Keys = slots.Length;
        Pods[letter].Sample = slots[0];
        Pods[letter].Nodes[letter + "new"] = new() { Slots = SlotSet.Of(slots) };
    }

    private string Text(ClusterAction action)
    {
        var letter = Pods.Single(p => p.Value.Name == action.Pod).Key;
        var target = Pods.Values.FirstOrDefault(p => p.Address == action.Argument);
        return $"{action.Verb} {letter} {(target is null ? $"{action.Argument}{action.Slots}" : Pods.Single(p => p.Value == target).Key)}".TrimEnd();
    }
}

/// <summary>What a pod says of a node.</summary>
internal sealed record SampleNode
{
    public string? Master { get; init; }

    public long Epoch { get; init; }

    public SlotSet Slots { get; init; } = SlotSet.Empty;

    public string Flags { get; init; } = "";

    public string Hostname { get; init; } = "";

    /// <summary>Its address as the pod that says it knows it; null for the right one.</summary>
    public string? Address { get; init; }
}

/// <summary>A pod.</summary>
internal sealed record SamplePod
{
    public required string Id { get; init; }

    public required int Shard { get; init; }

    public required int Ordinal { get; init; }

    public Dictionary<string, SampleNode> Nodes { get; init; } = [];

    public bool IsDown { get; set; }

    public long Keys { get; set; } = 10;

    public int? Sample { get; set; }

    public long Offset { get; set; } = 1000;

    public bool IsLinkUp { get; set; } = true;

    public bool IsSyncing { get; set; }

    public Dictionary<int, long> KeysInSlots { get; init; } = [];

    public string Name => $"rd-shard{Shard}-{Ordinal}";

    public string Address => $"10.0.{Shard}.{Ordinal}";

    /// <summary>Through the texts of a server, so that the parser is part of every test.</summary>
    public ClusterMember Member()
    {
        var member = new ClusterMember { Pod = Name, Shard = Shard, Ordinal = Ordinal, Address = Address, KeysInSlots = KeysInSlots };
        if (IsDown)
            return member with { Problem = new("client creation", $"there is no connection to pod {Name}", new("refused", null)) };
        var answer = MemberAnswer.Read(Table, State, Replication, Keys, [])!;
        return member with { Answer = answer with { SampleSlot = Sample } };
    }

    /// <summary>What its server answers to a command; null for a command of which it says nothing.</summary>
    public string? Ask(string[] words) => string.Join(' ', words) switch
    {
        "CLUSTER NODES" => FakeServers.Bulk(Table),
        "CLUSTER INFO" => FakeServers.Bulk(State),
        "INFO replication" => FakeServers.Bulk(Replication),
        "DBSIZE" => $":{Keys}\r\n",
        "RANDOMKEY" => FakeServers.Bulk(null),
        _ => null,
    };

    private const string State = "cluster_state:ok\r\n";

    private bool IsReplica => Nodes[Id].Master is not null;

    private string Table => string.Concat(Nodes.Select(n => Line(n.Key, n.Value)));

    private string Replication =>
        $"role:{(IsReplica ? "slave" : "master")}\r\nmaster_link_status:{(IsLinkUp ? "up" : "down")}\r\nmaster_sync_in_progress:{(IsSyncing ? 1 : 0)}\r\n"
        + $"{(IsReplica ? "slave_repl_offset" : "master_repl_offset")}:{Offset}\r\n";

    private string Line(string id, SampleNode node)
    {
        var flags = string.Join(',', new[] { id == Id ? "myself" : "", node.Master is null ? "master" : "slave", node.Flags }.Where(f => f.Length > 0));
        var slots = string.Concat(node.Slots.Ranges.Select(r => r.First == r.Last ? $" {r.First}" : $" {r.First}-{r.Last}"));
        return $"{id} {node.Address ?? AddressOf(id)}:6379@16379{(node.Hostname.Length > 0 ? "," + node.Hostname : "")} {flags} {node.Master ?? "-"} 0 0 {node.Epoch} connected{slots}\n";
    }

    private string AddressOf(string id) => id == Id ? Address : $"10.0.{char.ToUpperInvariant(id[0]) - 'A'}.{(char.IsLower(id[0]) ? 1 : 0)}";
}
