using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>What differs between two states of an object.</summary>
/// <param name="Added">Paths only in the new one.</param>
/// <param name="Modified">Leaves with another value.</param>
/// <param name="Removed">Paths only in the old one.</param>
public sealed record FieldChanges(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    /// <summary>True without any difference.</summary>
    public bool None => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;
}

/// <summary>The walks over typed JSON that server-side apply is made of: which paths an object sets, what changed, merge, removal.</summary>
public static class FieldWalk
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The paths that an applied object claims.</summary>
    public static FieldSet Claims(JsonObject value, FieldType type)
    {
        var set = new FieldSet();
        Claim(value, type, [], set);
        return set;
    }

    /// <summary>What changed from one state to the other.</summary>
    public static FieldChanges Compare(JsonObject before, JsonObject after, FieldType type)
    {
        var changes = new FieldChanges(new(), new(), new());
        CompareMaps(before, after, type, [], changes);
        return changes;
    }

    /// <summary>The live object with the applied one laid over it.</summary>
    public static JsonObject Merge(JsonObject live, JsonObject applied, FieldType type)
    {
        var result = (JsonObject)live.DeepClone();
        foreach (var (name, value) in applied)
            result[name] = live.ContainsKey(name) ? MergeValue(live[name], value, type.Of(name)) : value?.DeepClone();
        return result;
    }

    /// <summary>Takes the paths, with all below them, out of the object.</summary>
    public static void Remove(JsonObject value, FieldSet paths, FieldType type)
    {
        foreach (var (name, child) in value.ToList())
        {
            var element = "f:" + name;
            if (paths.Has(element))
                value.Remove(name);
            else if (paths.Below(element) is { } below)
                RemoveBelow(child, below, type.Of(name));
        }
    }

    /// <summary>What the value has twice of one key, as the server says it; null when nothing.</summary>
    public static string? Duplicate(JsonNode? value, FieldType type, string path = "") => value switch
    {
        JsonObject map => map.Select(f => Duplicate(f.Value, type.Of(f.Key), $"{path}.{f.Key}")).FirstOrDefault(p => p is not null),
        JsonArray list when type.Element is { } element =>
            (type.List is ListKind.Map ? list.Select(i => KeyText(i, type)).GroupBy(k => k).FirstOrDefault(g => g.Count() > 1) : null) is { } twice
                ? $"{path}: duplicate entries for key {twice.Key}"
                : list.Select((item, i) => Duplicate(item, element, type.List is ListKind.Map ? path + KeyText(item, type) : $"{path}[{i}]")).FirstOrDefault(p => p is not null),
        _ => null,
    };

    private static string KeyText(JsonNode? item, FieldType type) => "[" + string.Join(',', type.Keys
        .Select(k => (Key: k, Value: item?[k] ?? type.KeyDefaults.GetValueOrDefault(k)))
        .Where(k => k.Value is not null)
        .Select(k => $"{k.Key}={k.Value!.ToJsonString()}")) + "]";

    /// <summary>The first field that the type does not know; null when it knows all.</summary>
    public static string? Undeclared(JsonNode? value, FieldType type, string path = "") => value switch
    {
        JsonObject map => map.Select(f =>
            type.Fields is not null && type.Element is null && !type.Names(f.Key)
                ? $"{path}.{f.Key}"
                : Undeclared(f.Value, type.Of(f.Key), $"{path}.{f.Key}")).FirstOrDefault(p => p is not null),
        JsonArray list when type.Element is { } element =>
            list.Select((item, i) => Undeclared(item, element, $"{path}[{i}]")).FirstOrDefault(p => p is not null),
        _ => null,
    };

    /// <summary>The path element of a list's item.</summary>
    public static string ItemElement(JsonNode? item, FieldType list)
    {
        if (list.List == ListKind.Set)
            return "v:" + (item?.ToJsonString(Plain) ?? "null");
        var keys = new JsonObject();
        foreach (var key in list.Keys.Order(StringComparer.Ordinal))
        {
            if (item?[key] is { } value)
                keys[key] = value.DeepClone();
            else if (list.KeyDefaults.TryGetValue(key, out var byDefault))
                keys[key] = byDefault.DeepClone();
        }

        return "k:" + keys.ToJsonString(Plain);
    }

    private static void Claim(JsonNode? value, FieldType type, List<string> path, FieldSet set)
    {
        switch (value)
        {
            case JsonObject map when !type.Atomic:
                foreach (var (name, child) in map)
                {
                    path.Add("f:" + name);
                    Claim(child, type.Of(name), path, set);
                    if (child is null or JsonObject { Count: 0 } || !type.Names(name))
                        set.Insert([.. path]);
                    path.RemoveAt(path.Count - 1);
                }

                break;
            case JsonArray list when !type.Atomic && type.List != ListKind.Atomic:
                foreach (var item in list)
                {
                    path.Add(ItemElement(item, type));
                    Claim(item, type.Element ?? FieldType.Deduced, path, set);
                    set.Insert([.. path]);
                    path.RemoveAt(path.Count - 1);
                }

                break;
            default:
                if (path.Count > 0)
                    set.Insert([.. path]);
                break;
        }
    }

    private static void CompareMaps(JsonObject? before, JsonObject? after, FieldType type, List<string> path, FieldChanges changes)
    {
        var names = (before?.Select(f => f.Key) ?? []).Union(after?.Select(f => f.Key) ?? []);
        foreach (var name in names)
        {
            var was = before?.ContainsKey(name) ?? false;
            var isNow = after?.ContainsKey(name) ?? false;
            CompareChild("f:" + name, was, before?[name], isNow, after?[name], type.Of(name), path, changes);
        }
    }

    private static void CompareChild(
        string element, bool was, JsonNode? before, bool isNow, JsonNode? after, FieldType type, List<string> path, FieldChanges changes)
    {
        path.Add(element);
        if (!was)
            changes.Added.Insert([.. path]);
        else if (!isNow)
            changes.Removed.Insert([.. path]);
        if (IsLeaf(before, after, type))
        {
            if (was && isNow && !JsonNode.DeepEquals(before, after))
                changes.Modified.Insert([.. path]);
        }
        else if (before is JsonArray || after is JsonArray)
        {
            CompareLists(before as JsonArray, after as JsonArray, type, path, changes);
        }
        else
        {
            CompareMaps(before as JsonObject, after as JsonObject, type, path, changes);
        }

        path.RemoveAt(path.Count - 1);
    }

    private static void CompareLists(JsonArray? before, JsonArray? after, FieldType type, List<string> path, FieldChanges changes)
    {
        var left = Index(before, type);
        var right = Index(after, type);
        foreach (var element in left.Keys.Union(right.Keys))
        {
            var was = left.TryGetValue(element, out var old);
            var isNow = right.TryGetValue(element, out var item);
            CompareChild(element, was, old, isNow, item, type.Element ?? FieldType.Deduced, path, changes);
        }
    }

    // A map or list that is empty on both sides counts as a leaf, so that empty and absent stay different things.
    private static bool IsLeaf(JsonNode? before, JsonNode? after, FieldType type)
    {
        if (type.Atomic)
            return true;
        if (before is JsonArray || after is JsonArray)
            return type.List == ListKind.Atomic || before is not (null or JsonArray) || after is not (null or JsonArray)
                || (IsNothing(before) && IsNothing(after));
        if (before is JsonObject || after is JsonObject)
            return before is not (null or JsonObject) || after is not (null or JsonObject) || (IsNothing(before) && IsNothing(after));
        return true;
    }

    private static bool IsNothing(JsonNode? value) => value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static JsonNode? MergeValue(JsonNode? live, JsonNode? applied, FieldType type)
    {
        if (IsLeaf(live, applied, type))
            return applied?.DeepClone();
        return applied switch
        {
            JsonObject map when live is JsonObject old => Merge(old, map, type),
            JsonArray list when live is JsonArray old => MergeLists(old, list, type),
            null => live?.DeepClone(),
            _ => applied.DeepClone(),
        };
    }

    // The applied order rules; items that only the live list has keep their place before the shared item that followed them.
    private static JsonArray MergeLists(JsonArray live, JsonArray applied, FieldType type)
    {
        var left = live.Select(i => ItemElement(i, type)).ToList();
        var right = applied.Select(i => ItemElement(i, type)).ToList();
        var byLeft = Index(live, type);
        var byRight = Index(applied, type);
        var shared = new Queue<string>(right.Where(byLeft.ContainsKey));
        var done = new HashSet<string>();
        var result = new JsonArray();
        for (int l = 0, r = 0; l < left.Count || r < right.Count;)
        {
            var same = l < left.Count && r < right.Count && left[l] == right[r];
            if (!same && l < left.Count)
            {
                if (!byRight.ContainsKey(left[l]))
                {
                    result.Add(live[l++]?.DeepClone());
                    continue;
                }

                if (done.Contains(left[l]) || r == right.Count || (shared.TryPeek(out var awaited) && awaited != left[l]))
                {
                    l++;
                    continue;
                }
            }

            var element = right[r];
            done.Add(element);
            result.Add(
                byLeft.TryGetValue(element, out var old)
                    ? MergeValue(old, byRight[element], type.Element ?? FieldType.Deduced)
                    : byRight[element]?.DeepClone());
            if (shared.TryPeek(out var next) && next == element)
                shared.Dequeue();
            if (same)
                l++;
            r++;
        }

        return result;
    }

    private static void RemoveBelow(JsonNode? value, FieldSet paths, FieldType type)
    {
        if (type.Atomic)
            return;
        if (value is JsonObject map)
        {
            Remove(map, paths, type);
            return;
        }

        if (value is not JsonArray list || type.List == ListKind.Atomic)
            return;
        for (var i = list.Count - 1; i >= 0; i--)
        {
            var element = ItemElement(list[i], type);
            if (paths.Has(element))
                list.RemoveAt(i);
            else if (paths.Below(element) is { } below)
                RemoveBelow(list[i], below, type.Element ?? FieldType.Deduced);
        }
    }

    private static Dictionary<string, JsonNode?> Index(JsonArray? list, FieldType type)
    {
        var result = new Dictionary<string, JsonNode?>();
        foreach (var item in list ?? [])
            result.TryAdd(ItemElement(item, type), item);
        return result;
    }
}
