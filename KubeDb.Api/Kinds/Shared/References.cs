using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>Names an object in the namespace of the one that holds the reference.</summary>
public sealed record LocalReference
{
    /// <summary>Name of the object.</summary>
    [SchemaDefault("\"\"")]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Name { get; init => field = value ?? ""; } = "";
}

/// <summary>Names an object, by default in the namespace of the one that holds the reference.</summary>
public sealed record NamespacedReference
{
    /// <summary>Name of the object.</summary>
    public string? Name { get; init; }

    /// <summary>Namespace of the object.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Names an object for certain, by default in the namespace of the one that holds the reference.</summary>
public sealed record RequiredReference
{
    /// <summary>Name of the object.</summary>
    [RequiredField]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Namespace of the object.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Names an object of any kind.</summary>
public sealed record ObjectReference
{
    /// <summary>API group of the object; empty for the core group.</summary>
    public string? ApiGroup { get; init; }

    /// <summary>Kind of the object.</summary>
    public string? Kind { get; init; }

    /// <summary>Name of the object.</summary>
    [RequiredField]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Namespace of the object.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Names a secret, real or virtual, in the namespace of the one that holds the reference.</summary>
public sealed record TypedSecretReference
{
    /// <summary>API group of the secret; empty for a core Secret.</summary>
    [SchemaDefault("\"\"")]
    public string? ApiGroup { get; init; }

    /// <summary>Kind of the secret.</summary>
    [RequiredField]
    [SchemaDefault("\"Secret\"")]
    public string Kind { get; init => field = value ?? ""; } = "Secret";

    /// <summary>Name of the secret.</summary>
    [RequiredField]
    public string Name { get; init => field = value ?? ""; } = "";
}

/// <summary>Names the issuer of certificates.</summary>
public sealed record IssuerReference
{
    /// <summary>API group of the issuer; cert-manager.io when absent.</summary>
    public string? ApiGroup { get; init; }

    /// <summary>Issuer or ClusterIssuer.</summary>
    [RequiredField]
    public string Kind { get; init => field = value ?? ""; } = "";

    /// <summary>Name of the issuer.</summary>
    [RequiredField]
    public string Name { get; init => field = value ?? ""; } = "";
}

/// <summary>Labels and annotations added to an object.</summary>
public sealed record MetadataTemplate
{
    /// <summary>Annotations to add.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Labels to add.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
