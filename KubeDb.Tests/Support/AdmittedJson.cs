using System.Text.Json.Nodes;
using KubeDb.CrdGenerator;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support;

/// <summary>From a seed, values that a definition's schema admits, the odd ones among them above all.</summary>
internal static class AdmittedJson
{
    private static readonly string[] Texts = ["", "a", "5m", "-1", "ü ✓ \"quoted\"", "{{ x }}", "\u0001\n\t\\", "2026-01-01"];
    private static readonly string[] Amounts = ["1Gi", "100m", "0", "-1.5Ki", "+.5", "1e3", "1E-3", "999999999999999999999E"];

    // The API server takes small letters and any number of digits.
    private static readonly string[] Times =
    [
        "2026-01-01T00:00:00Z", "2026-01-01t00:00:00z", "2026-01-01T23:59:59.123456789+02:00", "2026-01-01t00:00:00.12345678901234567890-11:30", "0001-01-01T00:00:00Z",
    ];

    private static readonly SortedDictionary<string, JsonObject> Definitions = CrdFiles.Definitions();

    /// <summary>The names of the definitions, such as <c>kubedb.com_redises</c>.</summary>
    public static IEnumerable<string> Names => Definitions.Keys;

    /// <summary>An object of a definition, in the stored version or another one.</summary>
    public static JsonObject Object(string definition, int seed, string name, string ns, string? inVersion = null)
    {
        var random = new Random(seed);
        var spec = Definitions[definition]["spec"]!;
        var version = spec["versions"]!.AsArray().Single(v => inVersion is null ? (bool)v!["storage"]! : (string?)v!["name"] == inVersion)!;
        var schema = (JsonObject)version["schema"]!["openAPIV3Schema"]!;
        var result = new JsonObject
        {
            ["apiVersion"] = $"{spec["group"]}/{version["name"]}",
            ["kind"] = $"{spec["names"]!["kind"]}",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["uid"] = "01234567-89ab" },
        };
        foreach (var (field, property) in schema["properties"]!.AsObject().Where(p => !result.ContainsKey(p.Key)))
            result[field] = Value((JsonObject)property!, random);
        return result;
    }

    private static JsonNode? Value(JsonObject schema, Random random)
    {
        if (schema["enum"] is JsonArray values)
            return Any(random, [.. values])!.DeepClone();
        if (schema["x-kubernetes-int-or-string"] is not null)
            return random.Next(2) == 0 ? random.NextInt64() : Any(random, schema["pattern"] is null ? Texts : Amounts);
        return schema.Text("type") switch
        {
            "string" => schema.Text("format") switch { "date-time" => Any(random, Times), "byte" => "c2VjcmV0", _ => Any(random, Texts) },
            "integer" => schema.Text("format") == "int32" ? Any(random, 0, 1, -1, int.MinValue, int.MaxValue) : Any(random, 0, 1, -1, long.MinValue, long.MaxValue),
            "number" => Any(random, 0, -0.5, 1e300, long.MaxValue),
            "boolean" => random.Next(2) == 0,
            "array" => List(schema, random),
            "object" => Map(schema, random),
            _ => RandomJson.Object(random, 2),
        };
    }

    private static JsonArray List(JsonObject schema, Random random)
    {
        // Of a list with keys one item: two could have the same.
        var most = schema.Text("x-kubernetes-list-type") is "map" or "set" ? 1 : 2;
        return new([.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => Value((JsonObject)schema["items"]!, random))]);
    }

    private static JsonObject Map(JsonObject schema, Random random)
    {
        var isOpen = schema["x-kubernetes-preserve-unknown-fields"] is not null;
        var result = isOpen && random.Next(2) == 0 ? RandomJson.Object(random, 3) : [];
        var required = schema["required"].Texts().ToHashSet();
        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            if (required.Contains(name) || random.Next(3) > 0)
                result[name] = Value((JsonObject)property!, random);
        }

        if (schema["additionalProperties"] is JsonObject values)
        {
            for (var i = random.Next(3); i > 0; i--)
                result[$"key{i}"] = Value(values, random);
        }

        return result;
    }

    private static T Any<T>(Random random, params T[] values) => values[random.Next(values.Length)];
}
