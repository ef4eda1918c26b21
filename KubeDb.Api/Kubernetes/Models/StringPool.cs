using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>
/// Keeps one copy of strings that come again and again: label keys, kinds, images, reasons, and the name that a database shares with most of
/// its children. Bounded (<see cref="RecentValues{T}"/>) and safe for threads.
/// </summary>
public static class StringPool
{
    private const int Longest = 96;
    private static readonly RecentValues<string> Kept = new();

    /// <summary>The text of the reader's current string or property name; empty for null.</summary>
    public static string Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return "";
        return reader.ValueIsEscaped || reader.HasValueSequence ? reader.GetString() ?? "" : Get(reader.ValueSpan);
    }

    /// <summary>The text of the bytes.</summary>
    public static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        if (utf8.Length > Longest)
            return Encoding.UTF8.GetString(utf8);
        var hasher = new HashCode();
        hasher.AddBytes(utf8);
        var hash = hasher.ToHashCode();
        if (Kept.Find(hash) is { } known && Ascii.Equals(utf8, known))
            return known;
        var text = Encoding.UTF8.GetString(utf8);
        Kept.Keep(hash, text);
        return text;
    }
}

/// <summary>Reads a string through the <see cref="StringPool"/>: for values of which there are few.</summary>
public sealed class PooledStringConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? StringPool.Read(ref reader) : throw new JsonException("Expected a text.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>Reads lists of strings of which there are few, such as finalizers; a list of one is shared as well.</summary>
public sealed class PooledStringsConverter : JsonConverter<IReadOnlyList<string>>
{
    private static readonly RecentValues<string[]> Soles = new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("Expected a list of texts.");
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            texts.Add(reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? StringPool.Read(ref reader) : throw new JsonException("Expected a text."));
        return texts.Count == 1 ? Sole(texts[0]) : texts;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static string[] Sole(string text)
    {
        var hash = text.GetHashCode(StringComparison.Ordinal);
        if (Soles.Find(hash) is [var known] list && known == text)
            return list;
        string[] sole = [text];
        Soles.Keep(hash, sole);
        return sole;
    }
}
