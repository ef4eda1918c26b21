using System.Globalization;
using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <content>The documents of discovery.</content>
public sealed partial class InMemoryApiServer
{
    /// <summary>The document under a path such as <c>/version</c> or <c>/apis/apps/v1</c>.</summary>
    internal Answer Document(string path)
    {
        if (path == "/version")
            return Answer.Of(new JsonObject { ["major"] = "1", ["minor"] = Minor.ToString(CultureInfo.InvariantCulture) });
        if (path == "/apis")
            return Answer.Of(new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = Groups() });
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version) = parts switch
        {
            ["api", var v] => ("", v),
            ["apis", var g, var v] => (g, v),
            _ => ("?", "?"),
        };
        var kinds = _kinds.Values.Where(k => k.Group == group && k.Versions.Contains(version)).ToList();
        if (kinds.Count == 0)
            return Answer.Of(Errors.NoSuchApi);
        return Answer.Of(new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = new JsonArray(kinds.SelectMany(Resources).ToArray<JsonNode>()),
        });
    }

    private JsonArray Groups() => new(_kinds.Values.Where(k => k.Group.Length > 0)
        .GroupBy(k => k.Group)
        .OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => (JsonNode)new JsonObject
        {
            ["name"] = g.Key,
            ["versions"] = new JsonArray(g.SelectMany(k => k.Versions).Distinct()
                .Select(v => (JsonNode)new JsonObject { ["groupVersion"] = $"{g.Key}/{v}", ["version"] = v }).ToArray()),
        })
        .ToArray());

    private static IEnumerable<JsonObject> Resources(Kind kind)
    {
        var names = new List<string> { kind.Plural };
        if (kind.HasStatus)
            names.Add(kind.Plural + "/status");
        if (kind.HasScale)
            names.Add(kind.Plural + "/scale");
        if (kind is { Name: "Pod", Group: "" })
            names.AddRange(["pods/eviction", "pods/exec", "pods/log"]);
        return names.Select(n => new JsonObject { ["name"] = n, ["kind"] = kind.Name, ["namespaced"] = kind.Namespaced });
    }
}
