using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Kafka;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Unit.Engines.Redis;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Tests.Golden.Kafka;

[TestFixture, Category("Golden")]
public class KafkaBlueprintTests
{
    private const string Id = "11ed-8dd1-2e8877e5897w";

    private static readonly KafkaEngine Engine = new(new FakeServers(), TimeProvider.System);

    private static readonly Dictionary<string, string> Scripts = KafkaScripts.All.Keys.ToDictionary(k => k, k => $"(the script {k})");

    private static readonly string[] Names =
    [
        "combined", "standalone-3.9", "topology", "combined-tls", "topology-tls", "disable-security", "custom-configuration", "monitored-operator", "rich-templates",
    ];

    [TestCaseSource(nameof(Names))]
    public void DescribesTheCluster(string name) =>
        GoldenFile.Matches($"Kafka/{name}.yaml", Engine.Describe(Facts(name)).Objects.Select(o => GoldenFile.Readable(o.Manifest, Scripts)));

    [TestCaseSource(nameof(Names))]
    public void NoFieldIsEmptyText(string name)
    {
        foreach (var described in Engine.Describe(Facts(name)).Objects)
            Assert.That(EmptyTexts(described.Manifest, described.Name), Is.Empty);
    }

    [TestCaseSource(nameof(Names))]
    public void EqualFactsGiveEqualManifests(string name)
    {
        var first = Text(Facts(name));

        Assert.That(Text(Facts(name)), Is.EqualTo(first));
    }

    [TestCaseSource(nameof(Names))]
    public void ThePasswordStandsNowhere(string name) => Assert.That(Text(Facts(name)), Does.Not.Contain("canary"));

    [Test]
    public void ObjectsComeInTheOrderOfTheContract() => Assert.That(
        Engine.Describe(Facts("topology")).Objects.Select(o => $"{o.Manifest["kind"]} {o.Name}"),
        Is.EqualTo(new[]
        {
            "Service kafka-prod-pods", "ServiceAccount kafka-prod", "Secret kafka-prod-fedcba", "Secret kafka-prod-controller-config", "Secret kafka-prod-broker-config",
            "PetSet kafka-prod-quorum", "PodDisruptionBudget kafka-prod-quorum", "PetSet kafka-prod-broker", "PodDisruptionBudget kafka-prod-broker", "AppBinding kafka-prod",
        }));

    [Test]
    public void AChangedConfigurationDoesNotChangeThePods()
    {
        var facts = Facts("custom-configuration");
        var kafka = (KafkaDatabase)facts.Database;

        Assert.That(PetSets(facts with { Database = kafka with { Spec = kafka.Spec with { Configuration = null } } }), Is.EqualTo(PetSets(facts)));
        Assert.That(PetSets(facts with { WasProvisioned = true }), Is.EqualTo(PetSets(facts)));
    }

    // The id that the data has outlives the database that made it.
    [TestCase(null, "cdef-0123-456789fedcbw")]
    [TestCase(Id, Id)]
    public void TheIdOfTheClusterIsThatOfTheDataThatIsThere(string? ofData, string expected)
    {
        var facts = Facts("topology") with { Claims = [new("kafka-prod-data-kafka-prod-broker-0", ofData)] };

        foreach (var set in PetSetsOf(facts))
        {
            Assert.That((string)set["volumeClaimTemplates"]![0]!["metadata"]!["annotations"]!["kubedb.com/data-of"]!, Is.EqualTo(expected));
            Assert.That(Variable(set, "KAFKA_CLUSTER_ID"), Is.EqualTo(expected));
        }
    }

    [Test]
    public void TheUserChoosesTheIdOfANewCluster() => Assert.That(Variable(PetSetsOf(Facts("rich-templates")).Single(), "KAFKA_CLUSTER_ID"), Is.EqualTo(Id));

    [TestCase("0 1 2", true)]
    [TestCase("0 1 2", false, 2, "spec.replicas NodesChanged")]
    [TestCase("0 1", true, 3, "spec.replicas NodesChanged")]
    [TestCase("0 1", false)]
    [TestCase("0 1 2 3", true, 3, "spec.replicas NodesChanged")]
    public void NodesAreNeitherTakenAwayNorControllersAddedByHand(string claims, bool provisioned, int replicas = 3, params string[] expected)
    {
        var facts = Facts("combined");
        var kafka = (KafkaDatabase)facts.Database;
        facts = facts with
        {
            Database = kafka with { Spec = kafka.Spec with { Replicas = replicas } },
            WasProvisioned = provisioned || expected.Length > 0,
            Claims = [.. claims.Split(' ').Select(c => new ClaimFacts($"kafka-quickstart-data-kafka-quickstart-{c}"))],
        };

        Assert.That(Engine.Check(facts).Select(v => $"{v.Path} {v.Reason}"), Is.EqualTo(expected));
    }

    [Test]
    public void BrokersAreAddedByHand()
    {
        var facts = Facts("topology") with { WasProvisioned = true, Claims = [new("kafka-prod-data-kafka-prod-broker-0"), new("kafka-prod-data-kafka-prod-broker-1")] };

        Assert.That(Engine.Check(facts), Is.Empty);
    }

