using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using ReasonIds = KubeDb.Api.Kinds.Shared.Reasons;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RedisEngineTests
{
    private static readonly RedisEngine Engine = new(new FakeServers(), TimeProvider.System);
    private static readonly RedisVersion Version = new() { Metadata = new() { Name = "7.2.4" }, Spec = new() { Version = "7.2.4", Db = new() { Image = "r" }, Exporter = new() { Image = "e" } } };

    [Test]
    public void EveryModeIsOfferedWithTlsAndUsers()
    {
        var spec = Valid().Spec;
        Assert.That(Reasons(Valid()), Is.Empty);
        Assert.That(Reasons(Valid() with { Spec = spec with { Mode = RedisModes.Cluster } }), Is.Empty);
        Assert.That(Reasons(Valid() with { Spec = spec with { Mode = RedisModes.Sentinel, Replicas = 3, SentinelRef = new() { Name = "sen" } } }), Is.Empty);
        Assert.That(Reasons(Valid() with { Spec = spec with { Tls = new() { IssuerRef = new() { Kind = "Issuer", Name = "ca" } } } }), Is.Empty);
        Assert.That(Reasons(Valid() with { Spec = spec with { Configuration = new() { Acl = new() { Rules = ["ann +get"] } } } }), Is.Empty);
    }

    [TestCase(52, false)]
    [TestCase(53, true)]
    public void ANameForWhichNoPodCanBeMadeIsRefused(int length, bool refused) => Assert.That(
        Reasons(Valid() with { Metadata = new() { Namespace = "demo", Name = new('a', length) } }).Contains(ReasonIds.NameTooLong),
        Is.EqualTo(refused));

    [TestCase(3, 45, false)]
    [TestCase(3, 46, true)]
    [TestCase(10, 45, false)]
    [TestCase(11, 44, false)]
    [TestCase(11, 45, true)]
    public void TheNumberOfAShardHasRoomInTheNameOfItsPods(int shards, int length, bool refused)
    {
        var cluster = Clustered(shards) with { Metadata = new() { Namespace = "demo", Name = new('a', length) } };
        Assert.That(Reasons(cluster).Contains(ReasonIds.NameTooLong), Is.EqualTo(refused));
        Assert.That(Engine.Groups(cluster).Max(g => g.PetSet.Length) > 52, Is.EqualTo(refused));
    }

    [TestCase(3, 2, null)]
    [TestCase(2, 2, "spec.cluster.shards \"2\" invalid. Value must be >= 3")]
    [TestCase(3, 1, "spec.cluster.replicas \"1\" invalid. Value must be > 1")]
    [TestCase(500, 2, null)]
    [TestCase(500, 3, "spec.cluster asks for 500 shards of 3 pods. A cluster has at most 1000 pods: ask for fewer")]
    [TestCase(int.MaxValue, int.MaxValue, "spec.cluster asks for 2147483647 shards of 2147483647 pods. A cluster has at most 1000 pods: ask for fewer")]
    public void AClusterHasThreeShardsOfTwoPodsOrMore(int shards, int replicas, string? sentence) =>
        Assert.That(Engine.Check(Clustered(shards, replicas), Version).Select(v => v.Message), sentence is null ? Is.Empty : Is.EqualTo(new[] { sentence }));

    [Test]
    public void EachShardIsAGroupOfEqualPods()
    {
        var groups = Engine.Groups(Clustered(3, 4));
        Assert.That(groups.Select(g => (g.PetSet, g.Replicas, g.Container)), Is.EqualTo(new[] { ("rd-shard0", 4, "redis"), ("rd-shard1", 4, "redis"), ("rd-shard2", 4, "redis") }));
        Assert.That(groups.Select(g => (g.Role, g.Storage)).Distinct().Single(), Is.EqualTo((PodGroup.OnlyRole, Valid().Spec.Storage)));
        Assert.That(groups.Select(g => g.Has("rd-shard1-3")), Is.EqualTo(new[] { false, true, false }));
    }

    [TestCase(-1, -1)]
    [TestCase(int.MaxValue, 2)]
    public void EvenASpecThatBreaksTheRulesHasABoundedNumberOfGroups(int shards, int replicas) =>
        Assert.That(Engine.Groups(Clustered(shards, replicas)), Has.Count.InRange(1, 1000).And.All.Property("Replicas").Not.Negative);

    [Test]
    public void AnEndpointThatIsNoneBecomesAWarningAtItsPlace()
    {
        var cluster = Clustered(3);
        var announce = new RedisAnnounce { Shards = [Endpoints("a:1@2", "b"), Endpoints("c:1@2", "d:1@2"), Endpoints("e:99999@2", "f:1@2")] };
        var facts = new DatabaseFacts
        {
            Database = cluster with { Spec = cluster.Spec with { Cluster = cluster.Spec.Cluster! with { Announce = announce } } },
            Version = Version,
            Offers = new(true, false, false),
        };
        Assert.That(Engine.Check(facts.Database, Version), Is.Empty);
        Assert.That(Engine.Warnings(facts).Select(w => w.Message), Is.EqualTo(new[]
        {
            "spec.cluster.announce.shards[0].endpoints[1] is no host:port@busport, so the pod announces its own name. Correct it.",
            "spec.cluster.announce.shards[2].endpoints[0] is no host:port@busport, so the pod announces its own name. Correct it.",
        }));
    }

    [Test]
    public void InlineTextThatTheServerCouldNotReadIsNamed()
    {
        var configuration = new RedisConfiguration { Inline = new Dictionary<string, string> { ["redis.conf"] = "hz 10\nlogfile \"x" } };
        var violation = Engine.Check(Valid() with { Spec = Valid().Spec with { Configuration = configuration } }, Version).Single();
        Assert.That(violation.Message, Does.Contain("spec.configuration.inline[redis.conf]: line 2 (logfile): unbalanced quotes"));
    }

    [TestCase("redis.conf", "hz 10", null)]
    [TestCase("redis.conf", "hz \"10", "secret mine[redis.conf]: line 1 (hz): unbalanced quotes. The server could not read it; correct the line.")]
    [TestCase("valkey.conf", "hz 10", "Secret \"mine\", named by spec.configuration.secretName, has no key \"redis.conf\". Put the configuration under that key.")]
    public void TheContentOfTheUsersSecretIsChecked(string key, string text, string? sentence)
    {
        var facts = new DatabaseFacts
        {
            Database = Valid() with { Spec = Valid().Spec with { Configuration = new() { SecretName = "mine" } } },
            Version = Version,
            Offers = new(true, false, false),
            Secrets = new Dictionary<string, Secret>
            {
                ["mine"] = new() { Data = new Dictionary<string, ReadOnlyMemory<byte>> { [key] = Encoding.UTF8.GetBytes(text) } },
            },
        };
        Assert.That(Engine.Check(facts).Select(v => v.Message), sentence is null ? Is.Empty : Is.EqualTo(new[] { sentence }));
    }

    [Test]
    public void NamesFollowTheSpec()
    {
        Assert.That(Engine.CredentialSecretName(Valid()), Is.EqualTo("rd-auth"));
        Assert.That(Engine.CredentialSecretName(Valid() with { Spec = new() { DisableAuth = true } }), Is.Null);
        Assert.That(Engine.CredentialSecretName(Valid() with { Spec = new() { AuthSecret = new() { Name = "own" } } }), Is.EqualTo("own"));
        Assert.That(Engine.References(Valid() with { Spec = new() { Configuration = new() { SecretName = "c" } } }).Single().Name, Is.EqualTo("c"));
        Assert.That(Engine.Kinds.FullName, Is.EqualTo("redises.kubedb.com"));
    }

    [TestCase("Reconfigure", "patchedSecret", "reconfiguring new secret", null)]
    [TestCase("Reconfigure", "Successful", "Successfully completed the modification process.", "Successfully Reconfigured Database")]
    [TestCase("Restart", "Successful", "Successfully Restarted Database", null)]
    [TestCase("Restart", "SomethingElse", "SomethingElse", null)]
    public void StepsSpeakTheWordsThatUsersKnow(string operation, string step, string message, string? told)
    {
        var text = Engine.Sentences.Step(operation, step);
        Assert.That((text.Condition, text.Message, text.Event), Is.EqualTo((step, message, told)));
    }

    private static IEnumerable<string> Reasons(RedisDatabase database) => Engine.Check(Engine.Default(database, Version), Version).Select(v => v.Reason);

    private static RedisShardEndpoints Endpoints(params string[] endpoints) => new() { Endpoints = endpoints };

    private static RedisDatabase Clustered(int shards, int replicas = 2) =>
        Valid() with { Spec = Valid().Spec with { Mode = RedisModes.Cluster, Cluster = new() { Shards = shards, Replicas = replicas } } };

    private static RedisDatabase Valid() => new()
    {
        Metadata = new() { Namespace = "demo", Name = "rd" },
        Spec = (RedisSpec)Engine.Default(
            new RedisDatabase
            {
                Metadata = new() { Namespace = "demo", Name = "rd" },
                Spec = new() { Version = "7.2.4", Storage = JsonFragment.Parse("""{"resources":{"requests":{"storage":"1Gi"}}}""") },
            },
            Version).Spec,
    };
}
