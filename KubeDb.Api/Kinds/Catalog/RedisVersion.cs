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
public sealed record RedisVersion : IKubernetesObject<RedisVersion>, ICatalogVersion
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("catalog.kubedb.com", "v1alpha1", "redisversions", "RedisVersion", Namespaced: false);

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>The version.</summary>
    public RedisVersionSpec Spec { get; init => field = value ?? new(); } = new();

    ResourceType ICatalogVersion.Type => Resource;

    string ICatalogVersion.Version => Spec.Version;

    string ICatalogVersion.Distribution => RedisDistributions.Normal(Spec.Distribution);

    string ICatalogVersion.DatabaseImage => Spec.Db?.Image ?? "";

    string ICatalogVersion.ExporterImage => Spec.Exporter?.Image ?? "";

    bool ICatalogVersion.Deprecated => Spec.Deprecated;

    // An image may start as root, which no container of ours may; so who runs it is known even where the catalog does not say.
    long? ICatalogVersion.RunAsUser => Spec.SecurityContext?.RunAsUser ?? RedisDistributions.User(Spec.Distribution);

    UpdateConstraints? ICatalogVersion.UpdateConstraints => Spec.UpdateConstraints;

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
public sealed record RedisVersionSpec
{
    /// <summary>Image of the coordinator.</summary>
    [RequiredField]
    public CatalogImage? Coordinator { get; init; }

    /// <summary>Image of the server.</summary>
    [RequiredField]
    public CatalogImage? Db { get; init; }

    /// <summary>New databases should take another version.</summary>
    public bool Deprecated { get; init; }

    /// <summary>Official (Redis) or Valkey; catalogs write it in either letter case.</summary>
    [OneOf(RedisDistributions.Official, RedisDistributions.Valkey, "official", "valkey")]
    public string? Distribution { get; init; }

    /// <summary>The makers no longer maintain it.</summary>
    public bool EndOfLife { get; init; }

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

    /// <summary>Security context of the containers.</summary>
    public CatalogSecurityContext? SecurityContext { get; init; }

    /// <summary>Legacy backup add-on.</summary>
    public StashSpec? Stash { get; init; }

    /// <summary>User interface charts.</summary>
    public IReadOnlyList<CatalogUserInterface> Ui { get; init => field = value ?? []; } = [];

    /// <summary>Which versions a database may move to.</summary>
    public UpdateConstraints? UpdateConstraints { get; init; }

    /// <summary>Version of the server, such as 8.2.2.</summary>
    [RequiredField]
    public string Version { get; init => field = value ?? ""; } = "";
}
