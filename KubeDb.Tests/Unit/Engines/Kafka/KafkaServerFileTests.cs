using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Engines.Kafka.Configuration;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Unit.Engines.Kafka;

[TestFixture, Category("Unit")]
public class KafkaServerFileTests
{
    private static readonly ConfigurationFile File = KafkaConfigurationRules.Files(new KafkaVersion { Spec = new() { Version = "4.2.0" } })[0];

    private static readonly KafkaServerSettings Settings = new()
    {
        Version = SemanticVersion.Parse("4.2.0")!,
        Voters = [(0, "kf-0.d"), (1, "kf-1.d"), (2, "kf-2.d")],
        Brokers = 3,
        Domain = "d",
    };

    [TestCase(PeerProtocol.Plain, "CONTROLLER", "BROKER", 9093, "SASL_PLAINTEXT", "BROKER://:9092,CONTROLLER://:9093,LOCAL://:29092")]
    [TestCase(PeerProtocol.PlainAcceptsTls, "CONTROLLER,QUORUM", "BROKER", 9093, "SASL_PLAINTEXT", "BROKER://:9092,CONTROLLER://:9093,LOCAL://:29092,REPLICATION://:9095,QUORUM://:9096")]
    [TestCase(PeerProtocol.TlsAcceptsPlain, "QUORUM,CONTROLLER", "REPLICATION", 9096, "SASL_PLAINTEXT", "BROKER://:9092,CONTROLLER://:9093,LOCAL://:29092,REPLICATION://:9095,QUORUM://:9096")]
    [TestCase(PeerProtocol.Tls, "QUORUM,CONTROLLER", "REPLICATION", 9096, "SASL_SSL", "BROKER://:9092,CONTROLLER://:9093,LOCAL://:29092,REPLICATION://:9095,QUORUM://:9096")]
    public void Neighbouring_protocols_understand_each_other(PeerProtocol protocol, string controllers, string brokers, int port, string clients, string listeners)
    {
        var read = Read(Settings with { Protocol = protocol });
        Assert.That(
            (read["controller.listener.names"], read["inter.broker.listener.name"], read["listeners"]),
            Is.EqualTo((controllers, brokers, listeners)));
        Assert.That(read["controller.quorum.voters"], Is.EqualTo($"0@kf-0.d:{port},1@kf-1.d:{port},2@kf-2.d:{port}"));
        Assert.That(read["listener.security.protocol.map"], Does.StartWith($"BROKER:{clients},CONTROLLER:{clients},LOCAL:{clients}"));
        if (protocol != PeerProtocol.Plain)
            Assert.That(read["listener.security.protocol.map"], Does.EndWith(",REPLICATION:SASL_SSL,QUORUM:SASL_SSL"));
    }

    [Test]
    public void Brokers_know_controllers_by_one_name_and_controllers_have_no_listener_of_brokers()
    {
        var broker = Read(Settings with { AreControllers = false, Protocol = PeerProtocol.Tls });
        Assert.That((broker["process.roles"], broker["controller.listener.names"], broker["listeners"]), Is.EqualTo(("broker", "QUORUM", "BROKER://:9092,LOCAL://:29092,REPLICATION://:9095")));
        var controller = Read(Settings with { AreBrokers = false });
        Assert.That((controller["process.roles"], controller["listeners"], controller["advertised.listeners"]), Is.EqualTo(("controller", "CONTROLLER://:9093", "CONTROLLER://d:9093")));
        Assert.That(controller.Keys, Has.None.StartsWith("listener.name.broker.").And.None.EqualTo("inter.broker.listener.name").And.None.StartsWith("offsets."));
    }

    [Test]
    public void Without_security_nobody_logs_in()
    {
        var read = Read(Settings with { HasSecurity = false });
        Assert.That(read["listener.security.protocol.map"], Is.EqualTo("BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,LOCAL:PLAINTEXT"));
        Assert.That(read.Keys, Has.None.Contains("sasl").And.None.StartsWith("authorizer").And.None.EqualTo("super.users"));
    }

    [TestCase(1, "1", "1")]
    [TestCase(2, "2", "1")]
    [TestCase(5, "3", "2")]
    public void Internal_topics_have_as_many_copies_as_there_are_brokers_for(int brokers, string copies, string inSync)
    {
        var read = Read(Settings with { Brokers = brokers });
        Assert.That((read["offsets.topic.replication.factor"], read["transaction.state.log.replication.factor"], read["transaction.state.log.min.isr"]), Is.EqualTo((copies, copies, inSync)));
    }

