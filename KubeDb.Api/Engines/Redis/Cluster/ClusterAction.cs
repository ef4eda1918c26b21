using System.Globalization;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>What is done to a server of a cluster.</summary>
internal enum ClusterVerb
{
    /// <summary>It gets to know another node, and that node it.</summary>
    Meet,

    /// <summary>It takes slots that nobody has in its table.</summary>
    AddSlots,

    /// <summary>It no longer knows an owner of slots, be it itself or another.</summary>
    DropSlots,

    /// <summary>Its claim gets a version; only for a node that knows nobody and has none yet.</summary>
    SetEpoch,

    /// <summary>Its claim gets a version above all that it knows.</summary>
    BumpEpoch,

    /// <summary>It follows a master.</summary>
    Replicate,

    /// <summary>It forgets a node.</summary>
    Forget,

    /// <summary>A replica takes over from its living master, which waits until it has caught up.</summary>
    Failover,

    /// <summary>A replica takes over from its lost master with the votes of the other masters.</summary>
    Force,

    /// <summary>A replica takes over from its lost master without votes.</summary>
    TakeOver,
}

/// <summary>One command to one server. Each may be repeated, and may be the last one that this process sends.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Pod">The pod whose server does it.</param>
/// <param name="Message">What is said of it on the database; commands with equal sentences are told once.</param>
internal sealed record ClusterAction(ClusterVerb Verb, string Pod, string Message)
{
    private const int BusOffset = 10_000;

    /// <summary>The id of a node, the address of one, or an epoch; empty where the verb needs none.</summary>
    public string Argument { get; init; } = "";

    /// <summary>The slots.</summary>
    public SlotSet Slots { get; init; } = SlotSet.Empty;

    /// <summary>It repairs something after which data may be missing.</summary>
    public bool IsWarning { get; init; }

    /// <summary>The reason that the event on the database carries.</summary>
    public string Reason { get; init; } = Verb switch
    {
        ClusterVerb.Meet => RedisReasons.ClusterNodesJoined,
        ClusterVerb.AddSlots or ClusterVerb.DropSlots or ClusterVerb.SetEpoch or ClusterVerb.BumpEpoch => RedisReasons.ClusterClaimsSettled,
        ClusterVerb.Replicate => RedisReasons.ClusterReplicaAssigned,
        ClusterVerb.Forget => RedisReasons.ClusterNodeForgotten,
        _ => RedisReasons.ClusterFailover,
    };

    /// <summary>The command.</summary>
    /// <param name="flavour">What the server knows.</param>
    /// <param name="port">The port of every server.</param>
    public IReadOnlyList<string> Words(RedisFlavour flavour, int port) => Verb switch
    {
        ClusterVerb.Meet => ["CLUSTER", "MEET", Argument, Number(port), Number(port + BusOffset)],
        ClusterVerb.AddSlots => SlotWords("ADDSLOTS", flavour),
        ClusterVerb.DropSlots => SlotWords("DELSLOTS", flavour),
        ClusterVerb.SetEpoch => ["CLUSTER", "SET-CONFIG-EPOCH", Argument],
        ClusterVerb.BumpEpoch => ["CLUSTER", "BUMPEPOCH"],
        ClusterVerb.Replicate => ["CLUSTER", "REPLICATE", Argument],
        ClusterVerb.Forget => ["CLUSTER", "FORGET", Argument],
        ClusterVerb.Failover => ["CLUSTER", "FAILOVER"],
        ClusterVerb.Force => ["CLUSTER", "FAILOVER", "FORCE"],
        _ => ["CLUSTER", "FAILOVER", "TAKEOVER"],
    };

    // Ranges came with 7.0.
    private string[] SlotWords(string command, RedisFlavour flavour) => flavour.Major >= 7
        ? ["CLUSTER", command + "RANGE", .. Slots.Ranges.SelectMany(r => new[] { Number(r.First), Number(r.Last) })]
        : ["CLUSTER", command, .. Slots.Slots.Select(Number)];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
