using System.Globalization;
using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>JSON merge patch (RFC 7386) and JSON patch (RFC 6902).</summary>
public static class JsonPatches
{
    /// <summary>Lays a merge patch over a value; null takes a field away.</summary>
    public static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var result = target is JsonObject o ? o.Copy() : [];
        foreach (var (field, value) in changes)
        {
            if (value is null)
                result.Remove(field);
            else
                result[field] = Merge(result[field], value);
        }

        return result;
    }

    /// <summary>Runs a JSON patch on a copy of the document; a sentence comes back instead when an operation does not fit.</summary>
    public static (JsonObject? Result, string? Problem) Run(JsonObject document, JsonArray operations)
    {
        JsonNode root = document.Copy();
        foreach (var operation in operations.OfType<JsonObject>())
        {
            if (Step(ref root, operation) is { } problem)
                return (null, problem);
        }

        return root is JsonObject result ? (result, null) : (null, "the patched document is not an object");
    }

    private static string? Step(ref JsonNode root, JsonObject operation)
    {
        var path = operation.Text("path");
        switch (operation.Text("op"))
        {
            case "add":
                return Add(ref root, path, operation["value"]?.DeepClone());
            case "remove":
                return Remove(root, path);
            case "replace":
                return Find(root, path, out _) ? Replace(ref root, path, operation["value"]?.DeepClone()) : Missing("replace", path);
            case "test":
                return Find(root, path, out var actual) && JsonNode.DeepEquals(actual, operation["value"])
                    ? null
                    : $"testing path {path} failed";
            case "copy" or "move":
                var from = operation.Text("from");
                if (!Find(root, from, out var source))
                    return Missing(operation.Text("op"), from);
                var copy = source?.DeepClone();
                return (operation.Text("op") == "move" ? Remove(root, from) : null) ?? Add(ref root, path, copy);
            default:
                return $"unexpected operation kind: {operation.Text("op")}";
        }
    }

    private static string? Add(ref JsonNode root, string path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            root = value ?? new JsonObject();
            return null;
        }

        var (parent, last) = Split(root, path);
        switch (parent)
        {
            case JsonObject map:
                map[last] = value;
                return null;
            case JsonArray list when last == "-":
                list.Add(value);
                return null;
            case JsonArray list when int.TryParse(last, CultureInfo.InvariantCulture, out var i) && i >= 0 && i <= list.Count:
                list.Insert(i, value);
                return null;
            default:
                return Missing("add", path);
        }
    }

    private static string? Replace(ref JsonNode root, string path, JsonNode? value)
    {
        if (path.Length > 0 && Split(root, path) is (JsonArray list, var last))
        {
            list[int.Parse(last, CultureInfo.InvariantCulture)] = value;
            return null;
        }

        return Add(ref root, path, value);
    }

    private static string? Remove(JsonNode root, string path)
    {
        if (!Find(root, path, out _) || path.Length == 0)
            return Missing("remove", path);
        var (parent, last) = Split(root, path);
        if (parent is JsonObject map)
            map.Remove(last);
        else
            ((JsonArray)parent!).RemoveAt(int.Parse(last, CultureInfo.InvariantCulture));
        return null;
    }

    private static bool Find(JsonNode root, string path, out JsonNode? value)
    {
        value = root;
        foreach (var part in Parts(path))
        {
            if (value is JsonObject map && map.TryGetPropertyValue(part, out var child))
                value = child;
            else if (value is JsonArray list && int.TryParse(part, CultureInfo.InvariantCulture, out var i) && i >= 0 && i < list.Count)
                value = list[i];
            else
                return false;
        }

        return true;
    }

    private static (JsonNode? Parent, string Last) Split(JsonNode root, string path)
    {
        var slash = path.LastIndexOf('/');
        return (Find(root, path[..slash], out var parent) ? parent : null, Unescape(path[(slash + 1)..]));
    }

    private static IEnumerable<string> Parts(string path) => path.Split('/').Skip(1).Select(Unescape);

    private static string Unescape(string part) =>
        part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static string Missing(string operation, string path) =>
        $"{operation} operation does not apply: doc is missing path: {path}: missing value";
}
