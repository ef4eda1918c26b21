using System.Diagnostics;

namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>The guides of the mode Cluster, on one database: made, written to through every operation, broken, healed.</summary>
[TestFixture(Redis8, "redis-cli", "redis.conf"), TestFixture(Valkey8, "valkey-cli", "valkey.conf", Category = "Full")]
[Parallelizable(ParallelScope.Self)]
public sealed class ClusterModeTests(string version, string cli, string file) : ClusterTest
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Test]
    public async Task A_cluster_is_made_restarted_reconfigured_and_healed()
    {
        var clock = Stopwatch.StartNew();
        await Apply(Many("rc", version, "mode: Cluster\ncluster: {shards: 3, replicas: 2}"));
        await WaitForPhase("rc", "Ready", Long);
        TestContext.Out.WriteLine($"{version}, 3 x 2, apply -> Ready: {clock.Elapsed.TotalSeconds:F1} s");
        await LooksAsync();
        Assert.That(await Cli("rc-shard0-0", "cluster", "keyslot", "hello"), Is.EqualTo("866"));
        Assert.That(await Cli("rc-shard1-0", "-c", "set", "hello", "world"), Does.EndWith("OK"));

        await RestartsAsync();
        await ReconfiguresAsync();
        await HealsAsync();
        Assert.That(await Cli("rc-shard2-1", "-c", "get", "hello"), Does.EndWith("world"));
    }

    private async Task LooksAsync()
    {
        var pods = await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rc");
        var roles = pods.Select(p => $"{p.Metadata.Name} {p.Metadata.Labels["redis.kubedb.com/shard"]} {p.Metadata.Labels["kubedb.com/role"]}").Order();
        var nodes = (await Cli("rc-shard0-0", "cluster", "nodes")).Split('\n');
        Assert.Multiple(async () =>
        {
            Assert.That(roles, Is.EqualTo(Enumerable.Range(0, 3).SelectMany(s => new[] { $"rc-shard{s}-0 {s} primary", $"rc-shard{s}-1 {s} standby" })));
            Assert.That(nodes.Count(n => n.Contains("master", StringComparison.Ordinal)), Is.EqualTo(3));
            Assert.That(nodes.Count(n => n.Contains("slave", StringComparison.Ordinal)), Is.EqualTo(3));
            Assert.That(await Exists("pdb/rc-shard2") && await Exists("service/rc") && await Exists("service/rc-pods"), Is.True);
            Assert.That(await Exists("service/rc-standby"), Is.False);
            Assert.That(await Condition("rd", "rc", "PodsUpToDate"), Is.Null, "nothing is said to be lacking");
            Assert.That(pods.Select(p => p.Spec.Containers[0].Name).Distinct(), Is.EqualTo(new[] { "redis" }));
        });
    }

    private async Task RestartsAsync()
    {
        await using var writer = await RedisWriters.OfClusterAsync(Namespace, "rc", perSecond: 150);
        var before = await UidsAsync();
        var clock = Stopwatch.StartNew();
        await Apply(Restart("restart", "rc"));
        await WaitForSuccess("restart", Long);
        var took = clock.Elapsed;
        var report = await writer.StopAsync(after: 20);
        TestContext.Out.WriteLine($"{version}, Restart of 6 pods: {took.TotalSeconds:F1} s; {report.Acknowledged} writes, longest gap of a shard {report.LongestGap.TotalMilliseconds:F0} ms, {report.Errors.Count} errors, {report.Lost} lost");
        var evictions = (await Get("rdops", "restart"))!["status"]!["conditions"]!.AsArray().Select(c => $"{c!["type"]}").Where(t => t.StartsWith("EvictPod--", StringComparison.Ordinal)).ToList();
        Assert.Multiple(async () =>
        {
            Assert.That(report.Lost, Is.Zero);
            Assert.That((await UidsAsync()).Intersect(before), Is.Empty, "every pod is another");
            Assert.That(evictions, Is.EqualTo(new[] { "EvictPod--rc-shard0-1", "EvictPod--rc-shard1-1", "EvictPod--rc-shard2-1", "EvictPod--rc-shard0-0", "EvictPod--rc-shard1-0", "EvictPod--rc-shard2-0" }), "replicas first");
        });
        await WaitForPhase("rc", "Ready");
    }

    private async Task ReconfiguresAsync()
    {
        var before = await UidsAsync();
        await Apply(Reconfigure("live", "rc", $"applyConfig: {{{file}: \"maxclients 500\"}}"));
        await WaitForSuccess("live", Long);
        foreach (var pod in await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rc"))
            Assert.That(await Cli(pod.Metadata.Name, "config", "get", "maxclients"), Does.EndWith("500"));
        Assert.That(await UidsAsync(), Is.EquivalentTo(before), "no pod was restarted");

        // The guide of users: rules, their secret, and the order that is left.
        await Apply("{apiVersion: v1, kind: Secret, metadata: {name: acl}, stringData: {k1: 'pass 1', k2: 'p@ss\"2', k3: three, k10: ten}}");
        await Apply(Reconfigure("users", "rc", "auth: {secretRef: {name: acl}, syncACL: ['userName1 ${k1} allkeys +@string +@set -SADD', 'userName2 ${k2} allkeys +@string', 'userName3 ${k3} allkeys +@all']}"));
        await WaitForSuccess("users", Long);
        await Apply(Reconfigure("more-users", "rc", "auth: {syncACL: ['userName10 ${k10} allkeys +@string', 'userName1 ${k1} allkeys +@string'], deleteUsers: [userName2]}"));
        await WaitForSuccess("more-users", Long);
        var rules = (await Get("rd", "rc"))!["spec"]!["configuration"]!["acl"]!["rules"]!.AsArray().Select(r => $"{r}".Split(' ')[0]);
        Assert.Multiple(async () =>
        {
            Assert.That(rules, Is.EqualTo(new[] { "userName3", "userName10", "userName1" }));
            Assert.That((await Get("rdops", "users"))!["status"]!["conditions"]!.AsArray().Select(c => $"{c!["type"]}"), Does.Contain("UpdateAclSecret"));
            Assert.That(await UidsAsync(), Is.EquivalentTo(before), "users are changed in the running servers");
        });
        foreach (var pod in await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rc"))
        {
            var users = (await Cli(pod.Metadata.Name, "acl", "list")).Split('\n').Select(l => l.Split(' ')[1]).Order();
            Assert.That(users, Is.EqualTo(new[] { "default", "userName1", "userName10", "userName3" }), pod.Metadata.Name);
        }

        Assert.That((await TryKubectl("exec", "rc-shard0-0", "-c", "redis", "--", "sh", "-c", $"unset REDISCLI_AUTH VALKEYCLI_AUTH; {cli} --user userName1 --pass 'pass 1' --no-auth-warning -c set by-user yes")).Output.Trim(), Does.EndWith("OK"));
    }

    private async Task HealsAsync()
    {
        // All at once: every node has another address afterwards.
        var before = await UidsAsync();
        await KubectlHere("delete", "pods", "-l", "app.kubernetes.io/instance=rc", "--force", "--grace-period=0");
        await Eventually(async () => !(await UidsAsync()).Intersect(before).Any() && (await UidsAsync()).Count == 6, "all pods are others", Long);
        await WaitForPhase("rc", "NotReady");
        await WaitForPhase("rc", "Ready", Long);

        // A master is lost with its volume: the replica has the data, and an empty node takes the lost one's place.
        var master = (await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rc,kubedb.com/role=primary,redis.kubedb.com/shard=0")).Single().Metadata.Name;
        await KubectlHere("delete", $"pvc/data-{master}", "--wait=false");
        await KubectlHere("delete", $"pod/{master}", "--force", "--grace-period=0");
        await Eventually(async () => (await Cli(master, "cluster", "nodes")).Split('\n') is { Length: 6 } nodes && nodes.All(n => !n.Contains("fail", StringComparison.Ordinal)), "six nodes, none failed", Long);
        await WaitForPhase("rc", "Ready", Long);
        Assert.That(await Cli(master, "cluster", "info"), Does.Contain("cluster_slots_ok:16384"));
    }

    private async Task<IReadOnlyList<string>> UidsAsync() =>
        [.. (await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rc")).Where(p => p.Metadata.DeletionTimestamp is null).Select(p => p.Metadata.Uid)];

    private async Task<string> Cli(string pod, params string[] arguments) => (await TryKubectl(["exec", pod, "-c", "redis", "--", cli, .. arguments])).Output.Replace("\r", "", StringComparison.Ordinal).Trim();
}
