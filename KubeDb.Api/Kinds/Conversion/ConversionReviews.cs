using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Conversion;

/// <summary>
/// Answers <c>ConversionReview</c>s of <c>apiextensions.k8s.io/v1</c>: all objects of a review, or none with the reason. One object is held as a
/// tree at a time, so that time and memory grow with the size of the review and no faster. Safe for threads.
/// </summary>
public sealed class ConversionReviews
{
    private const string ReviewVersion = "apiextensions.k8s.io/v1";
    private const string ReviewKind = "ConversionReview";

    private static readonly JsonWriterOptions Writing = new() { SkipValidation = true, MaxDepth = JsonLimits.EnvelopeDepth };

    private readonly Dictionary<(string ApiVersion, string Kind), KindConversion> _older = [];
    private readonly Dictionary<(string ApiVersion, string Kind), List<KindConversion>> _hubs = [];

    /// <summary>Converts by the given conversions.</summary>
    public ConversionReviews(IEnumerable<KindConversion> conversions)
    {
        ArgumentNullException.ThrowIfNull(conversions);
        foreach (var conversion in conversions)
        {
            _older.Add((conversion.Older.ApiVersion, conversion.Older.Kind), conversion);
            var hub = (conversion.Hub.ApiVersion, conversion.Hub.Kind);
            if (!_hubs.TryGetValue(hub, out var versions))
                _hubs[hub] = versions = [];
            versions.Add(conversion);
        }
    }

    /// <summary>How a review is to be parsed: objects may nest deeper than they are converted.</summary>
    public static JsonDocumentOptions Reading => JsonLimits.Envelope;

    /// <summary>Writes the answer to a review. Returns null when its objects were converted, else the reason that the answer gives.</summary>
    /// <exception cref="ConversionException">It is no review, so that there is nothing to answer.</exception>
    public string? Answer(JsonElement review, ArrayBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (review.ValueKind is not JsonValueKind.Object || Text(review, "apiVersion") != ReviewVersion || Text(review, "kind") != ReviewKind
            || !review.TryGetProperty("request", out var request) || request.ValueKind is not JsonValueKind.Object
            || Text(request, "uid") is not { Length: > 0 } uid)
            throw new ConversionException($"Expected a {ReviewKind} of {ReviewVersion} with a request and its uid.");
        using var writer = new Utf8JsonWriter(output, Writing);
        Begin(writer, uid);
        if (Convert(request, writer) is not { } problem)
        {
            End(writer, null);
            return null;
        }

        // In place of what was written so far.
        writer.Reset();
        output.ResetWrittenCount();
        Begin(writer, uid);
        writer.WriteStartArray();
        End(writer, problem);
        return problem;
    }

    private static void Begin(Utf8JsonWriter writer, string uid)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion", ReviewVersion);
        writer.WriteString("kind", ReviewKind);
        writer.WriteStartObject("response");
        writer.WriteString("uid", uid);
        writer.WritePropertyName("convertedObjects");
    }

    private static void End(Utf8JsonWriter writer, string? problem)
    {
        writer.WriteEndArray();
        writer.WriteStartObject("result");
        writer.WriteString("status", problem is null ? "Success" : "Failure");
        if (problem is not null)
            writer.WriteString("message", problem);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
    }

    private string? Convert(JsonElement request, Utf8JsonWriter writer)
    {
        if (Text(request, "desiredAPIVersion") is not { Length: > 0 } desired)
            return "request.desiredAPIVersion is missing.";
        if (!request.TryGetProperty("objects", out var objects) || objects.ValueKind is not JsonValueKind.Array)
            return "request.objects is not a list.";
        writer.WriteStartArray();
        var index = 0;
        foreach (var item in objects.EnumerateArray())
        {
            try
            {
                Convert(item, desired, writer);
            }
            catch (ConversionException e)
            {
                return $"{Describe(item, index)}: {e.Message}";
            }
            catch (Exception e) when (JsonLimits.IsUnreadable(e))
            {
                return $"{Describe(item, index)}: it can not be read: {JsonLimits.Describe(e)}";
            }

            index++;
        }

        return null;
    }

    private void Convert(JsonElement item, string desired, Utf8JsonWriter writer)
    {
        if (item.ValueKind is not JsonValueKind.Object || Text(item, "apiVersion") is not { } present || Text(item, "kind") is not { } kind)
            throw new ConversionException("it is no object with apiVersion and kind.");
        if (present == desired)
        {
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(item), skipInputValidation: true);
            return;
        }

        var up = _older.GetValueOrDefault((present, kind));
        var down = _older.GetValueOrDefault((desired, kind));
        var fromHub = up is null && _hubs.ContainsKey((present, kind));
        var toHub = down is null && _hubs.ContainsKey((desired, kind));
        if ((up is null && !fromHub) || (down is null && !toHub))
            throw new ConversionException($"{kind} is not converted from {present} to {desired}; served are {string.Join(", ", Served(kind))}.");
        if (Tree(item, out var problem) is not { } tree)
        {
            // What can be stored can be read, or one such object would hide all others; it can not be written in this version.
            if (up is not null)
                throw new ConversionException(problem);
            WriteAs(item, desired, writer);
            return;
        }

        up?.ToHub(tree);
        down?.FromHub(tree);
        tree.WriteTo(writer);
    }

    private IEnumerable<string> Served(string kind) =>
        _hubs.Keys.Concat(_older.Keys).Where(k => k.Kind == kind).Select(k => k.ApiVersion).DefaultIfEmpty("no versions of it");

    private static JsonObject? Tree(JsonElement item, out string problem)
    {
        problem = "";
        try
        {
            var reader = JsonLimits.Reader(JsonMarshal.GetRawUtf8Value(item));
            return (JsonObject)JsonNode.Parse(ref reader)!;
        }
        catch (JsonException)
        {
            problem = $"it nests deeper than {JsonLimits.Depth} levels. Write it in the stored version of its kind, or make it flatter.";
            return null;
        }
    }

    private static void WriteAs(JsonElement item, string apiVersion, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var member in item.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (member.NameEquals("apiVersion"))
                writer.WriteStringValue(apiVersion);
            else
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static string Describe(JsonElement item, int index)
    {
        if (item.ValueKind is not JsonValueKind.Object || !item.TryGetProperty("metadata", out var metadata) || metadata.ValueKind is not JsonValueKind.Object)
            return $"request.objects[{index}]";
        var key = new ObjectKey(Text(metadata, "namespace") ?? "", Text(metadata, "name") ?? "");
        return $"{Text(item, "kind")} {key}";
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
