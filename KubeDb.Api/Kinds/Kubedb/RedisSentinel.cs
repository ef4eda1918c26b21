using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using PooledStringConverter = KubeDb.Api.Kubernetes.Models.PooledStringConverter;
using StringMapConverter = KubeDb.Api.Kubernetes.Models.StringMapConverter;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>A set of sentinels, of Redis or Valkey: they watch the masters of the databases that name it.</summary>
[CustomResource("redissentinel", ShortNames = "rds", Categories = "datastore,kubedb,appscode,all")]
[PrinterColumn("Version", "string", ".spec.version")]
[PrinterColumn("Status", "string", ".status.phase")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Message", "string", """.status.conditions[?(@.status=="False")].message""", Priority = 1)]
public sealed record RedisSentinel : IKubernetesObject<RedisSentinel>, IDatabase
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("kubedb.com", "v1", "redissentinels", "RedisSentinel");

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What the user wants.</summary>
    public RedisSentinelSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was observed.</summary>
    public DatabaseStatus Status { get; init => field = value ?? DatabaseStatus.None; } = DatabaseStatus.None;

    ResourceType IDatabase.Type => Resource;

    IDatabaseSpec IDatabase.Spec => Spec;

    /// <inheritdoc/>
    public static RedisSentinel Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<RedisSentinel>(utf8);
}

/// <summary>What the user wants of a set of sentinels.</summary>
public sealed record RedisSentinelSpec : IDatabaseSpec
{
    /// <summary>The secret with the credential; created when absent.</summary>
    public AuthSecret? AuthSecret { get; init; }

    /// <summary>Automatic recommendations.</summary>
    public AutoOps? AutoOps { get; init; }

    /// <summary>The user's configuration.</summary>
    public RedisSentinelConfiguration? Configuration { get; init; }

    /// <summary>What becomes of the volumes when the sentinels are deleted. Delete when absent.</summary>
    [OneOf(DeletionPolicies.Halt, DeletionPolicies.Delete, DeletionPolicies.WipeOut, DeletionPolicies.DoNotTerminate)]
    public string? DeletionPolicy { get; init; }

    /// <summary>No authentication: neither a secret nor a password.</summary>
    public bool DisableAuth { get; init; }

    /// <summary>Delete the workloads and keep the volumes; forces the deletion policy Halt.</summary>
    public bool Halted { get; init; }

    /// <summary>How health is checked.</summary>
    [SchemaDefault("""{"failureThreshold":1,"periodSeconds":10,"timeoutSeconds":10}""")]
    public HealthChecker? HealthChecker { get; init; }

    /// <summary>Monitoring.</summary>
    public MonitorSpec? Monitor { get; init; }

    /// <summary>Overrides of pods and workloads.</summary>
    public PodTemplate? PodTemplate { get; init; }

    /// <summary>Number of sentinels. 1 when absent; three or more survive the loss of one.</summary>
    public int? Replicas { get; init; }

    /// <summary>Overrides of services.</summary>
    [ItemOneOf("alias", ServiceAliases.Primary, ServiceAliases.Standby, ServiceAliases.Stats)]
    public IReadOnlyList<ServiceTemplate> ServiceTemplates { get; init => field = value ?? []; } = [];

    /// <summary>Claim spec of the volumes; required for durable storage. A change does not resize existing volumes.</summary>
    [Shape(FragmentShape.VolumeClaimSpec)]
    public JsonFragment? Storage { get; init; }

    /// <summary>Durable (a claim a pod) or Ephemeral. Durable when absent; never changes.</summary>
    [OneOf(StorageTypes.Durable, StorageTypes.Ephemeral)]
    [Immutable("spec.storageType never changes, for what the sentinels know would be lost; create other sentinels for other storage", Default = StorageTypes.Durable)]
    public string? StorageType { get; init; }

    /// <summary>TLS.</summary>
    public TlsSpec? Tls { get; init; }

    /// <summary>Name of a RedisVersion.</summary>
    [RequiredField]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Version { get; init => field = value ?? ""; } = "";

    InitSpec? IDatabaseSpec.Init => null;

    ICustomConfiguration? IDatabaseSpec.Configuration => Configuration;
}

/// <summary>The user's configuration of sentinels.</summary>
public sealed record RedisSentinelConfiguration : ICustomConfiguration
{
    /// <summary>Text under sentinel.conf that overrides the secret's.</summary>
    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string>? Inline { get; init; }

    /// <summary>Secret with the key sentinel.conf.</summary>
    public string? SecretName { get; init; }
}
