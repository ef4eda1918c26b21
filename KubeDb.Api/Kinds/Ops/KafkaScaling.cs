using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>A new number of nodes: node without topology, topology with it.</summary>
public sealed record KafkaHorizontalScaling
{
    /// <summary>Nodes that are both broker and controller.</summary>
    public int? Node { get; init; }

    /// <summary>Nodes of each role.</summary>
    public KafkaTopologyScaling? Topology { get; init; }
}

/// <summary>A new number of nodes of each role.</summary>
public sealed record KafkaTopologyScaling
{
    /// <summary>Brokers; the present number when absent.</summary>
    public int? Broker { get; init; }

    /// <summary>Controllers; the present number when absent.</summary>
    public int? Controller { get; init; }
}

/// <summary>New resources of containers: node without topology, the roles with it.</summary>
public sealed record KafkaVerticalScaling
{
    /// <summary>Brokers.</summary>
    public PodScaling? Broker { get; init; }

    /// <summary>Controllers.</summary>
    public PodScaling? Controller { get; init; }

    /// <summary>Restart the pods, or resize them in place.</summary>
    [OneOf("Restart", "InPlace")]
    [SchemaDefault("\"Restart\"")]
    public string? Mode { get; init; }

    /// <summary>Nodes that are both broker and controller.</summary>
    public PodScaling? Node { get; init; }
}

/// <summary>A new size of volumes: node without topology, the roles with it.</summary>
public sealed record KafkaVolumeExpansion
{
    /// <summary>The new size of brokers' volumes.</summary>
    public Quantity? Broker { get; init; }

    /// <summary>The new size of controllers' volumes.</summary>
    public Quantity? Controller { get; init; }

    /// <summary>Offline deletes the pods first; Online does not.</summary>
    [RequiredField]
    [OneOf("Offline", "Online")]
    public string Mode { get; init => field = value ?? ""; } = "";

    /// <summary>The new size of volumes of nodes that are both broker and controller.</summary>
    public Quantity? Node { get; init; }
}

/// <summary>A move of volumes to other storage classes: node without topology, the roles with it.</summary>
public sealed record KafkaStorageMigration
{
    /// <summary>The volumes of brokers.</summary>
    public StorageMigrationSpec? Broker { get; init; }

    /// <summary>The volumes of controllers.</summary>
    public StorageMigrationSpec? Controller { get; init; }

    /// <summary>The volumes of nodes that are both broker and controller.</summary>
    public StorageMigrationSpec? Node { get; init; }
}
