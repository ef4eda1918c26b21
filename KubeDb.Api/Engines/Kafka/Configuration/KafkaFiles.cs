using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;

namespace KubeDb.Api.Engines.Kafka.Configuration;

/// <summary>The files that a group of nodes mounts, by the names that users know. Pure.</summary>
internal static class KafkaFiles
{
    /// <summary>What the server reads, before the start script adds what only the pod knows.</summary>
    public const string ServerKey = "config.properties";

    /// <summary>What tools in the pod log in with.</summary>
    public const string ClientKey = "clientauth.properties";

    /// <summary>Key stores; with TLS alone. The server reads it before the rest, which may override it.</summary>
    public const string TlsKey = "ssl.properties";

    /// <summary>Keystore of the nodes.</summary>
    public const string KeyStore = KeyStoreObjects.StoreFolder + "/server.keystore.jks";

    /// <summary>Trust store of the nodes, and of tools in the pod.</summary>
    public const string TrustStore = KeyStoreObjects.StoreFolder + "/server.truststore.jks";

    private const string StorePassword = "<STORE_PASSWORD>";

    /// <summary>The files of the group.</summary>
    public static IReadOnlyDictionary<string, string> Of(KafkaDescription d, KafkaNodes nodes)
    {
        var settings = Settings(d, nodes);
        var files = KafkaConfigurationRules.Files(d.Version);
        var user = UserConfiguration.Of(files, d.Facts);
        var own = files.First(f => f.Roles.Contains(nodes.Role));
        var rendered = new Dictionary<string, string>
        {
            [ServerKey] = KafkaServerFile.Render(own, settings, user.Effective(own)),
            [ClientKey] = Client(settings),
        };
        if (settings.Listeners.HasPeers)
            rendered[TlsKey] = Rendered(Stores());
        foreach (var file in files.Where(f => LogSettings.Names.Contains(f.Name)))
        {
            if (user.Effective(file) is { IsEmpty: false } log)
                rendered[file.Name] = log.Render();
        }

        return rendered;
    }

    /// <summary>What the configuration of the group depends on.</summary>
    public static KafkaServerSettings Settings(KafkaDescription d, KafkaNodes nodes) => new()
    {
        Version = d.ServerVersion,
        AreBrokers = nodes.AreBrokers,
        AreControllers = nodes.AreControllers,
        Voters = d.Voters,
        Brokers = d.Brokers,
        Domain = d.Domain,
        Protocol = KafkaTls.Protocol(d.Kafka),
        HasSecurity = !d.Spec.DisableSecurity,
        HasRacks = nodes.RackLabel is not null,
        EmptyVolume = EmptyVolumeOf(d, nodes),
    };

    /// <summary>The stores of nodes and of tools in the pod.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Stores() =>
    [
        new("ssl.keystore.location", KeyStore),
        new("ssl.keystore.password", StorePassword),
        new("ssl.keystore.type", "JKS"),
        new("ssl.key.password", StorePassword),
        new("ssl.truststore.location", TrustStore),
        new("ssl.truststore.password", StorePassword),
        new("ssl.truststore.type", "JKS"),
        new("ssl.client.auth", "required"),
        new("ssl.endpoint.identification.algorithm", ""),

        // A certificate may change its content while the server runs.
        new("ssl.allow.dn.changes", "true"),
        new("ssl.allow.san.changes", "true"),
    ];

    private static EmptyVolume EmptyVolumeOf(KafkaDescription d, KafkaNodes nodes)
    {
        if (!d.Facts.WasProvisioned || !nodes.AreControllers)
            return EmptyVolume.Begin;
        if (d.Voters.Count > 1)
            return d.IsDurable ? EmptyVolume.Join : EmptyVolume.JoinOrBegin;
        return d.IsDurable && !nodes.AreBrokers ? EmptyVolume.Refuse : EmptyVolume.Begin;
    }

    private static string Client(KafkaServerSettings settings)
    {
        var properties = new List<KeyValuePair<string, string>> { new("security.protocol", settings.Listeners.ClientProtocol) };
        if (settings.HasSecurity)
        {
            properties.Add(new("sasl.mechanism", "PLAIN"));
            properties.Add(new("sasl.jaas.config", $"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"{KafkaServerFile.User}\" password=\"{KafkaServerFile.Password}\";"));
        }

        if (settings.Protocol == PeerProtocol.Tls)
        {
            properties.AddRange(Stores().Where(s => s.Key.StartsWith("ssl.truststore.", StringComparison.Ordinal)));

            // Nobody else may log in by a certificate alone.
            if (!settings.HasSecurity)
                properties.AddRange(Stores().Where(s => s.Key.StartsWith("ssl.key", StringComparison.Ordinal)));
            properties.Add(new("ssl.endpoint.identification.algorithm", ""));
        }

        return Rendered(properties);
    }

    private static string Rendered(IEnumerable<KeyValuePair<string, string>> properties) => PropertiesFile.Of(properties).Render();
}
