using System.Text.Json.Nodes;

namespace KubeDb.Api.Kinds.Conversion;

/// <summary>Steps that conversions are made of. Each changes a spec in place, and leaves alone what has not the expected form.</summary>
internal static class SpecFields
{
    /// <summary>The policy of a database's data, as v1alpha2 calls it.</summary>
    public const string TerminationPolicy = "terminationPolicy";

    /// <summary>The same, as v1 calls it.</summary>
    public const string DeletionPolicy = "deletionPolicy";

    /// <summary>Gives a member another name.</summary>
    public static void Rename(JsonObject parent, string from, string to)
    {
        if (!parent.TryGetPropertyValue(from, out var value))
            return;
        parent.Remove(from);
        parent[to] = value;
    }

    /// <summary>Raises a count by one.</summary>
    /// <exception cref="ConversionException">It is the largest there is.</exception>
    public static void Increment(JsonObject parent, string name, string path)
    {
        if (Integer(parent[name]) is not { } count)
            return;
        if (count == int.MaxValue)
            throw new ConversionException($"{path} is {count}, which is one more with the primary counted and so too large: the most is {int.MaxValue - 1}. Lower it.");
        if (count is >= int.MinValue and < int.MaxValue)
            parent[name] = count + 1;
    }

    /// <summary>Lowers a count by one.</summary>
    public static void Decrement(JsonObject parent, string name)
    {
        if (Integer(parent[name]) is { } count and > int.MinValue and <= int.MaxValue)
            parent[name] = count - 1;
    }

    private static long? Integer(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var whole) ? whole
        : node is JsonValue other && other.TryGetValue<int>(out var small) ? small : null;
}
