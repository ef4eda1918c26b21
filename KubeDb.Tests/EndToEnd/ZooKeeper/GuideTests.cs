using System.Diagnostics;

namespace KubeDb.Tests.EndToEnd.ZooKeeper;

/// <summary>The guides from the quickstart over Restart to Reconfigure, on one ensemble of three members.</summary>
[TestFixture(Zk38, Category = "Full"), TestFixture(Zk39)]
public sealed class GuideTests(string version) : ZooKeeperTest
{
    private const string Name = "zk-quickstart";
    private static readonly string[] Members = [$"{Name}-0", $"{Name}-1", $"{Name}-2"];

    [Test]
    public async Task The_guides_from_quickstart_to_restart_and_reconfigure()
    {
        await Apply(Configuration("zk-configuration", "maxClientCnxns=70"));
        await Apply(Ensemble(Name, version, more: "deletionPolicy: WipeOut\n  configuration: {secretName: zk-configuration}"));
        await EnsembleIs(Name, "Ready");
        await LooksAsDocumented();
        await HoldsData();
        await RestartBareAsync(Members, () => IsEnsembleWhole(Members));
        await EnsembleIs(Name, "Ready");
        await using (var clients = await ClientsAsync(Name))
        {
            await Restarts();
            await Reconfigures();
            await clients.EndAsync();
        }

        await KubectlHere("delete", "zk", Name, "--timeout=90s");
        await Eventually(async () => await Claim($"data-{Name}-0") is null && await Secret($"{Name}-auth") is null, "nothing is left of it");
        Assert.That(await Secret("zk-configuration"), Is.Not.Null, "the user's secret stays");
    }

