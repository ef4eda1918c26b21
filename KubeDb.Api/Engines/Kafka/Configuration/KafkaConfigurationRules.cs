using System.Globalization;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Kafka.Configuration;

/// <summary>What may stand in the properties of a server.</summary>
public sealed class KafkaConfigurationRules(string version) : IConfigurationRules
{
    // Who a node is, where its data is, and how the nodes find, know and understand each other: one with others would be lost to them.
    private static readonly string[] OwnedKeys =
    [
        "process.roles", "node.id", "broker.id", "controller.quorum.voters", "controller.quorum.bootstrap.servers", "controller.quorum.auto.join.enable",
        "controller.listener.names", "advertised.listeners", "early.start.listeners", "control.plane.listener.name", "inter.broker.listener.name",
        "security.inter.broker.protocol", "sasl.mechanism.inter.broker.protocol", "sasl.mechanism.controller.protocol", "log.dir", "log.dirs",
        "ssl.key.password", "ssl.engine.factory.class", "ssl.allow.dn.changes", "ssl.allow.san.changes",
    ];

    private static readonly string[] OwnedPrefixes =
    [
        "ssl.keystore.", "ssl.truststore.", "listener.name.controller.", "listener.name.local.", "listener.name.replication.", "listener.name.quorum.",
        "listener.name.broker.plain.", "listener.name.broker.scram-", "listener.name.broker.ssl.keystore.", "listener.name.broker.ssl.truststore.",
        "listener.name.broker.ssl.key.",
    ];

    private static readonly string[] UserPrefixes = ["listener.name.", "remote.log.metadata.", "remote.log.storage.manager.impl.", "rsm.config.", "rlmm.config.", "metrics.", "confluent.", "cruise.control."];

    /// <inheritdoc/>
    public string Server => $"Kafka {version}";

    /// <summary>The files of a version: that of nodes of both roles, and that of each role.</summary>
    public static IReadOnlyList<ConfigurationFile> Files(ICatalogVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        var rules = new KafkaConfigurationRules(version.Version);
        return
        [
            new(KafkaValidation.ServerFile, PropertiesDialect.Instance, rules, [PodGroup.OnlyRole]),
            new(KafkaValidation.BrokerFile, PropertiesDialect.Instance, rules, [KafkaNames.Broker]),
            new(KafkaValidation.ControllerFile, PropertiesDialect.Instance, rules, [KafkaNames.Controller]),
            .. LogSettings.Names.Select(n => new ConfigurationFile(n, PropertiesDialect.Instance, LogSettings.Rules, [PodGroup.OnlyRole, KafkaNames.Broker, KafkaNames.Controller])),
        ];
    }

    /// <inheritdoc/>
    public bool IsOwned(IConfigurationSetting setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return OwnedKeys.Contains(setting.Key) || OwnedPrefixes.Any(p => setting.Key.StartsWith(p, StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public string? Fault(IConfigurationSetting setting)
    {
        var (key, value) = (((PropertiesEntry)setting).Key, ((PropertiesEntry)setting).Value.Trim());
        if (key.Contains(' ', StringComparison.Ordinal))
            return "holds a blank, and no key does";
        if (UserListeners.Fault(key, value) is { } fault)
            return fault;
        if (KafkaSettingTable.Numbers.Contains(key) && !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            return "needs a whole number";
        if (KafkaSettingTable.Fractions.Contains(key) && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            return "needs a number";
        if (KafkaSettingTable.Flags.Contains(key) && !bool.TryParse(value, out _))
            return "needs true or false";
        return key == "metadata.log.dir" && !value.StartsWith($"{KafkaPods.DataFolder}/", StringComparison.Ordinal)
            ? $"needs a folder below {KafkaPods.DataFolder}, where the volume is: elsewhere the metadata would be gone with the pod"
            : null;
    }

    /// <summary>
    /// True for a setting of a server; false for one that is most likely a slip of one. A server keeps any other for plug-ins, so that it can neither be
    /// confirmed nor refused.
    /// </summary>
    public bool? IsKnown(IConfigurationSetting setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        var key = setting.Key;
        return KafkaSettingTable.All.Contains(key) || IsOwned(setting) || UserListeners.IsPerPod(key) || UserPrefixes.Any(p => key.StartsWith(p, StringComparison.Ordinal))
            ? true
            : Nearest(key) is null ? null : false;
    }

    /// <inheritdoc/>
    public string? Nearest(string name) => Spelling.Nearest(name, KafkaSettingTable.All);
}
