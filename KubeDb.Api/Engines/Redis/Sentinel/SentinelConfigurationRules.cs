using System.Globalization;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Configuration;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>
/// What may stand in the configuration file of sentinels: the directives of a server as far as they mean anything to one that holds no data, and
/// options of masters.
/// </summary>
internal sealed class SentinelConfigurationRules(RedisFlavour flavour) : IConfigurationRules
{
    private readonly RedisConfigurationRules _server = new(flavour);

    /// <inheritdoc/>
    public string Server => $"the sentinel of {_server.Server}";

    /// <summary>Of what a sentinel has of its own, options of masters are the user's; addresses, names and epochs are not.</summary>
    public bool IsOwned(IConfigurationSetting setting)
    {
        var directive = (RedisDirective)setting;
        return directive.CanonicalName == SentinelSettings.Directive ? !SentinelSettings.IsMasterOption(directive) : _server.IsOwned(setting);
    }

    /// <inheritdoc/>
    public string? Fault(IConfigurationSetting setting)
    {
        var directive = (RedisDirective)setting;
        if (!SentinelSettings.IsMasterOption(directive))
            return _server.Fault(setting);
        if (!int.TryParse(directive.Arguments[2], NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value == 0)
            return "needs a whole number above zero";
        return directive.Arguments[1].Split('/') is [{ Length: > 0 }, { Length: > 0 }]
            ? null
            : "needs the name of a master, which is the namespace and name of its database, such as demo/rd-demo";
    }

    /// <inheritdoc/>
    public bool? IsKnown(IConfigurationSetting setting) =>
        ((RedisDirective)setting).CanonicalName == SentinelSettings.Directive ? true : _server.IsKnown(setting);

    /// <inheritdoc/>
    public string? Nearest(string name) => _server.Nearest(name);
}
