using System.Text.Json;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>
/// Decodes an object of any kind down to an <see cref="OwnedObject"/>: metadata and fingerprint, in one pass over a pooled document. Text that
/// recurs from object to object (label names, kinds, finalizers) is kept once.
/// </summary>
public static class OwnedObjectDecoder
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Decodes one object.</summary>
    /// <exception cref="JsonException">The bytes are not an object with metadata.</exception>
    public static OwnedObject Decode(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        return new OwnedObject(ReadMetadata(document.RootElement) with { Fingerprint = OwnedFields.Fingerprint(document.RootElement) });
    }

    /// <summary>The metadata of an object, without its fingerprint.</summary>
    /// <exception cref="JsonException">The object has no metadata.</exception>
    public static ObjectMeta ReadMetadata(JsonElement root)
    {
        if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("metadata"u8, out var meta) || meta.ValueKind is not JsonValueKind.Object)
            throw new JsonException("Expected an object with metadata.");
        return new ObjectMeta
        {
            Name = Text(meta, "name"u8),
            Namespace = Text(meta, "namespace"u8),
            Uid = Text(meta, "uid"u8),
            ResourceVersion = Text(meta, "resourceVersion"u8),
            Generation = meta.TryGetProperty("generation"u8, out var generation) && generation.TryGetInt64(out var number) ? number : 0,
            CreationTimestamp = Time(meta, "creationTimestamp"u8),
            DeletionTimestamp = Time(meta, "deletionTimestamp"u8),
            Labels = Map(meta, "labels"u8),
            Annotations = Map(meta, "annotations"u8),
            OwnerReferences = Items(meta, "ownerReferences"u8, Owner),
            Finalizers = Items(meta, "finalizers"u8, f => Known(f.GetString())),
        };
    }

    private static string Text(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";

    private static bool Flag(JsonElement parent, ReadOnlySpan<byte> name) => parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;

    private static DateTimeOffset? Time(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.TryGetDateTimeOffset(out var at) ? at : null;

    private static IReadOnlyDictionary<string, string> Map(JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (!parent.TryGetProperty(name, out var map) || map.ValueKind is not JsonValueKind.Object)
            return System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;
        var result = new Dictionary<string, string>(map.GetPropertyCount());
        foreach (var member in map.EnumerateObject())
        {
            if (member.NameEquals(LastApplied))
                continue;
            var key = Known(member.Name);
            var value = member.Value.GetString() ?? "";
            var recurs = key.EndsWith("/managed-by", StringComparison.Ordinal) || key.EndsWith("/name", StringComparison.Ordinal)
                || key.EndsWith("/component", StringComparison.Ordinal);
            result[key] = recurs ? Known(value) : value;
        }

        return result;
    }

    private static T[] Items<T>(JsonElement parent, ReadOnlySpan<byte> name, Func<JsonElement, T> read)
    {
        if (!parent.TryGetProperty(name, out var list) || list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() == 0)
            return [];
        var result = new T[list.GetArrayLength()];
        var next = 0;
        foreach (var item in list.EnumerateArray())
            result[next++] = read(item);
        return result;
    }

    private static OwnerReference Owner(JsonElement owner) => new()
    {
        ApiVersion = Known(Text(owner, "apiVersion"u8)),
        Kind = Known(Text(owner, "kind"u8)),
        Name = Text(owner, "name"u8),
        Uid = Text(owner, "uid"u8),
        Controller = Flag(owner, "controller"u8),
        BlockOwnerDeletion = Flag(owner, "blockOwnerDeletion"u8),
    };

    private static string Known(string? text) => string.Intern(text ?? "");
}
