using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>Short ways to read and change the JSON of objects.</summary>
public static class Json
{
    // As deep as the real server takes them.
    private static readonly JsonSerializerOptions Deep = new() { MaxDepth = 10_000 };

    /// <summary>A tree as it is sent.</summary>
    public static byte[] Bytes(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, Deep);

    /// <summary>A text field; empty when absent.</summary>
    public static string Text(this JsonNode? node, string field) =>
        node is JsonObject o && o[field] is JsonValue v && v.TryGetValue(out string? text) ? text : "";

    /// <summary>A whole-number field; null when absent.</summary>
    public static long? Number(this JsonNode? node, string field) =>
        node is JsonObject o && o[field] is JsonValue v && long.TryParse(v.ToJsonString(), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>An object field, created when absent.</summary>
    public static JsonObject Child(this JsonObject node, string field)
    {
        if (node[field] is JsonObject child)
            return child;
        node[field] = child = [];
        return child;
    }

    /// <summary>An object or list deeper in the tree; null when any part is absent.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var field in path)
        {
            if (node is not JsonObject o)
                return null;
            node = o[field];
        }

        return node;
    }

    /// <summary>The objects of a list; none when absent.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>The texts of a list; none when absent.</summary>
    public static IReadOnlyList<string> Texts(this JsonNode? list) =>
        (list as JsonArray)?.Select(i => i!.GetValue<string>()).ToList() ?? [];

    /// <summary>The object's metadata, created when absent.</summary>
    public static JsonObject Meta(this JsonObject node) => node.Child("metadata");

    /// <summary>A deep copy.</summary>
    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    /// <summary>The metadata's name.</summary>
    public static string Name(this JsonObject node) => node["metadata"].Text("name");

    /// <summary>The metadata's namespace.</summary>
    public static string Namespace(this JsonObject node) => node["metadata"].Text("namespace");

    /// <summary>The metadata's UID.</summary>
    public static string Uid(this JsonObject node) => node["metadata"].Text("uid");

    /// <summary>True once deletion was asked for.</summary>
    public static bool IsDeleting(this JsonObject node) => node["metadata"].Text("deletionTimestamp").Length > 0;

    /// <summary>RFC 3339 to the second, as the server writes times.</summary>
    public static string Stamp(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Parses an object literal written as JSON.</summary>
    public static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
