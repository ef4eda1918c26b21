using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Tests.Machine.ZooKeeper;

/// <summary>TLS of ensembles by request: three rolls each way, in which members always understand a majority.</summary>
[TestFixture]
[Category("Machine")]
public sealed class ZooKeeperTlsTests
{
    private const string Issuer = "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}";
    private const string Tls = ",\"enableSSL\":true,\"tls\":{" + Issuer + "}";

    [Test]
    public void Adding_takes_three_rolls_and_never_the_quorum() => Run(async world =>
    {
        await HaveAsync(world, "");
        await AskAsync(world, Issuer);
        Assert.That(PhaseOf(world), Is.EqualTo("Successful"));
        AssertWhole(world, PeerProtocol.Tls, rolls: 3);
        var database = world.Get(ZooKeeperDatabase.Resource, Database)!;
        Assert.That(database["spec"]!["enableSSL"]!.GetValue<bool>(), Is.True);
        Assert.That(database["metadata"]!["annotations"].Text("kubedb.com/tls-transition"), Is.Empty);
        string[] told = ["CertificateSynced", "UpdatePetSets", "CertificatesMounted", "PeersUseTLS", "RestartNodes", "SwitchedToTLS", "Successful"];
        Assert.That(Conditions(world).Where(told.Contains), Is.EqualTo(told), "the documented condition comes once all restarts are over");
        Assert.That(world.Names(ResourceTypes.Secret), Is.SupersetOf(new[] { "cache-server-cert", "cache-client-cert", "cache-keystore-cred" }));
    });

    [Test]
    public void Removing_takes_three_rolls_and_never_the_quorum() => Run(async world =>
    {
        await HaveAsync(world, Tls);
        await AskAsync(world, "\"remove\":true");
        Assert.That(PhaseOf(world), Is.EqualTo("Successful"));
        AssertWhole(world, PeerProtocol.Plain, rolls: 3);
        var spec = world.Get(ZooKeeperDatabase.Resource, Database)!["spec"]!.AsObject();
        Assert.That((spec.ContainsKey("tls"), spec["enableSSL"]?.GetValue<bool>() ?? false), Is.EqualTo((false, false)));
        Assert.That(world.Names(ResourceTypes.Secret), Has.No.Member("cache-server-cert"));
    });

    [Test]
    public void Certificates_are_rotated_without_a_restart_where_the_version_can() => Run(async world =>
    {
        await HaveAsync(world, Tls);
        var before = world.ZooKeepers.Running[0].Certificate();
        await AskAsync(world, "\"rotateCertificates\":true");
        Assert.That(PhaseOf(world), Is.EqualTo("Successful"));
        AssertWhole(world, PeerProtocol.Tls, rolls: 0);
        Assert.That(world.ZooKeepers.Running.Select(m => m.Certificate()), Has.None.EqualTo(before).And.None.Null);
    });

    [Test]
    public void Another_issuer_s_authority_is_trusted_by_a_roll_before_its_certificates_are_shown() => Run(async world =>
    {
        await HaveAsync(world, Tls);
        await AskAsync(world, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}");
        Assert.That(PhaseOf(world), Is.EqualTo("Successful"));
        AssertWhole(world, PeerProtocol.Tls, rolls: 1);
        Assert.That(ConditionOf(world.Get(ZooKeeperOpsRequest.Resource, "op"), "RestartNodes").Text("message"), Is.EqualTo("Successfully restarted all nodes"));
    });

    [TestCase(PeerProtocol.PlainAcceptsTls)]
    [TestCase(PeerProtocol.TlsAcceptsPlain)]
    [TestCase(PeerProtocol.Tls)]
    public void Adding_that_fails_in_a_roll_is_taken_back_step_by_step(PeerProtocol hangs) => Run(async world =>
    {
        await HaveAsync(world, "");
        world.ZooKeepers.HangsOn = hangs;
        await AskAsync(world, Issuer, "1m");
        Assert.That(PhaseOf(world), Is.EqualTo("Failed"));
        AssertWhole(world, PeerProtocol.Plain, rolls: null);
        var database = world.Get(ZooKeeperDatabase.Resource, Database)!;
        Assert.That(database["spec"]!.AsObject().ContainsKey("tls"), Is.False);
        Assert.That(database["metadata"]!["annotations"].Text("kubedb.com/tls-transition"), Is.Empty);
    });

