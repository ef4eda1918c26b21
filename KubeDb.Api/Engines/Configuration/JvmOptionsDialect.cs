namespace KubeDb.Api.Engines.Configuration;

/// <summary>Options of a Java machine, one a line, as start scripts of Java servers read them; lines that begin with # are comments. Pure.</summary>
public sealed class JvmOptionsDialect : IConfigurationDialect
{
    /// <summary>The dialect.</summary>
    public static JvmOptionsDialect Instance { get; } = new();

    private JvmOptionsDialect()
    {
    }

    /// <inheritdoc/>
    public ConfigurationReading Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var options = new List<JvmOption>();
        var errors = new List<ConfigurationError>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] == '-' && line.Length > 1)
                options.Add(new(line) { Line = i + 1 });
            else
                errors.Add(new(i + 1, "", "is no option of a Java machine, which begins with a dash"));
        }

        return new(JvmOptions.Of(options), errors);
    }
}

/// <summary>One option.</summary>
/// <param name="Text">The whole option, such as <c>-Xmx512m</c>.</param>
public sealed record JvmOption(string Text) : IConfigurationSetting
{
    // The size follows these without anything between.
    private static readonly string[] Sizes = ["-Xmx", "-Xms", "-Xmn", "-Xss"];

    /// <inheritdoc/>
    public string Key { get; } = KeyOf(Text);

    /// <inheritdoc/>
    public string Name => Key;

    /// <inheritdoc/>
    public string Shown => Key;

    /// <inheritdoc/>
    public int Line { get; init; }

    /// <summary>Hides the value.</summary>
    public override string ToString() => Key;

    /// <summary>Where it stands does not count.</summary>
    public bool Equals(JvmOption? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    // -XX:+Name, -XX:-Name and -XX:Name=… exclude each other; --add-opens and its like stand once for each package.
    private static string KeyOf(string text)
    {
        if (Array.Find(Sizes, s => text.StartsWith(s, StringComparison.Ordinal)) is { } size)
            return size;
        if (text.StartsWith("--", StringComparison.Ordinal))
            return text;
        var name = text.Split('=')[0];
        return name.StartsWith("-XX:+", StringComparison.Ordinal) || name.StartsWith("-XX:-", StringComparison.Ordinal) ? "-XX:" + name[5..] : name;
    }
}

/// <summary>A file of options: each once, in order. Immutable.</summary>
public sealed class JvmOptions : IConfigurationDocument
{
    private readonly IReadOnlyList<JvmOption> _options;

    private JvmOptions(IReadOnlyList<JvmOption> options) => _options = options;

    /// <summary>The options in order.</summary>
    public IReadOnlyList<JvmOption> Options => _options;

    IReadOnlyList<IConfigurationSetting> IConfigurationDocument.Settings => _options;

    /// <inheritdoc/>
    public bool IsEmpty => _options.Count == 0;

    /// <summary>A file of the given options; of those with one key the last wins.</summary>
    public static JvmOptions Of(IEnumerable<JvmOption> options)
    {
        var all = options.ToList();
        var last = new Dictionary<string, JvmOption>(StringComparer.Ordinal);
        foreach (var option in all)
            last[option.Key] = option;
        return new([.. all.Where(o => ReferenceEquals(last[o.Key], o))]);
    }

    /// <inheritdoc/>
    public IConfigurationDocument Merge(IConfigurationDocument upper)
    {
        var above = ((JvmOptions)upper)._options.ToDictionary(o => o.Key, StringComparer.Ordinal);
        var merged = _options.Select(o => above.Remove(o.Key, out var over) ? over : o).ToList();
        return new JvmOptions([.. merged, .. ((JvmOptions)upper)._options.Where(o => above.ContainsKey(o.Key))]);
    }

    /// <inheritdoc/>
    public IConfigurationDocument Without(IReadOnlySet<string> keys) => new JvmOptions([.. _options.Where(o => !keys.Contains(o.Key))]);

    /// <inheritdoc/>
    public ConfigurationDiff DiffTo(IConfigurationDocument after) => ConfigurationDiff.Between(Values(), ((JvmOptions)after).Values(), static (a, b) => a == b);

    /// <inheritdoc/>
    public string Render() => string.Concat(_options.Select(o => o.Text + "\n"));

    /// <summary>Hides what could be a secret: the names.</summary>
    public override string ToString() => string.Join(", ", _options);

    private Dictionary<string, string> Values() => _options.ToDictionary(o => o.Key, o => o.Text, StringComparer.Ordinal);
}
