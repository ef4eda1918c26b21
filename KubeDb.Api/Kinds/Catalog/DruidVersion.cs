using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Catalog;

/// <summary>A version of Druid that clusters can run.</summary>
[CustomResource("druidversion", ShortNames = "drversion", Categories = "catalog,kubedb,appscode", HasStatus = false)]
[PrinterColumn("Version", "string", ".spec.version")]
[PrinterColumn("DB_IMAGE", "string", ".spec.db.image")]
[PrinterColumn("Deprecated", "boolean", ".spec.deprecated")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record DruidVersion : CatalogVersion<DruidVersionSpec>, IKubernetesObject<DruidVersion>
{
    /// <summary>The user that the official images are made for.</summary>
    public const long OfficialUser = 1000;

    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("catalog.kubedb.com", "v1alpha1", "druidversions", "DruidVersion", Namespaced: false);

    private protected override ResourceType Kind => Resource;

    private protected override long ImageUser => OfficialUser;

    /// <inheritdoc/>
    public static DruidVersion Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<DruidVersion>(utf8);
}

/// <summary>A version of Druid.</summary>
public sealed record DruidVersionSpec : CatalogVersionSpec
{
    /// <summary>Image of the init container.</summary>
    [RequiredField]
    public CatalogImage? InitContainer { get; init; }

    /// <summary>Image of PostgreSQL, for the metadata storage of clusters that have none of their own where neither MySQL nor Postgres is installed.</summary>
    public CatalogImage? MetadataStorage { get; init; }

    /// <summary>User interfaces; installed by another operator.</summary>
    public IReadOnlyList<CatalogUserInterface> Ui { get; init => field = value ?? []; } = [];
}
