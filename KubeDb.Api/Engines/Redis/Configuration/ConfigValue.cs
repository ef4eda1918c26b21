using System.Globalization;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>
/// A directive's value in the form in which the server would report it, as far as that can be told without the server: what a file says
/// and what CONFIG GET answers compare equal when they mean the same. One character for each byte.
/// </summary>
internal static class ConfigValue
{
    // The classes that the letter A of notify-keyspace-events stands for.
    private const string AllEvents = "g$lshzxetd";

    /// <summary>The value that lines of one key (or, for the whole of a repeatable directive, of one name) amount to.</summary>
    public static string Of(IReadOnlyList<RedisDirective> lines) =>
        lines.Count == 0 ? "" : Normal(lines[0].Name, string.Join(' ', lines.SelectMany(ArgumentsOf)));

    /// <summary>The normal form of a value that CONFIG GET answered.</summary>
    public static string Normal(string name, string value) => RedisDirectives.Canonical(name) switch
    {
        "notify-keyspace-events" => Events(value),
        "client-output-buffer-limit" => string.Join(' ', Words(value).Select(w => Number(RedisDirective.BufferClass(w)))),
        "hz" => Clamp(value, 1, 500),
        "shutdown-on-sigterm" or "shutdown-on-sigint" => string.Join(' ', Words(value).Select(w => w.ToLowerInvariant()).Order(StringComparer.Ordinal)),
        var n when RedisDirectives.IsExactText(n) => value,
        _ => string.Join(' ', Words(value).Select(w => Number(w.ToLowerInvariant()))),
    };

    /// <summary>The value of one class of <c>client-output-buffer-limit</c> in an answer that lists all.</summary>
    public static string BufferClass(string value, string name)
    {
        var words = Words(value);
        for (var i = 0; i + 3 < words.Length; i += 4)
        {
            if (RedisDirective.BufferClass(words[i]) == name)
                return Normal("client-output-buffer-limit", string.Join(' ', words[i..(i + 4)]));
        }

        return "";
    }

    private static IEnumerable<string> ArgumentsOf(RedisDirective directive) => directive.Arguments.Where(a => a.Length > 0);

    private static string[] Words(string value) => value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Number(string word)
    {
        var digits = 0;
        while (digits < word.Length && char.IsAsciiDigit(word[digits]))
            digits++;
        if (digits == 0 || !ulong.TryParse(word.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return word;
        ulong? unit = word[digits..] switch
        {
            "" or "b" => 1UL,
            "k" => 1000UL,
            "kb" => 1UL << 10,
            "m" => 1_000_000UL,
            "mb" => 1UL << 20,
            "g" => 1_000_000_000UL,
            "gb" => 1UL << 30,
            _ => null,
        };
        return unit is { } factor && number <= ulong.MaxValue / factor ? (number * factor).ToString(CultureInfo.InvariantCulture) : word;
    }

    private static string Clamp(string value, long low, long high) =>
        long.TryParse(value, CultureInfo.InvariantCulture, out var number)
            ? Math.Clamp(number, low, high).ToString(CultureInfo.InvariantCulture)
            : value;

    // Servers before 7 have no class d in A: where all others are named, d does not count.
    private static string Events(string value)
    {
        var letters = value.Replace("A", AllEvents, StringComparison.Ordinal).Distinct().Order().ToHashSet();
        if (AllEvents.All(c => c == 'd' || letters.Contains(c)))
            letters.Remove('d');
        return new([.. letters.Order()]);
    }
}
