using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>What a custom kind's schema does to an object: unknown fields go, defaults come, and what does not fit is named.</summary>
public static class SchemaRules
{
    /// <summary>Takes away the fields that the schema does not know.</summary>
    public static void Prune(JsonObject value, JsonObject schema) => Prune(value, schema, root: true);

    /// <summary>Fills in defaults.</summary>
    public static void Default(JsonNode? value, JsonObject schema)
    {
        if (value is JsonObject map)
        {
            foreach (var (name, node) in schema["properties"] as JsonObject ?? [])
            {
                var property = (JsonObject)node!;
                if (property["default"] is { } byDefault && (!map.TryGetPropertyValue(name, out var now) || (now is null && property["nullable"] is null)))
                    map[name] = byDefault.DeepClone();
                Default(map[name], property);
            }

            if (schema["additionalProperties"] is JsonObject values)
                map.ToList().ForEach(e => Default(e.Value, values));
        }
        else if (value is JsonArray list && schema["items"] is JsonObject items)
        {
            foreach (var item in list)
                Default(item, items);
        }
    }

    /// <summary>What in the value breaks the schema, one sentence a fault: type, enum, required, bounds.</summary>
    public static IEnumerable<string> Faults(JsonNode? value, JsonObject schema, string path = "")
    {
        if (value is null || schema["x-kubernetes-int-or-string"] is not null)
            yield break;
        if (schema.Text("type") is { Length: > 0 } type && !Fits(value, type))
        {
            yield return $"{path}: Invalid value: \"{Name(value)}\": {path} in body must be of type {type}: \"{Name(value)}\"";
            yield break;
        }

        if (schema["enum"] is JsonArray allowed && !allowed.Any(a => JsonNode.DeepEquals(a, value)))
            yield return $"{path}: Unsupported value: {value.ToJsonString()}: supported values: {string.Join(", ", allowed.Select(a => a!.ToJsonString()))}";
        if (value is JsonValue && schema["minimum"] is JsonValue least && Number(value) < Number(least))
            yield return $"{path}: Invalid value: {value.ToJsonString()}: {path} in body should be greater than or equal to {least.ToJsonString()}";
        foreach (var fault in Inside(value, schema, path))
            yield return fault;
    }

    private static IEnumerable<string> Inside(JsonNode value, JsonObject schema, string path)
    {
        if (value is JsonArray list && schema["items"] is JsonObject items)
            return list.SelectMany((item, i) => Faults(item, items, $"{path}[{i}]"));
        if (value is not JsonObject map)
            return [];
        var missing = schema["required"].Texts().Where(r => map[r] is null)
            .Select(r => path.Length == 0 ? $"{r}: Required value" : $"{path}.{r}: Required value");
        return missing.Concat(map.SelectMany(field =>
            ((schema["properties"] as JsonObject)?[field.Key] ?? schema["additionalProperties"]) is JsonObject property
                ? Faults(field.Value, property, path.Length == 0 ? field.Key : $"{path}.{field.Key}")
                : []));
    }

    private static void Prune(JsonNode? value, JsonObject schema, bool root)
    {
        if (value is JsonArray list && schema["items"] is JsonObject items)
        {
            foreach (var item in list)
                Prune(item, items, root: false);
        }

        if (value is not JsonObject map)
            return;
        var properties = schema["properties"] as JsonObject;
        var open = schema["x-kubernetes-preserve-unknown-fields"]?.GetValue<bool>() ?? false;
        foreach (var (name, child) in map.ToList())
        {
            if (root && name is "apiVersion" or "kind" or "metadata")
                continue;
            if ((properties?[name] ?? schema["additionalProperties"]) is JsonObject property)
                Prune(child, property, root: false);
            else if (!open && schema["additionalProperties"] is null)
                map.Remove(name);
        }
    }

    private static bool Fits(JsonNode value, string type) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value.GetValueKind() == System.Text.Json.JsonValueKind.String,
        "boolean" => value.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
        "integer" => value.GetValueKind() == System.Text.Json.JsonValueKind.Number && !value.ToJsonString().Contains('.', StringComparison.Ordinal),
        "number" => value.GetValueKind() == System.Text.Json.JsonValueKind.Number,
        _ => true,
    };

    private static double Number(JsonNode value) => double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static string Name(JsonNode value) => value.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.Object => "object",
        System.Text.Json.JsonValueKind.Array => "array",
        System.Text.Json.JsonValueKind.String => "string",
        System.Text.Json.JsonValueKind.Number => "integer",
        _ => "boolean",
    };
}
