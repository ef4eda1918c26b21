using System.Diagnostics;
using KubeDb.Tests.EndToEnd.Faults;

namespace KubeDb.Tests.EndToEnd.Druid;

/// <summary>The guide "Reconfigure TLS" on a server of each role: added, rotated, issuer changed, removed; the rows stay. Once with both operators killed again and again, and a server in each operation.</summary>
[TestFixture(Druid28, false), TestFixture(Druid33, false), TestFixture(Druid33, true)]
[Category("Full")]
public sealed class ReconfigureTlsTests(string version, bool kills) : DruidTest
{
    private const string Name = "druid-tls";
    private readonly Random _chance = new(14);

    [SetUp]
    public async Task NeedsCertManager()
    {
        await RequireImageAsync("druidversion", version);
        await RequireCertManagerAsync();
    }

    [Test]
    public async Task The_guide_from_plain_to_TLS_and_back()
    {
        using var first = await MakeIssuerAsync("druid-ca-issuer", "ca");
        using var second = await MakeIssuerAsync("dr-new-issuer", "ca-updated");
        await Apply(Small(Name, version));
        await ClusterIs(Name, "Ready");
        using var plain = await ClientAsync(Name);
        await IngestAsync(plain, "wikipedia", 3);
        var task = await SubmitAsync(plain, "wikipedia", 3);
        await using var killer = OperatorKiller.Start(kills, seed: 14, TestContext.Out.WriteLine);
        await using var queries = await QueriesAsync(Name, "wikipedia");

        await Change("dr-add-tls", "issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: druid-ca-issuer}");
        Assert.That((await Service($"{Name}-routers"))!.Spec.Ports.Select(p => p.Port), Is.EqualTo(new[] { 9088 }));
        Assert.That((await Get("dr", Name))!["spec"]!["enableSSL"]!.GetValue<bool>(), Is.True);
        var added = await Shown();
        TestContext.Out.WriteLine($"added, one server of each role: {queries}");

        await Change("dr-rotate", "rotateCertificates: true");
        var rotated = await Shown();
        Assert.That(rotated.Serial, Is.Not.EqualTo(added.Serial), "shown, not only issued");

        await Change("dr-change-issuer", "issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: dr-new-issuer}");
        Assert.That((await Shown()).Issuer, Does.Contain("ca-updated"));

        await Change("dr-remove", "remove: true");
        Assert.Multiple(async () =>
        {
            Assert.That((await Service($"{Name}-routers"))!.Spec.Ports.Select(p => p.Port), Is.EqualTo(new[] { 8888 }));
            Assert.That(await Exists($"secret/{Name}-server-cert") || await Exists($"secret/{Name}-ca-bundle"), Is.False);
            Assert.That(await EndOfTaskAsync(plain, task), Is.EqualTo("SUCCESS"), "a task that ran when TLS came is waited for");
            Assert.That(await CountAsync(plain, "wikipedia"), Is.EqualTo(6));
        });
        TestContext.Out.WriteLine($"through all, one server of each role: {queries}");
    }

    private async Task Change(string request, string change)
    {
        var clock = Stopwatch.StartNew();
        await Apply(Request(request, "ReconfigureTLS", Name, "tls: {" + change + "}"));
        var crash = kills ? CrashSoonAsync() : Task.CompletedTask;
        await Succeeds(request);
        await crash;
        TestContext.Out.WriteLine($"{request}: {clock.Elapsed.TotalSeconds:F1} s");
        await ClusterIs(Name, "Ready");
    }

    // Not a middle manager: its tasks are processes of its container, and end with it.
    private async Task CrashSoonAsync()
    {
        var server = Servers(Name).Where(s => !s.Contains("middlemanagers", StringComparison.Ordinal)).ElementAt(_chance.Next(4));
        await Task.Delay(TimeSpan.FromSeconds(1 + (_chance.NextDouble() * 60)));
        await CrashAsync(server, "druid");
    }

    // What a router shows, and that it answers with it.
    private async Task<(string Serial, string Issuer)> Shown()
    {
        var shown = ("", "");
        using var client = await ClientAsync(Name, seen: c => shown = (c.SerialNumber, c.Issuer));
        Assert.That(await CountAsync(client, "wikipedia"), Is.EqualTo(3).Or.EqualTo(6));
        return shown;
    }
}
