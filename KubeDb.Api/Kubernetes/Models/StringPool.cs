using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>
/// Keeps one copy of strings that come again and again (label keys, kinds, images, reasons). Bounded: a slot per hash, the newest
/// string wins, so that no server can make it grow. Thread-safe without locks: a lost race costs a copy, nothing else.
/// </summary>
public static class StringPool
{
    private const int Slots = 8192;
    private const int Longest = 96;
    private static readonly string?[] Kept = new string?[Slots];

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
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var slot = ref Kept[(uint)hash.ToHashCode() % Slots];
        var known = Volatile.Read(ref slot);
        if (known is not null && Ascii.Equals(utf8, known))
            return known;
        var text = Encoding.UTF8.GetString(utf8);
        Volatile.Write(ref slot, text);
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
