using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Catalog;

/// <summary>A version of Redis or Valkey that databases can run.</summary>
[CustomResource("redisversion", ShortNames = "rdversion", Categories = "catalog,kubedb,appscode", HasStatus = false)]
[PrinterColumn("Version", "string", ".spec.version")]
[PrinterColumn("DB_IMAGE", "string", ".spec.db.image")]
[PrinterColumn("Deprecated", "boolean", ".spec.deprecated")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record RedisVersion : CatalogVersion<RedisVersionSpec>, IKubernetesObject<RedisVersion>
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("catalog.kubedb.com", "v1alpha1", "redisversions", "RedisVersion", Namespaced: false);

    private protected override ResourceType Kind => Resource;

    private protected override long ImageUser => RedisDistributions.User(Spec.Distribution);

    private protected override string Distribution => RedisDistributions.Normal(Spec.Distribution);

    private protected override string ExporterImage => Spec.Exporter?.Image ?? "";

    /// <inheritdoc/>
    public static RedisVersion Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<RedisVersion>(utf8);
}

/// <summary>Who makes a server.</summary>
public static class RedisDistributions
{
    /// <summary>Redis.</summary>
    public const string Official = "Official";

    /// <summary>Valkey.</summary>
    public const string Valkey = "Valkey";

    /// <summary>The name as this class has it, whatever the letter case; Redis when there is none; any other text as it is.</summary>
    public static string Normal(string? distribution) =>
        string.IsNullOrEmpty(distribution) || distribution.Equals(Official, StringComparison.OrdinalIgnoreCase) ? Official
        : distribution.Equals(Valkey, StringComparison.OrdinalIgnoreCase) ? Valkey
        : distribution;

    /// <summary>The user that the official images of a distribution are made for.</summary>
    public static long User(string? distribution) => Normal(distribution) == Valkey ? 1000 : 999;
}

/// <summary>A version of Redis or Valkey.</summary>
public sealed record RedisVersionSpec : CatalogVersionSpec
{
    /// <summary>Image of the coordinator.</summary>
    [RequiredField]
    public CatalogImage? Coordinator { get; init; }

    /// <summary>Official (Redis) or Valkey; catalogs write it in either letter case.</summary>
    [OneOf(RedisDistributions.Official, RedisDistributions.Valkey, "official", "valkey")]
    public string? Distribution { get; init; }

    /// <summary>Image of the metrics exporter.</summary>
    [RequiredField]
    public CatalogImage? Exporter { get; init; }

    /// <summary>Image of git-sync.</summary>
    public CatalogImage? GitSyncer { get; init; }

    /// <summary>Image of the init container.</summary>
    public CatalogImage? InitContainer { get; init; }

    /// <summary>Pod security policies, for clusters that still have them.</summary>
    [RequiredField]
    public PodSecurityPolicies? PodSecurityPolicies { get; init; }

    /// <summary>Legacy backup add-on.</summary>
    public StashSpec? Stash { get; init; }

    /// <summary>User interface charts.</summary>
    public IReadOnlyList<CatalogUserInterface> Ui { get; init => field = value ?? []; } = [];
}
