using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using PooledStringConverter = KubeDb.Api.Kubernetes.Models.PooledStringConverter;
using StringMapConverter = KubeDb.Api.Kubernetes.Models.StringMapConverter;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>A Druid cluster.</summary>
[CustomResource("druid", ShortNames = "dr", Categories = "datastore,kubedb,appscode,all")]
[PrinterColumn("Version", "string", ".spec.version")]
[PrinterColumn("Status", "string", ".status.phase")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Message", "string", """.status.conditions[?(@.status=="False")].message""", Priority = 1)]
public sealed record Druid : IKubernetesObject<Druid>, IDatabase
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("kubedb.com", "v1alpha2", "druids", "Druid");

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What the user wants.</summary>
    public DruidSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was observed.</summary>
    public DatabaseStatus Status { get; init => field = value ?? DatabaseStatus.None; } = DatabaseStatus.None;

    ResourceType IDatabase.Type => Resource;

    IDatabaseSpec IDatabase.Spec => Spec;

    /// <inheritdoc/>
    public static Druid Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<Druid>(utf8);
}

/// <summary>What the user wants of a Druid cluster.</summary>
public sealed record DruidSpec : IDatabaseSpec
{
    /// <summary>The secret with the administrator's credential; created when absent. Its user name is admin.</summary>
    public AuthSecret? AuthSecret { get; init; }

    /// <summary>Automatic recommendations.</summary>
    public AutoOps? AutoOps { get; init; }

    /// <summary>Deprecated: moved to configuration.secretName.</summary>
    public LocalReference? ConfigSecret { get; init; }

    /// <summary>The user's configuration.</summary>
    public DruidConfiguration? Configuration { get; init; }

    /// <summary>Where segments are kept for good.</summary>
    [RequiredField]
    public DruidDeepStorage? DeepStorage { get; init; }

    /// <summary>What becomes of the data when the cluster is deleted. Delete when absent. What lies in the deep storage is never touched.</summary>
    [OneOf(DeletionPolicies.Halt, DeletionPolicies.Delete, DeletionPolicies.WipeOut, DeletionPolicies.DoNotTerminate)]
    public string? DeletionPolicy { get; init; }

    /// <summary>No authentication: neither a secret nor the extension that checks users.</summary>
    public bool DisableSecurity { get; init; }

    /// <summary>TLS on every role, in place of plain connections. Needs tls.issuerRef.</summary>
    [JsonPropertyName("enableSSL")]
    public bool EnableSsl { get; init; }

    /// <summary>Delete the workloads and keep the data; forces the deletion policy Halt.</summary>
    public bool Halted { get; init; }

    /// <summary>How health is checked.</summary>
    [SchemaDefault("""{"failureThreshold":3,"periodSeconds":30,"timeoutSeconds":10}""")]
    public HealthChecker? HealthChecker { get; init; }

    /// <summary>How a new cluster is filled.</summary>
    public InitSpec? Init { get; init; }

    /// <summary>The secret with the passwords of the key stores; created when absent.</summary>
    public AuthSecret? KeystoreCredSecret { get; init; }

    /// <summary>The database that holds what Druid knows of its segments, tasks and users.</summary>
    public DruidMetadataStorage? MetadataStorage { get; init; }

    /// <summary>Monitoring.</summary>
    public MonitorSpec? Monitor { get; init; }

    /// <summary>Overrides of services.</summary>
    [ItemOneOf("alias", ServiceAliases.Primary, ServiceAliases.Standby, ServiceAliases.Stats, "dashboard", "secondary")]
    public IReadOnlyList<ServiceTemplate> ServiceTemplates { get; init => field = value ?? []; } = [];

    /// <summary>Issuer and certificates, for enableSSL.</summary>
    public TlsSpec? Tls { get; init; }

    /// <summary>The roles.</summary>
    public DruidTopology? Topology { get; init; }

    /// <summary>Name of a DruidVersion.</summary>
    [RequiredField]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Version { get; init => field = value ?? ""; } = "";

    /// <summary>The ZooKeeper by which the servers find each other.</summary>
    [JsonPropertyName("zookeeperRef")]
    public DruidZooKeeper? ZooKeeperRef { get; init; }

    bool IDatabaseSpec.DisableAuth => DisableSecurity;

    PodTemplate? IDatabaseSpec.PodTemplate => null;

    // Of each role with a volume its own; nothing is kept where none is durable.
    string? IDatabaseSpec.StorageType =>
        Topology is { MiddleManagers.StorageType: StorageTypes.Ephemeral, Historicals.StorageType: StorageTypes.Ephemeral } ? StorageTypes.Ephemeral : StorageTypes.Durable;

    JsonFragment? IDatabaseSpec.Storage => null;

    // An issuer alone turns nothing on.
    TlsSpec? IDatabaseSpec.Tls => EnableSsl ? Tls : null;

    ICustomConfiguration? IDatabaseSpec.Configuration => Configuration;
}

/// <summary>The roles of a Druid.</summary>
public sealed record DruidTopology
{
    /// <summary>Brokers: they take queries.</summary>
    public DruidNode? Brokers { get; init; }

    /// <summary>Coordinators: they say which historical serves which segment.</summary>
    public DruidNode? Coordinators { get; init; }

    /// <summary>Historicals: they serve segments.</summary>
    public DruidDataNode? Historicals { get; init; }

    /// <summary>Middle managers: they run tasks.</summary>
    public DruidDataNode? MiddleManagers { get; init; }

    /// <summary>Overlords: they give out tasks. The coordinators do it where there are none.</summary>
    public DruidNode? Overlords { get; init; }

    /// <summary>Routers: they lead to the other roles, and serve the web console.</summary>
    public DruidNode? Routers { get; init; }

    /// <summary>What is said of a role; null for one that is not there.</summary>
    public DruidNode? Of(string role) => role switch
    {
        DruidNames.Brokers => Brokers,
        DruidNames.Coordinators => Coordinators,
        DruidNames.Historicals => Historicals,
        DruidNames.MiddleManagers => MiddleManagers,
        DruidNames.Overlords => Overlords,
        DruidNames.Routers => Routers,
        _ => null,
    };
}

/// <summary>The servers of one role.</summary>
public record DruidNode
{
    /// <summary>Overrides of pods and workloads.</summary>
    public PodTemplate? PodTemplate { get; init; }

    /// <summary>Number of servers.</summary>
    [SchemaDefault("1")]
    public int? Replicas { get; init; }

    /// <summary>Without effect: names are those of the role.</summary>
    public string? Suffix { get; init; }
}

/// <summary>The servers of a role that needs a volume.</summary>
public sealed record DruidDataNode : DruidNode
{
    /// <summary>The directory that goes with the pod, for the storage type Ephemeral.</summary>
    public EphemeralStorage? EphemeralStorage { get; init; }

    /// <summary>Claim spec of the volumes, for the storage type Durable; 1Gi when absent. A change does not resize existing volumes.</summary>
    [Shape(FragmentShape.VolumeClaimSpec)]
    public JsonFragment? Storage { get; init; }

    /// <summary>Durable or Ephemeral. Durable when absent.</summary>
    [OneOf(StorageTypes.Durable, StorageTypes.Ephemeral)]
    public string? StorageType { get; init; }
}

/// <summary>A directory that goes with its pod.</summary>
public sealed record EphemeralStorage
{
    /// <summary>Empty for the node's disk, Memory for its memory.</summary>
    public string? Medium { get; init; }

    /// <summary>Most that it may hold.</summary>
    public Quantity? SizeLimit { get; init; }
}

/// <summary>Where segments are kept for good.</summary>
public sealed record DruidDeepStorage
{
    /// <summary>Secret whose keys are names of properties, and whose values are theirs.</summary>
    public LocalReference? ConfigSecret { get; init; }

    /// <summary>Kind of storage.</summary>
    [RequiredField]
    [OneOf("s3", "google", "azure", "hdfs")]
    public string Type { get; init => field = value ?? ""; } = "";
}

/// <summary>The database that holds what Druid knows of its segments, tasks and users.</summary>
public sealed record DruidMetadataStorage
{
    /// <summary>The servers create the tables that they need. True when absent.</summary>
    public bool? CreateTables { get; init; }

    /// <summary>The name is that of an AppBinding of the user's; otherwise the operator makes the database.</summary>
    public bool ExternallyManaged { get; init; }

    /// <summary>Name of the database in the server. druid when absent.</summary>
    [JsonPropertyName("linkedDB")]
    public string? LinkedDb { get; init; }

    /// <summary>Name of the AppBinding, or of the database that the operator makes, which has one by the Druid's when absent.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Its namespace; that of the Druid when absent.</summary>
    public string? Namespace { get; init; }

    /// <summary>Kind of database.</summary>
    [OneOf(MetadataStorageTypes.MySql, MetadataStorageTypes.PostgreSql)]
    public string? Type { get; init; }

    /// <summary>Catalog version of the database that the operator makes.</summary>
    public string? Version { get; init; }
}

/// <summary>Values of <c>spec.metadataStorage.type</c>.</summary>
public static class MetadataStorageTypes
{
    /// <summary>MySQL.</summary>
    public const string MySql = "MySQL";

    /// <summary>PostgreSQL.</summary>
    public const string PostgreSql = "PostgreSQL";
}

/// <summary>The ZooKeeper by which the servers of a Druid find each other.</summary>
public sealed record DruidZooKeeper
{
    /// <summary>The name is that of an AppBinding of the user's; otherwise the operator makes the ensemble.</summary>
    public bool ExternallyManaged { get; init; }

    /// <summary>Name of the AppBinding, or of the ensemble that the operator makes, which has one by the Druid's when absent.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Its namespace; that of the Druid when absent.</summary>
    public string? Namespace { get; init; }

    /// <summary>Node below which the servers keep theirs. /druid when absent.</summary>
    public string? PathsBase { get; init; }

    /// <summary>Catalog version of the ensemble that the operator makes.</summary>
    public string? Version { get; init; }
}

/// <summary>The user's configuration of a Druid.</summary>
public sealed record DruidConfiguration : ICustomConfiguration
{
    /// <summary>Files by name, such as historicals.properties, that override the secret's.</summary>
    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string>? Inline { get; init; }

    /// <summary>Secret with files, such as historicals.properties.</summary>
    public string? SecretName { get; init; }
}
