using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>A StatefulSet as observed.</summary>
public sealed record StatefulSet : IKubernetesObject<StatefulSet>
{
    /// <inheritdoc/>
    public static ResourceType Resource => ResourceTypes.StatefulSet;

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What it should be.</summary>
    public StatefulSetSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What it is.</summary>
    public StatefulSetStatus Status { get; init => field = value ?? new(); } = new();

    /// <inheritdoc/>
    public static StatefulSet Decode(ReadOnlySpan<byte> utf8)
    {
        var read = ModelJson.Read(utf8, ModelJson.Default.StatefulSet);
        return read with { Metadata = OwnedFields.Stamp(read.Metadata, utf8) };
    }
}

/// <summary>What a StatefulSet should be.</summary>
public sealed record StatefulSetSpec
{
    /// <summary>How many pods; the server always says.</summary>
    public int Replicas { get; init; }
}

/// <summary>What a StatefulSet is.</summary>
public sealed record StatefulSetStatus
{
    /// <summary>Generation of the spec that this speaks of.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Pods that exist.</summary>
    public int Replicas { get; init; }

    /// <summary>Pods that are ready.</summary>
    public int ReadyReplicas { get; init; }

    /// <summary>Pods of <see cref="CurrentRevision"/>.</summary>
    public int CurrentReplicas { get; init; }

    /// <summary>Pods of <see cref="UpdateRevision"/>.</summary>
    public int UpdatedReplicas { get; init; }

    /// <summary>Pods ready for long enough; 0 on servers before 1.22.</summary>
    public int AvailableReplicas { get; init; }

    /// <summary>Revision that the pods had.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string CurrentRevision { get; init => field = value ?? ""; } = "";

    /// <summary>Revision that new pods get.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string UpdateRevision { get; init => field = value ?? ""; } = "";

    /// <summary>Counts collisions of revision names; null when there was none.</summary>
    public int? CollisionCount { get; init; }

    /// <summary>Conditions.</summary>
    public IReadOnlyList<Condition> Conditions { get; init => field = Lists.Keep(value); } = [];
}
