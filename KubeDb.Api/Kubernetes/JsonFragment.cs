using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes;

/// <summary>
/// A piece of JSON that a user wrote and that is carried through unharmed (pod templates, claims, volumes): the bytes as they came,
/// parsed only when asked for. Immutable; equal when the bytes are.
/// </summary>
[JsonConverter(typeof(JsonFragmentConverter))]
public sealed class JsonFragment : IEquatable<JsonFragment>
{
    private readonly byte[] _utf8;

    private JsonFragment(byte[] utf8) => _utf8 = utf8;

    /// <summary>The text as UTF-8 JSON.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>Takes the given JSON text.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonFragment Parse(string json)
    {
        using var document = JsonDocument.Parse(json, JsonLimits.Document);
        return From(document.RootElement);
    }

    /// <summary>Takes a node; later changes of the node do not reach the fragment.</summary>
    public static JsonFragment From(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            node.WriteTo(writer);
        return new(buffer.ToArray());
    }

    /// <summary>Takes an element.</summary>
    public static JsonFragment From(JsonElement element)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            element.WriteTo(writer);
        return new(buffer.ToArray());
    }

    /// <summary>A fresh, mutable node of the fragment; null for the JSON literal null.</summary>
    public JsonNode? ToNode() => JsonNode.Parse(_utf8, documentOptions: JsonLimits.Document);

    /// <summary>A fresh, mutable object.</summary>
    /// <exception cref="InvalidOperationException">The fragment is not a JSON object.</exception>
    public JsonObject ToObject() => ToNode() as JsonObject ?? throw new InvalidOperationException("The fragment is not a JSON object.");

    /// <inheritdoc/>
    public bool Equals(JsonFragment? other) => other is not null && _utf8.AsSpan().SequenceEqual(other._utf8);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as JsonFragment);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_utf8);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(_utf8);

    internal static JsonFragment Own(byte[] utf8) => new(utf8);
}

/// <summary>Reads and writes a <see cref="JsonFragment"/> as the JSON that it is.</summary>
public sealed class JsonFragmentConverter : JsonConverter<JsonFragment>
{
    /// <inheritdoc/>
    public override JsonFragment Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return JsonFragment.From(document.RootElement);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JsonFragment value, JsonSerializerOptions options) => writer.WriteRawValue(value.Utf8);
}
