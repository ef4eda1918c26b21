using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Catalog;

/// <summary>What versions of the catalog have in common, whichever kind of database runs them.</summary>
/// <typeparam name="TSpec">What the kind says of a version.</typeparam>
public abstract record CatalogVersion<TSpec> : ICatalogVersion
    where TSpec : CatalogVersionSpec, new()
{
    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>The version.</summary>
    public TSpec Spec { get; init => field = value ?? new(); } = new();

    ResourceType ICatalogVersion.Type => Kind;

    string ICatalogVersion.Version => Spec.Version;

    string ICatalogVersion.Distribution => Distribution;

    string ICatalogVersion.DatabaseImage => Spec.Db?.Image ?? "";

    string ICatalogVersion.ExporterImage => ExporterImage;

    bool ICatalogVersion.Deprecated => Spec.Deprecated;

    // An image may start as root, which no container of ours may; so who runs it is known even where the catalog does not say.
    long? ICatalogVersion.RunAsUser => Spec.SecurityContext?.RunAsUser ?? ImageUser;

    UpdateConstraints? ICatalogVersion.UpdateConstraints => Spec.UpdateConstraints;

    /// <summary>The kind.</summary>
    private protected abstract ResourceType Kind { get; }

    /// <summary>The user that the official images are made for.</summary>
    private protected abstract long ImageUser { get; }

    /// <summary>Who makes the server; empty where there is one maker.</summary>
    private protected virtual string Distribution => "";

    /// <summary>Image of the exporter; empty where the servers serve their metrics themselves.</summary>
    private protected virtual string ExporterImage => "";
}

/// <summary>What every kind says of a version.</summary>
public abstract record CatalogVersionSpec
{
    /// <summary>Image of the server.</summary>
    [RequiredField]
    public CatalogImage? Db { get; init; }

    /// <summary>New databases should take another version.</summary>
    public bool Deprecated { get; init; }

    /// <summary>The makers no longer maintain it.</summary>
    public bool EndOfLife { get; init; }

    /// <summary>Security context of the containers.</summary>
    public CatalogSecurityContext? SecurityContext { get; init; }

    /// <summary>Which versions a database may move to.</summary>
    public UpdateConstraints? UpdateConstraints { get; init; }

    /// <summary>Version of the server.</summary>
    [RequiredField]
    public string Version { get; init => field = value ?? ""; } = "";
}
