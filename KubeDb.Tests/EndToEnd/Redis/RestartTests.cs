using System.Diagnostics;

namespace KubeDb.Tests.EndToEnd.Redis;

[TestFixture]
public sealed class RestartTests : ClusterTest
{
    [Test]
    public async Task Every_pod_is_new_and_the_data_is_there()
    {
        await Apply(Redis("again"));
        await WaitForPhase("again", "Ready");
        await RedisCli("again-0", "set", "greeting", "hello");
        await RestartBareAsync(["again-0"]);
        await WaitForPhase("again", "Ready");
        var uid = await PodUid("again-0");

        var clock = Stopwatch.StartNew();
        await Apply(Restart("restart", "again"));
        await WaitForSuccess("restart");
        TestContext.Out.WriteLine($"Restart request: {clock.Elapsed.TotalSeconds:F1} s");

        var conditions = (await Get("rdops", "restart"))!["status"]!["conditions"]!.AsArray().Select(c => $"{c!["type"]}: {c["message"]}").ToList();
        var documented = new[]
        {
            "Restart: Redis ops request is restarting the database nodes",
            "EvictPod--again-0: evict pod; ConditionStatus:True; PodName:again-0",
            "IsPodReady--again-0: is pod ready; ConditionStatus:True; PodName:again-0",
            "RestartPods: Successfully restarted pods",
            "Successful: Successfully Restarted Database",
        };
        Assert.Multiple(async () =>
        {
            Assert.That(await PodUid("again-0"), Is.Not.EqualTo(uid));
            Assert.That(await RedisCli("again-0", "get", "greeting"), Is.EqualTo("hello"));
            Assert.That(conditions.Where(documented.Contains), Is.EqualTo(documented));
            Assert.That(await Condition("rd", "again", "Paused"), Is.Null);
        });
        await WaitForPhase("again", "Ready");
    }

    [Test]
    public async Task Of_several_the_newest_runs_and_the_others_are_Skipped()
    {
        await Apply(Redis("popular"));
        await WaitForPhase("popular", "Ready");

        await Protect("popular");
        await Apply(Restart("a-runs", "popular"));
        await KubectlHere("wait", "--for=condition=Restart", "rdops/a-runs", "--timeout=60s");
        await Apply(Restart("b-older", "popular") + "\n---\n" + Restart("c-newest", "popular"));
        await WaitForRequestPhase("b-older", "Pending");
        await WaitForRequestPhase("c-newest", "Pending");
        await LetGo("popular");

        await WaitForSuccess("a-runs");
        await WaitForSuccess("c-newest");
        await WaitForRequestPhase("b-older", "Skipped");
        await WaitForPhase("popular", "Ready");
        Assert.That(await Condition("rd", "popular", "Paused"), Is.Null);
    }

    [Test]
    public async Task A_halted_database_is_waited_for()
    {
        await Apply(Redis("asleep", more: "halted: true"));
        await WaitForPhase("asleep", "Halted");
        await Apply(Restart("patient", "asleep"));
        await Eventually(async () => (await KubectlHere("describe", "rdops", "patient")).Contains("halted", StringComparison.OrdinalIgnoreCase), "the request says why it waits");

        await KubectlHere("patch", "rd", "asleep", "--type=merge", "-p", """{"spec":{"halted":false}}""");
        await WaitForSuccess("patient", TimeSpan.FromMinutes(3));
    }

    [Test]
    public async Task A_disruption_budget_does_not_protect_a_pod_that_serves_nobody()
    {
        await Apply(Redis("stuck"));
        await WaitForPhase("stuck", "Ready");
        await Protect("stuck");
        await KubectlHere("exec", "stuck-0", "--", "touch", "/scripts/initialising");
        await Eventually(
            async () => (await Pod("stuck-0"))!.Status.Conditions.Any(c => c is { Type: "Ready", Status: "False" }),
            "the pod is not Ready");
        var uid = await PodUid("stuck-0");

        await Apply(Restart("mend", "stuck") + "\n  apply: Always");
        await WaitForSuccess("mend", TimeSpan.FromMinutes(3));
        Assert.That(await PodUid("stuck-0"), Is.Not.EqualTo(uid));
    }
}
