using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Druid;
using KubeDb.Api.Engines.Druid.Dependencies;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Unit.Engines.Redis;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Tests.Golden.Druid;

[TestFixture, Category("Golden")]
public class DruidBlueprintTests
{
    private static readonly DruidEngine Engine = new(new FakeServers(), TimeProvider.System);

    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["init.sh"] = "(the script of the init container)",
        ["druid.sh"] = "(the start script)",
        ["log4j2.xml"] = "(where servers log)",
    };

    private static readonly string[] Names = ["quickstart", "all-roles", "custom-configuration", "tls", "no-security", "made-mysql"];

    [TestCaseSource(nameof(Names))]
    public void DescribesTheCluster(string name) =>
        GoldenFile.Matches($"Druid/{name}.yaml", Engine.Describe(Facts(name)).Objects.Select(o => GoldenFile.Readable(o.Manifest, Scripts)));

    [TestCaseSource(nameof(Names))]
    public void EqualFactsGiveEqualManifests(string name)
    {
        var first = Text(Facts(name));

        Assert.That(Text(Facts(name)), Is.EqualTo(first));
    }

    [TestCaseSource(nameof(Names))]
    public void NoPasswordStandsOutsideOfASecret(string name)
    {
        var others = Engine.Describe(Facts(name)).Objects.Where(o => o.Type.Kind != "Secret").Select(o => o.Manifest.ToJsonString());
        Assert.That(others, Has.None.Contains("canary"));
        Assert.That(Text(Facts(name)), Does.Not.Contain("canary #1"));
    }

    [Test]
    public void ServersWaitForWhatTheyDependOn()
    {
        var facts = Facts("quickstart");
        var waiting = facts with { Applications = facts.Applications.ToDictionary(a => a.Key, a => a.Key == DruidApplications.ZooKeeper ? a.Value with { Phase = "Provisioning" } : a.Value) };
        Assert.That(Pending(facts), Is.Null);
        Assert.That(Pending(waiting), Does.StartWith("ZooKeeper demo/druid-quickstart-zk, which was made for this Druid, is not Ready yet: its phase is Provisioning."));
        Assert.That(Pending(waiting with { WasProvisioned = true }), Is.Null, "a cluster that was complete once is described all the same");
        Assert.That(Pending(Facts("made-mysql")), Does.StartWith("MySQL demo/made-mysql-metadata, the metadata storage that was made for this Druid, is not Ready yet."));
    }

    // what is installed, type and name that the user chose, who keeps the metadata
    [TestCase("", "", "BuiltIn demo/made-pg-metadata")]
    [TestCase("mysqls postgreses", "", "Made demo/made-mysql-metadata")]
    [TestCase("postgreses", "", "Made demo/made-pg-metadata")]
    [TestCase("", "PostgreSQL", "BuiltIn demo/made-pg-metadata")]
    [TestCase("mysqls", "PostgreSQL", "BuiltIn demo/made-pg-metadata")]
    [TestCase("postgreses", "MySQL", "Nobody demo/made-mysql-metadata")]
    public void WhoKeepsTheMetadataDependsOnWhatIsInstalled(string offered, string type, string keeper)
    {
        var facts = Facts("made-mysql");
        var druid = (DruidDatabase)facts.Database;
        var chosen = Engine.Default(druid with { Spec = druid.Spec with { MetadataStorage = type.Length == 0 ? null : new() { Type = type } } }, facts.Version);
        var kinds = new[] { DruidApplications.MySql, DruidApplications.Postgres }.Where(k => offered.Contains(k.Plural, StringComparison.Ordinal));
        var storage = MetadataStorage.Of(facts with { Database = chosen, OfferedKinds = [.. kinds] });

        Assert.That($"{storage.Keeper} {storage.Key}", Is.EqualTo(keeper));
    }

    [Test]
    public void MetadataThatIsThereDecidesBeforeWhatIsInstalledLater()
    {
        var facts = Facts("quickstart") with { OfferedKinds = [DruidApplications.MySql] };
        Assert.That(MetadataStorage.Of(facts).Keeper, Is.EqualTo(MetadataKeeper.BuiltIn));
    }

    // claims that are there, the name of the historicals' volume
    [TestCase("", "data")]
    [TestCase("data-druid-quickstart-historicals-0", "data")]
    [TestCase("druid-quickstart-segment-cache-druid-quickstart-historicals-0", "druid-quickstart-segment-cache")]
    public void ClaimsOfEitherGenerationAreAdopted(string claims, string volume)
    {
        var facts = Facts("quickstart") with { Claims = [.. claims.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => new ClaimFacts(c))] };
        var spec = Engine.Describe(facts).Objects.Single(o => o.Name == "druid-quickstart-historicals").Manifest["spec"]!;
        Assert.That((string)spec["volumeClaimTemplates"]![0]!["metadata"]!["name"]!, Is.EqualTo(volume));
    }

    [Test]
    public void PasswordsThatAreStoredStayWhateverTheAdministratorsIs()
    {
        var facts = Facts("tls");
        var config = Engine.Describe(facts).Objects.Single(o => o.Name == "safe-fedcba").Manifest["data"]!["internal-client-password"]!.GetValue<string>();
        var stored = new Secret { Data = new Dictionary<string, ReadOnlyMemory<byte>> { ["internal-client-password"] = Convert.FromBase64String(config) } };
        var later = facts with { Credential = new("admin", "another"), Secrets = new Dictionary<string, Secret>(facts.Secrets) { ["safe-fedcba"] = stored } };
        Assert.That(Engine.Describe(later).Objects.Single(o => o.Name == "safe-fedcba").Manifest["data"]!["internal-client-password"]!.GetValue<string>(), Is.EqualTo(config));
    }

    [Test]
    public void WhatIsNotTakenOfATemplateIsTold() => Assert.That(
        Engine.Describe(Facts("all-roles")).Warnings.Select(w => w.Path), Is.EqualTo(new[] { "spec.topology.historicals.podTemplate.spec.containers[0].image" }));

    [Test]
    public void ServersSpeakBothProtocolsOnTheWayFromOneToTheOther()
    {
        string[] Ports(string mark)
        {
            var facts = Facts("tls");
            var annotated = facts.Database is DruidDatabase d ? d with { Metadata = d.Metadata with { Annotations = new Dictionary<string, string> { [TlsTransition.Annotation] = mark } } } : null;
            var set = Engine.Describe(facts with { Database = annotated! }).Objects.Single(o => o.Name == "safe-brokers" && o.Type.Kind == "PetSet");
            return [.. set.Manifest["spec"]!["template"]!["spec"]!["containers"]![0]!["ports"]!.AsArray().Select(p => $"{p!["name"]} {p["containerPort"]}")];
        }

        Assert.That(Ports("op"), Is.EqualTo(new[] { "brokers 8082" }));
        Assert.That(Ports("op/tls"), Is.EqualTo(new[] { "brokers 8082", "tls 8282" }));
    }

    private static string? Pending(DatabaseFacts facts) => Engine.Describe(facts).Objects.Select(o => o.Pending?.Message).FirstOrDefault(p => p is not null);

    private static string Text(DatabaseFacts facts) =>
        string.Join('\n', Engine.Describe(facts).Objects.Select(o => GoldenFile.Readable(o.Manifest, Scripts).ToJsonString()));

    // A file holds the cluster as a user writes it, and the secrets and AppBindings it names.
    private static DatabaseFacts Facts(string name)
    {
        var documents = Read($"{name}.in.yaml");
        var druid = DruidDatabase.Decode(Utf8(documents.Single(d => Kind(d) == "Druid")));
        var catalog = DruidVersion.Decode(Utf8(Read("version.yaml").Single()));
        var database = (DruidDatabase)Engine.Default(druid with { Metadata = druid.Metadata with { Uid = "01234567-89ab-cdef-0123-456789fedcba" } }, catalog);
        Assert.That(Engine.Check(database, catalog), Is.Empty);
        var secrets = documents.Where(d => Kind(d) == "Secret").ToDictionary(
            d => new ObjectKey(d["metadata"]!["namespace"]!.GetValue<string>(), d["metadata"]!["name"]!.GetValue<string>()),
            d => new Secret
            {
                Metadata = new() { Name = d["metadata"]!["name"]!.GetValue<string>(), Namespace = d["metadata"]!["namespace"]!.GetValue<string>() },
                Data = d["stringData"]!.AsObject().ToDictionary(p => p.Key, p => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(p.Value!.GetValue<string>())),
            });
        var bindings = documents.Where(d => Kind(d) == "AppBinding").Select(d => AppBinding.Decode(Utf8(d))).ToList();
        var facts = new DatabaseFacts
        {
            Database = database,
            Version = catalog,
            Credential = database.Spec.DisableSecurity ? null : new(Engine.DefaultUser, "canary #1\"x"),
            Offers = new(PolicyV1: true, ServiceMonitors: true, CertManager: true),
            Secrets = secrets.Where(s => s.Key.Namespace == "demo").ToDictionary(s => s.Key.Name, s => s.Value),
            Applications = Engine.Applications(database)
                .Select(a => (a.Role, Binding: bindings.Find(b => b.Metadata.Key == a.Key)))
                .Where(a => a.Binding is not null)
                .ToDictionary(a => a.Role, a => new ApplicationFacts(a.Binding!, Secret(a.Binding!, a.Binding!.Spec.Secret?.Name), Secret(a.Binding!, a.Binding!.Spec.TlsSecret?.Name), null)),
            OfferedKinds = name == "made-mysql" ? [DruidApplications.MySql] : [],
        };
        Assert.That(Engine.Check(facts), Is.Empty);
        return facts;

        Secret? Secret(AppBinding binding, string? secret) => secret is null ? null : secrets[new(binding.Metadata.Namespace, secret)];
    }

    private static IReadOnlyList<JsonObject> Read(string file) => GoldenFile.Read(File.ReadAllText(Path.Combine(GoldenFile.Folder, "Druid", file)));

    private static string Kind(JsonObject document) => document["kind"]!.GetValue<string>();

    private static byte[] Utf8(JsonObject document) => Encoding.UTF8.GetBytes(document.ToJsonString());
}
