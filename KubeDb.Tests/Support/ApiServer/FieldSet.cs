using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>
/// A set of field paths. A path element is kept in the form that <c>fieldsV1</c> gives it: <c>f:name</c>, <c>k:{…}</c>, <c>v:…</c>.
/// Immutable once built.
/// </summary>
public sealed class FieldSet
{
    private readonly SortedSet<string> _members = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);

    /// <summary>True without any path.</summary>
    public bool IsEmpty => _members.Count == 0 && _children.Values.All(c => c.IsEmpty);

    /// <summary>Adds a path; only while the set is being built.</summary>
    public void Insert(params ReadOnlySpan<string> path)
    {
        var set = this;
        foreach (var element in path[..^1])
        {
            if (!set._children.TryGetValue(element, out var child))
                set._children[element] = child = new FieldSet();
            set = child;
        }

        set._members.Add(path[^1]);
    }

    /// <summary>True when the path itself is in the set.</summary>
    public bool Has(string element) => _members.Contains(element);

    /// <summary>The paths below an element; null for none.</summary>
    public FieldSet? Below(string element) => _children.GetValueOrDefault(element);

    /// <summary>Paths in either.</summary>
    public FieldSet Union(FieldSet other) => Combine(other, (a, b) => a || b);

    /// <summary>Paths in both.</summary>
    public FieldSet Intersection(FieldSet other) => Combine(other, (a, b) => a && b);

    /// <summary>Paths in this one only.</summary>
    public FieldSet Difference(FieldSet other) => Combine(other, (a, b) => a && !b);

    /// <summary>Without the paths and everything below them.</summary>
    public FieldSet Without(FieldSet trees)
    {
        var result = new FieldSet();
        result._members.UnionWith(_members.Where(m => !trees.Has(m)));
        foreach (var (element, child) in _children.Where(c => !trees.Has(c.Key)))
            result.Keep(element, trees.Below(element) is { } below ? child.Without(below) : child);
        return result;
    }

    /// <summary>Only paths that lie under the named top-level field.</summary>
    public FieldSet Only(string element)
    {
        var result = new FieldSet();
        if (_members.Contains(element))
            result._members.Add(element);
        if (Below(element) is { } child)
            result.Keep(element, child);
        return result;
    }

    /// <summary>With every structure field that has members below it a member itself.</summary>
    public FieldSet WithNamedParents(FieldType type)
    {
        var result = new FieldSet();
        result._members.UnionWith(_members);
        foreach (var (element, child) in _children)
        {
            var field = element.StartsWith("f:", StringComparison.Ordinal) ? element[2..] : null;
            if (field is not null && type.Names(field))
                result._members.Add(element);
            result.Keep(element, child.WithNamedParents(field is null ? type.Element ?? FieldType.Deduced : type.Of(field)));
        }

        return result;
    }

    /// <summary>All paths, as the server's conflict messages write them.</summary>
    public IEnumerable<string> Paths()
    {
        foreach (var member in _members)
            yield return Readable(member);
        foreach (var (element, child) in _children)
        {
            foreach (var path in child.Paths())
                yield return Readable(element) + path;
        }
    }

    /// <summary>Reads <c>fieldsV1</c>.</summary>
    public static FieldSet Decode(JsonObject fields)
    {
        var result = new FieldSet();
        foreach (var (element, value) in fields)
        {
            if (element == ".")
                continue;
            var below = (JsonObject)value!;
            if (below.Count == 0 || below.ContainsKey("."))
                result._members.Add(element);
            result.Keep(element, Decode(below));
        }

        return result;
    }

    /// <summary>Writes <c>fieldsV1</c>.</summary>
    public JsonObject Encode()
    {
        var result = new JsonObject();
        foreach (var element in _members.Union(_children.Keys).Order(StringComparer.Ordinal))
        {
            var below = Below(element)?.Encode() ?? [];
            if (_members.Contains(element) && below.Count > 0)
                below.Insert(0, ".", new JsonObject());
            result[element] = below;
        }

        return result;
    }

    /// <summary>True when both hold the same paths.</summary>
    public bool SameAs(FieldSet other) => Difference(other).IsEmpty && other.Difference(this).IsEmpty;

    private FieldSet Combine(FieldSet other, Func<bool, bool, bool> keep)
    {
        var result = new FieldSet();
        foreach (var member in _members.Union(other._members))
        {
            if (keep(_members.Contains(member), other._members.Contains(member)))
                result._members.Add(member);
        }

        var none = new FieldSet();
        foreach (var element in _children.Keys.Union(other._children.Keys))
            result.Keep(element, (Below(element) ?? none).Combine(other.Below(element) ?? none, keep));
        return result;
    }

    private void Keep(string element, FieldSet child)
    {
        if (!child.IsEmpty)
            _children[element] = child;
    }

    private static string Readable(string element)
    {
        if (element.StartsWith("f:", StringComparison.Ordinal))
            return "." + element[2..];
        if (!element.StartsWith("k:", StringComparison.Ordinal))
            return $"[={element[2..]}]";
        var keys = (JsonObject)JsonNode.Parse(element[2..])!;
        return $"[{string.Join(",", keys.Select(k => $"{k.Key}={k.Value!.ToJsonString()}"))}]";
    }
}
