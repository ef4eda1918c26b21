using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Unit.Engines.Redis;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Golden.Redis;

[TestFixture, Category("Golden")]
public class RedisBlueprintTests
{
    private static readonly RedisEngine Engine = new(new FakeServers(), TimeProvider.System);

    private static readonly Dictionary<string, string> Scripts = new()
    {
        [RedisScripts.StartKey] = "(the start script)",
        [RedisScripts.ReadyKey] = "(the readiness script)",
    };

    private static readonly string[] Names =
    [
        "minimal", "durable", "ephemeral", "valkey", "monitored-operator", "monitored-builtin", "disable-auth", "custom-configuration", "rich-templates",
        "init-script", "init-git", "long-name", "other-user", "cluster", "cluster-announced", "cluster-valkey", "cluster-initialised",
        "sentinel", "sentinel-valkey", "tls", "cluster-tls", "sentinel-tls",
    ];

    [TestCaseSource(nameof(Names))]
    public void DescribesTheDatabase(string name)
    {
        var blueprint = Engine.Describe(Facts(name));
        GoldenFile.Matches($"Redis/{name}.yaml", blueprint.Objects.Select(o => GoldenFile.Readable(o.Manifest, Scripts)));
    }

    [TestCaseSource(nameof(Names))]
    public void NoFieldIsEmptyText(string name)
    {
        // Server-side apply of Kubernetes 1.20 turns it into null, which the schemas refuse. Empty means the same as absent in all of them.
        foreach (var described in Engine.Describe(Facts(name)).Objects)
            Assert.That(EmptyTexts(described.Manifest, described.Name), Is.Empty);
    }

