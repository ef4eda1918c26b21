using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using PooledStringConverter = KubeDb.Api.Kubernetes.Models.PooledStringConverter;
using StringMapConverter = KubeDb.Api.Kubernetes.Models.StringMapConverter;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>A ZooKeeper ensemble.</summary>
[CustomResource("zookeeper", ShortNames = "zk", Categories = "datastore,kubedb,appscode,all")]
[PrinterColumn("Version", "string", ".spec.version")]
[PrinterColumn("Status", "string", ".status.phase")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Message", "string", """.status.conditions[?(@.status=="False")].message""", Priority = 1)]
public sealed record ZooKeeper : IKubernetesObject<ZooKeeper>, IDatabase
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("kubedb.com", "v1alpha2", "zookeepers", "ZooKeeper");

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What the user wants.</summary>
    public ZooKeeperSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was observed.</summary>
    public DatabaseStatus Status { get; init => field = value ?? DatabaseStatus.None; } = DatabaseStatus.None;

    ResourceType IDatabase.Type => Resource;

    IDatabaseSpec IDatabase.Spec => Spec;

    /// <inheritdoc/>
    public static ZooKeeper Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<ZooKeeper>(utf8);
}

/// <summary>What the user wants of a ZooKeeper ensemble.</summary>
public sealed record ZooKeeperSpec : IDatabaseSpec
{
    /// <summary>Port of the AdminServer, in the pods and in its service.</summary>
    [SchemaDefault("8080")]
    public int? AdminServerPort { get; init; }

    /// <summary>The secret with the superuser's credential; created when absent.</summary>
    public AuthSecret? AuthSecret { get; init; }

    /// <summary>Automatic recommendations.</summary>
    public AutoOps? AutoOps { get; init; }

    /// <summary>Port for clients with TLS, beside the plain one.</summary>
    [SchemaDefault("2182")]
    public int? ClientSecurePort { get; init; }

    /// <summary>Deprecated: moved to configuration.secretName.</summary>
    public LocalReference? ConfigSecret { get; init; }

    /// <summary>The user's configuration.</summary>
    public ZooKeeperConfiguration? Configuration { get; init; }

    /// <summary>What becomes of the data when the ensemble is deleted. Delete when absent.</summary>
    [OneOf(DeletionPolicies.Halt, DeletionPolicies.Delete, DeletionPolicies.WipeOut, DeletionPolicies.DoNotTerminate)]
    public string? DeletionPolicy { get; init; }

    /// <summary>No authentication: neither a secret nor a superuser.</summary>
    public bool DisableAuth { get; init; }

    /// <summary>TLS for clients, on a port of its own, and between the members. Needs tls.issuerRef.</summary>
    [JsonPropertyName("enableSSL")]
    public bool EnableSsl { get; init; }

    /// <summary>Delete the workloads and keep the data; forces the deletion policy Halt.</summary>
    public bool Halted { get; init; }

    /// <summary>How health is checked.</summary>
    [SchemaDefault("""{"failureThreshold":3,"periodSeconds":20,"timeoutSeconds":10}""")]
    public HealthChecker? HealthChecker { get; init; }

    /// <summary>The secret with the password of the key stores; created when absent.</summary>
    public AuthSecret? KeystoreCredSecret { get; init; }

    /// <summary>Monitoring.</summary>
    public MonitorSpec? Monitor { get; init; }

    /// <summary>Overrides of pods and workloads.</summary>
    public PodTemplate? PodTemplate { get; init; }

    /// <summary>Number of members. 1 when absent; 2 is refused, for it survives no loss; odd numbers use their members best.</summary>
    public int? Replicas { get; init; }

    /// <summary>Overrides of services.</summary>
    [ItemOneOf("alias", ServiceAliases.Primary, ServiceAliases.Standby, ServiceAliases.Stats, "dashboard", "secondary")]
    public IReadOnlyList<ServiceTemplate> ServiceTemplates { get; init => field = value ?? []; } = [];

    /// <summary>Claim spec of the data volumes; required. A change does not resize existing volumes.</summary>
    [Shape(FragmentShape.VolumeClaimSpec)]
    public JsonFragment? Storage { get; init; }

    /// <summary>Issuer and certificates, for enableSSL.</summary>
    public TlsSpec? Tls { get; init; }

    /// <summary>Name of a ZooKeeperVersion.</summary>
    [RequiredField]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Version { get; init => field = value ?? ""; } = "";

    // The public kind has no such field: an ensemble without its log has lost what it promised to keep.
    string? IDatabaseSpec.StorageType => StorageTypes.Durable;

    // An issuer alone turns nothing on.
    TlsSpec? IDatabaseSpec.Tls => EnableSsl ? Tls : null;

    InitSpec? IDatabaseSpec.Init => null;

    ICustomConfiguration? IDatabaseSpec.Configuration => Configuration;
}

/// <summary>The user's configuration of a ZooKeeper.</summary>
public sealed record ZooKeeperConfiguration : ICustomConfiguration
{
    /// <summary>Text under zoo.cfg that overrides the secret's.</summary>
    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string>? Inline { get; init; }

    /// <summary>Secret with the key zoo.cfg.</summary>
    public string? SecretName { get; init; }
}
