using System.Diagnostics;

namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>The guides of the mode Sentinel, on one database and one set of sentinels: made, failed over, restarted, reconfigured.</summary>
[TestFixture(Redis8, "redis-cli", "redis.conf"), TestFixture(Valkey8, "valkey-cli", "valkey.conf", Category = "Full")]
[Parallelizable(ParallelScope.Self)]
public sealed class SentinelModeTests(string version, string cli, string file) : ClusterTest
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Test]
    public async Task A_master_is_watched_replaced_and_handed_over()
    {
        await Apply(RedisSentinel("sen", version));
        await KubectlHere("wait", "--for=jsonpath={.status.phase}=Ready", "rds/sen", "--timeout=180s");
        await Apply(Many("rd", version, "mode: Sentinel\nreplicas: 3\nsentinelRef: {name: sen}"));
        await WaitForPhase("rd", "Ready", Long);
        var master = await MasterAsync();
        Assert.Multiple(async () =>
        {
            Assert.That(await Sentinels("masters"), Does.Contain($"{Namespace}/rd").And.Contain($"{master}.rd-pods.{Namespace}.svc"));
            Assert.That(await Exists("service/rd-standby") && await Exists("service/sen") && await Exists("service/sen-pods") && await Exists("pdb/rd") && await Exists("pdb/sen"), Is.True);
            Assert.That(await Cli(await StandbyAsync(), "set", "a", "b"), Does.Contain("READONLY"));
            Assert.That(await Cli(master, "set", "hello", "world"), Is.EqualTo("OK"));
        });

        await FailsOverAsync(master);
        await RestartsAsync();
        await SentinelsChangeAsync();
        Assert.That(await Cli(await MasterAsync(), "get", "hello"), Is.EqualTo("world"));

        await KubectlHere("delete", "rd/rd", "--timeout=120s");
        await Eventually(async () => !(await Sentinels("masters")).Contains($"{Namespace}/rd", StringComparison.Ordinal), "the sentinels forget the master");
        await KubectlHere("delete", "rds/sen", "--timeout=120s");
    }

    private async Task FailsOverAsync(string master)
    {
        var clock = Stopwatch.StartNew();
        await KubectlHere("delete", $"pod/{master}", "--force", "--grace-period=0");
        await Eventually(async () => (await Sentinels("get-master-addr-by-name", $"{Namespace}/rd")).Split('\n')[0].Trim() is { Length: > 0 } now && !now.StartsWith($"{master}.", StringComparison.Ordinal), "another pod is master", Long);
        TestContext.Out.WriteLine($"{version}, master deleted -> another one: {clock.Elapsed.TotalSeconds:F1} s");
        await Eventually(async () => await TryMasterAsync() is { } labelled && labelled != master, "the label follows", TimeSpan.FromSeconds(10));
        await WaitForPhase("rd", "Ready", Long);
    }

    private async Task RestartsAsync()
    {
        await using var writer = await RedisWriters.OfSentinelAsync(Namespace, "rd", Namespace, "sen", perSecond: 100);
        var before = await UidsAsync("rd");
        var clock = Stopwatch.StartNew();
        await Apply(Restart("restart", "rd"));
        await WaitForSuccess("restart", Long);
        var took = clock.Elapsed;
        var report = await writer.StopAsync(after: 20);
        TestContext.Out.WriteLine($"{version}, Restart of 3 pods: {took.TotalSeconds:F1} s; {report.Acknowledged} writes, longest gap {report.LongestGap.TotalMilliseconds:F0} ms, {report.Errors.Count} errors, {report.Lost} lost");
        Assert.That(report.Lost, Is.Zero);
        Assert.That((await UidsAsync("rd")).Intersect(before), Is.Empty, "every pod is another");
        await Apply(Reconfigure("live", "rd", $"applyConfig: {{{file}: \"maxclients 500\"}}"));
        await WaitForSuccess("live", Long);
        foreach (var pod in await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rd"))
            Assert.That(await Cli(pod.Metadata.Name, "config", "get", "maxclients"), Does.EndWith("500"));
        await WaitForPhase("rd", "Ready", Long);
    }

    private async Task SentinelsChangeAsync()
    {
        var before = await UidsAsync("sen");
        await Apply(Request("restart-sen", "type: Restart"));
        await KubectlHere("wait", "--for=condition=Restart", "rdsops/restart-sen", "--timeout=60s");
        await Apply(Request("one", "type: Reconfigure, configuration: {applyConfig: {sentinel.conf: \"loglevel verbose\"}}"));
        await Apply(Request("two", "type: Reconfigure, configuration: {applyConfig: {sentinel.conf: \"sentinel announce-hostnames yes\"}}"));
        await KubectlHere("wait", "--for=condition=Successful", "rdsops/restart-sen", "--timeout=240s");
        Assert.That((await UidsAsync("sen")).Intersect(before), Is.Empty, "every sentinel is another");
        foreach (var request in (string[])["one", "two"])
            await Eventually(async () => (await Get("rdsops", request))?["status"]?["phase"]?.ToString() is "Successful" or "Skipped" or "Failed", $"request {request} ends", Long);
        await KubectlHere("wait", "--for=jsonpath={.status.phase}=Ready", "rds/sen", "--timeout=180s");
        Assert.That(await Sentinels("masters"), Does.Contain($"{Namespace}/rd"), "what was watched is watched");
        await WaitForPhase("rd", "Ready", Long);
    }

    private static string Request(string name, string spec) =>
        $$"""{apiVersion: ops.kubedb.com/v1alpha1, kind: RedisSentinelOpsRequest, metadata: {name: {{name}}}, spec: {databaseRef: {name: sen}, {{spec}} } }""";

    private async Task<string> MasterAsync() => await TryMasterAsync() ?? throw new InvalidOperationException("not one pod is labelled as primary");

    private async Task<string?> TryMasterAsync() =>
        (await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rd,kubedb.com/role=primary")) is [var one] ? one.Metadata.Name : null;

    private async Task<string> StandbyAsync() => (await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rd,kubedb.com/role=standby"))[0].Metadata.Name;

    private async Task<IReadOnlyList<string>> UidsAsync(string database) =>
        [.. (await Cluster.PodsAsync(Namespace, $"app.kubernetes.io/instance={database}")).Where(p => p.Metadata.DeletionTimestamp is null).Select(p => p.Metadata.Uid)];

    private async Task<string> Cli(string pod, params string[] arguments) =>
        (await TryKubectl(["exec", pod, "-c", "redis", "--", cli, .. arguments])).Everything.Replace("\r", "", StringComparison.Ordinal).Trim();

    private async Task<string> Sentinels(params string[] arguments) =>
        (await TryKubectl(["exec", "sen-0", "-c", "redissentinel", "--", cli, "-p", "26379", "sentinel", .. arguments])).Output.Trim();
}
