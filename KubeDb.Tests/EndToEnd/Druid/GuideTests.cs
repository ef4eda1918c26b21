using System.Diagnostics;

namespace KubeDb.Tests.EndToEnd.Druid;

/// <summary>The guides from the quickstart over Restart to Reconfigure, on a server of each role, with everything that they depend on made.</summary>
[TestFixture(Druid28, Category = "Full"), TestFixture(Druid33)]
public sealed class GuideTests(string version) : DruidTest
{
    private const string Name = "druid-quickstart";

    [SetUp]
    public Task NeedsImages() => RequireImageAsync("druidversion", version);

    [Test]
    public async Task The_guides_from_quickstart_to_restart_and_reconfigure()
    {
        var clock = Stopwatch.StartNew();
        await Apply(Small(Name, version));
        await ClusterIs(Name, "Ready");
        TestContext.Out.WriteLine($"Ready, with all that it depends on: {clock.Elapsed.TotalSeconds:F1} s");
        await LooksAsDocumented();
        await RestartBareAsync(Servers(Name));
        await ClusterIs(Name, "Ready");
        using var client = await ClientAsync(Name);
        await IngestAsync(client, "wikipedia", 3);
        await using (var queries = await QueriesAsync(Name, "wikipedia"))
        {
            await Restarts(client);
            await Reconfigures(client);
            Assert.That(queries.Answered, Is.Positive);
            TestContext.Out.WriteLine($"through both, one server of each role: {queries}");
        }

        await KubectlHere("delete", "dr", Name, "--timeout=180s");
        await Eventually(
            async () => await Claim($"data-{Name}-historicals-0") is null && await Secret($"{Name}-auth") is null && await Get("zk", $"{Name}-zk") is null && !await Exists($"petset/{Name}-pg-metadata"),
            "nothing is left of it, nor of what was made for it");
        Assert.That(await Secret("deep-storage-config"), Is.Not.Null, "the user's secret stays");
        Assert.That(await Claim("deep"), Is.Not.Null, "the deep storage stays");
    }

    private async Task LooksAsDocumented()
    {
        Assert.That((await KubectlHere("get", "dr")).Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.SupersetOf(new[] { "NAME", "VERSION", "STATUS", "AGE" }));
        string[] children =
        [
            .. ((string[])["historicals", "middlemanagers", "brokers", "routers", "coordinators"]).Select(r => $"petset/{Name}-{r}"),
            .. ((string[])["brokers", "routers", "coordinators", "pods"]).Select(s => $"service/{Name}-{s}"),
            $"secret/{Name}-auth", $"appbinding/{Name}", $"pvc/data-{Name}-historicals-0", $"pvc/data-{Name}-middlemanagers-0", $"zk/{Name}-zk",
        ];
        foreach (var child in children)
            Assert.That(await Exists(child), child);
        Assert.That(await Exists($"pdb/{Name}-brokers"), Is.False, "one server has no budget");
        var conditions = (await Get("dr", Name))!["status"]!["conditions"]!.AsArray().ToDictionary(c => c!["type"]!.GetValue<string>(), c => c!["message"]!.GetValue<string>());
        Assert.Multiple(async () =>
        {
            Assert.That((await Service($"{Name}-routers"))!.Spec.Ports[0].Port, Is.EqualTo(8888));
            Assert.That(conditions["DatabaseDependencyReady"], Is.EqualTo("Database dependency is ready"));
            Assert.That(conditions["ReplicaReady"], Is.EqualTo("All desired replicas are ready."));
            Assert.That(conditions["AcceptingConnection"], Is.EqualTo($"The Druid: {Namespace}/{Name} is accepting client requests and nodes formed a cluster"));
            Assert.That(conditions["Ready"], Is.EqualTo($"The Druid: {Namespace}/{Name} is ready."));
            Assert.That(conditions["Provisioned"], Is.EqualTo($"The Druid: {Namespace}/{Name} is successfully provisioned."));
        });
    }

    private async Task Restarts(HttpClient client)
    {
        var before = await PodsAsync(Name);
        var task = await SubmitAsync(client, "wikipedia", 3);
        var clock = Stopwatch.StartNew();
        await Apply(Request("restart", "Restart", Name, "apply: Always"));
        await Succeeds("restart");
        TestContext.Out.WriteLine($"Restart of 5 servers: {clock.Elapsed.TotalSeconds:F1} s");

        var story = await Story("restart");
        string[] documented =
        [
            "Restart: Druid ops-request has started to restart druid nodes",
            .. Servers(Name).Select(s => $"EvictPod--{s}: evict pod; ConditionStatus:True; PodName:{s}"),
            "RestartNodes: Successfully Restarted Druid nodes",
            "Successful: Controller has successfully restart the Druid replicas",
        ];
        var after = await PodsAsync(Name);
        Assert.Multiple(async () =>
        {
            Assert.That(story.Where(documented.Contains), Is.EqualTo(documented), "in the documented order");
            Assert.That(after.Values.Select(p => p.Metadata.Uid).Intersect(before.Values.Select(p => p.Metadata.Uid)), Is.Empty, "every server is new");
            Assert.That(await EndOfTaskAsync(client, task), Is.EqualTo("SUCCESS"), "a task that ran is waited for");
            Assert.That(await CountAsync(client, "wikipedia"), Is.EqualTo(3).Or.EqualTo(6), "queries are answered as soon as the request says so");
            Assert.That(await Condition("dr", Name, "Paused"), Is.Null);
        });
        await ClusterIs(Name, "Ready");
    }

    private async Task Reconfigures(HttpClient client)
    {
        var before = await PodsAsync(Name);
        await Apply(Request("dr-reconfigure", "Reconfigure", Name, "configuration: {applyConfig: {historicals.properties: \"druid.historical.cache.useCache=true\", middleManagers.properties: \"druid.worker.capacity=1\"} }"));
        await Succeeds("dr-reconfigure");
        string[] documented =
        [
            "Reconfigure: Druid ops-request has started to reconfigure druid nodes",
            "UpdatePetSets: successfully reconciled the Druid with new configure",
            "RestartNodes: Successfully restarted all nodes",
            "Successful: Successfully completed reconfigure druid",
        ];
        var story = await Story("dr-reconfigure");
        var after = await PodsAsync(Name);
        Assert.Multiple(async () =>
        {
            Assert.That(story.Where(documented.Contains), Is.EqualTo(documented));
            Assert.That(await PropertyAsync(Name, "coordinators", "druid.zk.paths.base"), Is.Not.Empty);
            Assert.That(after[$"{Name}-brokers-0"].Metadata.Uid, Is.EqualTo(before[$"{Name}-brokers-0"].Metadata.Uid), "nothing of its files changed");
            Assert.That(after[$"{Name}-historicals-0"].Metadata.Uid, Is.Not.EqualTo(before[$"{Name}-historicals-0"].Metadata.Uid));
        });
        await Eventually(async () => await CountAsync(client, "wikipedia") == 6, "the rows of both tasks are there", TimeSpan.FromMinutes(2));

        await Apply(Request("dr-owned", "Reconfigure", Name, "configuration: {applyConfig: {common.runtime.properties: \"druid.zk.service.host=elsewhere\"} }"));
        await KubectlHere("wait", "--for=jsonpath={.status.phase}=Failed", "drops/dr-owned", "--timeout=60s");
        Assert.That(string.Join('\n', await Story("dr-owned")), Does.Contain("druid.zk.service.host"));
        await ClusterIs(Name, "Ready");
    }
}
