using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>A request to change a running Redis.</summary>
[CustomResource("redisopsrequest", ShortNames = "rdops", Categories = "ops,kubedb,appscode")]
[PrinterColumn("Type", "string", ".spec.type")]
[PrinterColumn("Status", "string", ".status.phase")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Database", "string", ".spec.databaseRef.name")]
[PrinterColumn("Step", "string", ".status.conditions[-1:].type")]
[PrinterColumn("Message", "string", ".status.conditions[-1:].message", Priority = 1)]
public sealed record RedisOpsRequest : OpsRequest<RedisOpsRequestSpec>, IKubernetesObject<RedisOpsRequest>
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("ops.kubedb.com", "v1alpha1", "redisopsrequests", "RedisOpsRequest");

    private protected override ResourceType Kind => Resource;

    /// <inheritdoc/>
    public static RedisOpsRequest Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<RedisOpsRequest>(utf8);
}

/// <summary>What to do with a running Redis; the block that belongs to the type is the one that counts.</summary>
public sealed record RedisOpsRequestSpec : OpsRequestSpec
{
    /// <summary>Endpoints to announce, for Announce.</summary>
    public RedisAnnounce? Announce { get; init; }

    /// <summary>The change of configuration, for Reconfigure; its file is redis.conf (Valkey: valkey.conf).</summary>
    public RedisReconfigure? Configuration { get; init; }

    /// <summary>The new numbers of pods, for HorizontalScaling.</summary>
    public RedisHorizontalScaling? HorizontalScaling { get; init; }

    /// <summary>The storage class to move to, for StorageMigration.</summary>
    public StorageMigrationSpec? Migration { get; init; }

    /// <summary>The new sentinels, for ReplaceSentinel.</summary>
    public RedisSentinelReplacement? Sentinel { get; init; }

    /// <summary>The change of TLS, for ReconfigureTLS.</summary>
    public RedisTlsChange? Tls { get; init; }

    /// <summary>What to do.</summary>
    [RequiredField]
    [OneOf(OpsRequestTypes.UpdateVersion, OpsRequestTypes.HorizontalScaling, OpsRequestTypes.VerticalScaling, OpsRequestTypes.VolumeExpansion, OpsRequestTypes.Restart, OpsRequestTypes.Reconfigure, OpsRequestTypes.ReconfigureTls, OpsRequestTypes.ReplaceSentinel, OpsRequestTypes.RotateAuth, OpsRequestTypes.Announce, OpsRequestTypes.StorageMigration)]
    public override string Type { get; init => field = value ?? ""; } = "";

    /// <summary>The new resources, for VerticalScaling.</summary>
    public RedisVerticalScaling? VerticalScaling { get; init; }

    /// <summary>The new size of volumes, for VolumeExpansion.</summary>
    public RedisVolumeExpansion? VolumeExpansion { get; init; }

    internal override IReconfigureSpec? Reconfiguration => Configuration;

    internal override ITlsChangeSpec? TlsChange => Tls;
}

/// <summary>A change of a Redis's configuration.</summary>
public sealed record RedisReconfigure : ReconfigureBlock
{
    /// <summary>The change of users.</summary>
    public RedisAclChange? Auth { get; init; }
}

/// <summary>A change of a Redis's users.</summary>
public sealed record RedisAclChange
{
    /// <summary>Users to delete.</summary>
    public IReadOnlyList<string> DeleteUsers { get; init => field = value ?? []; } = [];

    /// <summary>Secret that becomes the source of ${key} in rules.</summary>
    public LocalReference? SecretRef { get; init; }

    /// <summary>Rules to add or change, by user name.</summary>
    [JsonPropertyName("syncACL")]
    public IReadOnlyList<string> SyncAcl { get; init => field = value ?? []; } = [];
}

/// <summary>New numbers of pods.</summary>
public sealed record RedisHorizontalScaling
{
    /// <summary>Endpoints of the pods that are added.</summary>
    public RedisAnnounce? Announce { get; init; }

    /// <summary>Pods a shard (or in all, in the mode Sentinel), the master among them.</summary>
    public int? Replicas { get; init; }

    /// <summary>Masters.</summary>
    public int? Shards { get; init; }
}

/// <summary>A move to another set of sentinels.</summary>
public sealed record RedisSentinelReplacement
{
    /// <summary>The new RedisSentinel.</summary>
    [RequiredField]
    public NamespacedReference? Ref { get; init; }

    /// <summary>Delete the old RedisSentinel when nothing else uses it.</summary>
    public bool RemoveUnusedSentinel { get; init; }
}

/// <summary>A change of a Redis's TLS: exactly one of remove, rotateCertificates, and issuerRef or certificates.</summary>
public sealed record RedisTlsChange : TlsBlock
{
    /// <summary>Sentinels in the TLS state to come, for the mode Sentinel.</summary>
    public RedisSentinelReplacement? Sentinel { get; init; }
}

/// <summary>New resources of containers.</summary>
public sealed record RedisVerticalScaling
{
    /// <summary>The coordinator.</summary>
    public ContainerScaling? Coordinator { get; init; }

    /// <summary>The exporter.</summary>
    public ContainerScaling? Exporter { get; init; }

    /// <summary>Restart the pods, or resize them in place.</summary>
    [OneOf("Restart", "InPlace")]
    [SchemaDefault("\"Restart\"")]
    public string? Mode { get; init; }

    /// <summary>The server.</summary>
    public PodScaling? Redis { get; init; }
}

/// <summary>A new size of volumes.</summary>
public sealed record RedisVolumeExpansion
{
    /// <summary>Offline deletes the pods first; Online does not.</summary>
    [RequiredField]
    [OneOf("Offline", "Online")]
    public string Mode { get; init => field = value ?? ""; } = "";

    /// <summary>The new size.</summary>
    public Quantity? Redis { get; init; }
}
