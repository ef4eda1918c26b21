namespace KubeDb.Tests.EndToEnd.Redis;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.Children)]
public sealed class ReconfigureTests : ClusterTest
{
    [Test]
    public async Task The_guide_from_secret_to_apply_config()
    {
        await Apply(ConfigSecret("rd-custom-config", "maxclients 500\ntimeout 77"));
        await Apply(Redis("sample-redis", Redis8, "configuration: {secretName: rd-custom-config}"));
        await WaitForPhase("sample-redis", "Ready");
        Assert.That(await ConfigGet("sample-redis-0", "maxclients"), Is.EqualTo("500"));

        await Apply(ConfigSecret("new-custom-config", "maxclients 2000\ntimeout 78"));
        await Apply(Reconfigure("rdops-reconfigure", "sample-redis", "configSecret: {name: new-custom-config}"));
        await WaitForSuccess("rdops-reconfigure");
        Assert.That(await ConfigGet("sample-redis-0", "maxclients"), Is.EqualTo("2000"));

        await Apply(Reconfigure("rdops-apply-reconfig", "sample-redis", "applyConfig: {redis.conf: \"maxclients 3000\"}"));
        await WaitForSuccess("rdops-apply-reconfig");
        Assert.Multiple(async () =>
        {
            Assert.That(await ConfigGet("sample-redis-0", "maxclients"), Is.EqualTo("3000"));
            Assert.That(await ConfigGet("sample-redis-0", "timeout"), Is.EqualTo("78"), "the other directives of the secret survive");
        });

        var untouched = (await Secret("new-custom-config"))!.Data["redis.conf"];
        Assert.That(System.Text.Encoding.UTF8.GetString(untouched), Does.Contain("maxclients 2000"), "the user's secret is left as it was");

        await KubectlHere("delete", "pod", "sample-redis-0");
        await WaitForPhase("sample-redis", "Ready");
        await Eventually(async () => (await TryKubectl("exec", "sample-redis-0", "--", "redis-cli", "config", "get", "maxclients")).Output.Contains("3000"), "the setting outlives the pod");
    }

    [Test]
    public async Task A_live_setting_changes_no_pod_and_costs_a_writer_nothing()
    {
        await Apply(Redis("live"));
        await WaitForPhase("live", "Ready");
        var uid = await PodUid("live-0");

        await using var writer = await RedisWriters.ThroughServiceAsync(Namespace, "live", perSecond: 200);
        await Apply(Reconfigure("set-it", "live", "applyConfig: {redis.conf: \"maxmemory-policy allkeys-lru\"}"));
        await WaitForSuccess("set-it");
        var report = await writer.StopAsync(after: 50);

        Assert.Multiple(async () =>
        {
            Assert.That(await ConfigGet("live-0", "maxmemory-policy"), Is.EqualTo("allkeys-lru"));
            Assert.That(await PodUid("live-0"), Is.EqualTo(uid));
            Assert.That(report.Errors, Is.Empty);
            Assert.That(report.Acknowledged, Is.GreaterThan(50));
            Assert.That(report.Lost, Is.Zero);
        });
    }

    [Test]
    public async Task A_setting_read_only_at_start_restarts_the_pod_and_keeps_the_data()
    {
        await Apply(Redis("restarted"));
        await WaitForPhase("restarted", "Ready");
        var uid = await PodUid("restarted-0");
        await RedisCli("restarted-0", "set", "greeting", "hello");

        await using var writer = await RedisWriters.ThroughServiceAsync(Namespace, "restarted", perSecond: 200);
        await Apply(Reconfigure("more-databases", "restarted", "applyConfig: {redis.conf: \"databases 7\"}"));
        await WaitForSuccess("more-databases");
        var report = await writer.StopAsync();
        TestContext.Out.WriteLine($"longest gap for a writer at 200/s: {report.LongestGap.TotalMilliseconds:F0} ms");

        Assert.Multiple(async () =>
        {
            Assert.That(await ConfigGet("restarted-0", "databases"), Is.EqualTo("7"));
            Assert.That(await PodUid("restarted-0"), Is.Not.EqualTo(uid));
            Assert.That(await RedisCli("restarted-0", "get", "greeting"), Is.EqualTo("hello"));
            Assert.That(report.Lost, Is.Zero, "no acknowledged write is lost by a restart");
        });
        await WaitForPhase("restarted", "Ready");
    }

