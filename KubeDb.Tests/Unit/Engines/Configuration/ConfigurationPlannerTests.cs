using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Engines.Redis;
using static KubeDb.Tests.Support.TwoFileConfiguration;
using static KubeDb.Tests.Unit.Engines.Configuration.ConfigurationSample;

namespace KubeDb.Tests.Unit.Engines.Configuration;

[TestFixture, Category("Unit")]
public class ConfigurationPlannerTests
{
    private readonly SettingsInMemory _settings = new();
    private readonly TwoFileConfiguration _engine;

    public ConfigurationPlannerTests() => _engine = new(_settings);

    [Test]
    public void EachFileHasItsOwnLayers()
    {
        var plan = _engine.Plan(
            Request("""{"applyConfig":{"worker.properties":"worker.capacity=5"}}"""),
            Facts(
                """{"secretName":"s","inline":{"common.properties":"# mine\nlog.level=info"}}""",
                Secret("s", (Common, "log.level=debug\nlog.dirs=/x"), (Workers, "worker.capacity=2\nworker.threads=1"))));
        Assert.Multiple(() =>
        {
            Assert.That(plan.Violations, Is.Empty);
            Assert.That(plan.Change(Common)!.Before.Render(), Is.EqualTo("# mine\nlog.level=info\nlog.dirs=/x\n"));
            Assert.That(plan.Change(Workers)!.Before.Render(), Is.EqualTo("worker.capacity=2\nworker.threads=1\n"));
            Assert.That(plan.Change(Workers)!.After.Render(), Is.EqualTo("worker.capacity=5\nworker.threads=1\n"));
            Assert.That(plan.SpecConfiguration!.ToJsonString(), Is.EqualTo(
                """{"secretName":"s","inline":{"common.properties":"# mine\nlog.level=info","worker.properties":"worker.capacity=5\n"}}"""));
        });
    }

    [TestCase("""{"common.properties":"log.level=warn"}""", "controller,worker")]
    [TestCase("""{"worker.properties":"worker.threads=7"}""", "worker")]
    [TestCase("""{"worker.properties":"worker.threads=7","common.properties":"log.dirs=/y"}""", "controller,worker")]
    [TestCase("""{"worker.properties":"# nothing\nworker.capacity : 2"}""", "")]
    public void OnlyTheRolesThatReadAChangedFileAreAffected(string applied, string roles) => Assert.That(
        string.Join(',', _engine.Plan(Request($$$"""{"applyConfig":{{{applied}}} }"""), Facts("""{"inline":{"worker.properties":"worker.capacity=2"}}""")).AffectedRoles),
        Is.EqualTo(roles));

    [Test]
    public void ASecretThatHoldsOneFileTakesTheOtherFileOfTheOldOneAway()
    {
        var plan = _engine.Plan(
            Request("""{"configSecret":{"name":"new"}}"""),
            Facts("""{"secretName":"old"}""", Secret("old", (Common, "log.dirs=/x")), Secret("new", (Workers, "worker.threads=3"))));
        Assert.That(plan.Violations, Is.Empty);
        Assert.That(plan.Change(Common)!.Difference.Removed, Is.EqualTo(new[] { "log.dirs" }));
        Assert.That(plan.AffectedRoles, Is.EqualTo(new[] { "controller", "worker" }));
    }

    [Test]
    public void TheWayBackIsThePlanReversed()
    {
        var plan = _engine.Plan(Request("""{"removeCustomConfig":true}"""), Facts("""{"inline":{"worker.properties":"worker.threads=1"}}"""));
        var back = plan.Reversed(null);
        Assert.That(plan.Change(Workers)!.Difference.Removed, Is.EqualTo(new[] { "worker.threads" }));
        Assert.That(back.Change(Workers)!.Difference.Added, Is.EqualTo(new[] { "worker.threads" }));
        Assert.That(back.AffectedRoles, Is.EqualTo(new[] { "worker" }));
    }

    [Test]
    public void AnUnknownFileIsRefusedWithTheKnownOnesNamed()
    {
        var violation = _engine.Plan(Request("""{"applyConfig":{"workers.properties":"worker.threads=1"}}"""), Facts((string?)null)).Violations.Single();
        Assert.That(violation.Message, Is.EqualTo(
            "spec.configuration.applyConfig holds the file \"workers.properties\", which this server does not read. Did you mean \"worker.properties\"? "
            + "Put the settings under \"common.properties\" or \"worker.properties\"."));
        Assert.That(violation.Place, Is.EqualTo(new ConfigurationPlace("workers.properties", 0, "", Workers)));
    }

