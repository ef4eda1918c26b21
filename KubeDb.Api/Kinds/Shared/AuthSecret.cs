using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>The secret with a database's user name and password.</summary>
public sealed record AuthSecret
{
    /// <summary>API group of a virtual secret.</summary>
    public const string VirtualSecretsGroup = "virtual-secrets.dev";

    /// <summary>Since when the current credential is valid; written by the operator.</summary>
    public DateTimeOffset? ActiveFrom { get; init; }

    /// <summary>API group of the secret: empty for a core Secret, virtual-secrets.dev for a virtual one.</summary>
    [SchemaDefault("\"\"")]
    public string? ApiGroup { get; init; }

    /// <summary>The operator neither creates nor changes the secret; it has to have the keys username and password.</summary>
    public bool ExternallyManaged { get; init; }

    /// <summary>Kind of the secret.</summary>
    [RequiredField]
    [SchemaDefault("\"Secret\"")]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Kind { get; init => field = value ?? ""; } = "Secret";

    /// <summary>Name of the secret; empty until the operator fills it in.</summary>
    [RequiredField]
    [JsonConverter(typeof(PooledStringConverter))]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Age after which a rotation is recommended, such as 720h.</summary>
    public string? RotateAfter { get; init; }

    /// <summary>Store of a virtual secret.</summary>
    public string? SecretStoreName { get; init; }
}
