using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>
/// Lays a user's pod template over a described pod spec, the way a strategic merge does: objects member by member, lists by their key
/// where they have one, all else as the user says. Fields that are not known here go through unharmed.
/// </summary>
internal static class PodSpecMerge
{
    // The key of each list whose items are told apart; a list that is not here is replaced.
    private static readonly Dictionary<string, string[]> Keys = new(StringComparer.Ordinal)
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["ephemeralContainers"] = ["name"],
        ["volumes"] = ["name"],
        ["env"] = ["name"],
        ["ports"] = ["name", "containerPort"],
        ["volumeMounts"] = ["mountPath"],
        ["volumeDevices"] = ["devicePath"],
        ["imagePullSecrets"] = ["name"],
        ["hostAliases"] = ["ip"],
        ["resizePolicy"] = ["resourceName"],
    };

    private static readonly string[] Handlers = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

    // What of the operator's own containers no template may change.
    private static readonly string[] Owned = ["image", "command"];

    /// <summary>Merges the user's template into the described pod spec, in place.</summary>
    public static void Into(JsonObject described, JsonObject user)
    {
        var own = described["containers"].Objects().Concat(described["initContainers"].Objects())
            .ToDictionary(c => c["name"].AsText()!, c => (Fields: c.DeepClone().AsObject(), Container: c), StringComparer.Ordinal);
        Merge(described, user);
        foreach (var (fields, container) in own.Values)
            Restore(container, fields);
    }

    private static void Merge(JsonObject target, JsonObject user)
    {
        DropHandlers(target, user);
        foreach (var (name, value) in user)
        {
            if (value is JsonObject above && target[name] is JsonObject below)
                Merge(below, above);
            else if (value is JsonArray items && target[name] is JsonArray list && Keys.TryGetValue(name, out var keys))
                MergeList(list, items, keys);
            else if (value is not null)
                target[name] = value.DeepClone();
        }
    }

    // A probe or hook has one handler: the user's takes the place of the described one.
    private static void DropHandlers(JsonObject target, JsonObject user)
    {
        if (!Handlers.Any(user.ContainsKey))
            return;
        foreach (var handler in Handlers)
            target.Remove(handler);
    }

    private static void MergeList(JsonArray target, JsonArray user, string[] keys)
    {
        foreach (var item in user)
        {
            if (item is JsonObject above && target.OfType<JsonObject>().FirstOrDefault(below => SameKey(below, above, keys)) is { } found)
                Merge(found, above);
            else
                target.Add(item?.DeepClone());
        }
    }

    // Items are the same by the first key that both have.
    private static bool SameKey(JsonObject below, JsonObject above, string[] keys)
    {
        var key = keys.FirstOrDefault(k => below[k] is not null && above[k] is not null);
        return key is not null && JsonNode.DeepEquals(below[key], above[key]);
    }

    private static void Restore(JsonObject container, JsonObject fields)
    {
        foreach (var name in Owned)
        {
            if (fields[name] is { } value)
                container[name] = value.DeepClone();
            else
                container.Remove(name);
        }

        // Variables and mounts that the operator set keep their values; the user's others stay.
        foreach (var list in (ReadOnlySpan<string>)["env", "volumeMounts"])
        {
            if (container[list] is not JsonArray merged)
            {
                if (fields[list] is { } whole)
                    container[list] = whole.DeepClone();
                continue;
            }

            foreach (var own in fields[list].Objects())
                merged[merged.IndexOf(merged.OfType<JsonObject>().First(i => SameKey(i, own, [Keys[list][0]])))] = own.DeepClone();
        }
    }
}
