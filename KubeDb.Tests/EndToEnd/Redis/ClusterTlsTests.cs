using System.Diagnostics;
using KubeDb.Tests.EndToEnd.Faults;

namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>
/// The guide "Reconfigure TLS" on a cluster, written to all the time; once with both operators killed again and again meanwhile, and once with three pods a
/// shard, of which another confirms writes while one restarts.
/// </summary>
[TestFixture(Valkey8, "valkey-cli", 2, false), TestFixture(Redis8, "redis-cli", 2, true, Category = "Full"), TestFixture(Redis8, "redis-cli", 3, false, Category = "Full")]
public sealed class ClusterTlsTests(string version, string cli, int replicas, bool kills) : TlsTest
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(8);

    [Test]
    public async Task No_write_is_lost_from_plain_to_TLS_and_back()
    {
        using var first = await MakeIssuerAsync("ca", "ca");
        using var second = await MakeIssuerAsync("other", "ca-updated");
        await Apply(Many("rt", version, $"mode: Cluster\ncluster: {{shards: 3, replicas: {replicas}}}"));
        await WaitForPhase("rt", "Ready", Long);
        await using var killer = OperatorKiller.Start(kills, seed: 11, TestContext.Out.WriteLine);

        await ChangeAsync("add", "issuerRef: {kind: Issuer, name: ca}");
        foreach (var pod in await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rt"))
        {
            var nodes = await SecureCli(pod.Metadata.Name, cli, "cluster", "nodes");
            Assert.That(nodes.Split('\n').All(n => n.Contains(":6379@16379", StringComparison.Ordinal)), Is.True, $"each node tells clients the port that they use\n{nodes}");
        }

        var uids = await UidsAsync();
        await ChangeAsync("rotate", "rotateCertificates: true");
        await ChangeAsync("issuer", "issuerRef: {kind: Issuer, name: other}");
        Assert.That(await UidsAsync(), Is.EquivalentTo(uids), "neither needed a restart");
        foreach (var pod in await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rt"))
            Assert.That((await HandshakeFailuresAsync(pod.Metadata.Name)).Where(l => !l.Contains("addr=10.255.", StringComparison.Ordinal)), Is.Empty, "no peer was refused");
        await ChangeAsync("remove", "remove: true");
        Assert.That(await KubectlHere("exec", "rt-shard0-0", "--", cli, "cluster", "info"), Does.Contain("cluster_state:ok"));
        await WaitForPhase("rt", "Ready");
    }

    private async Task ChangeAsync(string name, string change)
    {
        await using var writer = await RedisWriters.OfClusterAsync(Namespace, "rt", perSecond: 100);
        var clock = Stopwatch.StartNew();
        await Apply(ReconfigureTls(name, "rt", change));
        await WaitForSuccess(name, Long);
        var took = clock.Elapsed;
        var report = await writer.StopAsync(after: 20);
        TestContext.Out.WriteLine($"{version}, {name}, {3 * replicas} pods: {took.TotalSeconds:F1} s; {report.Acknowledged} writes, longest gap of a shard {report.LongestGap.TotalMilliseconds:F0} ms, {report.Errors.Count} errors, {report.Lost} lost");
        Assert.That(report.Lost, Is.Zero);
    }

    private async Task<IReadOnlyList<string>> UidsAsync() => [.. (await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rt")).Select(p => p.Metadata.Uid)];
}
