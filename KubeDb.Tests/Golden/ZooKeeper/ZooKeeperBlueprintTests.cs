using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.ZooKeeper;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Unit.Engines.Redis;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Tests.Golden.ZooKeeper;

[TestFixture, Category("Golden")]
public class ZooKeeperBlueprintTests
{
    private static readonly ZooKeeperEngine Engine = new(new FakeServers(), TimeProvider.System);

    private static readonly Dictionary<string, string> Scripts = new()
    {
        [ZooKeeperScripts.StartKey] = "(the start script)",
        [ZooKeeperScripts.ReadyKey] = "(the readiness script)",
        [ZooKeeperScripts.LiveKey] = "(the liveness script)",
    };

    private static readonly string[] Names =
        ["quickstart", "minimal", "disable-auth", "custom-configuration", "monitored-builtin", "monitored-operator", "rich-templates", "tls"];

    [TestCaseSource(nameof(Names))]
    public void DescribesTheEnsemble(string name) =>
        GoldenFile.Matches($"ZooKeeper/{name}.yaml", Engine.Describe(Facts(name)).Objects.Select(o => GoldenFile.Readable(o.Manifest, Scripts)));

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

    [Test]
    public void ObjectsComeInTheOrderOfTheContract() => Assert.That(
        Engine.Describe(Facts("monitored-operator")).Objects.Select(o => $"{o.Manifest["kind"]} {o.Name}"),
        Is.EqualTo(new[]
        {
            "Service watched-pods", "Service watched", "Service watched-admin-server", "Service watched-stats", "ServiceAccount watched", "Role watched",
            "RoleBinding watched", "Secret watched-fedcba", "PetSet watched", "PodDisruptionBudget watched", "AppBinding watched", "ServiceMonitor watched-stats",
        }));

    [Test]
    public void OneServerHasNoBudget() =>
        Assert.That(Engine.Describe(Facts("minimal")).Objects.Select(o => o.Type.Kind), Has.None.EqualTo("PodDisruptionBudget"));

    [Test]
    public void AForeignServiceAccountIsUsedButNotDescribed() => Assert.That(
        Engine.Describe(Facts("minimal") with { ForeignServiceAccount = true }).Objects.Select(o => o.Type.Kind), Has.None.AnyOf("ServiceAccount", "Role", "RoleBinding"));

    [Test]
    public void ThePasswordStandsNowhere() => Assert.That(Text(Facts("monitored-operator")), Does.Not.Contain("canary"));

    [Test]
    public void AChangedConfigurationDoesNotChangeThePods()
    {
        var facts = Facts("custom-configuration");
        var ensemble = (ZooKeeperDatabase)facts.Database;
        Assert.That(PetSet(facts with { Database = ensemble with { Spec = ensemble.Spec with { Configuration = null } } }), Is.EqualTo(PetSet(facts)));
        Assert.That(PetSet(facts with { WasProvisioned = true }), Is.EqualTo(PetSet(facts)));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void AMemberIsToldWhetherTheEnsembleWasFormed(bool formed) => Assert.That(
        Engine.Describe(Facts("quickstart") with { WasProvisioned = formed }).Objects.Single(o => o.Type.Kind == "Secret").Manifest["data"]!.AsObject().ContainsKey(ZooKeeperScripts.InitializedKey),
        Is.EqualTo(formed));

    // claims that are there, the name of the data volume
    [TestCase("", "data")]
    [TestCase("data-zk-quickstart-0", "data")]
    [TestCase("zk-quickstart-data-zk-quickstart-0 zk-quickstart-data-zk-quickstart-1", "zk-quickstart-data")]
    [TestCase("data-zk-quickstart-0 zk-quickstart-data-zk-quickstart-0", "data")]
    [TestCase("zk-quickstart-data-zk-quickstart-other", "data")]
    public void ClaimsOfEitherGenerationAreAdopted(string claims, string volume)
    {
        var facts = Facts("quickstart") with { Claims = [.. claims.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => new ClaimFacts(c))] };
        var spec = Engine.Describe(facts).Objects.Single(o => o.Type.Kind == "PetSet").Manifest["spec"]!;
        var mounts = spec["template"]!["spec"]!["containers"]![0]!["volumeMounts"]!.AsArray();

        Assert.That((string)spec["volumeClaimTemplates"]![0]!["metadata"]!["name"]!, Is.EqualTo(volume));
        Assert.That(mounts.Single(m => (string)m!["mountPath"]! == "/data")!["name"]!.GetValue<string>(), Is.EqualTo(volume));
    }

    [Test]
    public void WhatIsNotTakenOfTheTemplateIsTold() => Assert.That(
        Engine.Describe(Facts("rich-templates")).Warnings.Select(w => w.Path),
        Is.EqualTo(new[] { "spec.podTemplate.spec.containers[0].image", "spec.podTemplate.spec.containers[0].env[1]" }));

    [Test]
    public void WhatTheOperatorSetsItselfIsNotTakenAndTold()
    {
        var facts = Facts("custom-configuration");
        var ensemble = (ZooKeeperDatabase)facts.Database;
        var inline = new Dictionary<string, string> { ["zoo.cfg"] = "maxCnxns=50\ndataDir=/elsewhere" };
        var owned = facts with { Database = ensemble with { Spec = ensemble.Spec with { Configuration = new() { Inline = inline } } } };

        Assert.That(Engine.Warnings(owned).Select(w => w.Message), Is.EqualTo(new[]
        {
            "spec.configuration.inline[zoo.cfg]: line 2 sets \"dataDir\", which the operator sets itself; the line is not taken. Remove it.",
        }));
        Assert.That(Text(owned), Does.Not.Contain("elsewhere"));
    }

    private static IEnumerable<string> EmptyTexts(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(m => EmptyTexts(m.Value, $"{path}.{m.Key}")),
        JsonArray items => items.OfType<JsonObject>().SelectMany((item, i) => EmptyTexts(item, $"{path}[{i}]")),
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String && value.GetValue<string>().Length == 0 => [path],
        _ => [],
    };

    private static string PetSet(DatabaseFacts facts) => Engine.Describe(facts).Objects.Single(o => o.Type.Kind == "PetSet").Manifest.ToJsonString();

    private static string Text(DatabaseFacts facts) =>
        string.Join('\n', Engine.Describe(facts).Objects.Select(o => GoldenFile.Readable(o.Manifest, Scripts).ToJsonString()));

    // A file holds the ensemble as a user writes it and the secrets it names.
    private static DatabaseFacts Facts(string name)
    {
        var documents = Read($"{name}.in.yaml");
        var ensemble = ZooKeeperDatabase.Decode(Utf8(documents.Single(d => Kind(d) == "ZooKeeper")));
        var catalog = ZooKeeperVersion.Decode(Utf8(Read("version.yaml").Single()));
        var database = (ZooKeeperDatabase)Engine.Default(ensemble with { Metadata = ensemble.Metadata with { Uid = "01234567-89ab-cdef-0123-456789fedcba" } }, catalog);
        Assert.That(Engine.Check(database, catalog), Is.Empty);
        var facts = new DatabaseFacts
        {
            Database = database,
            Version = catalog,
            Credential = database.Spec.DisableAuth ? null : new(Engine.DefaultUser, "canary #1\"x"),
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

    private static IReadOnlyList<JsonObject> Read(string file) => GoldenFile.Read(File.ReadAllText(Path.Combine(GoldenFile.Folder, "ZooKeeper", file)));

    private static string Kind(JsonObject document) => document["kind"]!.GetValue<string>();

    private static byte[] Utf8(JsonObject document) => Encoding.UTF8.GetBytes(document.ToJsonString());
}
