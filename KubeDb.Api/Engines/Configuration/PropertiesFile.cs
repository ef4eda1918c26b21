using System.Globalization;
using System.Text;

namespace KubeDb.Api.Engines.Configuration;

/// <summary>One property.</summary>
/// <param name="Key">Key, without escapes; not empty.</param>
/// <param name="Value">Value, without escapes.</param>
public sealed record PropertiesEntry(string Key, string Value) : IConfigurationSetting
{
    private const string Printable = "!#$%&()*+,-./0123456789;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~\"'";

    /// <inheritdoc/>
    public string Name => Key;

    /// <inheritdoc/>
    public string Shown => Visible(Key);

    /// <inheritdoc/>
    public int Line { get; init; }

    /// <summary>The lines it was read from; empty when it was not read from a text.</summary>
    internal string Source { get; init; } = "";

    /// <summary>
    /// The line, or the lines it was read from where they read the same everywhere: whatever follows, and whether a program takes the bytes
    /// for Latin-1 or UTF-8.
    /// </summary>
    public string Render() => Source.Length > 0 && Source.All(char.IsAscii) && !PropertiesDialect.IsContinued(Source[..^1])
        ? Source
        : $"{Escape(Key, isKey: true)}={Escape(Value, isKey: false)}\n";

    /// <summary>Hides the value.</summary>
    public override string ToString() => Shown;

    /// <summary>Where it stands and how it was written does not count.</summary>
    public bool Equals(PropertiesEntry? other) => other is not null && Key == other.Key && Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Value);

    /// <summary>A key as messages show it, on one line.</summary>
    internal static string Visible(string key) => Escape(key, isKey: true);

    private static string Escape(string text, bool isKey)
    {
        var escaped = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (Printable.Contains(c, StringComparison.Ordinal) && !(isKey && i == 0 && c is '#' or '!'))
            {
                escaped.Append(c);
                continue;
            }

            escaped.Append(c switch
            {
                ' ' => isKey || i == 0 ? "\\ " : " ",
                '=' or ':' => isKey ? $"\\{c}" : c.ToString(),
                '#' or '!' => $"\\{c}",
                '\\' => "\\\\",
                '\t' => "\\t",
                '\n' => "\\n",
                '\r' => "\\r",
                '\f' => "\\f",
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            });
        }

        return escaped.ToString();
    }
}

/// <summary>
/// A properties file: each key once, in order, with the comments around it. A comment directly above a property belongs to it: it goes where
/// the property goes. Any other comment, and a blank line, stands by itself: it stays in the file that it is in. Immutable.
/// </summary>
public sealed class PropertiesFile : IConfigurationDocument
{
    private readonly IReadOnlyList<PropertiesPart> _parts;

    private PropertiesFile(IReadOnlyList<PropertiesPart> parts)
    {
        _parts = parts;
        Entries = [.. parts.Select(p => p.Entry).OfType<PropertiesEntry>()];
    }

    /// <summary>The file without a line.</summary>
    public static PropertiesFile Empty { get; } = new([]);

    /// <summary>The properties in order.</summary>
    public IReadOnlyList<PropertiesEntry> Entries { get; }

    IReadOnlyList<IConfigurationSetting> IConfigurationDocument.Settings => Entries;

    /// <inheritdoc/>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>A file of the given properties; of those with one key the last wins, as in Java.</summary>
    public static PropertiesFile Of(IEnumerable<KeyValuePair<string, string>> properties) =>
        OfParts([.. properties.Select(p => new PropertiesPart("", new(p.Key, p.Value)))]);

    /// <inheritdoc/>
    public IConfigurationDocument Merge(IConfigurationDocument upper)
    {
        var above = (PropertiesFile)upper;
        if (IsEmpty)
            return above;
        var replacing = above._parts.Where(p => p.Entry is not null).ToDictionary(p => p.Entry!.Key, StringComparer.Ordinal);
        var parts = new List<PropertiesPart>();
        foreach (var part in _parts)
            parts.Add(part.Entry is { } entry && replacing.Remove(entry.Key, out var over) ? over.InPlaceOf(part) : part);

        // A comment at the end must not become the comment of what follows it.
        if (replacing.Count > 0 && parts[^1] is { Entry: null } last && !last.EndsWithBlankLine)
            parts.Add(new("\n", null));
        parts.AddRange(above._parts.Where(p => p.Entry is { } entry && replacing.ContainsKey(entry.Key)));
        return new PropertiesFile(parts);
    }

    /// <inheritdoc/>
    public IConfigurationDocument Without(IReadOnlySet<string> keys)
    {
        var parts = _parts.Where(p => p.Entry is null || !keys.Contains(p.Entry.Key)).ToList();
        return parts.Exists(p => p.Entry is not null) ? new PropertiesFile(parts) : Empty;
    }

    /// <inheritdoc/>
    public ConfigurationDiff DiffTo(IConfigurationDocument after) =>
        ConfigurationDiff.Between(Values(), ((PropertiesFile)after).Values(), static (a, b) => a == b);

    /// <inheritdoc/>
    public string Render() => string.Concat(_parts.Select(p => p.Comment + p.Entry?.Render()));

    /// <summary>Hides what could be a secret: the keys.</summary>
    public override string ToString() => string.Join(", ", Entries);

    internal static PropertiesFile OfParts(IReadOnlyList<PropertiesPart> parts)
    {
        var lastOf = new Dictionary<string, PropertiesPart>(StringComparer.Ordinal);
        foreach (var part in parts.Where(p => p.Entry is not null))
            lastOf[part.Entry!.Key] = part;
        return new([.. parts.Where(p => p.Entry is null || ReferenceEquals(lastOf[p.Entry.Key], p))]);
    }

    private Dictionary<string, string> Values() => Entries.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
}

/// <summary>A piece of a properties file.</summary>
/// <param name="Comment">Whole lines of comments and blanks.</param>
/// <param name="Entry">The property that they belong to; null when they stand by themselves.</param>
internal sealed record PropertiesPart(string Comment, PropertiesEntry? Entry)
{
    /// <summary>What is read after it does not become part of it.</summary>
    public bool EndsWithBlankLine
    {
        get
        {
            var lines = Comment.AsSpan().TrimEnd('\n');
            return Comment.Length - lines.Length > 1 || lines[(lines.LastIndexOf('\n') + 1)..].TrimStart(" \t\f").IsEmpty;
        }
    }

    /// <summary>This part where the other one was: the other's comment stays when this one has none.</summary>
    public PropertiesPart InPlaceOf(PropertiesPart other) => Comment.Length > 0 ? this : this with { Comment = other.Comment };
}
