using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>How a list is merged and owned.</summary>
public enum ListKind
{
    /// <summary>As a whole.</summary>
    Atomic,

    /// <summary>Item by item, told apart by key fields.</summary>
    Map,

    /// <summary>Item by item, told apart by value.</summary>
    Set,
}

/// <summary>What is known of a field: how its value is merged, and at which grain managers own it.</summary>
public sealed class FieldType
{
    /// <summary>A value nothing is known of: objects are merged by key, lists are replaced.</summary>
    public static FieldType Deduced { get; } = new();

    /// <summary>A value without parts, whatever its form.</summary>
    public static FieldType Whole { get; } = new() { Atomic = true };

    /// <summary>The named fields of a structure; null for maps and unknown values.</summary>
    public Dictionary<string, FieldType>? Fields { get; set; }

    /// <summary>The type of a map's values, or of a list's items.</summary>
    public FieldType? Element { get; set; }

    /// <summary>Owned and replaced as one value.</summary>
    public bool Atomic { get; init; }

    /// <summary>How a list is merged.</summary>
    public ListKind List { get; init; }

    /// <summary>The key fields of a list's items.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Values of key fields that an item may leave out.</summary>
    public IReadOnlyDictionary<string, JsonNode> KeyDefaults { get; init; } = new Dictionary<string, JsonNode>();

    /// <summary>True for a field of a structure, false for a key of a map.</summary>
    public bool Names(string field) => Fields?.ContainsKey(field) ?? false;

    /// <summary>The type of a field or of a map's value.</summary>
    public FieldType Of(string field) => Fields is not null && Fields.TryGetValue(field, out var type) ? type : Element ?? Deduced;

    /// <summary>The types of the built-in structures, by name.</summary>
    public static IReadOnlyDictionary<string, FieldType> BuiltIn { get; } = Parse(BuiltInTypes.Table);

    private static Dictionary<string, FieldType> Parse(string table)
    {
        var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var types = lines.ToDictionary(l => l.Split(' ')[0], _ => new FieldType { Fields = [] });
        foreach (var line in lines)
        {
            var words = line.Split(' ');
            foreach (var field in words[1..])
            {
                var colon = field.IndexOf(':', StringComparison.Ordinal);
                if (colon < 0)
                    types[words[0]].Fields![field] = Whole;
                else
                    types[words[0]].Fields![field[..colon]] = Field(field[(colon + 1)..], types);
            }
        }

        return types;
    }

    private static FieldType Field(string text, Dictionary<string, FieldType> types)
    {
        if (text.Length == 0 || text == "!")
            return Whole;
        if (text == "<>")
            return new FieldType { List = ListKind.Set, Element = Whole };
        if (text.StartsWith("{}", StringComparison.Ordinal))
            return new FieldType { Element = Field(text[2..], types) };
        if (text[0] != '[')
            return types[text];
        var end = text.IndexOf(']', StringComparison.Ordinal);
        var keys = text[1..end].Split(',');
        return new FieldType
        {
            List = ListKind.Map,
            Keys = keys,
            KeyDefaults = keys.Where(k => k == "protocol").ToDictionary(k => k, _ => (JsonNode)JsonValue.Create("TCP")),
            Element = Field(text[(end + 1)..], types),
        };
    }
}
