namespace KubeDb.Api.Kubernetes.Models;

/// <summary>A CustomResourceDefinition as observed: its versions, and how objects are converted between them. Schemas are passed over.</summary>
public sealed record CustomResourceDefinition : IKubernetesObject<CustomResourceDefinition>
{
    /// <inheritdoc/>
    public static ResourceType Resource => ResourceTypes.CustomResourceDefinition;

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What it defines.</summary>
    public CustomResourceDefinitionSpec Spec { get; init => field = value ?? new(); } = new();

    /// <inheritdoc/>
    public static CustomResourceDefinition Decode(ReadOnlySpan<byte> utf8) => ModelJson.Read(utf8, ModelJson.Default.CustomResourceDefinition);
}

/// <summary>What a CustomResourceDefinition defines.</summary>
public sealed record CustomResourceDefinitionSpec
{
    /// <summary>How objects are converted; null for not at all.</summary>
    public CustomResourceConversion? Conversion { get; init; }

    /// <summary>The versions.</summary>
    public IReadOnlyList<CustomResourceVersion> Versions { get; init => field = value ?? []; } = [];
}

/// <summary>A version of a CustomResourceDefinition.</summary>
public sealed record CustomResourceVersion
{
    /// <summary>Such as <c>v1</c>.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Whether it can be asked for.</summary>
    public bool Served { get; init; }

    /// <summary>Whether objects are stored in it.</summary>
    public bool Storage { get; init; }
}

/// <summary>How objects are converted between versions.</summary>
public sealed record CustomResourceConversion
{
    /// <summary><c>None</c>: only apiVersion changes. <c>Webhook</c>: somebody is asked.</summary>
    public string Strategy { get; init => field = value ?? ""; } = "";

    /// <summary>Who is asked; null for nobody.</summary>
    public CustomResourceWebhook? Webhook { get; init; }
}

/// <summary>Who converts objects.</summary>
public sealed record CustomResourceWebhook
{
    /// <summary>Where it is.</summary>
    public WebhookClientConfig? ClientConfig { get; init; }

    /// <summary>The versions of reviews that it understands.</summary>
    public IReadOnlyList<string> ConversionReviewVersions { get; init => field = value ?? []; } = [];
}

/// <summary>Where a webhook is.</summary>
public sealed record WebhookClientConfig
{
    /// <summary>The authorities that its certificate may be of, PEM in base64.</summary>
    public string? CaBundle { get; init; }

    /// <summary>Its service; null where it has a URL.</summary>
    public WebhookService? Service { get; init; }

    /// <summary>Its URL; null where it has a service.</summary>
    public string? Url { get; init; }
}

/// <summary>The service of a webhook.</summary>
public sealed record WebhookService
{
    /// <summary>Namespace.</summary>
    public string Namespace { get; init => field = value ?? ""; } = "";

    /// <summary>Name.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Path; null for the root.</summary>
    public string? Path { get; init; }

    /// <summary>Port; 443 when absent.</summary>
    public int? Port { get; init; }
}