    [Test]
    public async Task Conditions_and_events_tell_the_story_in_order()
    {
        await Apply(Redis("story"));
        await WaitForPhase("story", "Ready");
        await Apply(Reconfigure("tell", "story", "applyConfig: {redis.conf: \"databases 9\"}"));
        await WaitForSuccess("tell");

        var conditions = (await Get("rdops", "tell"))!["status"]!["conditions"]!.AsArray().Select(c => $"{c!["type"]}: {c["message"]}").ToList();
        var documented = new[]
        {
            "Reconfigure: Redis ops request is reconfiguring the cluster",
            "patchedSecret: reconfiguring new secret",
            "UpdatePetSets: reconfiguring redis",
            "EvictPod--story-0: evict pod; ConditionStatus:True; PodName:story-0",
            "IsPodReady--story-0: is pod ready; ConditionStatus:True; PodName:story-0",
            "RestartPods: Restarted pods after reconfiguration",
            "Successful: Successfully completed the modification process.",
        };
        Assert.That(conditions.Where(documented.Contains), Is.EqualTo(documented));

        var events = (await Cluster.EventsAsync(Namespace, "involvedObject.name=tell")).Select(e => e.Message).ToList();
        Assert.That(events, Has.Some.EqualTo($"Pausing Redis {Namespace}/story").And.Some.EqualTo($"Successfully resumed Redis {Namespace}/story"));
        Assert.That(await Condition("rd", "story", "Paused"), Is.Null);
    }

    [Test]
    public async Task A_value_that_keeps_redis_from_starting_is_rolled_back_with_its_own_words()
    {
        await Apply(Redis("fragile"));
        await WaitForPhase("fragile", "Ready");
        await RedisCli("fragile-0", "set", "greeting", "hello");

        await Apply(Reconfigure("break-it", "fragile", "applyConfig: {redis.conf: \"databases 0\"}\nrestart: \"true\""));
        await WaitForRequestPhase("break-it", "Failed", TimeSpan.FromMinutes(3));
        await WaitForPhase("fragile", "Ready");

        var story = (await Get("rdops", "break-it"))!["status"]!["conditions"]!.ToJsonString();
        Assert.Multiple(async () =>
        {
            Assert.That(story, Does.Contain("databases"), "the reason Redis gave");
            Assert.That(await ConfigGet("fragile-0", "databases"), Is.EqualTo("16"));
            Assert.That(await RedisCli("fragile-0", "get", "greeting"), Is.EqualTo("hello"));
            Assert.That(await Condition("rd", "fragile", "Paused"), Is.Null);
            Assert.That((await Get("rd", "fragile"))!["spec"]!["configuration"]?["inline"]?["redis.conf"]?.GetValue<string>() ?? "", Does.Not.Contain("databases 0"));
        });
    }

    [TestCase("nosuchdirective 1", "nosuchdirective")]
    [TestCase("requirepass secret", "requirepass")]
    [TestCase("maxmemory-policy \\\"allkeys-lru", "quot")]
    public async Task Bad_configuration_fails_before_anything_is_touched(string line, string said)
    {
        await Apply(Redis("careful"));
        await WaitForPhase("careful", "Ready");
        var before = (await Get("rd", "careful"))!["metadata"]!["generation"]!.GetValue<long>();

        await Apply(Reconfigure("wrong", "careful", $"applyConfig: {{redis.conf: \"{line}\"}}"));
        await WaitForRequestPhase("wrong", "Failed");

        var conditions = (await Get("rdops", "wrong"))!["status"]!["conditions"]!.AsArray();
        Assert.Multiple(async () =>
        {
            Assert.That(conditions.Select(c => c!["message"]!.GetValue<string>()), Has.Some.Contains(said));
            Assert.That((await Get("rd", "careful"))!["metadata"]!["generation"]!.GetValue<long>(), Is.EqualTo(before));
            Assert.That((await Cluster.EventsAsync(Namespace)).Select(e => e.Message), Has.None.Contains("Pausing"), "never paused");
        });
    }

