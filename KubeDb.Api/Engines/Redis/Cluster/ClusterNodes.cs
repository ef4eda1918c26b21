using System.Globalization;

namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>Flags of a node, as one node sees another.</summary>
[Flags]
internal enum NodeFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The node that was asked.</summary>
    Myself = 1,

    /// <summary>It owns slots, or could.</summary>
    Master = 2,

    /// <summary>It follows a master.</summary>
    Replica = 4,

    /// <summary>It did not answer the node that was asked (<c>fail?</c>).</summary>
    Suspected = 8,

    /// <summary>Most masters agree that it does not answer.</summary>
    Failed = 16,

    /// <summary>It was met, but is not known yet; its id is made up.</summary>
    Handshake = 32,

    /// <summary>Its address is not known.</summary>
    NoAddress = 64,
}

/// <summary>One line of <c>CLUSTER NODES</c>.</summary>
internal sealed record ClusterNode
{
    /// <summary>Node id: 40 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Address, without port; empty when the node that was asked knows none.</summary>
    public string Address { get; init; } = "";

    /// <summary>Port of clients.</summary>
    public int Port { get; init; }

    /// <summary>The host name that it announces (7.0 and newer); empty when there is none.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>The flags.</summary>
    public NodeFlags Flags { get; init; }

    /// <summary>Id of the master that it follows; null for a master.</summary>
    public string? MasterId { get; init; }

    /// <summary>Version of its claim to its slots: where two claim one, the greater wins.</summary>
    public long Epoch { get; init; }

    /// <summary>The slots that it owns.</summary>
    public SlotSet Slots { get; init; } = SlotSet.Empty;

    /// <summary>A slot of it is on its way to or from another node.</summary>
    public bool HasOpenSlots { get; init; }

    /// <summary>True when the flag is set.</summary>
    public bool Is(NodeFlags flag) => (Flags & flag) != 0;

    /// <summary>
    /// It is heard of: known by address, and not suspected of having failed. Whether a connection stands at this moment says less: servers make
    /// it anew by themselves, and call one "connected" that they only try to make.
    /// </summary>
    public bool IsReached => !Is(NodeFlags.Suspected | NodeFlags.Failed | NodeFlags.Handshake | NodeFlags.NoAddress);
}

/// <summary>The answer to <c>CLUSTER NODES</c>: what one node knows of the cluster.</summary>
internal sealed class ClusterNodes
{
    private readonly Dictionary<string, ClusterNode> _byId;

    private ClusterNodes(Dictionary<string, ClusterNode> byId, ClusterNode myself, bool isAlone) => (_byId, Myself, IsAlone) = (byId, myself, isAlone);

    /// <summary>The node that was asked.</summary>
    public ClusterNode Myself { get; }

    /// <summary>No other node is in the table, not even one that is only being met.</summary>
    public bool IsAlone { get; }

    /// <summary>It knows no other node. Those that are only being met do not count.</summary>
    public bool KnowsNobody => _byId.Count == 1;

    /// <summary>All nodes but those that are only being met: the ids of these are made up.</summary>
    public IReadOnlyCollection<ClusterNode> Nodes => _byId.Values;

    /// <summary>A node; null when it is not known.</summary>
    public ClusterNode? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Reads the answer of any version; null when it is none (no line of the node itself).</summary>
    public static ClusterNodes? Parse(string text)
    {
        var nodes = new Dictionary<string, ClusterNode>(StringComparer.Ordinal);
        ClusterNode? myself = null;
        var meets = false;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Line(line) is not { } node)
                continue;
            if (node.Is(NodeFlags.Handshake) && !node.Is(NodeFlags.Myself))
            {
                meets = true;
                continue;
            }

            nodes[node.Id] = node;
            if (node.Is(NodeFlags.Myself))
                myself = node;
        }

        return myself is null ? null : new(nodes, myself, nodes.Count == 1 && !meets);
    }

    // <id> <address:port[@bus][,hostname[,key=value…]]> <flags> <master> <ping> <pong> <epoch> <link> <slots…>
    private static ClusterNode? Line(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 8 || !long.TryParse(fields[6], NumberStyles.Integer, CultureInfo.InvariantCulture, out var epoch))
            return null;
        var names = fields[1].Split(',');
        var at = names[0].IndexOf('@', StringComparison.Ordinal);
        var endpoint = at < 0 ? names[0] : names[0][..at];
        var colon = endpoint.LastIndexOf(':');
        if (colon < 0)
            return null;
        return new()
        {
            Id = fields[0],
            Address = endpoint[..colon],
            Port = int.TryParse(endpoint[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0,
            Hostname = names.Length > 1 && !names[1].Contains('=', StringComparison.Ordinal) ? names[1] : "",
            Flags = fields[2].Split(',').Aggregate(NodeFlags.None, (all, flag) => all | Flag(flag)),
            MasterId = fields[3] == "-" ? null : fields[3],
            Epoch = epoch,
            Slots = ReadSlots(fields.AsSpan(8)),
            HasOpenSlots = fields.Skip(8).Any(f => f[0] == '['),
        };
    }

    private static NodeFlags Flag(string flag) => flag switch
    {
        "myself" => NodeFlags.Myself,
        "master" => NodeFlags.Master,
        "slave" or "replica" => NodeFlags.Replica,
        "fail?" => NodeFlags.Suspected,
        "fail" => NodeFlags.Failed,
        "handshake" => NodeFlags.Handshake,
        "noaddr" => NodeFlags.NoAddress,
        _ => NodeFlags.None,
    };

    // Slots on their way ([93->-id], [77-<-id]) are also in the ranges of their owner.
    private static SlotSet ReadSlots(ReadOnlySpan<string> fields)
    {
        var slots = new List<int>();
        foreach (var field in fields)
        {
            if (field[0] == '[')
                continue;
            var ends = field.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || last >= SlotSet.All || first > last)
                continue;
            slots.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return slots.Count == 0 ? SlotSet.Empty : SlotSet.Of(slots);
    }
}
