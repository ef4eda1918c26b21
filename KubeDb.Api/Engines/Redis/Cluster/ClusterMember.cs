using System.Globalization;

namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>One pod of a cluster, and what its server said when it was asked.</summary>
internal sealed record ClusterMember
{
    /// <summary>Name of the pod.</summary>
    public required string Pod { get; init; }

    /// <summary>The shard that it belongs to: the index of its PetSet.</summary>
    public required int Shard { get; init; }

    /// <summary>Its number in its PetSet.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Address of the pod; empty when there is none.</summary>
    public string Address { get; init; } = "";

    /// <summary>Why the server could not be asked; null when it could.</summary>
    public MemberProblem? Problem { get; init; }

    /// <summary>What it answered; null when it could not be asked.</summary>
    public MemberAnswer? Answer { get; init; }

    /// <summary>How many keys it holds in slots that were asked about; others are absent.</summary>
    public IReadOnlyDictionary<int, long> KeysInSlots { get; init; } = new Dictionary<int, long>();

    /// <inheritdoc/>
    public override string ToString() => Pod;
}

/// <summary>Why a server could not be asked.</summary>
/// <param name="Label">The kind of health check that this fails.</param>
/// <param name="Message">What was seen, as a clause that names the pod; never a secret.</param>
/// <param name="Failure">How the connection failed; null when it did not come to one, or it stood.</param>
internal sealed record MemberProblem(string Label, string Message, ConnectFailure? Failure = null);

/// <summary>What the server of a pod answered.</summary>
internal sealed record MemberAnswer
{
    /// <summary>The cluster as it knows it.</summary>
    public required ClusterNodes Table { get; init; }

    /// <summary>It takes commands for slots: cluster_state is ok.</summary>
    public required bool IsStateOk { get; init; }

    /// <summary>Number of keys.</summary>
    public required long Keys { get; init; }

    /// <summary>The slot of one of its keys, picked at random; null when it holds none or does not tell.</summary>
    public int? SampleSlot { get; init; }

    /// <summary>A connection to its master stands, and it has the master's data (replicas only).</summary>
    public required bool IsLinkUp { get; init; }

    /// <summary>It is receiving a copy of its master's whole data (replicas only).</summary>
    public required bool IsSyncing { get; init; }

    /// <summary>How far in the stream of writes it is: what it wrote (a master) or received (a replica), in bytes.</summary>
    public required long Offset { get; init; }

    /// <summary>Node id.</summary>
    public string Id => Table.Myself.Id;

    /// <summary>It considers itself a master.</summary>
    public bool IsMaster => Table.Myself.Is(NodeFlags.Master);

    /// <summary>Id of the master that it follows; null for a master.</summary>
    public string? MasterId => Table.Myself.MasterId;

    /// <summary>The slots that it considers its own; none for a replica.</summary>
    public SlotSet Claims => IsMaster ? Table.Myself.Slots : SlotSet.Empty;

    /// <summary>It knows nobody and claims no slot: it is in no cluster.</summary>
    public bool IsBlank => Table.KnowsNobody && Claims.IsEmpty;

    /// <summary>The fixed questions, in the order in which <see cref="Read"/> takes the answers.</summary>
    public static string[][] Questions { get; } = [["CLUSTER", "NODES"], ["CLUSTER", "INFO"], ["INFO", "replication"], ["DBSIZE"], ["RANDOMKEY"]];

    /// <summary>Reads the answers; null when the first is not the table of a cluster.</summary>
    public static MemberAnswer? Read(string nodes, string cluster, string replication, long keys, byte[] randomKey)
    {
        if (ClusterNodes.Parse(nodes) is not { } table)
            return null;
        var (state, link) = (RedisInfo.Parse(cluster), RedisInfo.Parse(replication));
        var isReplica = link.Text("role") == "slave";
        return new()
        {
            Table = table,
            IsStateOk = state.Text("cluster_state") == "ok",
            Keys = keys,
            SampleSlot = keys > 0 && randomKey.Length > 0 ? ClusterSlots.Of(randomKey) : null,
            IsLinkUp = link.Text("master_link_status") == "up",
            IsSyncing = link.Text("master_sync_in_progress") == "1",
            Offset = long.TryParse(link.Text(isReplica ? "slave_repl_offset" : "master_repl_offset"), CultureInfo.InvariantCulture, out var offset) ? offset : 0,
        };
    }
}
