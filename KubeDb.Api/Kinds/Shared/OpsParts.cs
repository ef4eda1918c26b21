using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>What was observed of an ops request.</summary>
public sealed record OpsRequestStatus
{
    /// <summary>Nothing observed yet.</summary>
    public static OpsRequestStatus None { get; } = new();

    /// <summary>The conditions, at most one of a type; a step's condition appears when the step is done.</summary>
    [MapList("type")]
    public IReadOnlyList<Condition> Conditions { get; init => field = value ?? []; } = [];

    /// <summary>Generation of the spec that the status belongs to.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Backups that are paused while the request runs.</summary>
    public IReadOnlyList<ObjectReference> PausedBackups { get; init => field = value ?? []; } = [];

    /// <summary>Where the request is in its life.</summary>
    [OneOf(OpsRequestPhases.Pending, OpsRequestPhases.Progressing, OpsRequestPhases.Successful, OpsRequestPhases.WaitingForApproval, OpsRequestPhases.Failed, OpsRequestPhases.Approved, OpsRequestPhases.Denied, OpsRequestPhases.Skipped)]
    public string Phase { get; init => field = value ?? ""; } = "";
}

/// <summary>The block of an UpdateVersion request.</summary>
public sealed record UpdateVersionSpec
{
    /// <summary>Reserved.</summary>
    public EmptyBlock? ReadinessCriteria { get; init; }

    /// <summary>Name of the catalog version to move to.</summary>
    public string? TargetVersion { get; init; }
}

/// <summary>A block without fields; its presence says something.</summary>
public sealed record EmptyBlock;

/// <summary>The block of a RotateAuth request.</summary>
public sealed record AuthenticationSpec
{
    /// <summary>Secret with the new credential; a password is generated when absent.</summary>
    public TypedSecretReference? SecretRef { get; init; }
}

/// <summary>New resources of the containers of a group of pods, and where the pods may go.</summary>
public sealed record PodScaling
{
    /// <summary>How nodes are selected: LabelSelector or Taint.</summary>
    public string? NodeSelectionPolicy { get; init; }

    /// <summary>The new resources.</summary>
    [Shape(FragmentShape.Resources)]
    public JsonFragment? Resources { get; init; }

    /// <summary>Nodes to move to.</summary>
    public ScalingTopology? Topology { get; init; }
}

/// <summary>New resources of one container.</summary>
public sealed record ContainerScaling
{
    /// <summary>The new resources.</summary>
    [Shape(FragmentShape.Resources)]
    public JsonFragment? Resources { get; init; }
}

/// <summary>A label, or taint, of nodes.</summary>
public sealed record ScalingTopology
{
    /// <summary>Key.</summary>
    [RequiredField]
    public string Key { get; init => field = value ?? ""; } = "";

    /// <summary>Value.</summary>
    [RequiredField]
    public string Value { get; init => field = value ?? ""; } = "";
}

/// <summary>A move of volumes to another storage class.</summary>
public sealed record StorageMigrationSpec
{
    /// <summary>Reclaim policy of the old volumes.</summary>
    [JsonPropertyName("oldPVReclaimPolicy")]
    public string? OldVolumeReclaimPolicy { get; init; }

    /// <summary>The storage class to move to.</summary>
    [RequiredField]
    public string StorageClassName { get; init => field = value ?? ""; } = "";
}
