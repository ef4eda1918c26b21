using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using PooledStringConverter = KubeDb.Api.Kubernetes.Models.PooledStringConverter;

namespace KubeDb.Api.Kinds.Apps;

/// <summary>A set of pods with stable names and volumes.</summary>
[CustomResource("petset", ScaleSelector = "selector")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Ready", "integer", ".status.readyReplicas")]
[PrinterColumn("Desired", "integer", ".spec.replicas")]
[PrinterColumn("Message", "string", """.status.conditions[?(@.status=="True")].message""", Priority = 1)]
public sealed record PetSet : IKubernetesObject<PetSet>
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("apps.k8s.appscode.com", "v1", "petsets", "PetSet");

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What is wanted.</summary>
    public PetSetSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was observed.</summary>
    public PetSetStatus Status { get; init => field = value ?? PetSetStatus.None; } = PetSetStatus.None;

    /// <inheritdoc/>
    public static PetSet Decode(ReadOnlySpan<byte> utf8)
    {
        var read = KindsJson.Decode<PetSet>(utf8);
        return read with { Metadata = OwnedFields.Stamp(read.Metadata, utf8) };
    }
}

/// <summary>What is wanted of a PetSet: the fields of a StatefulSet, and placement.</summary>
public sealed record PetSetSpec
{
    /// <summary>The pods spread over several clusters.</summary>
    public bool Distributed { get; init; }

    /// <summary>Seconds a pod has to be ready before it counts as available.</summary>
    public int? MinReadySeconds { get; init; }

    /// <summary>Numbering of pods.</summary>
    public PetSetOrdinals? Ordinals { get; init; }

    /// <summary>What becomes of claims.</summary>
    public ClaimRetentionPolicy? PersistentVolumeClaimRetentionPolicy { get; init; }

    /// <summary>OrderedReady or Parallel.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string? PodManagementPolicy { get; init; }

    /// <summary>The PlacementPolicy of the pods.</summary>
    public LocalReference? PodPlacementPolicy { get; init; }

    /// <summary>Number of pods; 1 when absent.</summary>
    public int? Replicas { get; init; }

    /// <summary>Old revisions to keep.</summary>
    public int? RevisionHistoryLimit { get; init; }

    /// <summary>Labels of the pods; never changes.</summary>
    [RequiredField]
    [Shape(FragmentShape.LabelSelector)]
    public JsonFragment? Selector { get; init; }

    /// <summary>Governing service of the pods.</summary>
    [RequiredField]
    [JsonConverter(typeof(PooledStringConverter))]
    public string ServiceName { get; init => field = value ?? ""; } = "";

    /// <summary>The pods.</summary>
    [RequiredField]
    [Shape(FragmentShape.WorkloadPodTemplate)]
    public JsonFragment? Template { get; init; }

    /// <summary>How pods take a new template.</summary>
    [Shape(FragmentShape.AnyObject)]
    public JsonFragment? UpdateStrategy { get; init; }

    /// <summary>Claims that each pod gets.</summary>
    [Shape(FragmentShape.AnyObject)]
    public IReadOnlyList<JsonFragment> VolumeClaimTemplates { get; init => field = Lists.Keep(value); } = [];
}

/// <summary>Numbering of pods.</summary>
public sealed record PetSetOrdinals
{
    /// <summary>Number of the first pod; 0 when absent.</summary>
    public int? Start { get; init; }
}

/// <summary>What becomes of claims: Retain or Delete.</summary>
public sealed record ClaimRetentionPolicy
{
    /// <summary>When the set is deleted.</summary>
    public string? WhenDeleted { get; init; }

    /// <summary>When the set is scaled down.</summary>
    public string? WhenScaled { get; init; }
}

/// <summary>What was observed of a PetSet.</summary>
public sealed record PetSetStatus
{
    /// <summary>Nothing observed yet.</summary>
    public static PetSetStatus None { get; } = new();

    private readonly HeldText? _selector;

    /// <summary>Pods that are available.</summary>
    public int? AvailableReplicas { get; init; }

    /// <summary>Collisions of revision names.</summary>
    public int? CollisionCount { get; init; }

    /// <summary>The conditions, at most one of a type.</summary>
    [MapList("type")]
    public IReadOnlyList<Condition> Conditions { get; init => field = Lists.Keep(value); } = [];

    /// <summary>Pods of the current revision.</summary>
    public int? CurrentReplicas { get; init; }

    /// <summary>The revision that pods had before an update.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string? CurrentRevision { get; init; }

    /// <summary>Generation of the spec that the status belongs to.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Pods that are ready.</summary>
    public int? ReadyReplicas { get; init; }

    /// <summary>Pods that exist.</summary>
    public int? Replicas { get; init; }

    /// <summary>Selector of the pods as text, for the scale subresource.</summary>
    public string? Selector { get => _selector?.ToString(); init => _selector = value is null ? null : HeldText.Of(value); }

    /// <summary>The revision of the template.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string? UpdateRevision { get; init; }

    /// <summary>Pods of the template's revision.</summary>
    public int? UpdatedReplicas { get; init; }
}
