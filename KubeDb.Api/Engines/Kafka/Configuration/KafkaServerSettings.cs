using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Kafka.Configuration;

/// <summary>What the configuration of nodes depends on, beside the user's own.</summary>
public sealed record KafkaServerSettings
{
    /// <summary>Version of the servers.</summary>
    public required SemanticVersion Version { get; init; }

    /// <summary>The nodes keep records.</summary>
    public bool AreBrokers { get; init; } = true;

    /// <summary>The nodes keep the metadata.</summary>
    public bool AreControllers { get; init; } = true;

    /// <summary>The nodes that vote for the leader of the metadata, each with its host.</summary>
    public required IReadOnlyList<(int Id, string Host)> Voters { get; init; }

    /// <summary>Number of brokers of the cluster.</summary>
    public int Brokers { get; init; } = 1;

    /// <summary>The domain of the nodes' names.</summary>
    public required string Domain { get; init; }

    /// <summary>What the nodes speak.</summary>
    public PeerProtocol Protocol { get; init; }

    /// <summary>Clients log in, and may do what access lists say.</summary>
    public bool HasSecurity { get; init; } = true;

    /// <summary>Consumers may read from the replica that stands nearest.</summary>
    public bool HasRacks { get; init; }

    /// <summary>What a node does that finds its volume empty.</summary>
    public EmptyVolume EmptyVolume { get; init; }

    /// <summary>What the nodes listen at.</summary>
    internal KafkaListeners Listeners => new(Protocol, HasSecurity);
}

/// <summary>What a node does that finds its volume empty.</summary>
public enum EmptyVolume
{
    /// <summary>It begins: there was no data.</summary>
    Begin,

    /// <summary>It waits until another controller leads, and takes the metadata over from it: without, it could vote away what others know.</summary>
    Join,

    /// <summary>The same, but begins after a while: what is lost with a pod was not meant to be kept.</summary>
    JoinOrBegin,

    /// <summary>It does not start: the metadata is gone, and without it brokers would throw away their records.</summary>
    Refuse,
}