    [TestCase(PeerProtocol.TlsAcceptsPlain)]
    [TestCase(PeerProtocol.PlainAcceptsTls)]
    [TestCase(PeerProtocol.Plain)]
    public void Removing_that_fails_in_a_roll_is_taken_back_step_by_step(PeerProtocol hangs) => Run(async world =>
    {
        await HaveAsync(world, Tls);
        world.ZooKeepers.HangsOn = hangs;
        await AskAsync(world, "\"remove\":true", "1m");
        Assert.That(PhaseOf(world), Is.EqualTo("Failed"));
        AssertWhole(world, PeerProtocol.Tls, rolls: null);
        Assert.That(world.Get(ZooKeeperDatabase.Resource, Database)!["spec"]!["enableSSL"]!.GetValue<bool>(), Is.True);
    });

    [Test]
    public void What_a_request_that_was_taken_away_by_force_left_is_named_and_ended_by_the_next(
        [Values] bool adds, [Values(1, 4, 8)] int pods, [Values] bool rotates) => Run(async world =>
    {
        await HaveAsync(world, adds ? "" : Tls);
        await TakeAwayAsync(world, adds ? Issuer : "\"remove\":true", pods);
        var hasTls = world.Get(ZooKeeperDatabase.Resource, Database)!["spec"]!.AsObject().ContainsKey("tls");
        if (hasTls && Mark(world).Length > 0)
        {
            await world.UntilAsync(() => Warning(world).Contains("taken away before its end", StringComparison.Ordinal), "it is named", 60);
            await AskAsync(world, rotates ? "\"rotateCertificates\":true" : "\"remove\":true");
            Assert.That(PhaseOf(world), Is.EqualTo("Successful"));
        }
        else
        {
            // All that is left of it are pods of an older template.
            rotates = hasTls;
            world.AskZooKeeper("op", "Restart");
            await world.EndedAsync();
        }

        await world.UntilAsync(() => Warning(world).Length == 0, "no warning stays", 60);
        AssertWhole(world, rotates ? PeerProtocol.Tls : PeerProtocol.Plain, rolls: null);
    });

    [Test, Category("Full")]
    public void A_request_that_fails_on_what_another_left_leaves_it_so_that_a_third_ends_it(
        [Values] bool adds, [Values(1, 4, 6)] int pods, [Values] bool rotates, [Values(PeerProtocol.PlainAcceptsTls, PeerProtocol.TlsAcceptsPlain, PeerProtocol.Tls)] PeerProtocol hangs) => Run(async world =>
    {
        await HaveAsync(world, adds ? "" : Tls);
        await TakeAwayAsync(world, adds ? Issuer : "\"remove\":true", pods);
        world.ZooKeepers.HangsOn = hangs;
        await AskAsync(world, rotates ? "\"rotateCertificates\":true" : "\"remove\":true", "1m");
        world.ZooKeepers.HangsOn = null;
        await world.PassAsync(200);
        world.AskZooKeeper("third", "ReconfigureTLS", "\"apply\":\"Always\",\"timeout\":\"10m\",\"tls\":{\"rotateCertificates\":true}");
        await world.EndedAsync();
        if (world.Get(ZooKeeperDatabase.Resource, Database)!["spec"]!.AsObject().ContainsKey("tls"))
            AssertWhole(world, PeerProtocol.Tls, rolls: null);
        else
            Assert.That(world.ZooKeepers.EnsembleOf(Database).Separations, Is.Zero);
    });

    private static IEnumerable<TestCaseData> Operations()
    {
        yield return new TestCaseData("", "\"type\":\"Restart\"", PeerProtocol.Plain, 4).SetArgDisplayNames("restart");
        yield return new TestCaseData("", "\"type\":\"Reconfigure\",\"configuration\":{\"applyConfig\":{\"zoo.cfg\":\"maxClientCnxns=90\"}}", PeerProtocol.Plain, 4).SetArgDisplayNames("reconfigure");
        foreach (var pods in (int[])[4, 7, 10])
            yield return new TestCaseData("", $"\"type\":\"ReconfigureTLS\",\"tls\":{{{Issuer}}}", PeerProtocol.Tls, pods).SetArgDisplayNames($"add, {pods} pods made");
        yield return new TestCaseData(Tls, "\"type\":\"ReconfigureTLS\",\"tls\":{\"rotateCertificates\":true}", PeerProtocol.Tls, 3).SetArgDisplayNames("rotate");
        yield return new TestCaseData(Tls, "\"type\":\"ReconfigureTLS\",\"tls\":{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}}", PeerProtocol.Tls, 4).SetArgDisplayNames("change issuer");
        foreach (var pods in (int[])[4, 7, 10])
            yield return new TestCaseData(Tls, "\"type\":\"ReconfigureTLS\",\"tls\":{\"remove\":true}", PeerProtocol.Plain, pods).SetArgDisplayNames($"remove, {pods} pods made");
    }

