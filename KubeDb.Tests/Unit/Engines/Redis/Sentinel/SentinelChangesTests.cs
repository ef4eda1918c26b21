using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Sentinel;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis.Sentinel;

[TestFixture]
[Category("Unit")]
public sealed class SentinelChangesTests
{
    [TestCase(null, "{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}}", "spec.tls.sentinel.ref is missing")]
    [TestCase("ca", "{\"remove\":true}", "spec.tls.sentinel.ref is missing")]
    [TestCase("ca", "{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}}", "spec.tls.sentinel.ref is missing")]
    [TestCase(null, "{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"},\"sentinel\":{\"ref\":{\"name\":\"sen\"}}}", "names the sentinels of now")]
    [TestCase(null, "{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"},\"sentinel\":{\"ref\":{\"name\":\"sen\",\"namespace\":\"demo\"}}}", "names the sentinels of now")]
    [TestCase("ca", "{\"rotateCertificates\":true}", "")]
    [TestCase("ca", "{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"},\"certificates\":[{\"alias\":\"client\"}]}", "")]
    [TestCase("ca", "{\"remove\":true,\"sentinel\":{\"ref\":{\"name\":\"plain\"}}}", "")]
    public void Only_what_makes_sentinels_differ_from_their_database_needs_others(string? issuer, string change, string refusal) =>
        Assert.That(SentinelChanges.Check(Change(change), Redis(issuer))?.Message ?? "", refusal.Length == 0 ? Is.Empty : Does.Contain(refusal));

    [Test]
    public void Other_modes_have_no_sentinels_to_name()
    {
        var cluster = Redis(null) with { Spec = Redis(null).Spec with { Mode = "Cluster" } };

        Assert.That(SentinelChanges.Check(Change("""{"issuerRef":{"name":"ca"},"sentinel":{"ref":{"name":"other"}}}"""), cluster)!.Message, Does.Contain("in mode Cluster. Leave it out"));
        Assert.That(SentinelChanges.Check(Change("""{"issuerRef":{"name":"ca"}}"""), cluster), Is.Null);
    }

    [Test]
    public void The_sentinels_before_and_after_are_told()
    {
        var change = Change("""{"remove":true,"sentinel":{"ref":{"name":"plain","namespace":"there"},"removeUnusedSentinel":true}}""");

        Assert.That(SentinelChanges.PeerOf(change, Redis("ca")), Is.EqualTo(new TlsPeer(RedisSentinel.Resource, new("demo", "sen"), new("there", "plain"), true)));
        Assert.That(SentinelChanges.PeerOf(Change("""{"rotateCertificates":true,"sentinel":{"ref":{"name":"plain"}}}"""), Redis("ca")), Is.Null);
    }

    [Test]
    public void New_sentinels_are_a_copy_with_the_TLS_of_the_database()
    {
        var stored = JsonNode.Parse("""{"version":"8.2.2","replicas":3,"halted":true,"authSecret":{"name":"sen-auth"},"podTemplate":{"spec":{"priorityClassName":"high"}},"tls":{"issuerRef":{"name":"old"}}}""")!.AsObject();
        var secure = SentinelChanges.SpecOf(stored, Redis("ca"));
        var own = JsonNode.Parse("""{"authSecret":{"name":"mine","externallyManaged":true}}""")!.AsObject();

        Assert.Multiple(() =>
        {
            Assert.That(secure.ContainsKey("halted") || secure.ContainsKey("authSecret"), Is.False, "the generated secret goes with the sentinels that it was made for");
            Assert.That(secure["podTemplate"]!["spec"]!["priorityClassName"]!.GetValue<string>(), Is.EqualTo("high"));
            Assert.That(secure["tls"]!["issuerRef"]!["name"]!.GetValue<string>(), Is.EqualTo("ca"));
            Assert.That(SentinelChanges.SpecOf(stored, Redis(null)).ContainsKey("tls"), Is.False);
            Assert.That(SentinelChanges.SpecOf(own, Redis(null))["authSecret"]!["name"]!.GetValue<string>(), Is.EqualTo("mine"));
            Assert.That(stored["halted"], Is.Not.Null, "the one that is left is not touched");
        });
    }

    [Test]
    public void During_a_change_the_database_belongs_to_the_sentinels_that_the_annotation_names_first()
    {
        var changing = Redis("ca") with { Metadata = new() { Namespace = "demo", Name = "rd", Annotations = new Dictionary<string, string> { [TlsTransition.PeersAnnotation] = "demo/sen,there/new" } } };

        Assert.That(SentinelReference.Of(changing).Select(r => (r.Key, r.Role, r.IsOptional)), Is.EqualTo(new[] { (new ObjectKey("demo", "sen"), "sentinel", false), (new ObjectKey("there", "new"), "other-sentinel", true) }));
        Assert.That(TlsTransition.Peers(changing with { Metadata = new() { Annotations = new Dictionary<string, string> { [TlsTransition.PeersAnnotation] = "nonsense" } } }), Is.Null);
    }

    [TestCase("{\"rotateCertificates\":true}", TlsChangeKind.Rotate, false)]
    [TestCase("{\"remove\":true}", TlsChangeKind.Remove, true)]
    [TestCase("{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}}", TlsChangeKind.Change, true)]
    [TestCase("{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}}", TlsChangeKind.Change, false)]
    public void Sentinels_that_watch_databases_keep_their_issuer(string change, TlsChangeKind kind, bool refused)
    {
        var sentinels = FakeServers.Instances();
        sentinels = sentinels with
        {
            Facts = sentinels.Facts with { Database = new RedisSentinel { Metadata = new() { Namespace = "demo", Name = "sen" }, Spec = new() { Tls = Redis("ca").Spec.Tls } } },
            Users = [Redis("ca")],
        };
        var tls = new SentinelTlsServers(new RedisConnector(new FakeServers(), TimeProvider.System));

        Assert.That(tls.Objection(kind, Change(change), sentinels)?.Message, refused ? Does.Contain("watch Redis demo/rd").And.Contain("spec.tls.sentinel.ref") : Is.Null);
        Assert.That(tls.Objection(kind, Change(change), sentinels with { Users = [] }), Is.Null, "nobody is watched");
    }

    private static RedisDatabase Redis(string? issuer) => new()
    {
        Metadata = new() { Namespace = "demo", Name = "rd" },
        Spec = new() { Mode = "Sentinel", SentinelRef = new() { Name = "sen" }, Tls = issuer is null ? null : new() { IssuerRef = new() { Kind = "Issuer", Name = issuer } } },
    };

    private static RedisTlsChange Change(string json) =>
        RedisOpsRequest.Decode(System.Text.Encoding.UTF8.GetBytes($$$"""{"metadata":{"name":"op"},"spec":{"type":"ReconfigureTLS","databaseRef":{"name":"rd"},"tls":{{{json}}} } }""")).Spec.Tls!;
}
