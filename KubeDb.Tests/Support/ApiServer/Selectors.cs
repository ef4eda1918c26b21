using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>Label and field selectors in the query's text form, and label selectors as objects hold them.</summary>
public static class Selectors
{
    /// <summary>Reads a label selector such as <c>a=b,c in (d,e),!f</c>.</summary>
    public static Func<JsonObject, bool> Labels(string? selector)
    {
        var terms = Terms(selector).Select(LabelTerm).ToList();
        return o => terms.All(t => t(o["metadata"]?["labels"] as JsonObject));
    }

    /// <summary>Reads a field selector: equality and inequality on any field path.</summary>
    public static Func<JsonObject, bool> Fields(string? selector)
    {
        var terms = Terms(selector).Select(FieldTerm).ToList();
        return o => terms.All(t => t(o));
    }

    /// <summary>A label selector as a workload or a disruption budget holds it.</summary>
    public static bool Matches(JsonObject? selector, JsonObject? labels)
    {
        if (selector is null)
            return false;
        var equal = selector["matchLabels"] as JsonObject ?? [];
        return equal.All(l => labels.Text(l.Key) == l.Value!.GetValue<string>() && (labels?.ContainsKey(l.Key) ?? false))
            && selector["matchExpressions"].Objects().All(e => Expression(e, labels));
    }

    private static bool Expression(JsonObject term, JsonObject? labels)
    {
        var key = term.Text("key");
        var has = labels?.ContainsKey(key) ?? false;
        var among = has && term["values"].Texts().Contains(labels.Text(key));
        return term.Text("operator") switch
        {
            "In" => among,
            "NotIn" => !among,
            "Exists" => has,
            _ => !has,
        };
    }

    // Commas inside parentheses belong to a set.
    private static List<string> Terms(string? selector)
    {
        var terms = new List<string>();
        var depth = 0;
        var start = 0;
        var text = selector ?? "";
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                if (text[start..i].Trim() is { Length: > 0 } term)
                    terms.Add(term);
                start = i + 1;
            }
            else
            {
                depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            }
        }

        return terms;
    }

    private static Func<JsonObject?, bool> LabelTerm(string term)
    {
        var open = term.IndexOf('(', StringComparison.Ordinal);
        if (open > 0)
        {
            var words = term[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var values = term[(open + 1)..term.LastIndexOf(')')].Split(',', StringSplitOptions.TrimEntries);
            return words[1] == "notin"
                ? l => !(Has(l, words[0]) && values.Contains(l.Text(words[0])))
                : l => Has(l, words[0]) && values.Contains(l.Text(words[0]));
        }

        if (term[0] == '!')
            return l => !Has(l, term[1..].Trim());
        if (Pair(term, "!=") is var (unlike, other))
            return l => !Has(l, unlike) || l.Text(unlike) != other;
        if ((Pair(term, "==") ?? Pair(term, "=")) is var (key, value))
            return l => Has(l, key) && l.Text(key) == value;
        return l => Has(l, term);
    }

    private static Func<JsonObject, bool> FieldTerm(string term)
    {
        if (Pair(term, "!=") is var (unlike, other))
            return o => Field(o, unlike) != other;
        return (Pair(term, "==") ?? Pair(term, "=")) is var (path, value) ? o => Field(o, path) == value : _ => false;
    }

    private static string Field(JsonObject value, string path)
    {
        var parts = path.Split('.');
        var parent = value.At(parts.AsSpan()[..^1]) as JsonObject;
        return parent?[parts[^1]] is JsonValue leaf ? leaf.ToString() : "";
    }

    private static bool Has(JsonObject? labels, string key) => labels?.ContainsKey(key) ?? false;

    private static (string Key, string Value)? Pair(string term, string sign)
    {
        var at = term.IndexOf(sign, StringComparison.Ordinal);
        return at <= 0 ? null : (term[..at].Trim(), term[(at + sign.Length)..].Trim());
    }
}
