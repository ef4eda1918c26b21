namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>One parameter to set in a running server.</summary>
/// <param name="Name">Name as the user wrote it.</param>
/// <param name="Value">Value for CONFIG SET; one character for each byte.</param>
internal sealed record LiveSetting(string Name, string Value)
{
    /// <summary>The name that all aliases share.</summary>
    public string CanonicalName => RedisDirectives.Canonical(Name);

    /// <summary>Whether an answer of CONFIG GET means this value. Of buffer limits only the classes that are set are compared.</summary>
    public bool IsIn(string reported)
    {
        if (CanonicalName != "client-output-buffer-limit")
            return ConfigValue.Normal(Name, reported) == ConfigValue.Normal(Name, Value);
        var words = Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Chunk(4).All(c =>
            ConfigValue.BufferClass(reported, RedisDirective.BufferClass(c[0])) == ConfigValue.Normal(Name, string.Join(' ', c)));
    }

    /// <summary>Hides the value.</summary>
    public override string ToString() => Name;
}

/// <summary>What it takes to bring a change of configuration to a running server. Pure.</summary>
/// <param name="Settings">Parameters to set.</param>
/// <param name="RestartReasons">What can not be done live, a phrase each; when there is one, nothing is to be set.</param>
internal sealed record LiveSettings(IReadOnlyList<LiveSetting> Settings, IReadOnlyList<string> RestartReasons)
{
    /// <summary>Compares two configurations, the operator's defaults included in both.</summary>
    /// <param name="before">The configuration in effect.</param>
    /// <param name="after">The configuration wanted.</param>
    /// <param name="flavour">The server.</param>
    /// <param name="includeAtStart">Also name parameters that take effect only at start: to compare them, not to set them.</param>
    public static LiveSettings Between(RedisConf before, RedisConf after, RedisFlavour flavour, bool includeAtStart = false)
    {
        var diff = before.DiffTo(after);
        var settings = new List<LiveSetting>();
        var reasons = new List<string>();
        var lines = after.ByKey();
        foreach (var name in diff.Added.Concat(diff.Changed).Concat(diff.Removed).GroupBy(NameOf, StringComparer.Ordinal))
        {
            var atStart = !RedisConfigurationRules.IsParameter(name.Key) || RedisDirectives.Find(name.Key) is { Effect: DirectiveEffect.AtStart };
            if (atStart)
                reasons.Add($"{name.Key} takes effect only at start");
            if (atStart && !(includeAtStart && RedisConfigurationRules.IsParameter(name.Key) && lines.ContainsKey(name.Key)))
                continue;
            if (Value(name.Key, [.. name], lines, flavour) is { } value)
                settings.Add(new(lines.GetValueOrDefault(name.First())?[^1].Name ?? name.Key, value));
            else
                reasons.Add($"the default of {name.Key} comes back only at start");
        }

        return new(settings, reasons);
    }

    private static string NameOf(string key) => key.Split(' ', 2)[0];

    private static string? Value(
        string name, IReadOnlyList<string> keys, IReadOnlyDictionary<string, IReadOnlyList<RedisDirective>> lines, RedisFlavour flavour)
    {
        var fallback = flavour.Major >= 7 ? RedisDirectives.Find(name)?.Default : null;
        var parts = new List<string>();
        foreach (var key in keys)
        {
            var part = lines.TryGetValue(key, out var set)
                ? string.Join(' ', set.SelectMany(d => d.Arguments))
                : name == "client-output-buffer-limit" && fallback is not null
                    ? ConfigValue.BufferClass(fallback, key[(name.Length + 1)..])
                    : fallback;
            if (part is null)
                return null;
            parts.Add(part);
        }

        return string.Join(' ', parts);
    }
}
