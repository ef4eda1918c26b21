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
public sealed record RedisOpsRequest : IKubernetesObject<RedisOpsRequest>, IOpsRequest
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("ops.kubedb.com", "v1alpha1", "redisopsrequests", "RedisOpsRequest");

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What to do; never changes.</summary>
    [Immutable("the spec of a request never changes; create another request")]
    public RedisOpsRequestSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was observed.</summary>
    public OpsRequestStatus Status { get; init => field = value ?? OpsRequestStatus.None; } = OpsRequestStatus.None;

    ResourceType IOpsRequest.ResourceType => Resource;

    string IOpsRequest.DatabaseName => Spec.DatabaseRef?.Name ?? "";

    string IOpsRequest.Type => Spec.Type;

    TimeSpan? IOpsRequest.Timeout => GoDuration.Parse(Spec.Timeout);

    string IOpsRequest.Apply => Spec.Apply ?? ApplyOptions.IfReady;

    int IOpsRequest.MaxRetries => Math.Max(1, Spec.MaxRetries ?? 1);

    UpdateVersionSpec? IOpsRequest.UpdateVersion => Spec.UpdateVersion;

    IReconfigureSpec? IOpsRequest.Configuration => Spec.Configuration;

    ITlsChangeSpec? IOpsRequest.Tls => Spec.Tls;

    AuthenticationSpec? IOpsRequest.Authentication => Spec.Authentication;

    /// <inheritdoc/>
    public static RedisOpsRequest Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<RedisOpsRequest>(utf8);
}

/// <summary>What to do with a running Redis; the block that belongs to the type is the one that counts.</summary>
public sealed record RedisOpsRequestSpec
{
    /// <summary>Endpoints to announce, for Announce.</summary>
    public RedisAnnounce? Announce { get; init; }

    /// <summary>IfReady waits until the database is Ready; Always runs in any phase.</summary>
    [OneOf(ApplyOptions.IfReady, ApplyOptions.Always)]
    [SchemaDefault("\"IfReady\"")]
    public string? Apply { get; init; }

    /// <summary>The new credential, for RotateAuth.</summary>
    public AuthenticationSpec? Authentication { get; init; }

    /// <summary>The change of configuration, for Reconfigure.</summary>
    public RedisReconfigure? Configuration { get; init; }

    /// <summary>The Redis, in the request's namespace.</summary>
    [RequiredField]
    public LocalReference? DatabaseRef { get; init; }

    /// <summary>The new numbers of pods, for HorizontalScaling.</summary>
    public RedisHorizontalScaling? HorizontalScaling { get; init; }

    /// <summary>Attempts before the request fails.</summary>
    [SchemaDefault("1")]
    public int? MaxRetries { get; init; }

    /// <summary>The storage class to move to, for StorageMigration.</summary>
    public StorageMigrationSpec? Migration { get; init; }

    /// <summary>For Restart.</summary>
    public EmptyBlock? Restart { get; init; }

    /// <summary>The new sentinels, for ReplaceSentinel.</summary>
    public RedisSentinelReplacement? Sentinel { get; init; }

    /// <summary>Bound of each step, such as 5m.</summary>
    public string? Timeout { get; init; }

    /// <summary>The change of TLS, for ReconfigureTLS.</summary>
    public RedisTlsChange? Tls { get; init; }

    /// <summary>What to do.</summary>
    [RequiredField]
    [OneOf(OpsRequestTypes.UpdateVersion, OpsRequestTypes.HorizontalScaling, OpsRequestTypes.VerticalScaling, OpsRequestTypes.VolumeExpansion, OpsRequestTypes.Restart, OpsRequestTypes.Reconfigure, OpsRequestTypes.ReconfigureTls, OpsRequestTypes.ReplaceSentinel, OpsRequestTypes.RotateAuth, OpsRequestTypes.Announce, OpsRequestTypes.StorageMigration)]
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>The version to move to, for UpdateVersion.</summary>
    public UpdateVersionSpec? UpdateVersion { get; init; }

    /// <summary>The new resources, for VerticalScaling.</summary>
    public RedisVerticalScaling? VerticalScaling { get; init; }

    /// <summary>The new size of volumes, for VolumeExpansion.</summary>
    public RedisVolumeExpansion? VolumeExpansion { get; init; }
}

/// <summary>A change of a Redis's configuration.</summary>
public sealed record RedisReconfigure : IReconfigureSpec
{
    /// <summary>Text under redis.conf (Valkey: valkey.conf), merged over the configuration by directive.</summary>
    public IReadOnlyDictionary<string, string>? ApplyConfig { get; init; }

    /// <summary>The change of users.</summary>
    public RedisAclChange? Auth { get; init; }

    /// <summary>Secret that becomes the user's configuration.</summary>
    public LocalReference? ConfigSecret { get; init; }

    /// <summary>Drop the user's configuration first.</summary>
    public bool RemoveCustomConfig { get; init; }

    /// <summary>auto restarts when needed, true always, false never.</summary>
    [OneOf(RestartModes.Auto, RestartModes.Always, RestartModes.Never)]
    [SchemaDefault("\"auto\"")]
    public string Restart { get; init => field = value ?? RestartModes.Auto; } = RestartModes.Auto;
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
public sealed record RedisTlsChange : ITlsChangeSpec
{
    /// <summary>Changes of certificates, by alias.</summary>
    public IReadOnlyList<CertificateSpec> Certificates { get; init => field = value ?? []; } = [];

    /// <summary>The new issuer.</summary>
    public IssuerReference? IssuerRef { get; init; }

    /// <summary>Turn TLS off.</summary>
    public bool Remove { get; init; }

    /// <summary>Issue new certificates from the same issuer.</summary>
    public bool RotateCertificates { get; init; }

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
