using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.AppCatalog;

/// <summary>How clients reach an application.</summary>
[CustomResource("appbinding", Categories = "catalog,appscode,all", HasStatus = false)]
[PrinterColumn("Type", "string", ".spec.type")]
[PrinterColumn("Version", "string", ".spec.version")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record AppBinding : IKubernetesObject<AppBinding>
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("appcatalog.appscode.com", "v1alpha1", "appbindings", "AppBinding");

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>The application.</summary>
    public AppBindingSpec Spec { get; init => field = value ?? new(); } = new();

    /// <inheritdoc/>
    public static AppBinding Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<AppBinding>(utf8);
}

/// <summary>An application and how clients reach it.</summary>
public sealed record AppBindingSpec
{
    /// <summary>The object that stands for the application.</summary>
    public ObjectReference? AppRef { get; init; }

    /// <summary>Where the application listens.</summary>
    [RequiredField]
    public AppClientConfig? ClientConfig { get; init; }

    /// <summary>Settings for clients.</summary>
    [Shape(FragmentShape.AnyObject)]
    public JsonFragment? Parameters { get; init; }

    /// <summary>Secret with the credential.</summary>
    public AppSecretReference? Secret { get; init; }

    /// <summary>Changes to make to the secret before clients use it.</summary>
    public IReadOnlyList<SecretTransform> SecretTransforms { get; init => field = value ?? []; } = [];

    /// <summary>Secret with the client certificate.</summary>
    public AppSecretReference? TlsSecret { get; init; }

    /// <summary>Kind of application, as group and engine with a slash between.</summary>
    public string? Type { get; init; }

    /// <summary>Version of the application.</summary>
    public string? Version { get; init; }
}

/// <summary>Names a secret in the namespace of the binding.</summary>
public sealed record AppSecretReference
{
    /// <summary>API group of the secret; empty for a core Secret.</summary>
    public string? ApiGroup { get; init; }

    /// <summary>Kind of the secret; Secret when absent.</summary>
    public string? Kind { get; init; }

    /// <summary>Name of the secret.</summary>
    [SchemaDefault("\"\"")]
    public string Name { get; init => field = value ?? ""; } = "";
}

/// <summary>Where an application listens: a URL, or a service.</summary>
public sealed record AppClientConfig
{
    /// <summary>CA certificates that the server's is checked against, PEM in base64.</summary>
    [JsonPropertyName("caBundle")]
    public byte[]? CaBundle { get; init; }

    /// <summary>Do not check the server's certificate.</summary>
    [JsonPropertyName("insecureSkipTLSVerify")]
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>Name that the server's certificate has to have.</summary>
    public string? ServerName { get; init; }

    /// <summary>The service.</summary>
    public AppService? Service { get; init; }

    /// <summary>The URL.</summary>
    public string? Url { get; init; }
}

/// <summary>A service of an application.</summary>
public sealed record AppService
{
    /// <summary>Name of the service.</summary>
    [RequiredField]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Namespace of the service.</summary>
    public string? Namespace { get; init; }

    /// <summary>Path of the URL.</summary>
    public string? Path { get; init; }

    /// <summary>Port of the service.</summary>
    [RequiredField]
    public int Port { get; init; }

    /// <summary>Query of the URL.</summary>
    public string? Query { get; init; }

    /// <summary>Scheme of the URL.</summary>
    [RequiredField]
    public string Scheme { get; init => field = value ?? ""; } = "";
}

/// <summary>One change of a secret; exactly one of the fields is given.</summary>
public sealed record SecretTransform
{
    /// <summary>Add a key.</summary>
    public SecretKeyAddition? AddKey { get; init; }

    /// <summary>Add the keys of another secret.</summary>
    public SecretKeysAddition? AddKeysFrom { get; init; }

    /// <summary>Remove a key.</summary>
    public SecretKeyRemoval? RemoveKey { get; init; }

    /// <summary>Rename a key.</summary>
    public SecretKeyRename? RenameKey { get; init; }
}

/// <summary>A key to add to a secret.</summary>
public sealed record SecretKeyAddition
{
    /// <summary>The key.</summary>
    [RequiredField]
    public string Key { get; init => field = value ?? ""; } = "";

    /// <summary>Its value as text.</summary>
    public string? StringValue { get; init; }

    /// <summary>Its value in base64.</summary>
    public byte[]? Value { get; init; }
}

/// <summary>A secret whose keys are added.</summary>
public sealed record SecretKeysAddition
{
    /// <summary>The secret.</summary>
    public RequiredReference? SecretRef { get; init; }
}

/// <summary>A key to remove from a secret.</summary>
public sealed record SecretKeyRemoval
{
    /// <summary>The key.</summary>
    [RequiredField]
    public string Key { get; init => field = value ?? ""; } = "";
}

/// <summary>A key of a secret to rename.</summary>
public sealed record SecretKeyRename
{
    /// <summary>The old key.</summary>
    [RequiredField]
    public string From { get; init => field = value ?? ""; } = "";

    /// <summary>The new key.</summary>
    [RequiredField]
    public string To { get; init => field = value ?? ""; } = "";
}
