using System.Text.Json;
using System.Text.Json.Serialization;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>
/// An amount as Kubernetes writes it, such as <c>500m</c>, <c>1Gi</c> or 2. Keeps the user's text, so that writing it back changes nothing.
/// A text that is no amount has no <see cref="Value"/>.
/// </summary>
/// <param name="Text">The text.</param>
[JsonConverter(typeof(QuantityConverter))]
public sealed record Quantity(string Text)
{
    /// <summary>The amount in whole units (bytes, cores); null when the text is no amount.</summary>
    public decimal? Value { get; } = Parse(Text);

    /// <summary>The amount of a text; null when it is none.</summary>
    public static decimal? Parse(string? text) => KubernetesQuantity.TryParse(text, out var quantity) ? quantity.Value : null;

    /// <inheritdoc/>
    public override string ToString() => Text;
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
