using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Catalog;

/// <summary>A version of Kafka that clusters can run.</summary>
[CustomResource("kafkaversion", ShortNames = "kfversion", Categories = "catalog,kubedb,appscode", HasStatus = false)]
[PrinterColumn("Version", "string", ".spec.version")]
[PrinterColumn("DB_IMAGE", "string", ".spec.db.image")]
[PrinterColumn("Deprecated", "boolean", ".spec.deprecated")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record KafkaVersion : CatalogVersion<KafkaVersionSpec>, IKubernetesObject<KafkaVersion>
{
    /// <summary>The user that the official images are made for.</summary>
    public const long OfficialUser = 1000;

    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("catalog.kubedb.com", "v1alpha1", "kafkaversions", "KafkaVersion", Namespaced: false);

    private protected override ResourceType Kind => Resource;

    private protected override long ImageUser => OfficialUser;

    /// <inheritdoc/>
    public static KafkaVersion Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<KafkaVersion>(utf8);
}

/// <summary>A version of Kafka.</summary>
public sealed record KafkaVersionSpec : CatalogVersionSpec
{
    /// <summary>Image of the workers of Kafka Connect.</summary>
    [RequiredField]
    public CatalogImage? ConnectCluster { get; init; }

    /// <summary>Image of Cruise Control.</summary>
    [RequiredField]
    public CatalogImage? CruiseControl { get; init; }

    /// <summary>Image that brings the agent for metrics, where that of the server has none.</summary>
    public CatalogImage? InitContainer { get; init; }

    /// <summary>Pod security policies, for clusters that still have them.</summary>
    public PodSecurityPolicies? PodSecurityPolicies { get; init; }

    /// <summary>User interfaces.</summary>
    public IReadOnlyList<CatalogUserInterface> Ui { get; init => field = value ?? []; } = [];
}
