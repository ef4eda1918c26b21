using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>An event of Kubernetes as observed: what a controller or a node told about an object.</summary>
public sealed record KubernetesEvent : IKubernetesObject<KubernetesEvent>
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("", "v1", "events", "Event");

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>Stable id of what happened, such as <c>FailedCreate</c>.</summary>
    public string Reason { get; init => field = value ?? ""; } = "";

    /// <summary>The sentence for people.</summary>
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>When it happened first, where the writer counts repetitions.</summary>
    public DateTimeOffset? FirstTimestamp { get; init; }

    /// <summary>When it happened last, where the writer counts repetitions.</summary>
    public DateTimeOffset? LastTimestamp { get; init; }

    /// <summary>When it happened, in the newer form of events.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Repetitions in the newer form of events.</summary>
    public EventSeries Series { get; init => field = value ?? new(); } = new();

    /// <summary>When it was seen last, by the writer's clock.</summary>
    [JsonIgnore]
    public DateTimeOffset At =>
        Series.LastObservedTime ?? LastTimestamp ?? EventTime ?? FirstTimestamp ?? Metadata.CreationTimestamp ?? DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public static KubernetesEvent Decode(ReadOnlySpan<byte> utf8) => ModelJson.Read(utf8, ModelJson.Default.KubernetesEvent);
}

/// <summary>Repetitions of an event.</summary>
public sealed record EventSeries
{
    /// <summary>When it was seen last.</summary>
    public DateTimeOffset? LastObservedTime { get; init; }
}