    [Test]
    public void Listeners_of_the_user_are_added_and_those_of_the_operator_stay()
    {
        var read = Read(Settings, """
            listeners=CLIENT://:9192,BROKER://:1,controller://:2
            listener.security.protocol.map=CLIENT:SASL_SSL,BROKER:PLAINTEXT
            other.listeners=OTHER://:9193,OTHER://:9194
            other.advertised.listeners=a:1,b:2
            broker.advertised.listeners=x:1
            advertised.listeners=BROKER://elsewhere:1
            """);
        Assert.That(read["listeners"], Is.EqualTo("BROKER://:9092,CONTROLLER://:9093,LOCAL://:29092,CLIENT://:9192"));
        Assert.That(read["advertised.listeners"], Is.EqualTo("BROKER://d:9092,CONTROLLER://d:9093,LOCAL://localhost:29092,CLIENT://d:9192"));
        Assert.That(read["listener.security.protocol.map"], Does.EndWith(",CLIENT:SASL_SSL").And.Not.Contain(":PLAINTEXT"));
        Assert.That((read["other.listeners"], read["other.advertised.listeners"]), Is.EqualTo(("OTHER://:9193,OTHER://:9194", "OTHER://a:1,OTHER://b:2")));
        Assert.That(read["listener.name.client.plain.sasl.jaas.config"], Does.Contain("PlainLoginModule"));
        Assert.That(read.Keys, Has.None.EqualTo("broker.advertised.listeners"));
    }

    [Test]
    public void Whatever_else_the_user_sets_wins_but_what_nodes_know_each_other_by()
    {
        var read = Read(Settings, "log.retention.hours=100\noffsets.topic.replication.factor=2\nprocess.roles=broker\nnode.id=7\nsuper.users=User:me\nsasl.enabled.mechanisms=OAUTHBEARER\nlistener.name.quorum.ssl.client.auth=none");
        Assert.That((read["log.retention.hours"], read["offsets.topic.replication.factor"], read["process.roles"]), Is.EqualTo(("100", "2", "controller,broker")));
        Assert.That((read["super.users"], read["sasl.enabled.mechanisms"]), Is.EqualTo(("User:me;User:<KAFKA_USER>", "OAUTHBEARER,PLAIN")));
        Assert.That(read.Keys, Has.None.EqualTo("node.id").And.None.Contains("client.auth"));
    }

    [TestCase("log.retention.ms", "x", "needs a whole number")]
    [TestCase("log.cleaner.min.cleanable.ratio", "x", "needs a number")]
    [TestCase("auto.create.topics.enable", "yes", "needs true or false")]
    [TestCase("listeners", "CLIENT://:9092", "needs listeners such as CLIENT://:9192")]
    [TestCase("listeners", "9192", "needs listeners such as CLIENT://:9192")]
    [TestCase("listener.security.protocol.map", "CLIENT:TLS", "needs names of listeners")]
    [TestCase("metadata.log.dir", "/data", "needs a folder below /var/log/kafka")]
    public void What_a_server_would_not_start_with_is_told(string key, string value, string fault) =>
        Assert.That(File.Rules.Fault(new PropertiesEntry(key, value)), Does.StartWith(fault));

    [TestCase("log.retention.hour", false, "log.retention.hours")]
    [TestCase("log.retention.hours", true, "log.retention.hours")]
    [TestCase("listener.name.client.oauthbearer.sasl.jaas.config", true, null)]
    [TestCase("my.plugin.setting", null, null)]
    public void Slips_are_told_from_settings_of_plug_ins(string key, bool? known, string? nearest)
    {
        Assert.That(File.Rules.IsKnown(new PropertiesEntry(key, "")), Is.EqualTo(known));
        Assert.That(File.Rules.Nearest(key), Is.EqualTo(nearest));
    }

    [TestCase("8", "08", KafkaSettingType.Integer, true)]
    [TestCase("0.5", "0.50", KafkaSettingType.Double, true)]
    [TestCase("a,b", "a, b", KafkaSettingType.List, true)]
    [TestCase("true", "TRUE", KafkaSettingType.Boolean, true)]
    [TestCase("a", "A", KafkaSettingType.Text, false)]
    public void Values_are_compared_by_what_they_mean(string one, string other, KafkaSettingType type, bool same) => Assert.That(LiveSettings.Same(one, other, type), Is.EqualTo(same));

    private static Dictionary<string, string> Read(KafkaServerSettings settings, string user = "") =>
        ((PropertiesFile)PropertiesDialect.Instance.Read(KafkaServerFile.Render(File, settings, PropertiesDialect.Instance.Read(user).Document)).Document).Entries.ToDictionary(e => e.Key, e => e.Value);
}