    [Test]
    public async Task Without_a_restart_the_request_says_what_is_not_yet_in_effect()
    {
        await Apply(Redis("later"));
        await WaitForPhase("later", "Ready");
        var uid = await PodUid("later-0");

        await Apply(Reconfigure("no-restart", "later", "applyConfig: {redis.conf: \"databases 8\"}\nrestart: \"false\""));
        await WaitForSuccess("no-restart");

        Assert.Multiple(async () =>
        {
            Assert.That(await PodUid("later-0"), Is.EqualTo(uid));
            Assert.That(await ConfigGet("later-0", "databases"), Is.EqualTo("16"));
            Assert.That((await Get("rdops", "no-restart"))!["status"]!["conditions"]!.ToJsonString(), Does.Contain("databases"));
        });
        await KubectlHere("delete", "pod", "later-0");
        await Eventually(async () => (await TryKubectl("exec", "later-0", "--", "redis-cli", "config", "get", "databases")).Output.Contains('8'), "in effect after a restart");
    }

    [Test]
    public async Task Custom_configuration_is_removed()
    {
        await Apply(ConfigSecret("mine", "maxclients 500"));
        await Apply(Redis("removed", more: "configuration: {secretName: mine, inline: {redis.conf: \"timeout 50\"}}"));
        await WaitForPhase("removed", "Ready");
        Assert.That(await ConfigGet("removed-0", "timeout"), Is.EqualTo("50"));

        await Apply(Reconfigure("drop", "removed", "removeCustomConfig: true"));
        await WaitForSuccess("drop");

        Assert.Multiple(async () =>
        {
            Assert.That(await ConfigGet("removed-0", "maxclients"), Is.EqualTo("10000"));
            Assert.That(await ConfigGet("removed-0", "timeout"), Is.EqualTo("0"));
            Assert.That((await Get("rd", "removed"))!["spec"]!["configuration"]?["secretName"], Is.Null);
        });
    }

    [Test]
    public async Task Two_at_once_are_merged_into_one()
    {
        await Apply(Redis("busy"));
        await WaitForPhase("busy", "Ready");

        await Protect("busy");
        await Apply(Restart("before", "busy"));
        await KubectlHere("wait", "--for=condition=Restart", "rdops/before", "--timeout=60s");
        await Apply(Reconfigure("first", "busy", "applyConfig: {redis.conf: \"maxclients 1111\"}") + "\n---\n" +
            Reconfigure("second", "busy", "applyConfig: {redis.conf: \"timeout 42\"}"));
        await WaitForRequestPhase("first", "Pending");
        await WaitForRequestPhase("second", "Pending");
        await LetGo("busy");

        await WaitForRequestPhase("first", "Skipped");
        await WaitForRequestPhase("second", "Skipped");
        var merged = (await Cluster.JsonListAsync("rdops", Namespace)).Select(r => r["metadata"]!["name"]!.GetValue<string>()).Single(n => n.StartsWith("busy-rcfg-merged-", StringComparison.Ordinal));
        await WaitForSuccess(merged);
        await WaitForSuccess("first");
        await WaitForSuccess("second");
        Assert.Multiple(async () =>
        {
            Assert.That(await ConfigGet("busy-0", "maxclients"), Is.EqualTo("1111"));
            Assert.That(await ConfigGet("busy-0", "timeout"), Is.EqualTo("42"));
        });
    }

    [Test]
    public async Task A_request_for_a_missing_database_says_so()
    {
        await Apply(Reconfigure("lost", "nowhere", "applyConfig: {redis.conf: \"maxclients 1111\"}"));
        await KubectlHere("wait", "--for=condition=Waiting", "rdops/lost", "--timeout=60s");

        Assert.That((await Get("rdops", "lost"))!["status"]!["conditions"]!.ToJsonString(), Does.Contain($"{Namespace}/nowhere").And.Contain("DatabaseNotFound"));
    }

    [Test]
    public async Task Deleting_a_running_request_leaves_a_consistent_database_that_is_not_paused()
    {
        await Apply(Redis("dropped"));
        await WaitForPhase("dropped", "Ready");
        await Apply(Reconfigure("gone", "dropped", "applyConfig: {redis.conf: \"databases 5\"}"));
        await Eventually(async () => await Condition("rd", "dropped", "Paused") is not null, "the request is running");

        await KubectlHere("delete", "rdops", "gone", "--timeout=90s");
        await Eventually(async () => await Condition("rd", "dropped", "Paused") is null, "the pause is released");
        await WaitForPhase("dropped", "Ready");

        var wanted = (await Get("rd", "dropped"))!["spec"]!["configuration"]?["inline"]?["redis.conf"]?.GetValue<string>();
        await Eventually(
            async () => await ConfigGet("dropped-0", "databases") == (wanted?.Contains("databases 5", StringComparison.Ordinal) == true ? "5" : "16"),
            "the running server agrees with the spec");
    }
}
