using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Kubernetes;

/// <summary>
/// A piece of JSON that a user wrote and that is carried through unharmed (pod templates, claims, volumes): the bytes as they came,
/// parsed only when asked for. Immutable; equal when the bytes are. Longer ones that came from the server are held compressed: caches hold
/// tens of thousands of pod templates, which are looked at only when their object is reconciled. Of shorter ones, such as claims and strategies,
/// there are few, and equal ones are held once.
/// </summary>
[JsonConverter(typeof(JsonFragmentConverter))]
public sealed class JsonFragment : IEquatable<JsonFragment>
{
    private const int WorthPacking = 512;
    private const int Quality = 1;
    private const int Window = 16;

    private static readonly RecentValues<JsonFragment> Shared = new();

    private readonly byte[] _bytes;

    // Length of the text where it is held compressed; 0 where the bytes are the text.
    private readonly int _unpackedLength;

    private JsonFragment(byte[] bytes, int unpackedLength = 0) => (_bytes, _unpackedLength) = (bytes, unpackedLength);

    /// <summary>The text as UTF-8 JSON.</summary>
    public ReadOnlySpan<byte> Utf8 => _unpackedLength == 0 ? _bytes : Unpack();

    /// <summary>Bytes that it takes in memory.</summary>
    internal int HeldBytes => _bytes.Length;

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
    public JsonNode? ToNode() => JsonNode.Parse(Utf8, documentOptions: JsonLimits.Document);

    /// <summary>A fresh, mutable object.</summary>
    /// <exception cref="InvalidOperationException">The fragment is not a JSON object.</exception>
    public JsonObject ToObject() => ToNode() as JsonObject ?? throw new InvalidOperationException("The fragment is not a JSON object.");

    /// <inheritdoc/>
    public bool Equals(JsonFragment? other) => other is not null && Utf8.SequenceEqual(other.Utf8);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as JsonFragment);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Utf8);

    internal static JsonFragment Own(byte[] utf8) => new(utf8);

    /// <summary>The same fragment, held compressed where that is worth it.</summary>
    internal JsonFragment Pack()
    {
        if (_unpackedLength > 0 || _bytes.Length < WorthPacking)
            return this;
        var room = ArrayPool<byte>.Shared.Rent(_bytes.Length);
        try
        {
            return BrotliEncoder.TryCompress(_bytes, room, out var length, Quality, Window)
                ? new(room.AsSpan(0, length).ToArray(), _bytes.Length)
                : this;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary>An equal fragment that is kept already, or this one, where it is short.</summary>
    internal JsonFragment Share()
    {
        if (_unpackedLength > 0 || _bytes.Length >= WorthPacking)
            return this;
        var hash = GetHashCode();
        if (Shared.Find(hash) is { } known && known.Equals(this))
            return known;
        Shared.Keep(hash, this);
        return this;
    }

    private byte[] Unpack()
    {
        var utf8 = new byte[_unpackedLength];
        return BrotliDecoder.TryDecompress(_bytes, utf8, out var length) && length == utf8.Length
            ? utf8
            : throw new InvalidOperationException("A packed fragment does not unpack to what was packed.");
    }
}

/// <summary>Reads and writes a <see cref="JsonFragment"/> as the JSON that it is.</summary>
public sealed class JsonFragmentConverter : JsonConverter<JsonFragment>
{
    /// <inheritdoc/>
    public override JsonFragment Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return JsonFragment.From(document.RootElement).Pack().Share();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JsonFragment value, JsonSerializerOptions options) => writer.WriteRawValue(value.Utf8);
}
