using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>What an informer keeps and how it keeps up.</summary>
public sealed record InformerOptions<T>
    where T : class, IKubernetesObject
{
    /// <summary>The kind.</summary>
    public required ResourceType Type { get; init; }

    /// <summary>Decodes an object, leaving out what the product does not read: what it returns stays in memory.</summary>
    public required ObjectDecoder<T> Decode { get; init; }

    /// <summary>The namespaces to watch; empty for all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Only the metadata is asked for, where nothing else is read: the server sends less.</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>Only objects with these labels; null for all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Only objects with these field values; null for all.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>The label that <see cref="ICache{T}.WithLabel"/> answers from an index; null for none.</summary>
    public string? IndexLabel { get; init; } = "app.kubernetes.io/instance";

    /// <summary>Whether <see cref="ICache{T}.ControlledBy"/> answers from an index; without one it looks through everything.</summary>
    public bool IndexOwners { get; init; }

    /// <summary>True when the server may lack the API: then it counts as synced and empty, and is looked for again from time to time.</summary>
    public bool Optional { get; init; }

    /// <summary>Objects a page of a list. A page is held as bytes while it is decoded, and all informers start together.</summary>
    public int PageSize { get; init; } = 250;

    /// <summary>The server ends a watch after this long, and up to half of it more at random.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A watch with neither event nor bookmark (the server sends one a minute) for this long counts as dead.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Wait after the first failure; doubles up to <see cref="BackoffCap"/>, up to half of it more at random.</summary>
    public TimeSpan BackoffStart { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait between attempts, before the random part.</summary>
    public TimeSpan BackoffCap { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an absent optional API is looked for, before the random part.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMinutes(1);
}
