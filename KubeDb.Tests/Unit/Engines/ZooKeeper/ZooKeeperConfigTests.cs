using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.ZooKeeper.Configuration;
using KubeDb.Api.Kinds.Catalog;

namespace KubeDb.Tests.Unit.Engines.ZooKeeper;

[TestFixture, Category("Unit")]
public class ZooKeeperConfigTests
{
    private static readonly ConfigurationFile File = ZooKeeperConfigurationRules.File(new ZooKeeperVersion { Spec = new() { Version = "3.9.1" } });

    [Test]
    public void Without_a_word_of_the_user_it_is_the_documented_file() => Assert.That(Render(new(), ""), Is.EqualTo(
        """
        # Written by KubeDB. Change spec.configuration instead: this file is replaced.
        4lw.commands.whitelist=*
        dataDir=/data
        tickTime=2000
        initLimit=10
        syncLimit=2
        clientPort=2181
        globalOutstandingLimit=1000
        preAllocSize=65536
        snapCount=10000
        commitLogCount=500
        snapSizeLimitInKb=4194304
        maxCnxns=0
        maxClientCnxns=60
        minSessionTimeout=4000
        maxSessionTimeout=40000
        autopurge.snapRetainCount=3
        autopurge.purgeInterval=1
        quorumListenOnAllIPs=false
        admin.serverPort=8080
        authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider
        reconfigEnabled=true
        standaloneEnabled=false
        dynamicConfigFile=/data/zoo.cfg.dynamic

        """.ReplaceLineEndings("\n")));

    [Test]
    public void A_user_s_setting_takes_the_place_of_the_default_and_others_follow() => Assert.That(
        Render(new(), "# more\nmaxClientCnxns = 70\nleaderServes=no\n").Split('\n').Where(l => l.StartsWith("maxClient", StringComparison.Ordinal) || l.StartsWith("leader", StringComparison.Ordinal) || l.Contains("more", StringComparison.Ordinal)),
        Is.EqualTo(new[] { "maxClientCnxns=70", "leaderServes=no" }));

    [TestCase("dataDir=/tmp")]
    [TestCase("server.1=evil:1:2")]
    [TestCase("skipACL=yes")]
    [TestCase("superUser=me")]
    [TestCase("DigestAuthenticationProvider.superDigest=me:x")]
    [TestCase("ssl.quorum.keyStore.location=/tmp/x")]
    [TestCase("portUnification=true")]
    [TestCase("4lw.commands.whitelist=ruok")]
    public void What_the_operator_owns_is_not_taken_from_the_user(string line)
    {
        Assert.That(Render(new(), line), Is.EqualTo(Render(new(), "")));
        Assert.That(File.Rules.IsOwned(File.Dialect.Read(line).Document.Settings[0]), Is.True);
    }

    [Test]
    public void Without_authentication_nobody_logs_in() =>
        Assert.That(Render(new() { HasAuthentication = false, AdminServerPort = 9090 }, ""), Does.Not.Contain("authProvider").And.Contain("admin.serverPort=9090\n"));

    [Test]
    public void Metrics_are_served_where_the_database_is_monitored() => Assert.That(
        Render(new() { MetricsPort = 7000 }, ""),
        Does.Contain("metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\nmetricsProvider.httpPort=7000\n"));

    [Test]
    public void With_tls_the_documented_block_follows_and_the_plain_port_stays()
    {
        var text = Render(new() { Tls = new(2182, "pw", PeerProtocol.Tls, CanReload: false) }, "");
        Assert.That(text, Does.Contain("clientPort=2181\n"));
        Assert.That(text[text.IndexOf("secureClientPort", StringComparison.Ordinal)..], Is.EqualTo(
            """
            secureClientPort=2182
            serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory
            authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider
            ssl.keyStore.location=/var/private/ssl/server.keystore.jks
            ssl.keyStore.password=pw
            ssl.trustStore.location=/var/private/ssl/server.truststore.jks
            ssl.trustStore.password=pw
            sslQuorum=true
            ssl.quorum.keyStore.location=/var/private/ssl/server.keystore.jks
            ssl.quorum.keyStore.password=pw
            ssl.quorum.trustStore.location=/var/private/ssl/server.truststore.jks
            ssl.quorum.trustStore.password=pw
            ssl.quorum.hostnameVerification=false
            sslQuorumReloadCertFiles=true

            """.ReplaceLineEndings("\n")));
    }

    [TestCase(PeerProtocol.PlainAcceptsTls, "portUnification=true\nsslQuorum=false\n")]
    [TestCase(PeerProtocol.TlsAcceptsPlain, "portUnification=true\nsslQuorum=true\n")]
    public void On_the_way_both_are_accepted(PeerProtocol quorum, string lines) =>
        Assert.That(Render(new() { Tls = new(2182, "pw", quorum, CanReload: true) }, ""), Does.Contain(lines).And.EndsWith("client.certReload=true\n"));

    [TestCase("maxClientCnxns=many", "needs a whole number")]
    [TestCase("tickTime=2 000", "needs a whole number")]
    [TestCase("maxCnxns=1", "needs 0, for no limit, or at least 10: probes, the other members and the operator connect too")]
    [TestCase("maxCnxns=0", null)]
    [TestCase("sessionRequireClientSASLAuth=true", "must not be true: operator and users log in by digest, and servers would close their sessions")]
    [TestCase("sessionRequireClientSASLAuth=false", null)]
    [TestCase("enforce.auth.schemes=sasl", "must name digest, by which the operator logs in")]
    [TestCase("enforce.auth.schemes=sasl, digest", null)]
    [TestCase("admin.enableServer=maybe", "needs true or false")]
    [TestCase("max\\ cnxns=1", "holds a blank, and no key does")]
    [TestCase("maxClientCnxns=70", null)]
    [TestCase("forceSync=no", null)]
    [TestCase("anything.else=x", null)]
    public void A_value_that_keeps_a_server_from_starting_is_a_fault(string line, string? fault) =>
        Assert.That(File.Rules.Fault(File.Dialect.Read(line).Document.Settings[0]), Is.EqualTo(fault));

    [TestCase("maxClientCnxns", true, "maxClientCnxns")]
    [TestCase("maxClientCnxn", false, "maxClientCnxns")]
    [TestCase("maxclientcnxns", false, "maxClientCnxns")]
    [TestCase("authProvider.2", true, null)]
    [TestCase("com.example.provider.key", null, null)]
    public void A_slip_of_a_documented_key_is_told_and_other_keys_are_system_properties(string key, bool? known, string? near)
    {
        Assert.That(File.Rules.IsKnown(File.Dialect.Read($"{key}=1").Document.Settings[0]), Is.EqualTo(known));
        if (near is not null || known is null)
            Assert.That(File.Rules.Nearest(key), Is.EqualTo(near));
    }

    private static string Render(ZooKeeperSettings settings, string user) => ZooKeeperConfig.Render(File, settings, File.Dialect.Read(user).Document);
}
