using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using PooledStringConverter = KubeDb.Api.Kubernetes.Models.PooledStringConverter;
using StringMapConverter = KubeDb.Api.Kubernetes.Models.StringMapConverter;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>A Kafka cluster, whose metadata its own controllers keep (KRaft).</summary>
[CustomResource("kafka", ShortNames = "kf", Categories = "datastore,kubedb,appscode,all", AlsoServed = "v1alpha2")]
[PrinterColumn("Version", "string", ".spec.version")]
[PrinterColumn("Status", "string", ".status.phase")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Message", "string", """.status.conditions[?(@.status=="False")].message""", Priority = 1)]
public sealed record Kafka : IKubernetesObject<Kafka>, IDatabase
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("kubedb.com", "v1", "kafkas", "Kafka");

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What the user wants.</summary>
    public KafkaSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was observed.</summary>
    public DatabaseStatus Status { get; init => field = value ?? DatabaseStatus.None; } = DatabaseStatus.None;

    ResourceType IDatabase.Type => Resource;

    IDatabaseSpec IDatabase.Spec => Spec;

    /// <inheritdoc/>
    public static Kafka Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<Kafka>(utf8);
}

/// <summary>What the user wants of a Kafka cluster.</summary>
public sealed record KafkaSpec : IDatabaseSpec
{
    /// <summary>The secret with the superuser's credential; created when absent.</summary>
    public AuthSecret? AuthSecret { get; init; }

    /// <summary>Automatic recommendations.</summary>
    public AutoOps? AutoOps { get; init; }

    /// <summary>Where brokers stand, for replicas that are to be spread.</summary>
    public KafkaBrokerRack? BrokerRack { get; init; }

    /// <summary>Deprecated: moved to configuration.secretName.</summary>
    public LocalReference? ConfigSecret { get; init; }

    /// <summary>The user's configuration.</summary>
    public KafkaConfiguration? Configuration { get; init; }

    /// <summary>Cruise Control beside the brokers.</summary>
    public KafkaCruiseControl? CruiseControl { get; init; }

    /// <summary>What becomes of the data when the cluster is deleted. Delete when absent.</summary>
    [OneOf(DeletionPolicies.Halt, DeletionPolicies.Delete, DeletionPolicies.WipeOut, DeletionPolicies.DoNotTerminate)]
    public string? DeletionPolicy { get; init; }

    /// <summary>No authentication and no authorization: neither a secret nor a superuser.</summary>
    public bool DisableSecurity { get; init; }

    /// <summary>TLS on every connection. Needs tls, and tls needs it.</summary>
    [JsonPropertyName("enableSSL")]
    public bool EnableSsl { get; init; }

    /// <summary>Delete the workloads and keep the data; forces the deletion policy Halt.</summary>
    public bool Halted { get; init; }

    /// <summary>How health is checked.</summary>
    [SchemaDefault("""{"failureThreshold":3,"periodSeconds":10,"timeoutSeconds":10}""")]
    public HealthChecker? HealthChecker { get; init; }

    /// <summary>The secret with the passwords of the key stores; created when absent.</summary>
    public AuthSecret? KeystoreCredSecret { get; init; }

    /// <summary>Monitoring.</summary>
    public MonitorSpec? Monitor { get; init; }

    /// <summary>Overrides of pods and workloads, without topology.</summary>
    public PodTemplate? PodTemplate { get; init; }

    /// <summary>Number of nodes, each broker and controller, without topology. 1 when absent.</summary>
    public int? Replicas { get; init; }

    /// <summary>Overrides of services.</summary>
    [ItemOneOf("alias", ServiceAliases.Primary, ServiceAliases.Standby, ServiceAliases.Stats, "dashboard", "secondary")]
    public IReadOnlyList<ServiceTemplate> ServiceTemplates { get; init => field = value ?? []; } = [];

    /// <summary>Claim spec of the data volumes, without topology; required for durable storage. A change does not resize existing volumes.</summary>
    [Shape(FragmentShape.VolumeClaimSpec)]
    public JsonFragment? Storage { get; init; }

    /// <summary>Durable (a claim a pod) or Ephemeral. Durable when absent; never changes.</summary>
    [OneOf(StorageTypes.Durable, StorageTypes.Ephemeral)]
    [Immutable("spec.storageType never changes, for the data would be lost; create another database for other storage", Default = StorageTypes.Durable)]
    public string? StorageType { get; init; }

    /// <summary>Where segments are moved that brokers need not keep.</summary>
    public KafkaTieredStorage? TieredStorage { get; init; }

    /// <summary>Issuer and certificates, for enableSSL.</summary>
    public TlsSpec? Tls { get; init; }

    /// <summary>Controllers and brokers as nodes of their own. Each node is both when absent.</summary>
    public KafkaTopology? Topology { get; init; }

    /// <summary>Name of a KafkaVersion.</summary>
    [RequiredField]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Version { get; init => field = value ?? ""; } = "";

    bool IDatabaseSpec.DisableAuth => DisableSecurity;

    // An issuer alone turns nothing on.
    TlsSpec? IDatabaseSpec.Tls => EnableSsl ? Tls : null;

    InitSpec? IDatabaseSpec.Init => null;

    ICustomConfiguration? IDatabaseSpec.Configuration => Configuration;
}

/// <summary>Controllers and brokers as nodes of their own.</summary>
public sealed record KafkaTopology
{
    /// <summary>The nodes that keep records.</summary>
    public KafkaNode? Broker { get; init; }

    /// <summary>The nodes that keep the metadata.</summary>
    public KafkaNode? Controller { get; init; }
}

/// <summary>Nodes of one role.</summary>
public sealed record KafkaNode
{
    /// <summary>Labels of the machines; podTemplate.spec.nodeSelector goes before it.</summary>
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Overrides of pods and workload.</summary>
    public PodTemplate? PodTemplate { get; init; }

    /// <summary>Number of nodes. 1 when absent.</summary>
    public int? Replicas { get; init; }

    /// <summary>Resources of the container kafka; those of podTemplate go before it.</summary>
    [Shape(FragmentShape.Resources)]
    public JsonFragment? Resources { get; init; }

    /// <summary>Claim spec of the data volumes; required for durable storage. A change does not resize existing volumes.</summary>
    [Shape(FragmentShape.VolumeClaimSpec)]
    public JsonFragment? Storage { get; init; }

    /// <summary>End of the names of workload and pods. The role when absent; never changes.</summary>
    public string? Suffix { get; init; }

    /// <summary>Taints that are tolerated; podTemplate.spec.tolerations goes before it.</summary>
    public IReadOnlyList<KafkaToleration>? Tolerations { get; init; }
}

/// <summary>A taint of machines that is tolerated.</summary>
public sealed record KafkaToleration
{
    /// <summary>Effect of the taint; every one when absent.</summary>
    public string? Effect { get; init; }

    /// <summary>Key of the taint; every one when absent.</summary>
    public string? Key { get; init; }

    /// <summary>Exists or Equal.</summary>
    public string? Operator { get; init; }

    /// <summary>How long it is tolerated; for ever when absent.</summary>
    public long? TolerationSeconds { get; init; }

    /// <summary>Value of the taint, for Equal.</summary>
    public string? Value { get; init; }
}

/// <summary>Where brokers stand.</summary>
public sealed record KafkaBrokerRack
{
    /// <summary>Label of the machines whose value is the rack of the brokers on them.</summary>
    public string? TopologyKey { get; init; }
}

/// <summary>The user's configuration of a Kafka.</summary>
public sealed record KafkaConfiguration : ICustomConfiguration
{
    /// <summary>Text under server.properties, or with topology broker.properties and controller.properties, that overrides the secret's.</summary>
    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string>? Inline { get; init; }

    /// <summary>Secret with the key server.properties, or with topology broker.properties and controller.properties.</summary>
    public string? SecretName { get; init; }
}
