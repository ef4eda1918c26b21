using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Tests.Machine.Kafka;

/// <summary>TLS of Kafkas by request: nodes always understand each other, and partitions always take records.</summary>
[TestFixture]
[Category("Machine")]
public sealed class KafkaTlsTests
{
    private const string Issuer = "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}";
    private const string Tls = ",\"enableSSL\":true,\"tls\":{" + Issuer + "}";

    [TestCase(false)]
    [TestCase(true)]
    public void Adding_and_removing_never_separates_the_nodes(bool topology) => Run(async world =>
    {
        await HaveAsync(world, "", topology);
        await AskAsync(world, "add", Issuer);
        AssertWhole(world, "add", "SASL_SSL");
        var database = world.Get(KafkaDatabase.Resource, Database)!;
        Assert.That(database["spec"]!["enableSSL"]!.GetValue<bool>(), Is.True);
        Assert.That(database["metadata"]!["annotations"].Text("kubedb.com/tls-transition"), Is.Empty);
        Assert.That(world.Names(ResourceTypes.Secret), Is.SupersetOf(new[] { "cache-server-cert", "cache-client-cert", "cache-keystore-cred" }));

        await AskAsync(world, "remove", "\"remove\":true");
        AssertWhole(world, "remove", "SASL_PLAINTEXT");
        var spec = world.Get(KafkaDatabase.Resource, Database)!["spec"]!.AsObject();
        Assert.That((spec.ContainsKey("tls"), spec["enableSSL"]?.GetValue<bool>() ?? false), Is.EqualTo((false, false)));
        Assert.That(world.Names(ResourceTypes.Secret), Has.No.Member("cache-server-cert"));
    });

    [TestCase(false)]
    [TestCase(true)]
    public void Certificates_are_rotated_in_the_running_nodes(bool topology) => Run(async world =>
    {
        await HaveAsync(world, Tls, topology);
        var (before, pods) = (Shown(world), world.Pods);
        await AskAsync(world, "rotate", "\"rotateCertificates\":true");

        AssertWhole(world, "rotate", "SASL_SSL");
        Assert.That(world.Pods, Is.EqualTo(pods), "no pod was restarted");
        Assert.That(Shown(world).Intersect(before), Is.Empty);
    });

    [Test]
    public void Another_issuer_s_authority_is_trusted_before_its_certificates_are_shown() => Run(async world =>
    {
        await HaveAsync(world, Tls);
        var before = Shown(world);
        await AskAsync(world, "issuer", "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}");

        AssertWhole(world, "issuer", "SASL_SSL");
        Assert.That(Shown(world).Intersect(before), Is.Empty);
    });

    [Test]
    public void An_issuer_that_is_missing_leaves_the_cluster_as_it_was() => Run(async world =>
    {
        await HaveAsync(world, "");
        var pods = world.Pods;
        world.AskKafka("op", "ReconfigureTLS", "\"timeout\":\"1m\",\"tls\":{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"absent\"}}");
        await world.EndedAsync();

        Assert.That(world.PhaseOf(KafkaOpsRequest.Resource, "op"), Is.EqualTo("Failed"));
        Assert.That(world.Pods, Is.EqualTo(pods));
        Assert.That(world.Get(KafkaDatabase.Resource, Database)!["spec"]!.AsObject().ContainsKey("tls"), Is.False);
    });

    private static async Task HaveAsync(TestWorld world, string more, bool topology = false)
    {
        world.CertManager.Install("ca", "other");
        await world.PassAsync(70);
        await world.HaveKafkaAsync(more: more, topology: topology);
    }

    private static async Task AskAsync(TestWorld world, string name, string change)
    {
        world.AskKafka(name, "ReconfigureTLS", $"\"timeout\":\"10m\",\"tls\":{{{change}}}");
        await world.EndedAsync();
    }

    private static List<string?> Shown(TestWorld world) => [.. world.Kafkas.Running.SelectMany(n => n.Shown.Values).Distinct()];

    private static void AssertWhole(TestWorld world, string request, string protocol)
    {
        var cluster = world.Kafkas.ClusterOf(Database);
        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(KafkaOpsRequest.Resource, request), Is.EqualTo("Successful"), world.Report);
            Assert.That(cluster.Running.SelectMany(n => n.Listeners.Values.Select(l => l.Protocol)).Distinct(), Is.EqualTo(new[] { protocol }));
            Assert.That(cluster.Separations, Is.Zero);
            Assert.That(cluster.Starved, Is.Zero);
            Assert.That(world.Seen.MostDown, Is.LessThanOrEqualTo(1));
        });
    }
}
