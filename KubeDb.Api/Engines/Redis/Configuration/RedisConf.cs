using System.Text;
using KubeDb.Api.Engines.Configuration;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>
/// A redis.conf or valkey.conf: directives in order, comments dropped. Immutable. In a normal form every key occurs once, except that
/// <c>save</c> may have several lines, which are one set and stand together.
/// </summary>
public sealed class RedisConf : IConfigurationDocument, IEquatable<RedisConf>
{
    private RedisConf(IReadOnlyList<RedisDirective> directives) => Directives = directives;

    /// <summary>The configuration without a directive.</summary>
    public static RedisConf Empty { get; } = new([]);

    /// <summary>The directives in order.</summary>
    public IReadOnlyList<RedisDirective> Directives { get; }

    IReadOnlyList<IConfigurationSetting> IConfigurationDocument.Settings => Directives;

    bool IConfigurationDocument.IsEmpty => Directives.Count == 0;

    /// <summary>A configuration of the given directives; of those with one key the last wins, as in the server.</summary>
    public static RedisConf Of(IEnumerable<RedisDirective> directives) => Normalise(directives.SelectMany(Expand));

    /// <summary>Reads a file the way the server does. Lines in error are left out and reported.</summary>
    public static (RedisConf Conf, IReadOnlyList<ConfigurationError> Errors) Parse(string text)
    {
        var directives = new List<RedisDirective>();
        var errors = new List<ConfigurationError>();
        var number = 0;
        foreach (var raw in ConfigWords.FromText(text).Split('\n'))
        {
            number++;
            var line = raw.Trim(' ', '\t', '\r');
            if (line.Length == 0 || line[0] == '#')
                continue;
            var words = new List<string>();
            if (line.Contains('\0', StringComparison.Ordinal))
                errors.Add(new(number, KnownName(line), "holds a NUL byte"));
            else if (!ConfigWords.TrySplit(line, words))
                errors.Add(new(number, KnownName(line), "unbalanced quotes"));
            else if (words.Count > 0)
                directives.Add(new(words[0].ToLowerInvariant(), words[1..]) { Line = number });
        }

        return (Of(directives), errors);
    }

    /// <summary>
    /// This configuration with another on top. By key the upper one wins and takes the place of the lower; new ones follow in their order.
    /// The <c>save</c> lines of the upper replace those of the lower as one set (<c>save ""</c> alone therefore switches them off).
    /// </summary>
    public RedisConf Merge(RedisConf upper)
    {
        var replaced = upper.Directives.Select(d => d.Key).ToHashSet(StringComparer.Ordinal);
        var placed = new HashSet<string>(StringComparer.Ordinal);
        var merged = new List<RedisDirective>();
        foreach (var directive in Directives)
        {
            if (!replaced.Contains(directive.Key))
                merged.Add(directive);
            else if (placed.Add(directive.Key))
                merged.AddRange(upper.Directives.Where(d => d.Key == directive.Key));
        }

        merged.AddRange(upper.Directives.Where(d => !placed.Contains(d.Key)));
        return new(merged);
    }

    /// <summary>This configuration without the directives of the given keys.</summary>
    public RedisConf Without(IReadOnlySet<string> keys) => new([.. Directives.Where(d => !keys.Contains(d.Key))]);

    /// <summary>The part that the predicate chooses.</summary>
    public RedisConf Where(Func<RedisDirective, bool> predicate) => new([.. Directives.Where(predicate)]);

    /// <summary>What has to happen to turn this configuration into another, by key; the order of directives does not count.</summary>
    public ConfigurationDiff DiffTo(RedisConf after) => ConfigurationDiff.Between(ByKey(), after.ByKey(), SameLines);

    /// <summary>The directives by key, in order of first occurrence; only <c>save</c> may have several.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RedisDirective>> ByKey() =>
        Directives.GroupBy(d => d.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, IReadOnlyList<RedisDirective> (g) => [.. g], StringComparer.Ordinal);

    /// <summary>The file: a line for each directive. Parsing it gives this configuration again.</summary>
    public string Render()
    {
        var text = new StringBuilder();
        foreach (var directive in Directives)
            text.Append(directive.Render()).Append('\n');
        return text.ToString();
    }

    IConfigurationDocument IConfigurationDocument.Merge(IConfigurationDocument upper) => Merge((RedisConf)upper);

    IConfigurationDocument IConfigurationDocument.Without(IReadOnlySet<string> keys) => Without(keys);

    ConfigurationDiff IConfigurationDocument.DiffTo(IConfigurationDocument after) => DiffTo((RedisConf)after);

    /// <summary>Hides what could be a secret: the names of the directives.</summary>
    public override string ToString() => string.Join(", ", Directives.Select(d => d.Label));

    /// <inheritdoc/>
    public bool Equals(RedisConf? other) => other is not null && Directives.SequenceEqual(other.Directives);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RedisConf);

    /// <inheritdoc/>
    public override int GetHashCode() => Directives.Aggregate(0, HashCode.Combine);

    private static RedisConf Normalise(IEnumerable<RedisDirective> lines)
    {
        var all = lines.ToList();
        var lastOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < all.Count; i++)
            lastOf[all[i].Key] = i;
        var lastClear = all.FindLastIndex(IsSaveOff);
        return new(Together([.. all.Where((d, i) => d.CanonicalName == "save" ? KeepsSave(all, i, lastClear) : lastOf[d.Key] == i)]));
    }

    // Save lines are one set, so they stand in one place: where the first of them stood.
    private static List<RedisDirective> Together(List<RedisDirective> lines)
    {
        var first = lines.FindIndex(d => d.CanonicalName == "save");
        if (first < 0)
            return lines;
        var saves = lines.Where(d => d.CanonicalName == "save").ToList();
        return [.. lines.Take(first), .. saves, .. lines.Skip(first).Where(d => d.CanonicalName != "save")];
    }

    // Save lines add up until one of them clears; a clearing line stands only where nothing follows it.
    private static bool KeepsSave(List<RedisDirective> all, int index, int lastClear)
    {
        if (index < lastClear)
            return false;
        return index > lastClear || !all.Skip(index + 1).Any(d => d.CanonicalName == "save");
    }

    private static bool IsSaveOff(RedisDirective d) => d.CanonicalName == "save" && d.Arguments is [""];

    // Servers from 7 on accept several classes in one line; one line a class reads the same to every server and merges by class.
    private static IEnumerable<RedisDirective> Expand(RedisDirective directive)
    {
        if (directive.CanonicalName != "client-output-buffer-limit")
            return [directive];
        var words = directive.Arguments;
        if (words is [var only] && only.Contains(' ', StringComparison.Ordinal))
        {
            var split = new List<string>();
            words = ConfigWords.TrySplit(only, split) ? split : words;
        }

        return words.Count % 4 == 0 && words.Count > 0
            ? words.Chunk(4).Select(chunk => directive with { Arguments = chunk })
            : [directive];
    }

    private static bool SameLines(IReadOnlyList<RedisDirective> left, IReadOnlyList<RedisDirective> right) =>
        ConfigValue.Of(left) == ConfigValue.Of(right);

    // What begins with no known directive may be the second half of a secret that was broken into two lines.
    private static string KnownName(string line)
    {
        var name = line.Split(' ', '\t')[0].Trim('"', '\'').ToLowerInvariant();
        return RedisDirectives.Find(name) is null ? "" : name;
    }
}
