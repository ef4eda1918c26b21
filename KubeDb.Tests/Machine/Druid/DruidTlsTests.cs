using KubeDb.Api.Engines.Druid;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Tests.Machine.Druid;

/// <summary>TLS of clusters by request: three rolls each way, in which servers always understand each other.</summary>
[TestFixture]
[Category("Machine")]
public sealed class DruidTlsTests
{
    private const string Issuer = "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}";
    private const string Tls = ",\"enableSSL\":true,\"tls\":{" + Issuer + "}";

    [Test]
    public void Adding_takes_three_rolls_and_no_server_is_cut_off() => Run(async world =>
    {
        await HaveAsync(world, "");
        await AskAsync(world, Issuer);
        AssertWhole(world, DruidProtocol.Tls, rolls: 3);
        var database = world.Get(DruidDatabase.Resource, Database)!;
        Assert.That(database["spec"]!["enableSSL"]!.GetValue<bool>(), Is.True);
        Assert.That(database["metadata"]!["annotations"].Text("kubedb.com/tls-transition"), Is.Empty);
        Assert.That(world.Names(ResourceTypes.Secret), Is.SupersetOf(new[] { "cache-server-cert", "cache-client-cert", "cache-keystore-cred" }));
        Assert.That(PortsOf(world, "cache-brokers"), Is.EqualTo(new[] { 8282 }));
        Assert.That(world.Get(AppBinding.Resource, Database)!["spec"]!["clientConfig"]!["service"].Text("scheme"), Is.EqualTo("https"));
    });

    [Test]
    public void Removing_takes_three_rolls_and_no_server_is_cut_off() => Run(async world =>
    {
        await HaveAsync(world, Tls);
        await AskAsync(world, "\"remove\":true");
        AssertWhole(world, DruidProtocol.Plain, rolls: 3);
        var spec = world.Get(DruidDatabase.Resource, Database)!["spec"]!.AsObject();
        Assert.That((spec.ContainsKey("tls"), spec["enableSSL"]?.GetValue<bool>() ?? false), Is.EqualTo((false, false)));
        Assert.That(world.Names(ResourceTypes.Secret), Has.No.Member("cache-server-cert"));
        Assert.That(PortsOf(world, "cache-brokers"), Is.EqualTo(new[] { 8082 }));
    });

    [Test]
    public void Services_lead_to_both_ports_while_one_takes_the_other_s_place() => Run(async world =>
    {
        await HaveAsync(world, "");
        world.AskDruid("op", "ReconfigureTLS", "\"timeout\":\"10m\",\"tls\":{" + Issuer + "}");
        await world.UntilAsync(() => PortsOf(world, "cache-brokers").Length == 2, "both ports are there", 600);
        Assert.That(PortsOf(world, "cache-brokers"), Is.EqualTo(new[] { 8082, 8282 }));
        await world.EndedAsync();
    });

    [Test]
    public void Certificates_are_rotated_without_a_restart() => Run(async world =>
    {
        await HaveAsync(world, Tls);
        var before = world.Druids.Running[0].Certificate();
        await AskAsync(world, "\"rotateCertificates\":true");
        AssertWhole(world, DruidProtocol.Tls, rolls: 0);
        Assert.That(world.Druids.Running.Select(s => s.Certificate()), Has.None.EqualTo(before).And.None.Null);
    });

    [Test]
    public void Another_issuer_s_authority_is_trusted_by_a_roll_before_its_certificates_are_shown() => Run(async world =>
    {
        await HaveAsync(world, Tls);
        await AskAsync(world, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}");
        AssertWhole(world, DruidProtocol.Tls, rolls: 1);
    });

    private static async Task HaveAsync(TestWorld world, string more)
    {
        world.CertManager.Install("ca", "other");
        await world.PassAsync(70);
        await world.HaveDruidAsync(more);
    }

    private static async Task AskAsync(TestWorld world, string change)
    {
        world.AskDruid("op", "ReconfigureTLS", "\"timeout\":\"10m\",\"tls\":{" + change + "}");
        await world.EndedAsync();
        Assert.That(world.PhaseOf(DruidOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
    }

    private static void AssertWhole(TestWorld world, DruidProtocol protocol, int rolls) => Assert.Multiple(() =>
    {
        Assert.That(world.Druids.Running.Select(s => s.Protocol), Is.All.EqualTo(protocol));
        Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(4 * (rolls + 1)));
        Assert.That(world.Seen.MostDown, Is.LessThanOrEqualTo(1));
        Assert.That(world.PhaseOf(DruidDatabase.Resource, Database), Is.EqualTo("Ready"));
    });

    private static int[] PortsOf(TestWorld world, string service) => [.. world.Get(ResourceTypes.Service, service)!["spec"]!["ports"].Objects().Select(p => p["port"]!.GetValue<int>())];
}
