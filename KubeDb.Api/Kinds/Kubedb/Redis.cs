using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using PooledStringConverter = KubeDb.Api.Kubernetes.Models.PooledStringConverter;
using StringMapConverter = KubeDb.Api.Kubernetes.Models.StringMapConverter;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>A Redis or Valkey database.</summary>
[CustomResource("redis", ShortNames = "rd", Categories = "datastore,kubedb,appscode,all")]
[PrinterColumn("Version", "string", ".spec.version")]
[PrinterColumn("Status", "string", ".status.phase")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Message", "string", """.status.conditions[?(@.status=="False")].message""", Priority = 1)]
public sealed record Redis : IKubernetesObject<Redis>, IDatabase
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("kubedb.com", "v1", "redises", "Redis");

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What the user wants.</summary>
    public RedisSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was observed.</summary>
    public DatabaseStatus Status { get; init => field = value ?? DatabaseStatus.None; } = DatabaseStatus.None;

    ResourceType IDatabase.Type => Resource;

    IDatabaseSpec IDatabase.Spec => Spec;

    /// <inheritdoc/>
    public static Redis Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<Redis>(utf8);
}

/// <summary>What the user wants of a Redis or Valkey database.</summary>
public sealed record RedisSpec : IDatabaseSpec
{
    /// <summary>Deprecated: moved to configuration.acl.</summary>
    public RedisAcl? Acl { get; init; }

    /// <summary>Which schema objects may refer to the database.</summary>
    [SchemaDefault("""{"namespaces":{"from":"Same"}}""")]
    public AllowedSchemas? AllowedSchemas { get; init; }

    /// <summary>The secret with the credential; created when absent.</summary>
    public AuthSecret? AuthSecret { get; init; }

    /// <summary>Automatic recommendations.</summary>
    public AutoOps? AutoOps { get; init; }

    /// <summary>Shards and replicas, for the mode Cluster.</summary>
    public RedisCluster? Cluster { get; init; }

    /// <summary>Deprecated: moved to configuration.secretName.</summary>
    public LocalReference? ConfigSecret { get; init; }

    /// <summary>The user's configuration.</summary>
    public RedisConfiguration? Configuration { get; init; }

    /// <summary>What becomes of the data when the database is deleted. Delete when absent.</summary>
    [OneOf(DeletionPolicies.Halt, DeletionPolicies.Delete, DeletionPolicies.WipeOut, DeletionPolicies.DoNotTerminate)]
    public string? DeletionPolicy { get; init; }

    /// <summary>No authentication: neither a secret nor a password.</summary>
    public bool DisableAuth { get; init; }

    /// <summary>Delete the workloads and keep the data; forces the deletion policy Halt.</summary>
    public bool Halted { get; init; }

    /// <summary>How health is checked.</summary>
    [SchemaDefault("""{"failureThreshold":1,"periodSeconds":10,"timeoutSeconds":10}""")]
    public HealthChecker? HealthChecker { get; init; }

    /// <summary>How a new database is filled.</summary>
    [Immutable("spec.init never changes once the database is initialised; create another database to fill it otherwise", Once = "initialized")]
    public InitSpec? Init { get; init; }

    /// <summary>Topology. Standalone when absent; never changes.</summary>
    [Immutable("spec.mode never changes, for the servers of the other mode would start without the data; create another database and move the data", Default = RedisModes.Standalone)]
    [OneOf(RedisModes.Standalone, RedisModes.Cluster, RedisModes.Sentinel)]
    public string? Mode { get; init; }

    /// <summary>Monitoring.</summary>
    public MonitorSpec? Monitor { get; init; }

    /// <summary>Overrides of pods and workloads.</summary>
    public PodTemplate? PodTemplate { get; init; }

    /// <summary>Number of pods, the master among them; 1 for Standalone, ignored for Cluster.</summary>
    public int? Replicas { get; init; }

    /// <summary>The RedisSentinel that watches the database, for the mode Sentinel.</summary>
    public NamespacedReference? SentinelRef { get; init; }

    /// <summary>Overrides of services.</summary>
    [ItemOneOf("alias", ServiceAliases.Primary, ServiceAliases.Standby, ServiceAliases.Stats)]
    public IReadOnlyList<ServiceTemplate> ServiceTemplates { get; init => field = value ?? []; } = [];

    /// <summary>Claim spec of the data volumes; required for durable storage. A change does not resize existing volumes.</summary>
    [Shape(FragmentShape.VolumeClaimSpec)]
    public JsonFragment? Storage { get; init; }

    /// <summary>Durable (a claim a pod) or Ephemeral. Durable when absent; never changes.</summary>
    [OneOf(StorageTypes.Durable, StorageTypes.Ephemeral)]
    [Immutable("spec.storageType never changes, for the data would be lost; create another database for other storage", Default = StorageTypes.Durable)]
    public string? StorageType { get; init; }

    /// <summary>TLS.</summary>
    public TlsSpec? Tls { get; init; }

    /// <summary>Name of a RedisVersion.</summary>
    [RequiredField]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Version { get; init => field = value ?? ""; } = "";

    ICustomConfiguration? IDatabaseSpec.Configuration => Configuration;
}

/// <summary>Values of <c>spec.mode</c>.</summary>
public static class RedisModes
{
    /// <summary>One server.</summary>
    public const string Standalone = "Standalone";

    /// <summary>Shards with replicas.</summary>
    public const string Cluster = "Cluster";

    /// <summary>One master with replicas, watched by sentinels.</summary>
    public const string Sentinel = "Sentinel";
}

/// <summary>Shards and replicas of a cluster.</summary>
public sealed record RedisCluster
{
    /// <summary>Endpoints for clients outside.</summary>
    public RedisAnnounce? Announce { get; init; }

    /// <summary>Pods a shard, the master among them. 2 when absent, at least 2.</summary>
    public int? Replicas { get; init; }

    /// <summary>Masters. 3 when absent, at least 3.</summary>
    public int? Shards { get; init; }
}

/// <summary>Endpoints that a cluster tells clients outside.</summary>
public sealed record RedisAnnounce
{
    /// <summary>One entry a shard.</summary>
    public IReadOnlyList<RedisShardEndpoints> Shards { get; init => field = value ?? []; } = [];

    /// <summary>Kind of endpoint that clients prefer.</summary>
    [OneOf(RedisAnnounceTypes.Ip, RedisAnnounceTypes.Hostname)]
    [SchemaDefault("\"hostname\"")]
    public string? Type { get; init; }
}

/// <summary>Values of <c>spec.cluster.announce.type</c>.</summary>
public static class RedisAnnounceTypes
{
    /// <summary>An address.</summary>
    public const string Ip = "ip";

    /// <summary>A host name.</summary>
    public const string Hostname = "hostname";
}

/// <summary>Endpoints of a shard's pods.</summary>
public sealed record RedisShardEndpoints
{
    /// <summary>host:port@busport, one a pod in the order of ordinals.</summary>
    public IReadOnlyList<string> Endpoints { get; init => field = value ?? []; } = [];
}

/// <summary>The user's configuration of a Redis.</summary>
public sealed record RedisConfiguration : ICustomConfiguration
{
    /// <summary>Users and their rights.</summary>
    public RedisAcl? Acl { get; init; }

    /// <summary>Text under redis.conf (Valkey: valkey.conf) that overrides the secret's.</summary>
    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string>? Inline { get; init; }

    /// <summary>Secret with the key redis.conf (Valkey: valkey.conf).</summary>
    public string? SecretName { get; init; }
}

/// <summary>Users of a Redis and their rights.</summary>
public sealed record RedisAcl
{
    /// <summary>One user a rule: the name, then ACL tokens; ${key} stands for the secret's value.</summary>
    public IReadOnlyList<string> Rules { get; init => field = value ?? []; } = [];

    /// <summary>Secret whose values stand in rules as ${key}.</summary>
    public LocalReference? SecretRef { get; init; }
}
