namespace KubeDb.Tests.Support.World;

/// <summary>
/// TEST DOUBLE of a cluster: a majority of its controllers that understand each other has a leader, which says who leads partitions; a broker that the
/// leader of a partition reaches is in sync with it.
/// </summary>
/// <param name="domain">Domain of its nodes' names.</param>
/// <param name="id">Its id.</param>
internal sealed class KafkaDouble(string domain, string id)
{
    private readonly List<KafkaMember> _running = [];

    public string Domain => domain;

    public string Id => id;

    public IReadOnlyList<KafkaMember> Running => _running;

    public SortedDictionary<string, KafkaDoubleTopic> Topics { get; } = new(StringComparer.Ordinal);

    /// <summary>Settings of running servers, by node id; those of all under the empty name.</summary>
    public SortedDictionary<string, SortedDictionary<string, string>> Dynamic { get; } = new(StringComparer.Ordinal);

    /// <summary>The active controller; null without a majority.</summary>
    public KafkaMember? Leader { get; private set; }

    /// <summary>Number of elections.</summary>
    public int Epoch { get; private set; }

    /// <summary>How often nobody led though a majority of the controllers ran: they did not understand each other.</summary>
    public int Separations { get; private set; }

    /// <summary>How often a partition would have taken no record although it had replicas enough that ran, or one replica alone held it.</summary>
    public int Starved { get; private set; }

    public IEnumerable<KafkaMember> Brokers => _running.Where(b => b.IsBroker);

    /// <summary>The brokers that the active controller hears.</summary>
    public IEnumerable<KafkaMember> Registered => Brokers.Where(b => Leader is { } leader && (b == leader || b.ReachesController(leader)));

    /// <summary>Topics and dynamic settings of another world's cluster: they outlive the processes.</summary>
    public void Take(KafkaDouble from)
    {
        foreach (var (name, topic) in from.Topics)
            Topics[name] = topic.Copy();
        foreach (var (node, settings) in from.Dynamic)
            Dynamic[node] = new(settings, StringComparer.Ordinal);
        Epoch = from.Epoch;
    }

    public void Join(KafkaMember member)
    {
        _running.Add(member);
        _running.Sort((a, b) => a.Id - b.Id);
        Settle();
    }

    public void Leave(KafkaMember member)
    {
        _running.Remove(member);
        if (Leader == member)
            Leader = null;
        Settle();
    }

    /// <summary>Makes a topic with its replicas on the brokers that serve.</summary>
    /// <returns>False for more replicas than brokers.</returns>
    public bool Create(string name, int partitions, int replicas, IReadOnlyDictionary<string, string> settings)
    {
        var brokers = Registered.Select(b => b.Id).ToList();
        if (replicas == -1)
            replicas = Math.Min(3, brokers.Count);
        if (replicas > brokers.Count || replicas < 1)
            return false;
        Topics[name] = new(settings, [.. Enumerable.Range(0, partitions < 1 ? 1 : partitions).Select(p => new KafkaDoublePartition([.. Enumerable.Range(0, replicas).Select(r => brokers[(p + r) % brokers.Count])]))]);
        Settle();
        return true;
    }

    /// <summary>Writes a record that all replicas in sync have.</summary>
    /// <returns>False where too few are in sync.</returns>
    public bool Write(string topic, int partition, byte[] value)
    {
        var at = Topics[topic].Partitions[partition];
        if (at.Leader < 0 || at.InSync.Count < Topics[topic].MinimumInSync)
            return false;
        at.Records.Add(value);
        return true;
    }

    /// <summary>Works out who leads, and who is in sync.</summary>
    public void Settle()
    {
        Elect();
        if (Leader is null)
            return;
        var serving = Registered.ToDictionary(b => b.Id);
        foreach (var partition in Topics.Values.SelectMany(t => t.Partitions))
            partition.Settle(serving);
        Starved += Topics.Values.Count(t => t.IsStarved(serving));
        foreach (var member in _running.Where(m => m == Leader || m.ReachesController(Leader)))
            member.Metadata = Epoch;
    }

    private void Elect()
    {
        if (Leader is not null && HasMajority(Leader))
            return;
        var before = Leader;
        Leader = _running.Where(m => m.IsController).Where(HasMajority).OrderBy(m => m.Metadata).ThenByDescending(m => m.Id).LastOrDefault();
        if (Leader is not null && Leader != before)
            Epoch++;
        if (Leader is null && _running.Where(m => m.IsController).ToList() is { Count: > 0 } controllers && controllers.Count > controllers[0].Voters.Count() / 2)
            Separations++;
    }

    private bool HasMajority(KafkaMember leader) =>
        _running.Count(m => m.IsController && leader.Voters.Contains(m.Id) && (m == leader || (m.ReachesController(leader) && leader.ReachesController(m)))) > leader.Voters.Count() / 2;
}

/// <summary>A topic of a double.</summary>
internal sealed class KafkaDoubleTopic(IReadOnlyDictionary<string, string> settings, IReadOnlyList<KafkaDoublePartition> partitions)
{
    public IReadOnlyList<KafkaDoublePartition> Partitions => partitions;

    public IReadOnlyDictionary<string, string> Settings => settings;

    public int MinimumInSync => settings.TryGetValue("min.insync.replicas", out var number) ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : 1;

    /// <summary>Brokers enough for it run, and it takes no records.</summary>
    public bool IsStarved(IReadOnlyDictionary<int, KafkaMember> serving) => partitions.Any(p => p.Replicas.Count(serving.ContainsKey) >= MinimumInSync
        ? p.InSync.Count < MinimumInSync
        : p.Replicas.Count > 1 && p.Replicas.Count - p.Replicas.Count(serving.ContainsKey) > 1);

    public KafkaDoubleTopic Copy() => new(settings, [.. partitions.Select(p => p.Copy())]);
}

/// <summary>A partition of a double.</summary>
internal sealed class KafkaDoublePartition(IReadOnlyList<int> replicas)
{
    public IReadOnlyList<int> Replicas => replicas;

    public List<int> InSync { get; private init; } = [.. replicas];

    public int Leader { get; private set; } = replicas[0];

    public List<byte[]> Records { get; private init; } = [];

    /// <summary>Whoever is in sync leads; who the leader reaches, and reaches it, is in sync.</summary>
    public void Settle(IReadOnlyDictionary<int, KafkaMember> serving)
    {
        if (!serving.ContainsKey(Leader))
            Leader = InSync.Where(serving.ContainsKey).DefaultIfEmpty(-1).First();
        if (Leader < 0)
            return;
        var leader = serving[Leader];
        var now = replicas.Where(r => r == Leader || (serving.TryGetValue(r, out var follower) && follower.ReachesBroker(leader))).ToList();
        InSync.Clear();
        InSync.AddRange(now);
    }

    public KafkaDoublePartition Copy() => new(replicas) { InSync = [.. InSync], Leader = Leader, Records = [.. Records] };
}