    [Test]
    public void EqualFactsGiveEqualManifests()
    {
        var first = Text(Engine.Describe(Facts("rich-templates")));
        var second = Text(Engine.Describe(Facts("rich-templates")));

        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void ObjectsComeInTheOrderOfTheContract() => Assert.That(
        Engine.Describe(Facts("monitored-operator")).Objects.Select(o => $"{o.Manifest["kind"]} {o.Name}"),
        Is.EqualTo(new[]
        {
            "Service watched-pods", "Service watched", "Service watched-stats", "ServiceAccount watched", "Role watched", "RoleBinding watched",
            "Secret watched-fedcba", "PetSet watched", "AppBinding watched", "ServiceMonitor watched-stats",
        }));

    [Test]
    public void EachShardOfAClusterHasAPetSetAndItsBudget() => Assert.That(
        Engine.Describe(Facts("cluster")).Objects.Select(o => $"{o.Manifest["kind"]} {o.Name}"),
        Is.EqualTo(new[]
        {
            "Service redis-cluster-pods", "Service redis-cluster", "ServiceAccount redis-cluster", "Role redis-cluster", "RoleBinding redis-cluster",
            "Secret redis-cluster-fedcba", "PetSet redis-cluster-shard0", "PodDisruptionBudget redis-cluster-shard0", "PetSet redis-cluster-shard1",
            "PodDisruptionBudget redis-cluster-shard1", "PetSet redis-cluster-shard2", "PodDisruptionBudget redis-cluster-shard2", "AppBinding redis-cluster",
        }));

    [Test]
    public void TheServicesOfTheModeSentinelFollowTheRoles()
    {
        var services = Engine.Describe(Facts("sentinel")).Objects.Where(o => o.Type.Kind == "Service").Select(o => (o.Name, o.Manifest["spec"]!["selector"]!["kubedb.com/role"]?.GetValue<string>()));
        Assert.That(services, Is.EqualTo(new[] { ("rd-demo-pods", null), ("rd-demo", "primary"), ("rd-demo-standby", "standby") }));
    }

    [Test]
    public void AnotherNumberOfSentinelsDoesNotChangeThePods()
    {
        var facts = Facts("sentinel");
        var peer = facts.Peers["sentinel"];
        var sentinels = (RedisSentinel)peer.Database;
        var other = facts with
        {
            Peers = new Dictionary<string, PeerFacts> { ["sentinel"] = peer with { Database = sentinels with { Spec = sentinels.Spec with { Replicas = 5 } } } },
        };
        Assert.That(PetSets(other), Is.EqualTo(PetSets(facts)));
        Assert.That(Secret(other), Is.Not.EqualTo(Secret(facts)));
    }

    [Test]
    public void OtherEndpointsDoNotChangeThePods()
    {
        var facts = Facts("cluster-announced");
        var redis = (RedisDatabase)facts.Database;
        var other = facts with { Database = redis with { Spec = redis.Spec with { Cluster = redis.Spec.Cluster! with { Announce = null } } } };
        Assert.That(PetSets(other), Is.EqualTo(PetSets(facts)));
    }

    [Test]
    public void AForeignServiceAccountIsUsedButNotDescribed()
    {
        var kinds = Engine.Describe(Facts("minimal") with { ForeignServiceAccount = true }).Objects.Select(o => o.Type.Kind);
        Assert.That(kinds, Has.None.AnyOf("ServiceAccount", "Role", "RoleBinding"));
    }

    [Test]
    public void WithoutItsApiThereIsNoServiceMonitor()
    {
        var facts = Facts("monitored-operator") with { Offers = new(true, ServiceMonitors: false, false) };
        Assert.That(Engine.Describe(facts).Objects.Select(o => o.Type.Kind), Has.None.EqualTo("ServiceMonitor"));
    }

    [Test]
    public void ThePasswordStandsOnlyInTheConfigSecret()
    {
        var objects = Engine.Describe(Facts("monitored-operator")).Objects;
        Assert.That(objects.Where(o => o.Type.Kind != "Secret").Select(o => o.Manifest.ToJsonString()), Has.None.Contain("canary"));
    }

    [Test]
    public void AChangedConfigurationDoesNotChangeThePods()
    {
        var facts = Facts("custom-configuration");
        var redis = (RedisDatabase)facts.Database;
        var other = facts with { Database = redis with { Spec = redis.Spec with { Configuration = null } } };
        Assert.That(PetSet(other), Is.EqualTo(PetSet(facts)));
        var initialized = facts with { Database = redis with { Spec = redis.Spec with { Init = new() { Initialized = true } } } };
        Assert.That(PetSet(initialized), Is.EqualTo(PetSet(facts)));
    }

    [Test]
    public void WhatIsNotTakenOfTheTemplateIsTold() => Assert.That(
        Engine.Describe(Facts("rich-templates")).Warnings.Select(w => w.Path),
        Is.EqualTo(new[]
        {
            "spec.podTemplate.spec.containers[0].image", "spec.podTemplate.spec.containers[0].command", "spec.podTemplate.spec.containers[0].env[1]",
        }));

    [Test]
    public void AVariableOfTheExporterThatTheOperatorSetsIsTold()
    {
        var facts = Facts("monitored-operator");
        var redis = (RedisDatabase)facts.Database;
        var prometheus = redis.Spec.Monitor!.Prometheus!;
        var exporter = prometheus.Exporter! with { Env = [new() { Name = "MINE", Value = "1" }, new() { Name = "REDIS_PASSWORD", Value = "of-the-user" }] };
        var monitor = redis.Spec.Monitor with { Prometheus = prometheus with { Exporter = exporter } };
        var blueprint = Engine.Describe(facts with { Database = redis with { Spec = redis.Spec with { Monitor = monitor } } });

        Assert.That(blueprint.Warnings.Select(w => w.Path), Is.EqualTo(new[] { "spec.monitor.prometheus.exporter.env[1]" }));
        Assert.That(blueprint.Objects.Select(o => o.Manifest.ToJsonString()), Has.None.Contain("of-the-user"));
    }

    private static IEnumerable<string> EmptyTexts(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(m => EmptyTexts(m.Value, $"{path}.{m.Key}")),
        JsonArray items => items.OfType<JsonObject>().SelectMany((item, i) => EmptyTexts(item, $"{path}[{i}]")),
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String && value.GetValue<string>().Length == 0 => [path],
        _ => [],
    };

    private static string PetSet(DatabaseFacts facts) => Engine.Describe(facts).Objects.Single(o => o.Type.Kind == "PetSet").Manifest.ToJsonString();

    private static IEnumerable<string> PetSets(DatabaseFacts facts) =>
        Engine.Describe(facts).Objects.Where(o => o.Type.Kind == "PetSet").Select(o => o.Manifest.ToJsonString());

    private static string Secret(DatabaseFacts facts) => Engine.Describe(facts).Objects.Single(o => o.Type.Kind == "Secret").Manifest.ToJsonString();

    private static string Text(Blueprint blueprint) => string.Join('\n', blueprint.Objects.Select(o => o.Manifest.ToJsonString()));

    // A file holds the database as a user writes it and, where it is not the usual one, its catalog version and the secrets it names.
    private static DatabaseFacts Facts(string name)
    {
        var documents = Read($"{name}.in.yaml");
        var redis = RedisDatabase.Decode(Utf8(documents.Single(d => Kind(d) == "Redis")));
        var catalog = RedisVersion.Decode(Utf8(documents.SingleOrDefault(d => Kind(d) == "RedisVersion") ?? Read("version.yaml").Single()));
        redis = redis with { Metadata = redis.Metadata with { Uid = "01234567-89ab-cdef-0123-456789fedcba" } };
        var database = (RedisDatabase)Engine.Default(redis, catalog);
        Assert.That(Engine.Check(database, catalog), Is.Empty);
        var user = documents.SingleOrDefault(d => Kind(d) == "Credential")?["username"]!.GetValue<string>() ?? "default";
        var facts = new DatabaseFacts
        {
            Database = database,
            Version = catalog,
            Credential = database.Spec.DisableAuth ? null : new(user, "canary #1\"x"),
            Offers = new(PolicyV1: true, ServiceMonitors: true, CertManager: true),
            Secrets = documents.Where(d => Kind(d) == "Secret").ToDictionary(
                d => d["metadata"]!["name"]!.GetValue<string>(),
                d => new Secret
                {
                    Data = d["stringData"]!.AsObject().ToDictionary(p => p.Key, p => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(p.Value!.GetValue<string>())),
                }),
        };
        if (documents.SingleOrDefault(d => Kind(d) == "RedisSentinel") is { } named)
        {
            var sentinels = RedisSentinelDefaults.Apply(RedisSentinel.Decode(Utf8(named)), catalog);
            facts = facts with { Peers = new Dictionary<string, PeerFacts> { ["sentinel"] = new(sentinels, catalog, new("root", "canary of the sentinels")) } };
        }

        Assert.That(Engine.Check(facts), Is.Empty);
        return facts;
    }

    private static IReadOnlyList<JsonObject> Read(string file) => GoldenFile.Read(File.ReadAllText(Path.Combine(GoldenFile.Folder, "Redis", file)));

    private static string Kind(JsonObject document) => document["kind"]!.GetValue<string>();

    private static byte[] Utf8(JsonObject document) => Encoding.UTF8.GetBytes(document.ToJsonString());
}
