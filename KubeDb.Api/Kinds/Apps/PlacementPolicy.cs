using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Apps;

/// <summary>Where the pods of PetSets go.</summary>
[CustomResource("placementpolicy")]
public sealed record PlacementPolicy : IKubernetesObject<PlacementPolicy>
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("apps.k8s.appscode.com", "v1", "placementpolicies", "PlacementPolicy", Namespaced: false);

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>The rules.</summary>
    public PlacementPolicySpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was observed.</summary>
    [Shape(FragmentShape.AnyObject)]
    public JsonFragment? Status { get; init; }

    /// <inheritdoc/>
    public static PlacementPolicy Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<PlacementPolicy>(utf8);
}

/// <summary>Rules of placement.</summary>
public sealed record PlacementPolicySpec
{
    /// <summary>Which nodes attract which pods.</summary>
    public PlacementAffinity? Affinity { get; init; }

    /// <summary>Spread over clusters, for distributed sets.</summary>
    public ClusterSpreadConstraint? ClusterSpreadConstraint { get; init; }

    /// <summary>Spread over nodes.</summary>
    public SpreadConstraint? NodeSpreadConstraint { get; init; }

    /// <summary>Spread over zones.</summary>
    public SpreadConstraint? ZoneSpreadConstraint { get; init; }
}

/// <summary>How evenly pods spread.</summary>
public sealed record SpreadConstraint
{
    /// <summary>Largest allowed difference of pods between two domains.</summary>
    [SchemaDefault("1")]
    public int? MaxSkew { get; init; }

    /// <summary>DoNotSchedule or ScheduleAnyway.</summary>
    [OneOf("DoNotSchedule", "ScheduleAnyway")]
    [SchemaDefault("\"DoNotSchedule\"")]
    public string? WhenUnsatisfiable { get; init; }
}

/// <summary>Which nodes attract which pods.</summary>
public sealed record PlacementAffinity
{
    /// <summary>Rules over node labels.</summary>
    public IReadOnlyList<NodeAffinityRule> NodeAffinity { get; init => field = value ?? []; } = [];
}

/// <summary>Pods that go to nodes with certain values of a label.</summary>
public sealed record NodeAffinityRule
{
    /// <summary>Values, and the pods that go there.</summary>
    public IReadOnlyList<TopologyDomain> Domains { get; init => field = value ?? []; } = [];

    /// <summary>Label of nodes.</summary>
    [RequiredField]
    public string TopologyKey { get; init => field = value ?? ""; } = "";

    /// <summary>Weight of the rule when it is not required.</summary>
    [SchemaDefault("50")]
    public int? Weight { get; init; }

    /// <summary>DoNotSchedule or ScheduleAnyway.</summary>
    [OneOf("DoNotSchedule", "ScheduleAnyway")]
    [SchemaDefault("\"DoNotSchedule\"")]
    public string? WhenUnsatisfiable { get; init; }
}

/// <summary>Values of a node label, and the pods that go there.</summary>
public sealed record TopologyDomain
{
    /// <summary>Ordinals of the pods, such as 0,2-4.</summary>
    public string? Replicas { get; init; }

    /// <summary>Values of the label.</summary>
    public IReadOnlyList<string> Values { get; init => field = value ?? []; } = [];
}

/// <summary>Spread over clusters.</summary>
public sealed record ClusterSpreadConstraint
{
    /// <summary>Which pods go to which cluster.</summary>
    public IReadOnlyList<ClusterDistributionRule> DistributionRules { get; init => field = value ?? []; } = [];

    /// <summary>What happens when a cluster fails.</summary>
    [Shape(FragmentShape.AnyObject)]
    public JsonFragment? FailoverPolicy { get; init; }

    /// <summary>The network slice that joins the clusters.</summary>
    public NetworkSlice? Slice { get; init; }
}

/// <summary>Pods that go to one cluster.</summary>
public sealed record ClusterDistributionRule
{
    /// <summary>Name of the cluster.</summary>
    public string? ClusterName { get; init; }

    /// <summary>Monitoring in the cluster.</summary>
    [Shape(FragmentShape.AnyObject)]
    public JsonFragment? Monitoring { get; init; }

    /// <summary>Ordinals of the pods.</summary>
    public IReadOnlyList<int> ReplicaIndices { get; init => field = value ?? []; } = [];

    /// <summary>Part that the cluster plays.</summary>
    [OneOf("Member", "Arbiter", "Witness")]
    public string? Role { get; init; }

    /// <summary>Storage class of the pods' claims.</summary>
    public string? StorageClassName { get; init; }
}

/// <summary>A network slice.</summary>
public sealed record NetworkSlice
{
    /// <summary>Namespace of the project.</summary>
    public string? ProjectNamespace { get; init; }

    /// <summary>Name of the slice.</summary>
    public string? SliceName { get; init; }
}
