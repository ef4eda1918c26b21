using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Api.Engines.Druid.Configuration;

/// <summary>The files that users write into, and who reads them.</summary>
internal static class DruidFiles
{
    /// <summary>What every server reads.</summary>
    public const string Common = "common.runtime.properties";

    private static readonly string[] All = [.. DruidNames.Roles.Select(r => r.Name)];

    // One file in the servers' folders is that of both: what is said in either counts for both.
    private static readonly string[] Masters = [DruidNames.Coordinators, DruidNames.Overlords];

    /// <summary>Name of the properties of a role.</summary>
    public static string Properties(string role) => $"{role}.properties";

    /// <summary>Name of the options of a role's Java machine.</summary>
    public static string Options(string role) => $"{role}.jvm.config";

    /// <summary>The files of a version.</summary>
    public static IReadOnlyList<ConfigurationFile> Of(ICatalogVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        var properties = new DruidPropertyRules(version.Version);
        var options = new DruidOptionRules(version.Version);
        return
        [
            new(Common, PropertiesDialect.Instance, properties, All),
            .. DruidNames.Roles.Select(r => new ConfigurationFile(Properties(r.Name), PropertiesDialect.Instance, properties, Readers(r.Name))),
            .. DruidNames.Roles.Where(r => r.Name != DruidNames.Overlords).Select(r => new ConfigurationFile(Options(r.Name), JvmOptionsDialect.Instance, options, Readers(r.Name))),
        ];
    }

    /// <summary>The file of that name.</summary>
    public static ConfigurationFile Of(ICatalogVersion version, string name) => Of(version).First(f => f.Name == name);

    private static string[] Readers(string role) => Masters.Contains(role) ? Masters : [role];
}

/// <summary>What may stand in files of properties.</summary>
internal sealed class DruidPropertyRules(string version) : IConfigurationRules
{
    /// <inheritdoc/>
    public string Server => $"Druid {version}";

    /// <inheritdoc/>
    public bool IsOwned(IConfigurationSetting setting) => DruidKeys.IsOwned(Property(setting).Key);

    /// <inheritdoc/>
    public string? Fault(IConfigurationSetting setting) => DruidKeys.Fault(Property(setting).Key, Property(setting).Value);

    /// <inheritdoc/>
    public bool? IsKnown(IConfigurationSetting setting) => DruidKeys.IsKnown(Property(setting).Key);

    /// <inheritdoc/>
    public string? Nearest(string name) => DruidKeys.Nearest(name);

    private static PropertiesEntry Property(IConfigurationSetting setting) => (PropertiesEntry)setting;
}

/// <summary>What may stand in files of options of the Java machine.</summary>
internal sealed class DruidOptionRules(string version) : IConfigurationRules
{
    private static readonly string[] Owned = ["-cp", "-classpath", "--class-path", "-jar", "-D" + DruidKeys.Host];

    /// <inheritdoc/>
    public string Server => $"Druid {version}";

    /// <inheritdoc/>
    public bool IsOwned(IConfigurationSetting setting) =>
        Owned.Contains(setting.Key) || (setting.Key.StartsWith("-D", StringComparison.Ordinal) && DruidKeys.IsOwned(setting.Key[2..]));

    /// <summary>What a Java machine says of an option that it does not know, only it can tell.</summary>
    public bool? IsKnown(IConfigurationSetting setting) => null;

    /// <inheritdoc/>
    public string? Nearest(string name) => null;
}
