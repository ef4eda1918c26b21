using KubeDb.Api.Engines.Configuration;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>The syntax of redis.conf and valkey.conf (<see cref="RedisConf"/>).</summary>
public sealed class RedisConfDialect : IConfigurationDialect
{
    private RedisConfDialect()
    {
    }

    /// <summary>The dialect.</summary>
    public static RedisConfDialect Instance { get; } = new();

    /// <inheritdoc/>
    public ConfigurationReading Read(string text)
    {
        var (conf, errors) = RedisConf.Parse(text);
        return new(conf, errors);
    }
}

/// <summary>What may stand in the configuration file of a server, by the table of directives.</summary>
public sealed class RedisConfigurationRules(RedisFlavour flavour) : IConfigurationRules
{
    /// <inheritdoc/>
    public string Server => $"{(flavour.IsValkey ? "Valkey" : "Redis")} {flavour.Version}";

    /// <inheritdoc/>
    public bool IsOwned(IConfigurationSetting setting) => RedisDirectives.IsOwned((RedisDirective)setting);

    /// <inheritdoc/>
    public string? Fault(IConfigurationSetting setting) =>
        RedisDirectives.HasValidCount((RedisDirective)setting) ? null : "has a wrong number of arguments";

    /// <summary>A name that the table does not have is unknown for certain only to versions for which the table is complete.</summary>
    public bool? IsKnown(IConfigurationSetting setting)
    {
        if (RedisDirectives.IsReadAndIgnored(setting.Name) || RedisDirectives.IsKnown(setting.Name, flavour.IsValkey, flavour.Version))
            return true;
        return RedisDirectives.IsComplete(flavour.IsValkey, flavour.Version) ? false : null;
    }

    /// <inheritdoc/>
    public string? Nearest(string name) => RedisDirectives.Suggest(name);

    /// <summary>False for directives that no parameter query can confirm, so that only the table knows them.</summary>
    public static bool IsParameter(string canonicalName) => canonicalName is not ("include" or "loadmodule" or "rename-command" or "user");
}
