using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;

namespace KubeDb.Api.Engines.ZooKeeper.Configuration;

/// <summary>What may stand in <c>zoo.cfg</c>.</summary>
public sealed class ZooKeeperConfigurationRules(string version) : IConfigurationRules
{
    /// <inheritdoc/>
    public string Server => $"ZooKeeper {version}";

    /// <summary>The file of a version.</summary>
    public static ConfigurationFile File(ICatalogVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return new(ZooKeeperConfig.Key, PropertiesDialect.Instance, new ZooKeeperConfigurationRules(version.Version), [PodGroup.OnlyRole]);
    }

    /// <inheritdoc/>
    public bool IsOwned(IConfigurationSetting setting) => ZooKeeperKeys.IsOwned(Property(setting).Key);

    /// <inheritdoc/>
    public string? Fault(IConfigurationSetting setting) => ZooKeeperKeys.Fault(Property(setting).Key, Property(setting).Value);

    /// <inheritdoc/>
    public bool? IsKnown(IConfigurationSetting setting) => ZooKeeperKeys.IsKnown(Property(setting).Key);

    /// <inheritdoc/>
    public string? Nearest(string name) => ZooKeeperKeys.Nearest(name);

    private static PropertiesEntry Property(IConfigurationSetting setting) => (PropertiesEntry)setting;
}
