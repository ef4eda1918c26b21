using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>Reads user-given JSON without ever throwing: a value of another type counts as absent.</summary>
public static class JsonReading
{
    /// <summary>The text of a string node, or null.</summary>
    public static string? AsText(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>The text of a string or number node (an int-or-string such as a quantity), or null.</summary>
    public static string? AsScalar(this JsonNode? node) => node is not JsonValue value
        ? null
        : value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.Number => value.ToJsonString(),
            _ => null,
        };

    /// <summary>The member, or null when there is none or the node is no object.</summary>
    public static JsonNode? Member(this JsonNode? node, string name) => node is JsonObject o && o.TryGetPropertyValue(name, out var member) ? member : null;

    /// <summary>The objects among the items of an array; empty for anything else.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node) => node is JsonArray array ? array.OfType<JsonObject>() : [];
}
