using System.Text.Json;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Controllers;

/// <summary>Decodes an object of any kind down to an <see cref="OwnedObject"/>: metadata and fingerprint, from one pooled document.</summary>
public static class OwnedObjectDecoder
{
    /// <summary>Decodes one object.</summary>
    /// <exception cref="JsonException">The bytes are not an object with metadata.</exception>
    public static OwnedObject Decode(ReadOnlySpan<byte> utf8)
    {
        var reader = JsonLimits.Reader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        return new OwnedObject(ReadMetadata(root) with { Fingerprint = OwnedFields.Fingerprint(root) });
    }

    /// <summary>The metadata of an object.</summary>
    /// <exception cref="JsonException">The element is not an object with metadata.</exception>
    public static ObjectMeta ReadMetadata(JsonElement root) =>
        root.ValueKind is JsonValueKind.Object && root.TryGetProperty("metadata"u8, out var metadata)
        && metadata.Deserialize(ModelJson.Default.ObjectMeta) is { } meta
            ? meta
            : throw new JsonException("Expected an object with metadata.");
}
