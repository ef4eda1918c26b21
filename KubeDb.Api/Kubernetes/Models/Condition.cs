using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>One condition in a status, of Kubernetes' own kinds, of ours and of others'.</summary>
public sealed record Condition
{
    /// <summary>What it is about; unique in a status.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary>Stable CamelCase id of why.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Reason { get; init => field = value ?? ""; } = "";

    /// <summary>The sentence for people.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>Generation of the spec that it speaks of; 0 when not said.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>When <see cref="Status"/> last changed.</summary>
    [JsonConverter(typeof(TolerantTimeConverter))]
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>How bad it is, where a kind says so; else empty.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Severity { get; init => field = value ?? ""; } = "";

    /// <summary>True when <see cref="Status"/> is <c>True</c>.</summary>
    [JsonIgnore]
    public bool IsTrue => Status == "True";
}

/// <summary>Finds conditions.</summary>
public static class ConditionList
{
    /// <summary>The condition of that type, or null.</summary>
    public static Condition? Find(this IReadOnlyList<Condition> conditions, string type)
    {
        for (var i = 0; i < conditions.Count; i++)
        {
            if (conditions[i].Type == type)
                return conditions[i];
        }

        return null;
    }

    /// <summary>True when the condition of that type is there and <c>True</c>.</summary>
    public static bool IsTrue(this IReadOnlyList<Condition> conditions, string type) => conditions.Find(type)?.IsTrue == true;
}