    [Test]
    public void ASecretNeedsOneOfTheFiles()
    {
        var request = Request("""{"configSecret":{"name":"s"}}""");
        Assert.That(_engine.Plan(request, Facts((string?)null, Secret("s", ("other", "")))).Violations.Single().Message, Is.EqualTo(
            "Secret \"s\", named by spec.configuration.configSecret.name, has none of the keys \"common.properties\" and \"worker.properties\". Put the configuration under these keys."));
        Assert.That(_engine.References(request), Is.EqualTo(new[] { new SecretReference("s", "spec.configuration.configSecret.name", []) }).Using<SecretReference>((a, b) => a.Name == b.Name && a.Path == b.Path));
    }

    [Test]
    public void ViolationsNameFileLineAndSetting()
    {
        var request = Request("""{"applyConfig":{"common.properties":"# x\ncluster.id=7\nlog.levle=info","worker.properties":"worker.threads=\\u1"}}""");
        var violations = _engine.Check(request, Facts((string?)null));
        Assert.That(violations.Select(v => v.Place), Is.EqualTo(new[]
        {
            new ConfigurationPlace(Workers, 1, "worker.threads"),
            new ConfigurationPlace(Common, 2, "cluster.id"),
        }));
        Assert.That(violations.Select(v => v.Message), Is.EqualTo(new[]
        {
            "spec.configuration.applyConfig[worker.properties]: line 1 (worker.threads): \\u without four hexadecimal digits. The server could not read it; correct the line.",
            "spec.configuration.applyConfig[common.properties] sets \"cluster.id\", which the operator sets itself. Remove the line.",
        }));
    }

    [Test]
    public void ARequestIsCheckedAloneForWhatNoServerKnows()
    {
        var facts = Facts("""{"inline":{"common.properties":"old.slip=1"}}""", Secret("s", (Workers, "\nworker.capacty=5")));
        var violations = _engine.Check(Request("""{"configSecret":{"name":"s"},"applyConfig":{"common.properties":"\n\nlog.levle=info\nx.mine=1"}}"""), facts);
        Assert.That(violations.Select(v => v.Message), Is.EqualTo(new[]
        {
            "spec.configuration.applyConfig[common.properties] sets \"log.levle\", which Toy 1.0 does not know. Did you mean \"log.level\"? Correct or remove the line.",
            "secret s[worker.properties] sets \"worker.capacty\", which Toy 1.0 does not know. Did you mean \"worker.capacity\"? Correct or remove the line.",
        }));
        Assert.That(violations.Select(v => v.Place), Is.EqualTo(new[]
        {
            new ConfigurationPlace(Common, 3, "log.levle", "log.level"),
            new ConfigurationPlace(Workers, 2, "worker.capacty", "worker.capacity"),
        }));
    }

    [Test]
    public void WhatIsLikeNoKnownNameIsNotShownWhereItCouldBeAPieceOfASecret()
    {
        var violation = _engine.Check(Request("""{"configSecret":{"name":"s"}}"""), Facts((string?)null, Secret("s", (Workers, "half-of-a-password")))).Single();
        Assert.That(violation.Message, Is.EqualTo(
            "secret s[worker.properties] sets a directive that the server does not know (not shown, for it stands in a secret). Correct or remove the line."));
        Assert.That(violation.Place, Is.EqualTo(new ConfigurationPlace(Workers, 1, "")));
    }

    [TestCase("7.2.4", 1)]
    [TestCase("5.0.14", 0)]
    [TestCase("99.0.0", 0)]
    public void OfServersThatTheTableDoesNotCoverNothingIsUnknownWithoutAskingThem(string version, int violations)
    {
        var facts = Facts((string?)null) with { Version = new Api.Kinds.Catalog.RedisVersion { Spec = new() { Version = version } } };
        Assert.That(Redis.Check(Request("""{"applyConfig":{"redis.conf":"maxmemroy 10mb"}}"""), facts), Has.Count.EqualTo(violations));
    }

    [Test]
    public void InlineThatIsPresentWithoutAFileStaysSo()
    {
        // Absent, it would let an older field of the spec, applied again, name the secret.
        Assert.That(Planned("""{"inline":{}}""", """{"configSecret":{"name":"s"}}"""), Is.EqualTo("""{"secretName":"s","inline":{}}"""));
        Assert.That(Planned("{}", """{"configSecret":{"name":"s"}}"""), Is.EqualTo("""{"secretName":"s"}"""));
        Assert.That(Planned("""{"inline":{}}""", """{"removeCustomConfig":true}"""), Is.Null);
        Assert.That(Planned("""{"secretName":"s","inline":{"common.properties":"log.level=x","worker.properties":"# kept"}}""", """{"configSecret":{"name":"s"}}"""),
            Is.EqualTo("""{"secretName":"s","inline":{"worker.properties":"# kept"}}"""));
    }

