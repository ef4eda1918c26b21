using System.Globalization;
using System.Text;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>
/// The words of a configuration line, exactly as the server splits them. A word is a string with one character for each byte (0–255),
/// because escapes may name bytes that are no UTF-8; <see cref="FromText"/> and <see cref="ToText"/> are the way in and out.
/// </summary>
internal static class ConfigWords
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>
    /// Confidential words and the password in each form in which a server may repeat them: bare and quoted. Short words are left out: to remove
    /// them would only garble the text.
    /// </summary>
    public static IEnumerable<string> Written(IEnumerable<string> words, Credential? credential)
    {
        const int Shortest = 4;
        if (credential is not null)
            words = words.Append(FromText(credential.Password));
        return words.Where(w => w.Length >= Shortest).SelectMany(w => new[] { w, Quote(w) }).Select(ToText).Distinct();
    }

    /// <summary>Text as its UTF-8 bytes.</summary>
    public static string FromText(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes as text; bytes that are no UTF-8 become the replacement character.</summary>
    public static string ToText(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));

    /// <summary>
    /// Splits a line. False when quotes are unbalanced or a closing quote is followed by anything but a blank.
    /// </summary>
    public static bool TrySplit(string line, List<string> words)
    {
        var at = 0;
        while (true)
        {
            while (at < line.Length && IsBlank(line[at]))
                at++;
            if (at == line.Length)
                return true;
            var word = new StringBuilder();
            if (!TryReadWord(line, ref at, word))
                return false;
            words.Add(word.ToString());
        }
    }

    /// <summary>One word as it is written into a file: bare where that reads back the same, quoted otherwise.</summary>
    public static string Quote(string word)
    {
        if (word.Length > 0 && word.All(c => c is > ' ' and < (char)0x7f and not ('"' or '\'' or '#')))
            return word;
        var keepsUtf8 = IsUtf8(word);
        var quoted = new StringBuilder("\"");
        foreach (var c in word)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\a' => "\\a",
                < ' ' or (char)0x7f => Hex(c),
                > (char)0x7f when !keepsUtf8 => Hex(c),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static bool TryReadWord(string line, ref int at, StringBuilder word)
    {
        while (at < line.Length)
        {
            switch (line[at])
            {
                // Inside a word the server ends it at these four only, while between words it skips every blank.
                case ' ' or '\n' or '\r' or '\t':
                    return true;
                case '"':
                    at++;
                    return TryReadDoubleQuoted(line, ref at, word);
                case '\'':
                    at++;
                    return TryReadSingleQuoted(line, ref at, word);
                default:
                    word.Append(line[at++]);
                    break;
            }
        }

        return true;
    }

    private static bool TryReadDoubleQuoted(string line, ref int at, StringBuilder word)
    {
        for (; at < line.Length; at++)
        {
            var c = line[at];
            if (c == '"')
                return Close(line, ref at);
            if (c != '\\' || at + 1 == line.Length)
            {
                word.Append(c);
            }
            else if (line[at + 1] == 'x' && at + 3 < line.Length && char.IsAsciiHexDigit(line[at + 2]) && char.IsAsciiHexDigit(line[at + 3]))
            {
                word.Append((char)byte.Parse(line.AsSpan(at + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                at += 3;
            }
            else
            {
                word.Append(Unescape(line[++at]));
            }
        }

        return false;
    }

    private static bool TryReadSingleQuoted(string line, ref int at, StringBuilder word)
    {
        for (; at < line.Length; at++)
        {
            if (line[at] == '\'')
                return Close(line, ref at);
            if (line[at] == '\\' && at + 1 < line.Length && line[at + 1] == '\'')
                at++;
            word.Append(line[at]);
        }

        return false;
    }

    private static bool Close(string line, ref int at) => ++at == line.Length || IsBlank(line[at]);

    private static char Unescape(char c) => c switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\b',
        'a' => '\a',
        _ => c,
    };

    private static bool IsBlank(char c) => c is ' ' or (>= '\t' and <= '\r');

    private static string Hex(char c) => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");

    private static bool IsUtf8(string bytes)
    {
        try
        {
            _ = Strict.GetCharCount(Encoding.Latin1.GetBytes(bytes));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
