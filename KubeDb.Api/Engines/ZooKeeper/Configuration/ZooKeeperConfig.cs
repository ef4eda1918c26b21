using System.Globalization;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;

namespace KubeDb.Api.Engines.ZooKeeper.Configuration;

/// <summary>The file <c>zoo.cfg</c>: the operator's settings, and the user's over those that are not the operator's own. Pure.</summary>
public static class ZooKeeperConfig
{
    /// <summary>Name of the file, in the config secret and under <c>/conf</c>.</summary>
    public const string Key = "zoo.cfg";

    /// <summary>Where the stores are.</summary>
    public const string TlsFolder = KeyStoreObjects.StoreFolder;

    /// <summary>Keystore of the members, below <see cref="TlsFolder"/>.</summary>
    public const string KeyStore = "server.keystore.jks";

    /// <summary>Trust store of the members, below <see cref="TlsFolder"/>.</summary>
    public const string TrustStore = "server.truststore.jks";

    /// <summary>The whole file as the members read it.</summary>
    /// <param name="file">The file and its rules.</param>
    /// <param name="settings">What it depends on.</param>
    /// <param name="user">The user's settings; those that the operator owns are left out.</param>
    public static string Render(ConfigurationFile file, ZooKeeperSettings settings, IConfigurationDocument user)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(settings);
        var merged = (PropertiesFile)PropertiesFile.Of(Own(settings)).Merge(file.WithoutOwned(user));

        // Comments are of no use to a server, and people look here for what it runs with.
        return "# Written by KubeDB. Change spec.configuration instead: this file is replaced.\n"
            + string.Concat(merged.Entries.Select(e => new PropertiesEntry(e.Key, e.Value).Render()));
    }

    /// <summary>The settings without the user's, in the order of the public documentation.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Own(ZooKeeperSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. Base(settings), .. Monitoring(settings), .. settings.Tls is { } tls ? Tls(tls) : []];
    }

    private static IEnumerable<KeyValuePair<string, string>> Base(ZooKeeperSettings settings)
    {
        yield return new("4lw.commands.whitelist", "*");
        yield return new("dataDir", "/data");
        yield return new("tickTime", "2000");
        yield return new("initLimit", "10");
        yield return new("syncLimit", "2");
        yield return new("clientPort", Text(ZooKeeperPorts.Client));
        yield return new("globalOutstandingLimit", "1000");
        yield return new("preAllocSize", "65536");
        yield return new("snapCount", "10000");
        yield return new("commitLogCount", "500");
        yield return new("snapSizeLimitInKb", "4194304");
        yield return new("maxCnxns", "0");
        yield return new("maxClientCnxns", "60");
        yield return new("minSessionTimeout", "4000");
        yield return new("maxSessionTimeout", "40000");
        yield return new("autopurge.snapRetainCount", "3");
        yield return new("autopurge.purgeInterval", "1");
        yield return new("quorumListenOnAllIPs", "false");
        yield return new("admin.serverPort", Text(settings.AdminServerPort));
        if (settings.HasAuthentication)
            yield return new("authProvider.1", "org.apache.zookeeper.server.auth.SASLAuthenticationProvider");
        yield return new("reconfigEnabled", "true");
        yield return new("standaloneEnabled", "false");
        yield return new("dynamicConfigFile", "/data/zoo.cfg.dynamic");
    }

    private static IEnumerable<KeyValuePair<string, string>> Monitoring(ZooKeeperSettings settings)
    {
        if (settings.MetricsPort is not { } port)
            yield break;
        yield return new("metricsProvider.className", "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider");
        yield return new("metricsProvider.httpPort", Text(port));
    }

    private static IEnumerable<KeyValuePair<string, string>> Tls(ZooKeeperTlsSettings tls)
    {
        yield return new("secureClientPort", Text(tls.ClientPort));
        yield return new("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory");
        yield return new("authProvider.x509", "org.apache.zookeeper.server.auth.X509AuthenticationProvider");
        foreach (var setting in Stores("ssl", tls))
            yield return setting;
        if (tls.Quorum != PeerProtocol.Plain)
        {
            if (tls.Quorum is not PeerProtocol.Tls)
                yield return new("portUnification", "true");
            yield return new("sslQuorum", tls.Quorum is PeerProtocol.Tls or PeerProtocol.TlsAcceptsPlain ? "true" : "false");
            foreach (var setting in Stores("ssl.quorum", tls))
                yield return setting;
            yield return new("ssl.quorum.hostnameVerification", "false");
        }

        yield return new("sslQuorumReloadCertFiles", "true");
        if (tls.CanReload)
            yield return new("client.certReload", "true");
    }

    private static IEnumerable<KeyValuePair<string, string>> Stores(string prefix, ZooKeeperTlsSettings tls)
    {
        yield return new($"{prefix}.keyStore.location", $"{TlsFolder}/{KeyStore}");
        yield return new($"{prefix}.keyStore.password", tls.StorePassword);
        yield return new($"{prefix}.trustStore.location", $"{TlsFolder}/{TrustStore}");
        yield return new($"{prefix}.trustStore.password", tls.StorePassword);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
