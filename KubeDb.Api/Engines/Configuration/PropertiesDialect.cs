using System.Globalization;
using System.Text;

namespace KubeDb.Api.Engines.Configuration;

/// <summary>
/// Java's properties files, as <c>java.util.Properties</c> reads them: separators <c>=</c>, <c>:</c> and blanks, comments with <c>#</c> and
/// <c>!</c>, lines continued by a backslash, escapes. The documents are <see cref="PropertiesFile"/>.
/// </summary>
/// <remarks>
/// Stricter than Java in two points, because a server would otherwise run with what nobody meant: a line must begin with a key, and no line
/// may hold a NUL.
/// </remarks>
public sealed class PropertiesDialect : IConfigurationDialect
{
    private PropertiesDialect()
    {
    }

    /// <summary>The dialect.</summary>
    public static PropertiesDialect Instance { get; } = new();

    /// <inheritdoc/>
    public ConfigurationReading Read(string text)
    {
        var lines = Lines(text);
        var parts = new List<PropertiesPart>();
        var errors = new List<ConfigurationError>();
        var comments = new List<string>();
        for (var at = 0; at < lines.Count;)
        {
            if (IsBlankOrComment(lines[at]))
            {
                comments.Add(lines[at++]);
                continue;
            }

            // Nothing so far, continued: nothing. Not kept, as what follows it is read differently by old and new versions of Java.
            if (lines[at].AsSpan().TrimStart(" \t\f") is ['\\'])
            {
                at++;
                continue;
            }

            var (logical, next) = Logical(lines, at);
            var raw = lines[at..next];
            var (entry, error) = Entry(logical, raw, at + 1);
            at = next;
            if (error is not null)
                errors.Add(error);
            if (entry is null)
                continue;
            var own = comments.FindLastIndex(c => c.All(IsBlank)) + 1;
            if (own > 0)
                parts.Add(new(Joined(comments[..own]), null));
            parts.Add(new(Joined(comments[own..]), entry));
            comments.Clear();
        }

        if (comments.Count > 0)
            parts.Add(new(Joined(comments), null));
        return new(PropertiesFile.OfParts(parts), errors);
    }

    internal static bool IsBlank(char c) => c is ' ' or '\t' or '\f';

    /// <summary>True when a backslash at its end continues the line on the next.</summary>
    internal static bool IsContinued(string line) => (line.Length - line.AsSpan().TrimEnd('\\').Length) % 2 == 1;

    private static List<string> Lines(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n').ToList();
        if (lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    private static string Joined(List<string> lines) => string.Concat(lines.Select(l => l + "\n"));

    private static bool IsBlankOrComment(string line) => line.AsSpan().TrimStart(" \t\f") is [] or ['#' or '!', ..];

    /// <summary>The line that begins at the given one, with those that continue it, and the index of the next.</summary>
    private static (string Logical, int Next) Logical(List<string> lines, int at)
    {
        var logical = new StringBuilder();
        while (at < lines.Count)
        {
            var line = lines[at++];
            var isContinued = IsContinued(line);
            logical.Append((isContinued ? line[..^1] : line).TrimStart(' ', '\t', '\f'));
            if (!isContinued)
                break;
        }

        return (logical.ToString(), at);
    }

    private static (PropertiesEntry? Entry, ConfigurationError? Error) Entry(string logical, List<string> raw, int number)
    {
        var (keyEnd, valueStart, hasSeparator) = Split(logical);
        var key = Unescape(logical[..keyEnd]);
        var value = Unescape(logical[valueStart..]);

        // What has no separator may be the second half of a secret that was broken into two lines.
        var shown = hasSeparator && key is not null ? PropertiesEntry.Visible(key) : "";
        if (logical.Contains('\0', StringComparison.Ordinal))
            return (null, new(number, "", "holds a NUL byte"));
        if (key is null || value is null)
            return (null, new(number, shown, "\\u without four hexadecimal digits"));
        return key.Length == 0
            ? (null, new(number, "", "no key before the separator"))
            : (new(key, value) { Line = number, Source = Joined(raw) }, null);
    }

    private static (int KeyEnd, int ValueStart, bool HasSeparator) Split(string line)
    {
        var end = 0;
        while (end < line.Length && !IsBlank(line[end]) && line[end] is not ('=' or ':'))
            end += line[end] == '\\' ? 2 : 1;
        end = Math.Min(end, line.Length);
        var start = end;
        var hasSeparator = false;
        for (; start < line.Length; start++)
        {
            if (IsBlank(line[start]))
                continue;
            if (hasSeparator || line[start] is not ('=' or ':'))
                break;
            hasSeparator = true;
        }

        return (end, start, hasSeparator);
    }

    /// <summary>The text that escapes stand for; null when one is malformed.</summary>
    private static string? Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                plain.Append(text[at]);
            }
            else if (++at == text.Length)
            {
                break;
            }
            else if (text[at] == 'u')
            {
                if (at + 4 >= text.Length || !ushort.TryParse(text.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                    return null;
                plain.Append((char)code);
                at += 4;
            }
            else
            {
                plain.Append(text[at] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var c => c });
            }
        }

        return plain.ToString();
    }
}
