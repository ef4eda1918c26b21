using System.Diagnostics;
using KubeDb.Tests.EndToEnd.Faults;

namespace KubeDb.Tests.EndToEnd.ZooKeeper;

/// <summary>
/// The guide "Reconfigure TLS" on an ensemble of three members: added, rotated, issuer changed, removed, while a plain client writes; once with both
/// operators killed again and again meanwhile, and in each operation the leader of the ensemble.
/// </summary>
[TestFixture(Zk38, false), TestFixture(Zk39, false, Category = "Full"), TestFixture(Zk39, true, Category = "Full")]
public sealed class ReconfigureTlsTests(string version, bool kills) : ZooKeeperTest
{
    private const string Name = "zk-tls";
    private const string Folder = "/var/private/ssl";
    private readonly Random _chance = new(12);
    private static readonly string[] Members = [$"{Name}-0", $"{Name}-1", $"{Name}-2"];

    [SetUp]
    public Task NeedsCertManager() => RequireCertManagerAsync();

    [Test]
    public async Task The_guide_from_plain_to_TLS_and_back()
    {
        using var first = await MakeIssuerAsync("zookeeper-ca-issuer", "ca");
        using var second = await MakeIssuerAsync("zk-new-issuer", "ca-updated");
        await Apply(Ensemble(Name, version));
        await EnsembleIs(Name, "Ready");
        await Client(Members[0], "create", "/hello-dir", "hello-messege");
        var before = await Settings();
        Assert.That(before, Has.None.Contain("ssl"));
        await using var clients = await ClientsAsync(Name);
        await using var killer = OperatorKiller.Start(kills, seed: 12, TestContext.Out.WriteLine);

        await Change("zk-add-tls", "issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: zookeeper-ca-issuer}, certificates: [{alias: client, subject: {organizations: [zookeeper]}}]");
        foreach (var member in Members)
            Assert.That(await Handshake(member), Does.Contain("Verify return code: 0 (ok)").And.Contain($"CN = {Name}.{Namespace}.svc").Or.Contain($"CN={Name}.{Namespace}.svc"), member);
        var added = await Settings();
        Assert.Multiple(async () =>
        {
            Assert.That(added, Is.SupersetOf(new[] { "secureClientPort=2182", $"ssl.keyStore.location={Folder}/server.keystore.jks", "sslQuorum=true" }));
            Assert.That(added, Has.None.Contain("portUnification"));
            Assert.That((await Service(Name))!.Spec.Ports.Select(p => $"{p.Name} {p.Port}"), Is.EqualTo(new[] { "client 2181", "secure-client 2182" }));
            Assert.That((await Get("zk", Name))!["spec"]!["enableSSL"]!.GetValue<bool>(), Is.True);
            Assert.That(await Client(Members[1], "get", "/hello-dir"), Is.EqualTo("hello-messege"), "plain clients go on");
        });

        using var old = await CertificateAsync(Name, "server");
        await Change("zk-rotate", "rotateCertificates: true");
        using var rotated = await CertificateAsync(Name, "server");
        Assert.That(rotated.SerialNumber, Is.Not.EqualTo(old.SerialNumber));

        await Change("zk-change-issuer", "issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: zk-new-issuer}");
        using var changed = await CertificateAsync(Name, "server");
        Assert.That(changed.Issuer, Does.Contain("ca-updated"));
        foreach (var member in Members)
            Assert.That(await Handshake(member), Does.Contain("Verify return code: 0 (ok)").And.Contain("ca-updated"), member);

        await Change("zk-remove", "remove: true");
        Assert.Multiple(async () =>
        {
            Assert.That(await Settings(), Is.EqualTo(before), "the base block again");
            Assert.That((await Service(Name))!.Spec.Ports.Select(p => $"{p.Name} {p.Port}"), Is.EqualTo(new[] { "client 2181" }));
            Assert.That(await Exists($"secret/{Name}-server-cert") || await Exists($"secret/{Name}-ca-bundle"), Is.False);
            Assert.That(await Client(Members[2], "get", "/hello-dir"), Is.EqualTo("hello-messege"));
        });
        await clients.EndAsync();
    }

    private async Task Change(string request, string change)
    {
        var clock = Stopwatch.StartNew();
        await Apply(Request(request, "ReconfigureTLS", Name, "tls: {" + change + "}"));
        var crash = kills ? CrashLeaderAsync() : Task.CompletedTask;
        await Succeeds(request);
        await crash;
        TestContext.Out.WriteLine($"{request}: {clock.Elapsed.TotalSeconds:F1} s");
        await EnsembleIs(Name, "Ready");
    }

    private async Task CrashLeaderAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(1 + (_chance.NextDouble() * 10)));
        await Eventually(
            async () =>
            {
                if (await Leader(Members) is not { Length: > 0 } leader)
                    return false;
                await CrashAsync(leader, "zookeeper");
                return true;
            },
            "a leader to kill");
    }

    private Task<string> Handshake(string member) => KubectlHere(
        "exec", member, "--", "bash", "-c", $"cd {Folder} && openssl s_client -connect localhost:2182 -CAfile ca.crt -cert tls.crt -key tls.key </dev/null 2>&1");

    private async Task<IReadOnlyList<string>> Settings() =>
        [.. (await KubectlHere("exec", Members[0], "--", "cat", "/conf/zoo.cfg")).Split('\n').Where(l => !l.Contains("password", StringComparison.Ordinal))];
}
