using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Catalog;

/// <summary>A version of ZooKeeper that ensembles can run.</summary>
[CustomResource("zookeeperversion", ShortNames = "zkversion", Categories = "catalog,kubedb,appscode", HasStatus = false)]
[PrinterColumn("Version", "string", ".spec.version")]
[PrinterColumn("DB_IMAGE", "string", ".spec.db.image")]
[PrinterColumn("Deprecated", "boolean", ".spec.deprecated")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record ZooKeeperVersion : CatalogVersion<ZooKeeperVersionSpec>, IKubernetesObject<ZooKeeperVersion>
{
    /// <summary>The user that the official images are made for.</summary>
    public const long OfficialUser = 1000;

    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("catalog.kubedb.com", "v1alpha1", "zookeeperversions", "ZooKeeperVersion", Namespaced: false);

    private protected override ResourceType Kind => Resource;

    private protected override long ImageUser => OfficialUser;

    /// <inheritdoc/>
    public static ZooKeeperVersion Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<ZooKeeperVersion>(utf8);
}

/// <summary>A version of ZooKeeper.</summary>
public sealed record ZooKeeperVersionSpec : CatalogVersionSpec
{
    /// <summary>Image of the init container.</summary>
    [RequiredField]
    public CatalogImage? InitContainer { get; init; }

    /// <summary>Pod security policies, for clusters that still have them.</summary>
    public PodSecurityPolicies? PodSecurityPolicies { get; init; }
}
