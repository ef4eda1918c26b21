using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>
/// An amount as Kubernetes writes it, such as <c>500m</c>, <c>1Gi</c> or 2. Keeps the user's text, so that writing it back changes nothing.
/// A text that is no amount has no <see cref="Value"/>.
/// </summary>
/// <param name="Text">The text.</param>
[JsonConverter(typeof(QuantityConverter))]
public sealed record Quantity(string Text)
{
    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", 1024m), ("Mi", 1048576m), ("Gi", 1073741824m), ("Ti", 1099511627776m), ("Pi", 1125899906842624m), ("Ei", 1152921504606846976m),
        ("n", 0.000000001m), ("u", 0.000001m), ("m", 0.001m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("P", 1e15m), ("E", 1e18m),
    ];

    /// <summary>The amount in whole units (bytes, cores); null when the text is no amount.</summary>
    public decimal? Value { get; } = Parse(Text);

    /// <summary>The amount of a text; null when it is none.</summary>
    public static decimal? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        foreach (var (suffix, factor) in Suffixes)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            return decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), Plain, CultureInfo.InvariantCulture, out var number)
                ? Multiply(number, factor)
                : null;
        }

        return decimal.TryParse(text, Plain | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static decimal? Multiply(decimal number, decimal factor) =>
        Math.Abs(number) > decimal.MaxValue / Math.Max(factor, 1m) ? null : number * factor;
}

/// <summary>Reads a <see cref="Quantity"/> from a string or a number, and writes it as a string.</summary>
public sealed class QuantityConverter : JsonConverter<Quantity>
{
    /// <inheritdoc/>
    public override Quantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new Quantity(reader.GetString()!);
        using var document = JsonDocument.ParseValue(ref reader);
        return new Quantity(document.RootElement.GetRawText());
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Quantity value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
