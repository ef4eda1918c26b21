namespace KubeDb.Api.Kubernetes.Models;

/// <summary>A Lease as observed.</summary>
public sealed record Lease : IKubernetesObject<Lease>
{
    /// <inheritdoc/>
    public static ResourceType Resource => ResourceTypes.Lease;

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>Who holds it, and since when.</summary>
    public LeaseSpec Spec { get; init => field = value ?? new(); } = new();

    /// <inheritdoc/>
    public static Lease Decode(ReadOnlySpan<byte> utf8) => ModelJson.Read(utf8, ModelJson.Default.Lease);
}

/// <summary>Who holds a lease.</summary>
public sealed record LeaseSpec
{
    /// <summary>The holder; empty when released.</summary>
    public string HolderIdentity { get; init => field = value ?? ""; } = "";

    /// <summary>Seconds after its last renewal when others may take it.</summary>
    public int LeaseDurationSeconds { get; init; }

    /// <summary>When the holder took it (holder's clock).</summary>
    public DateTimeOffset? AcquireTime { get; init; }

    /// <summary>When the holder renewed it (holder's clock).</summary>
    public DateTimeOffset? RenewTime { get; init; }

    /// <summary>How often it changed hands.</summary>
    public int LeaseTransitions { get; init; }
}

/// <summary>A Node as observed: a machine.</summary>
public sealed record Node : IKubernetesObject<Node>
{
    /// <inheritdoc/>
    public static ResourceType Resource => ResourceTypes.Node;

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <inheritdoc/>
    public static Node Decode(ReadOnlySpan<byte> utf8) => ModelJson.Read(utf8, ModelJson.Default.Node);
}

/// <summary>A Namespace as observed.</summary>
public sealed record Namespace : IKubernetesObject<Namespace>
{
    /// <inheritdoc/>
    public static ResourceType Resource => ResourceTypes.Namespace;

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What it is.</summary>
    public NamespaceStatus Status { get; init => field = value ?? new(); } = new();

    /// <inheritdoc/>
    public static Namespace Decode(ReadOnlySpan<byte> utf8) => ModelJson.Read(utf8, ModelJson.Default.Namespace);
}

/// <summary>What a Namespace is.</summary>
public sealed record NamespaceStatus
{
    /// <summary><c>Active</c> or <c>Terminating</c>.</summary>
    [System.Text.Json.Serialization.JsonConverter(typeof(PooledStringConverter))]
    public string Phase { get; init => field = value ?? ""; } = "";
}
