using System.Text.Json.Nodes;

namespace KubeDb.OpsManager.Execution;

/// <summary>JSON merge patches (RFC 7386) from one tree to another.</summary>
internal static class JsonDifference
{
    /// <summary>The patch that makes <paramref name="after"/> of <paramref name="before"/>; null when they are equal.</summary>
    public static JsonObject? Patch(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, _) in before)
        {
            if (after[name] is null)
                patch[name] = null;
        }

        foreach (var (name, value) in after)
        {
            if (value is null || JsonNode.DeepEquals(before[name], value))
                continue;
            patch[name] = value is JsonObject inner
                ? Patch(before[name] as JsonObject ?? [], inner) ?? []
                : value.DeepClone();
        }

        return patch.Count == 0 ? null : patch;
    }
}
