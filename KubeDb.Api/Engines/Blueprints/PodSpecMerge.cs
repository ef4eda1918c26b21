using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>
/// Lays a user's pod template over a described pod spec, the way a strategic merge does: objects member by member, list items by their key
/// (<see cref="ListKeys"/>), all else as the user says. Fields that are not known here go through unharmed. What is the operator's stays, and a
/// warning says what was not taken: image and command of its containers, and their variables, ports, mounts and volumes.
/// </summary>
internal static class PodSpecMerge
{
    private static readonly string[] Handlers = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

    /// <summary>Merges the user's template into the described pod spec, in place.</summary>
    /// <param name="described">The operator's pod spec.</param>
    /// <param name="user">The user's.</param>
    /// <param name="path">Field that holds the user's.</param>
    /// <param name="warnings">Takes what was not taken.</param>
    public static void Into(JsonObject described, JsonObject user, string path, ICollection<SpecWarning> warnings)
    {
        foreach (var (name, value) in user)
        {
            if (name is "containers" or "initContainers" && value is JsonArray containers && described[name] is JsonArray own)
                Containers(own, containers, $"{path}.{name}", warnings);
            else if (name is "volumes" && value is JsonArray volumes)
                Owned(described, name, volumes, path, "the pods", warnings);
            else
                Set(described, name, value);
        }
    }

    /// <summary>Adds a user's variables to a container; those that it has already keep their values.</summary>
    /// <param name="container">The operator's container.</param>
    /// <param name="user">The user's variables.</param>
    /// <param name="path">Field that lists them.</param>
    /// <param name="name">Name of the container.</param>
    /// <param name="warnings">Takes what was not taken.</param>
    public static void Variables(JsonObject container, IEnumerable<JsonObject>? user, string path, string name, ICollection<SpecWarning> warnings) =>
        Owned(container, "env", new JsonArray([.. user ?? []]), path[..^".env".Length], $"container {name}", warnings);

    private static void Containers(JsonArray own, JsonArray user, string path, ICollection<SpecWarning> warnings)
    {
        for (var i = 0; i < user.Count; i++)
        {
            if (user[i] is JsonObject above && own.Objects().FirstOrDefault(below => ListKeys.AreSame("containers", below, above)) is { } found)
                Container(found, above, $"{path}[{i}]", warnings);
            else
                own.Add(user[i]?.DeepClone());
        }
    }

    private static void Container(JsonObject own, JsonObject user, string path, ICollection<SpecWarning> warnings)
    {
        var owner = $"container {own["name"].AsText()}";
        foreach (var (name, value) in user)
        {
            switch (name)
            {
                case "name":
                    break;
                case "image" or "command":
                    if (value is not null && !JsonNode.DeepEquals(value, own[name]))
                        warnings.Add(NotTaken($"{path}.{name}", $"the {name} of {owner}"));
                    break;
                case "env" or "volumeMounts" or "ports" when value is JsonArray items:
                    Owned(own, name, items, path, owner, warnings);
                    break;
                default:
                    Set(own, name, value);
                    break;
            }
        }
    }

    // The operator's items stay as they are; the user's others are added.
    private static void Owned(JsonObject own, string list, JsonArray user, string path, string owner, ICollection<SpecWarning> warnings)
    {
        if (own[list] is not JsonArray items)
            own[list] = items = [];
        var operators = items.Objects().ToList();
        for (var i = 0; i < user.Count; i++)
        {
            var item = user[i];
            var taken = item is JsonObject above ? operators.Find(below => ListKeys.Clash(list, below, above)) : null;
            if (taken is null)
                items.Add(item?.DeepClone());
            else if (!JsonNode.DeepEquals(taken, item))
                warnings.Add(NotTaken($"{path}.{list}[{i}]", $"{ListKeys.Name(list, taken)} of {owner}"));
        }

        if (items.Count == 0)
            own.Remove(list);
    }

    private static SpecWarning NotTaken(string path, string what) =>
        new(path, Reasons.OperatorOwnedField, $"{path} was not taken: {what} is set by the operator. Remove it.");

    private static void Merge(JsonObject target, JsonObject user)
    {
        DropHandlers(target, user);
        foreach (var (name, value) in user)
            Set(target, name, value);
    }

    private static void Set(JsonObject target, string name, JsonNode? value)
    {
        if (value is JsonObject above && target[name] is JsonObject below)
            Merge(below, above);
        else if (value is JsonArray items && target[name] is JsonArray list && ListKeys.IsKeyed(name))
            MergeList(name, list, items);
        else if (value is not null)
            target[name] = value.DeepClone();
    }

    // A probe or hook has one handler: the user's takes the place of the described one.
    private static void DropHandlers(JsonObject target, JsonObject user)
    {
        if (!Handlers.Any(user.ContainsKey))
            return;
        foreach (var handler in Handlers)
            target.Remove(handler);
    }

    private static void MergeList(string name, JsonArray target, JsonArray user)
    {
        foreach (var item in user)
        {
            if (item is JsonObject above && target.Objects().FirstOrDefault(below => ListKeys.AreSame(name, below, above)) is { } found)
                Merge(found, above);
            else
                target.Add(item?.DeepClone());
        }
    }
}