    private async Task LooksAsDocumented()
    {
        Assert.That((await KubectlHere("get", "zk")).Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[] { "NAME", "VERSION", "STATUS", "AGE" }));
        string[] children =
        [
            $"petset/{Name}", $"statefulset/{Name}", $"service/{Name}", $"service/{Name}-pods", $"service/{Name}-admin-server", $"secret/{Name}-auth",
            $"appbinding/{Name}", $"pdb/{Name}", $"serviceaccount/{Name}", .. Members.Select(m => $"pvc/data-{m}"),
        ];
        foreach (var child in children)
            Assert.That(await Exists(child), child);
        var conditions = (await Get("zk", Name))!["status"]!["conditions"]!.AsArray().ToDictionary(c => c!["type"]!.GetValue<string>(), c => c!["message"]!.GetValue<string>());
        var membership = (await Ask(Members[0], "conf")).Split('\n').Where(l => l.StartsWith("server.", StringComparison.Ordinal)).Select(l => l.Trim());
        Assert.Multiple(async () =>
        {
            Assert.That((await Service(Name))!.Spec.Ports.Select(p => $"{p.Name} {p.Port}"), Is.EqualTo(new[] { "client 2181" }));
            Assert.That((await Service($"{Name}-admin-server"))!.Spec.Ports.Select(p => $"{p.Name} {p.Port}"), Is.EqualTo(new[] { "admin-server 8080" }));
            Assert.That((await Service($"{Name}-pods"))!.Spec.Ports.Select(p => $"{p.Name} {p.Port}"), Is.EqualTo(new[] { "client 2181", "quorum 2888", "leader-election 3888" }));
            Assert.That(conditions["ProvisioningStarted"], Is.EqualTo($"The KubeDB operator has started the provisioning of ZooKeeper: {Namespace}/{Name}"));
            Assert.That(conditions["ReplicaReady"], Is.EqualTo($"All replicas are ready for ZooKeeper {Namespace}/{Name}"));
            Assert.That(conditions["AcceptingConnection"], Is.EqualTo($"The ZooKeeper: {Namespace}/{Name} is accepting connection requests."));
            Assert.That(conditions["Ready"], Is.EqualTo($"The ZooKeeper: {Namespace}/{Name} is ready."));
            Assert.That(conditions["Provisioned"], Is.EqualTo($"ZooKeeper: {Namespace}/{Name} is successfully provisioned."));
            Assert.That(membership, Is.EqualTo(Members.Select((m, i) => $"server.{i + 1}={m}.{Name}-pods.{Namespace}.svc.cluster.local:2888:3888:participant;0.0.0.0:2181")));
            Assert.That(await Setting(Members[0], "maxClientCnxns"), Is.EqualTo("70"));
        });
    }

    private async Task HoldsData()
    {
        Assert.That(await Ask(Members[0], "ruok"), Is.EqualTo("imok"));
        await Client(Members[0], "create", "/hello-dir", "hello-messege");
        foreach (var member in Members)
            Assert.That(await Client(member, "get", "/hello-dir"), Is.EqualTo("hello-messege"), member);
    }

    private async Task Restarts()
    {
        var (uids, leader) = (await Uids(), await Leader(Members));
        var clock = Stopwatch.StartNew();
        await Apply(Request("restart", "Restart", Name, "apply: Always"));
        await Succeeds("restart");
        TestContext.Out.WriteLine($"Restart of 3 members: {clock.Elapsed.TotalSeconds:F1} s");

        var story = await Story("restart");
        string[] documented =
        [
            "Restart: ZooKeeper ops-request has started to restart zookeeper nodes",
            .. Members.Select(m => $"EvictPod--{m}: evict pod; ConditionStatus:True; PodName:{m}"),
            "RunningPod: running pod; ConditionStatus:True",
            "RestartNodes: Successfully Restarted ZooKeeper nodes",
            "Successful: Controller has successfully restart the ZooKeeper replicas",
        ];
        var order = (await Cluster.PodsAsync(Namespace, $"app.kubernetes.io/instance={Name}")).OrderBy(p => p.Metadata.CreationTimestamp).Select(p => p.Metadata.Name).ToList();
        Assert.Multiple(async () =>
        {
            Assert.That(story, Is.SupersetOf(documented));
            Assert.That(story[^2..], Is.EqualTo(documented[^2..]));
            Assert.That((await Uids()).Intersect(uids), Is.Empty, "every pod is new");
            Assert.That(order[^1], Is.EqualTo(leader), "the leader goes last");
            Assert.That(await Client(Members[0], "get", "/hello-dir"), Is.EqualTo("hello-messege"));
            Assert.That(await Condition("zk", Name, "Paused"), Is.Null);
        });
        await EnsembleIs(Name, "Ready");
    }

    private async Task Reconfigures()
    {
        await Apply(Configuration("zk-new-configuration", "maxClientCnxns=100"));
        await Apply(Request("zk-reconfigure", "Reconfigure", Name, "configuration: {configSecret: {name: zk-new-configuration}}"));
        await Succeeds("zk-reconfigure");
        await EveryMemberHas("100");

        await Apply(Request("zk-reconfigure-apply", "Reconfigure", Name, "configuration: {applyConfig: {zoo.cfg: \"maxClientCnxns=90\"}}"));
        await Succeeds("zk-reconfigure-apply");
        await EveryMemberHas("90");
        var story = await Story("zk-reconfigure-apply");
        string[] documented =
        [
            "Reconfigure: ZooKeeper ops-request has started to reconfigure ZooKeeper nodes",
            "UpdatePetSets: successfully reconciled the ZooKeeper with new configure",
            "RestartNodes: Successfully restarted all nodes",
            "Successful: Successfully completed reconfigure ZooKeeper",
        ];
        Assert.That(story.Where(documented.Contains), Is.EqualTo(documented));
        Assert.That(await Client(Members[2], "get", "/hello-dir"), Is.EqualTo("hello-messege"));

        await Apply(Request("zk-owned", "Reconfigure", Name, "configuration: {applyConfig: {zoo.cfg: \"dataDir=/elsewhere\"}}"));
        await KubectlHere("wait", "--for=jsonpath={.status.phase}=Failed", "zkops/zk-owned", "--timeout=60s");
        Assert.That(string.Join('\n', await Story("zk-owned")), Does.Contain("dataDir").And.Contain("which the operator sets itself"));
        await EnsembleIs(Name, "Ready");
    }

    private async Task EveryMemberHas(string connections)
    {
        foreach (var member in Members)
            Assert.That(await Setting(member, "maxClientCnxns"), Is.EqualTo(connections), member);
    }

    private async Task<IReadOnlyList<string>> Uids() => [.. (await Cluster.PodsAsync(Namespace, $"app.kubernetes.io/instance={Name}")).Select(p => p.Metadata.Uid)];
}
