using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>A PersistentVolumeClaim as observed.</summary>
public sealed record PersistentVolumeClaim : IKubernetesObject<PersistentVolumeClaim>
{
    /// <inheritdoc/>
    public static ResourceType Resource => ResourceTypes.PersistentVolumeClaim;

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What is asked for.</summary>
    public PersistentVolumeClaimSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What there is.</summary>
    public PersistentVolumeClaimStatus Status { get; init => field = value ?? new(); } = new();

    /// <inheritdoc/>
    public static PersistentVolumeClaim Decode(ReadOnlySpan<byte> utf8) => ModelJson.Read(utf8, ModelJson.Default.PersistentVolumeClaim);
}

/// <summary>What a claim asks for.</summary>
public sealed record PersistentVolumeClaimSpec
{
    private readonly HeldText _volumeName;

    /// <summary>Storage class; null for the cluster's default, empty for none.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string? StorageClassName { get; init; }

    /// <summary>The bound volume; empty before.</summary>
    public string VolumeName { get => _volumeName.ToString(); init => _volumeName = HeldText.Of(value); }

    /// <summary>Requests and limits.</summary>
    public ResourceAmounts Resources { get; init => field = value ?? new(); } = new();
}

/// <summary>Amounts of resources by name, such as <c>storage</c>.</summary>
public sealed record ResourceAmounts
{
    /// <summary>At least.</summary>
    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string> Requests { get; init => field = value ?? StringMap.Empty; } = StringMap.Empty;

    /// <summary>The storage asked for; null when there is none, or it is no quantity.</summary>
    [JsonIgnore]
    public KubernetesQuantity? Storage => KubernetesQuantity.Read(Requests, "storage");
}

/// <summary>What a claim got.</summary>
public sealed record PersistentVolumeClaimStatus
{
    /// <summary><c>Pending</c>, <c>Bound</c> or <c>Lost</c>.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Phase { get; init => field = value ?? ""; } = "";

    /// <summary>Amounts by name.</summary>
    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string> Capacity { get; init => field = value ?? StringMap.Empty; } = StringMap.Empty;

    /// <summary>Conditions, such as <c>Resizing</c> and <c>FileSystemResizePending</c>.</summary>
    public IReadOnlyList<Condition> Conditions { get; init => field = value ?? []; } = [];

    /// <summary>The storage there is; null before, or when it is no quantity.</summary>
    [JsonIgnore]
    public KubernetesQuantity? Storage => KubernetesQuantity.Read(Capacity, "storage");
}

/// <summary>A StorageClass as observed.</summary>
public sealed record StorageClass : IKubernetesObject<StorageClass>
{
    /// <inheritdoc/>
    public static ResourceType Resource => ResourceTypes.StorageClass;

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>Who makes the volumes.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Provisioner { get; init => field = value ?? ""; } = "";

    /// <summary>Volumes can grow.</summary>
    public bool AllowVolumeExpansion { get; init; }

    /// <summary><c>Immediate</c> or <c>WaitForFirstConsumer</c>.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string VolumeBindingMode { get; init => field = value ?? ""; } = "";

    /// <summary>True for the class that a claim without one gets.</summary>
    [JsonIgnore]
    public bool IsDefault => Metadata.Annotations.GetValueOrDefault("storageclass.kubernetes.io/is-default-class") == "true";

    /// <inheritdoc/>
    public static StorageClass Decode(ReadOnlySpan<byte> utf8) => ModelJson.Read(utf8, ModelJson.Default.StorageClass);
}
