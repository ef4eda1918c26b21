using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>One line of a facts file: a field of a public CRD, or a part of its header.</summary>
/// <param name="Path">The field, such as <c>spec.acl.rules[]</c>.</param>
/// <param name="Type">Type and format.</param>
/// <param name="Enum">Values; null for any.</param>
/// <param name="Default">Default as it is written in the file; null for none.</param>
/// <param name="Required">Required where its parent is given.</param>
/// <param name="List">List type; null for none.</param>
internal sealed partial record CrdFact(string Path, string Type, string? Enum, string? Default, bool Required, string? List)
{
    public static IEnumerable<CrdFact> Read(IEnumerable<string> lines) => lines
        .Where(l => l.Length > 0 && !l.StartsWith('#') && !l.StartsWith("column ", StringComparison.Ordinal))
        .Select(Parse);

    /// <summary>The fact that a schema states for the field, in the same form; null when it has no such field.</summary>
    public static CrdFact? Of(JsonObject root, string path)
    {
        JsonObject? schema = root, parent = null;
        var name = "";
        foreach (Match part in Parts().Matches(path))
        {
            (parent, name) = (schema, part.Value);
            schema = part.Value switch
            {
                "[]" => schema?["items"] as JsonObject,
                "{}" => schema?["additionalProperties"] as JsonObject,
                _ => schema?["properties"]?[part.Value] as JsonObject,
            };
        }

        return schema is null ? null : Of(schema, parent!, name, path);
    }

    public string Normal => $"{Path}: {Type} enum={Enum} default={Normalize(Default)} required={Required} list={List}";

    private static CrdFact Of(JsonObject schema, JsonObject parent, string name, string path)
    {
        var type = (string?)schema["type"];
        if (schema["x-kubernetes-int-or-string"] is not null)
            type = $"int-or-string pattern={schema["pattern"]}";
        else if (type is null && schema["x-kubernetes-preserve-unknown-fields"] is not null)
            type = "any preserve-unknown";
        if (schema["format"] is { } format)
            type += " " + format;
        var values = schema["enum"] is JsonArray e ? string.Join('|', e.Select(v => (string)v!)) : null;
        var required = parent["required"] is JsonArray r && r.Any(v => (string)v! == name);
        var value = schema["default"] is { } d ? (d is JsonValue v && v.TryGetValue<string>(out var text) ? text : d.ToJsonString()) : null;
        return new CrdFact(path, type ?? "", values, value, required, (string?)schema["x-kubernetes-list-type"]);
    }

    private static CrdFact Parse(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        var (path, rest) = (line[..colon], line[(colon + 2)..]);
        string? list = null, values = null, value = null;
        var required = false;
        if (rest.Contains(" pattern=", StringComparison.Ordinal))
            return new CrdFact(path, rest, null, null, false, null);
        rest = Take(rest, @" list=(\S+)$", m => list = m);
        rest = Take(rest, @"( required)$", _ => required = true);
        rest = Take(rest, @" default=(.*)$", m => value = m);
        rest = Take(rest, @" enum=(\S+)$", m => values = m);
        return new CrdFact(path, rest, values, value, required, list);
    }

    private static string Take(string text, string pattern, Action<string> found)
    {
        var match = Regex.Match(text, pattern);
        if (!match.Success)
            return text;
        found(match.Groups[1].Value);
        return text[..match.Index];
    }

    /// <summary>
    /// Objects are written as Python writes them in the facts, and as JSON in the schemas. An empty default counts as none: Kubernetes 1.20
    /// refuses it.
    /// </summary>
    private static string? Normalize(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return null;
        var json = value.Replace('\'', '"').ToLower(CultureInfo.InvariantCulture);
        return json.StartsWith('{') ? string.Join(',', JsonNode.Parse(json)!.AsObject().OrderBy(p => p.Key).Select(p => p.Key + p.Value!.ToJsonString())) : json;
    }

    [GeneratedRegex(@"\[\]|\{\}|[A-Za-z0-9]+")]
    private static partial Regex Parts();
}
