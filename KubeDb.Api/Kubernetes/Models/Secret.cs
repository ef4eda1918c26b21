using System.Text;
using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>A Secret as observed. Its values are never part of its text form.</summary>
public sealed record Secret : IKubernetesObject<Secret>
{
    /// <inheritdoc/>
    public static ResourceType Resource => ResourceTypes.Secret;

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>Type, such as <c>kubernetes.io/basic-auth</c>.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>Values, no longer in base64.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Data { get; init => field = value ?? None; } = None;

    private static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> None { get; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <inheritdoc/>
    public static Secret Decode(ReadOnlySpan<byte> utf8)
    {
        var read = ModelJson.Read(utf8, ModelJson.Default.Secret);
        return read with { Metadata = OwnedFields.Stamp(read.Metadata, utf8) };
    }

    /// <summary>A value as text; null when absent.</summary>
    public string? Text(string key) => Data.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value.Span) : null;

    /// <inheritdoc/>
    public override string ToString() => $"Secret {Metadata.Key}";
}
