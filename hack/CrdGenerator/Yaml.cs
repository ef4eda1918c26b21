using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeDb.CrdGenerator;

/// <summary>Writes JSON as block YAML, keys sorted, so that equal trees give equal bytes.</summary>
internal static partial class Yaml
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of a document, ending in a new line.</summary>
    public static string Write(JsonObject document)
    {
        var text = new StringBuilder();
        WriteObject(text, document, 0, inList: false);
        return text.ToString();
    }

    private static void WriteObject(StringBuilder text, JsonObject node, int indent, bool inList)
    {
        var first = inList;
        foreach (var (name, value) in node.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            text.Append(' ', first ? 0 : indent).Append(Scalar(name)).Append(':');
            first = false;
            WriteValue(text, value, indent);
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } o:
                text.Append('\n');
                WriteObject(text, o, indent + 2, inList: false);
                break;
            case JsonArray { Count: > 0 } items:
                text.Append('\n');
                foreach (var item in items)
                    WriteItem(text, item, indent);
                break;
            default:
                text.Append(' ').Append(Literal(value)).Append('\n');
                break;
        }
    }

    private static void WriteItem(StringBuilder text, JsonNode? item, int indent)
    {
        text.Append(' ', indent).Append("- ");
        if (item is JsonObject { Count: > 0 } o)
            WriteObject(text, o, indent + 2, inList: true);
        else
            text.Append(Literal(item)).Append('\n');
    }

    private static string Literal(JsonNode? value) =>
        value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? Scalar(text.GetValue<string>()) : value?.ToJsonString() ?? "null";

    private static string Scalar(string text) =>
        Plain().IsMatch(text) && !Special().IsMatch(text) ? text : JsonSerializer.Serialize(text, Readable);

    [GeneratedRegex(@"^[A-Za-z.$_/][A-Za-z0-9.$_/-]*( [A-Za-z0-9.$_/(][A-Za-z0-9.,;'$_/()-]*)*$")]
    private static partial Regex Plain();

    [GeneratedRegex("^(true|false|yes|no|on|off|null|y|n|~|\\.inf|\\.nan)$", RegexOptions.IgnoreCase)]
    private static partial Regex Special();
}
