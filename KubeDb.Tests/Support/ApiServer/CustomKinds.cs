using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>Reads kinds from custom resource definitions.</summary>
public static class CustomKinds
{
    /// <summary>The kinds that a YAML text of one or more definitions declares.</summary>
    public static IEnumerable<Kind> FromYaml(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Select(d => ToJson(d.RootNode)).OfType<JsonObject>()
            .Where(d => d.Text("kind") == "CustomResourceDefinition").Select(Read).ToList();
    }

    /// <summary>The first object in a YAML text.</summary>
    public static JsonObject ObjectOf(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return (JsonObject)ToJson(stream.Documents[0].RootNode)!;
    }

    /// <summary>
    /// A kind of which nothing but the name is known: any field is accepted, conditions are keyed by type, status is a subresource.
    /// </summary>
    public static Kind Loose(string group, string version, string plural, string kind, bool namespaced = true, bool scale = false)
    {
        const string open = """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""";
        const string conditions =
            $$"""{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["type"],"items":{{open}} }""";
        var schema = Json.Parse(
            $$"""
              {"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{
              "apiVersion":{"type":"string"},"kind":{"type":"string"},"metadata":{"type":"object"},
              "spec":{{open}},"status":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"conditions":{{conditions}} } } } }
              """);
        return Build(group, plural, kind, namespaced, [version], schema, status: true, scale);
    }

    /// <summary>The kind that one definition declares.</summary>
    public static Kind Read(JsonObject definition)
    {
        var spec = definition["spec"]!.AsObject();
        var names = spec["names"]!.AsObject();
        var versions = spec["versions"].Objects().Where(v => v["served"]?.GetValue<bool>() ?? false)
            .OrderBy(v => v["storage"]?.GetValue<bool>() ?? false).ToList();
        var stored = versions[^1];
        return Build(
            spec.Text("group"),
            names.Text("plural"),
            names.Text("kind"),
            spec.Text("scope") != "Cluster",
            versions.Select(v => v.Text("name")).ToList(),
            stored.At("schema", "openAPIV3Schema") as JsonObject ?? Json.Parse("""{"type":"object","x-kubernetes-preserve-unknown-fields":true}"""),
            stored.At("subresources", "status") is not null,
            stored.At("subresources", "scale") is not null);
    }

    /// <summary>YAML as JSON, by the core schema's rules for plain scalars.</summary>
    public static JsonNode? ToJson(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                var result = new JsonObject();
                foreach (var (key, value) in map.Children)
                    result[((YamlScalarNode)key).Value!] = ToJson(value);
                return result;
            case YamlSequenceNode list:
                return new JsonArray(list.Children.Select(ToJson).ToArray());
            case YamlScalarNode { Style: ScalarStyle.Plain } scalar:
                return Plain(scalar.Value ?? "");
            default:
                return JsonValue.Create(((YamlScalarNode)node).Value);
        }
    }

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when text[0] is '-' or '.' or (>= '0' and <= '9')
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    private static Kind Build(
        string group, string plural, string kind, bool namespaced, IReadOnlyList<string> versions, JsonObject schema, bool status, bool scale)
    {
        var type = TypeOf(schema);
        (type.Fields ??= [])["metadata"] = FieldType.BuiltIn["ObjectMeta"];
        type.Fields["apiVersion"] = FieldType.Whole;
        type.Fields["kind"] = FieldType.Whole;
        return new Kind(group, plural, kind, namespaced)
        {
            Versions = versions,
            Type = type,
            Schema = schema,
            HasAmounts = schema.ToJsonString().Contains("x-kubernetes-int-or-string", StringComparison.Ordinal),
            HasStatus = status,
            HasScale = scale,
            CountsGenerations = true,
            DemandsVersion = true,
        };
    }

    private static FieldType TypeOf(JsonObject schema)
    {
        if (schema["x-kubernetes-int-or-string"] is not null)
            return FieldType.Whole;
        switch (schema.Text("type"))
        {
            case "array":
                return new FieldType
                {
                    List = schema.Text("x-kubernetes-list-type") switch { "map" => ListKind.Map, "set" => ListKind.Set, _ => ListKind.Atomic },
                    Keys = schema["x-kubernetes-list-map-keys"].Texts(),
                    KeyDefaults = KeyDefaults(schema),
                    Element = schema["items"] is JsonObject items ? TypeOf(items) : FieldType.Deduced,
                };
            case "object" or "":
                var open = schema["x-kubernetes-preserve-unknown-fields"]?.GetValue<bool>() ?? false;
                return new FieldType
                {
                    Atomic = schema.Text("x-kubernetes-map-type") == "atomic",
                    Fields = (schema["properties"] as JsonObject)?.ToDictionary(p => p.Key, p => TypeOf((JsonObject)p.Value!)),
                    Element = schema["additionalProperties"] is JsonObject values ? TypeOf(values) : open ? FieldType.Deduced : null,
                };
            default:
                return FieldType.Whole;
        }
    }

    private static Dictionary<string, JsonNode> KeyDefaults(JsonObject schema) =>
        schema["x-kubernetes-list-map-keys"].Texts()
            .Select(k => (Key: k, Default: schema.At("items", "properties", k, "default")))
            .Where(k => k.Default is not null)
            .ToDictionary(k => k.Key, k => k.Default!);
}