    [Test]
    public void AnotherIdThanThatOfTheDataIsRefused()
    {
        var facts = Facts("rich-templates") with { Claims = [new("rich-data-rich-0", "22ed-8dd1-2e8877e5897w")] };

        Assert.That(Engine.Check(facts).Select(v => $"{v.Path} {v.Reason}"), Is.EqualTo(new[] { "spec.podTemplate.spec.containers ClusterIDChanged" }));
        Assert.That(Engine.Check(facts with { Claims = [new("rich-data-rich-0", Id)] }), Is.Empty);
    }

    [TestCase("1536Mi", "768m")]
    [TestCase("512Mi", "256m")]
    public void TheHeapFollowsTheLimit(string memory, string heap)
    {
        var facts = Facts("topology");
        var kafka = (KafkaDatabase)facts.Database;
        var limited = JsonNode.Parse("""{"topology":{"broker":{},"controller":{}}}""")!["topology"]!;
        foreach (var role in (string[])["broker", "controller"])
            limited[role] = JsonNode.Parse("{\"resources\":{\"limits\":{\"memory\":\"" + memory + "\"}}}");
        var spec = KafkaDatabase.Decode(Encoding.UTF8.GetBytes("{\"spec\":{\"topology\":" + limited.ToJsonString() + "}}")).Spec;
        facts = facts with { Database = Engine.Default(kafka with { Spec = kafka.Spec with { Topology = spec.Topology } }, facts.Version) };

        Assert.That(PetSetsOf(facts).Select(s => Variable(s, "SERVER_HEAP")), Is.All.EqualTo(heap));
    }

    [Test]
    public void BrokersAloneAreToldTheirMachine() => Assert.That(
        Engine.Groups(Facts("custom-configuration").Database).Select(g => (g.Role, g.MachineLabel)),
        Is.EqualTo(new[] { ("controller", (string?)null), ("broker", "topology.kubernetes.io/zone") }));

    [Test]
    public void WhatIsNotTakenOfTheTemplateIsTold() => Assert.That(
        Engine.Describe(Facts("rich-templates")).Warnings.Select(w => w.Path),
        Is.EqualTo(new[] { "spec.podTemplate.spec.containers[0].image", "spec.podTemplate.spec.containers[0].env[2]" }));

    private static IEnumerable<string> EmptyTexts(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(m => EmptyTexts(m.Value, $"{path}.{m.Key}")),
        JsonArray items => items.OfType<JsonObject>().SelectMany((item, i) => EmptyTexts(item, $"{path}[{i}]")),
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String && value.GetValue<string>().Length == 0 => [path],
        _ => [],
    };

    private static IEnumerable<JsonNode> PetSetsOf(DatabaseFacts facts) => Engine.Describe(facts).Objects.Where(o => o.Type.Kind == "PetSet").Select(o => o.Manifest["spec"]!);

    private static string Variable(JsonNode petSet, string name) =>
        (string)petSet["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray().Single(e => (string)e!["name"]! == name)!["value"]!;

    private static string PetSets(DatabaseFacts facts) => string.Join('\n', PetSetsOf(facts).Select(s => s.ToJsonString()));

    private static string Text(DatabaseFacts facts) =>
        string.Join('\n', Engine.Describe(facts).Objects.Select(o => GoldenFile.Readable(o.Manifest, Scripts).ToJsonString()));

    // A file holds the cluster as a user writes it and the secrets it names.
    private static DatabaseFacts Facts(string name)
    {
        var documents = Read($"{name}.in.yaml");
        var kafka = KafkaDatabase.Decode(Utf8(documents.Single(d => Kind(d) == "Kafka")));
        var catalog = KafkaVersion.Decode(Utf8(Read(kafka.Spec.Version == "4.2.0" ? "version.yaml" : $"version-{kafka.Spec.Version}.yaml").Single()));
        var database = (KafkaDatabase)Engine.Default(kafka with { Metadata = kafka.Metadata with { Uid = "01234567-89ab-cdef-0123-456789fedcba" } }, catalog);
        Assert.That(Engine.Check(database, catalog), Is.Empty);
        var facts = new DatabaseFacts
        {
            Database = database,
            Version = catalog,
            Credential = database.Spec.DisableSecurity ? null : new(Engine.DefaultUser, "canary #1\"x"),
            Offers = new(PolicyV1: true, ServiceMonitors: true, CertManager: true),
            Secrets = documents.Where(d => Kind(d) == "Secret").ToDictionary(
                d => d["metadata"]!["name"]!.GetValue<string>(),
                d => new Secret
                {
                    Data = d["stringData"]!.AsObject().ToDictionary(p => p.Key, p => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(p.Value!.GetValue<string>())),
                }),
        };
        Assert.That(Engine.Check(facts), Is.Empty);
        return facts;
    }

    private static IReadOnlyList<JsonObject> Read(string file) => GoldenFile.Read(File.ReadAllText(Path.Combine(GoldenFile.Folder, "Kafka", file)));

    private static string Kind(JsonObject document) => document["kind"]!.GetValue<string>();

    private static byte[] Utf8(JsonObject document) => Encoding.UTF8.GetBytes(document.ToJsonString());
}