    [TestCaseSource(nameof(Operations))]
    public void The_leader_is_lost_in_the_middle_of_an_operation_which_ends_all_the_same(string more, string change, PeerProtocol protocol, int pods) => Run(async world =>
    {
        await HaveAsync(world, more);
        world.Create(ZooKeeperOpsRequest.Resource, Json.Parse($$$"""{"metadata":{"name":"op"},"spec":{"databaseRef":{"name":"{{{Database}}}"},"timeout":"10m",{{{change}}} } }"""));
        await world.UntilAsync(() => PhaseOf(world) == "Progressing" && world.Seen.PodsMade.Count >= pods, "it is on its way", 600);

        // Two members may be down then, and nobody votes for a while: what no operator can prevent.
        world.Seen.CountsDown = false;
        world.Delete(Pod.Resource, world.ZooKeepers.EnsembleOf(Database).Leader!.Pod);
        await world.EndedAsync();
        await world.UntilAsync(() => world.PhaseOf(ZooKeeperDatabase.Resource, Database) == "Ready", "the ensemble is whole", 120);
        Assert.That(PhaseOf(world), Is.EqualTo("Successful"));
        AssertWhole(world, protocol, rolls: null);
    });

    /// <summary>Asks, and takes the request away without its finalizer once so many pods were made for it.</summary>
    private static async Task TakeAwayAsync(TestWorld world, string change, int pods)
    {
        world.AskZooKeeper("gone", "ReconfigureTLS", $"\"timeout\":\"10m\",\"tls\":{{{change}}}");
        await world.UntilAsync(() => world.Seen.PodsMade.Count >= 3 + pods, "it is on its way", 600);
        world.Patch(ZooKeeperOpsRequest.Resource, "gone", """{"metadata":{"finalizers":null}}""");
        world.Delete(ZooKeeperOpsRequest.Resource, "gone");
        await world.UntilAsync(
            () => ConditionOf(world.Get(ZooKeeperDatabase.Resource, Database), "Paused").Text("status") != "True" && world.PhaseOf(ZooKeeperDatabase.Resource, Database) == "Ready",
            "the database is released and Ready", 300);
    }

    private static string Warning(TestWorld world) => ConditionOf(world.Get(ZooKeeperDatabase.Resource, Database), "SpecWarnings").Text("message");

    private static string Mark(TestWorld world) => world.Get(ZooKeeperDatabase.Resource, Database)!["metadata"]!["annotations"].Text("kubedb.com/tls-transition");

    private static async Task HaveAsync(TestWorld world, string more)
    {
        world.CertManager.Install("ca", "other");
        await world.PassAsync(70);
        await world.HaveZooKeeperAsync(more: more);
        world.ZooKeepers.EnsembleOf(Database).Write("/precious", [1]);
    }

    private static async Task AskAsync(TestWorld world, string change, string timeout = "10m")
    {
        world.AskZooKeeper("op", "ReconfigureTLS", $"\"timeout\":\"{timeout}\",\"tls\":{{{change}}}");
        await world.EndedAsync();
    }

    private static string PhaseOf(TestWorld world) => world.Get(ZooKeeperOpsRequest.Resource, "op")!["status"].Text("phase");

    private static IEnumerable<string> Conditions(TestWorld world) =>
        world.Get(ZooKeeperOpsRequest.Resource, "op").At("status", "conditions").Objects().Where(c => c.Text("status") == "True").Select(c => c.Text("type"));

    private static void AssertWhole(TestWorld world, PeerProtocol protocol, int? rolls)
    {
        var ensemble = world.ZooKeepers.EnsembleOf(Database);
        Assert.Multiple(() =>
        {
            Assert.That(ensemble.Running.Select(m => m.Protocol), Is.EqualTo(Enumerable.Repeat(protocol, 3)));
            Assert.That(ensemble.Running.Select(m => m.Nodes.ContainsKey("/precious")), Is.All.True);
            Assert.That(ensemble.Separations, Is.Zero);
            if (rolls is { } several)
                Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(3 * (several + 1)));
        });
    }
}