    [Test]
    public void ASecretOfTheOlderFieldIsTheOneThatIsThere()
    {
        var older = RedisDefaults.Apply(Kinds.RedisSamples.Redis("""{"version":"7.2.4","configSecret":{"name":"old"}}"""), null);
        var facts = Facts((string?)null, Secret("old", ("redis.conf", "hz 20"))) with { Database = older };
        var plan = Redis.Plan(Request("""{"applyConfig":{"redis.conf":"timeout 3"}}"""), facts);
        Assert.That(plan.SpecConfiguration!.ToJsonString(), Is.EqualTo("""{"secretName":"old","inline":{"redis.conf":"timeout 3\n"}}"""));
        Assert.That(plan.Change("redis.conf")!.After.Render(), Is.EqualTo("hz 20\ntimeout 3\n"));

        var passedOver = RedisDefaults.Apply(Kinds.RedisSamples.Redis("""{"version":"7.2.4","configSecret":{"name":"old"},"configuration":{"inline":{}}}"""), null);
        var plain = Redis.Plan(Request("""{"applyConfig":{"redis.conf":"timeout 3"}}"""), facts with { Database = passedOver });
        Assert.That(plain.SpecConfiguration!.ToJsonString(), Is.EqualTo("""{"inline":{"redis.conf":"timeout 3\n"}}"""));
    }

    [Test]
    public void RemovalComesBeforeWhateverElseTheRequestHolds() => Assert.That(
        Planned(
            """{"secretName":"s","inline":{"common.properties":"log.level=x"},"acl":{"rules":["ann on"]}}""",
            """{"removeCustomConfig":true,"applyConfig":{"common.properties":"log.dirs=/y"}}"""),
        Is.EqualTo("""{"acl":{"rules":["ann on"]},"inline":{"common.properties":"log.dirs=/y\n"}}"""));

    [Test]
    public void TheServersFileIsDefaultsThenTheUsersPartThenTheOperators()
    {
        var file = _engine.Files(Server)[0];
        var text = file.Render(Document("log.level=info\nlog.dirs=/d"), Document("log.level=warn\ncluster.id=stolen\nx.a=1"), Document("cluster.id=ours"));
        Assert.That(text, Is.EqualTo(
            "# Written by KubeDB. Change spec.configuration instead: this file is replaced.\nlog.level=warn\nlog.dirs=/d\nx.a=1\n\n# Owned by KubeDB.\ncluster.id=ours\n"));
        Assert.That(((PropertiesFile)Document(text)).Entries.Single(e => e.Key == "cluster.id").Value, Is.EqualTo("ours"));
    }

    [TestCase("log.level=warn", LiveChangeKind.Applied, "warn")]
    [TestCase("log.level=warn\nlog.dirs=/y", LiveChangeKind.NeedsRestart, "info")]
    public async Task AnEngineSaysWhatChangesLive(string applied, LiveChangeKind kind, string level)
    {
        _settings.Servers["rd-0"] = new() { ["log.level"] = "info" };
        var plan = _engine.Plan(
            Request(new JsonObject { ["applyConfig"] = new JsonObject { [Common] = applied } }), Facts("""{"inline":{"common.properties":"log.level=info"}}"""));
        var instances = FakeServers.Instances(addresses: "10.0.0.1") with { Groups = [new() { PetSet = "rd", Role = Worker, Replicas = 1, Container = "server" }] };
        Assert.That((await _engine.ApplyLiveAsync(instances, plan, CancellationToken.None)).Kind, Is.EqualTo(kind));
        Assert.That(_settings.Servers["rd-0"]["log.level"], Is.EqualTo(level));
        Assert.That((await _engine.InEffectAsync(instances, plan, CancellationToken.None)).IsReady, Is.EqualTo(kind == LiveChangeKind.Applied));
        Assert.That(_engine.AtStart(instances, plan), kind == LiveChangeKind.Applied ? Is.Empty : Is.EqualTo(new[] { "log.dirs takes effect only at start" }));
    }

    private static IConfigurationEngine Redis => new RedisEngine(new FakeServers(), TimeProvider.System).Configuration!;

    private string? Planned(string configuration, string change)
    {
        var plan = _engine.Plan(Request(change), Facts(configuration, Secret("s", (Common, "log.level=debug"))));
        Assert.That(plan.Violations, Is.Empty);
        return plan.SpecConfiguration?.ToJsonString();
    }

    private static IConfigurationDocument Document(string text) => PropertiesDialect.Instance.Read(text).Document;
}
