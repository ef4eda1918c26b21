using System.Text.Json.Nodes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>
/// How items of the lists in a pod spec are told apart: the keys by which the API server merges them. It refuses a list that holds a key twice
/// ("duplicate entries for key").
/// </summary>
public static class ListKeys
{
    private const string Protocol = "protocol";
    private const string DefaultProtocol = "TCP";

    private static readonly Dictionary<string, string[]> Keys = new(StringComparer.Ordinal)
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["ephemeralContainers"] = ["name"],
        ["volumes"] = ["name"],
        ["env"] = ["name"],
        ["ports"] = ["containerPort", Protocol],
        ["volumeMounts"] = ["mountPath"],
        ["volumeDevices"] = ["devicePath"],
        ["imagePullSecrets"] = ["name"],
        ["hostAliases"] = ["ip"],
        ["resizePolicy"] = ["resourceName"],
        ["topologySpreadConstraints"] = ["topologyKey", "whenUnsatisfiable"],
    };

    /// <summary>True for a list whose items have a key.</summary>
    public static bool IsKeyed(string list) => Keys.ContainsKey(list);

    /// <summary>True when both items of the list have the same key.</summary>
    public static bool AreSame(string list, JsonObject one, JsonObject other) =>
        Key(list, one) is { } key && key == Key(list, other);

    /// <summary>True when the items can not both be in the list: they have the same key, or ports of a container the same name.</summary>
    public static bool Clash(string list, JsonObject one, JsonObject other) =>
        AreSame(list, one, other) || (list == "ports" && one["name"].AsText() is { Length: > 0 } name && name == other["name"].AsText());

    /// <summary>What people call the item, such as <c>env NAMESPACE</c> or <c>port 6379/TCP</c>.</summary>
    public static string Name(string list, JsonObject item)
    {
        var kind = list switch { "env" => "variable", "ports" => "port", "volumeMounts" => "the mount of", "volumes" => "volume", _ => list };
        return $"{kind} {Key(list, item)}";
    }

    /// <summary>Items of a list whose key, or port name, an earlier one has: each with its index, the key and the index of the earlier one.</summary>
    public static IEnumerable<(int Index, string Key, int Earlier)> Duplicates(string list, JsonArray items)
    {
        for (var i = 1; i < items.Count; i++)
        {
            if (items[i] is not JsonObject item)
                continue;
            var earlier = Enumerable.Range(0, i).FirstOrDefault(j => items[j] is JsonObject before && Clash(list, before, item), -1);
            if (earlier >= 0)
                yield return (i, AreSame(list, (JsonObject)items[earlier]!, item) ? Key(list, item)! : item["name"].AsText()!, earlier);
        }
    }

    /// <summary>The key of an item; null when it lacks a part of it.</summary>
    private static string? Key(string list, JsonObject item)
    {
        var parts = Keys[list].Select(k => item[k].AsScalar() ?? (k == Protocol ? DefaultProtocol : null)).ToList();
        return parts.Contains(null) ? null : string.Join('/', parts);
    }
}
