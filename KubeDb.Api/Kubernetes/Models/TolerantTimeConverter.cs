using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>
/// Reads times as others write them: RFC 3339 with any number of fractional digits, also in small letters. A text that is no time counts as
/// absent, since an object is of use without it and the text is not ours to correct. Writes RFC 3339 in whole seconds, UTC, as Kubernetes does.
/// </summary>
public sealed class TolerantTimeConverter : JsonConverter<DateTimeOffset?>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        return TryRead(ref reader, out var time) ? time : null;
    }

    /// <summary>Reads a text that the reader is at; UTC.</summary>
    internal static bool TryRead(ref Utf8JsonReader reader, out DateTimeOffset time)
    {
        if (!reader.TryGetDateTimeOffset(out time))
        {
            return DateTimeOffset.TryParse(
                reader.GetString()!.ToUpperInvariant(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
        }

        time = time.ToUniversalTime();
        return true;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } time)
            writer.WriteStringValue(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        else
            writer.WriteNullValue();
    }
}
