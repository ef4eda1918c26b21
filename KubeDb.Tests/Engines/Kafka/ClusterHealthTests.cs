using KubeDb.Api.Engines;

namespace KubeDb.Tests.Engines.Kafka;

/// <summary>Health checks and restarts of a real cluster.</summary>
[TestFixtureSource(typeof(KafkaForms))]
public sealed class ClusterHealthTests(EngineVersion version, int controllers) : KafkaFixture(version)
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [SetUp]
    public Task Form() => FormAsync(controllers: controllers);

    [Test]
    public async Task Losses_are_told_by_name_and_by_what_they_mean()
    {
        await using (var client = await Nodes.ClientAsync(Nodes.BrokerPods[0]))
            Assert.That((await client.CreateTopicAsync(new("alone", 3, 1, new Dictionary<string, string>()), Never)).IsOk, Is.True);
        await Nodes.SettleAsync();
        var lost = Nodes.BrokerPods[2];
        await Nodes.KillAsync(lost);
        var silent = await ProbeAsync([.. Nodes.Pods.Select(Nodes.PodOf)]);
        Assert.That((silent.Label, silent.AcceptsConnections), Is.EqualTo(("client creation", true)));
        Assert.That(silent.Message, Does.StartWith($"No connection to pod demo/{lost}: "));
        HealthFailure? offline = null;
        await Nodes.UntilAsync(async () => (offline = (await Nodes.Health.ProbeAsync(Nodes.Instances, Never)).Failure)?.Label == "partitions" ? null : $"No partition is told to be offline: {offline}");
        Assert.That(offline!.Message, Does.StartWith("1 partition has no leader, so nobody is served there: alone-").And.EndsWith("."));
        var keepers = Nodes.Pods.Where(p => Nodes.IdOf(p) >= 1000 || controllers == 0).ToList();
        await Nodes.KillAsync(keepers.Where(k => k != lost).Take(controllers == 0 ? 1 : 2));
        HealthFailure? leaderless = null;
        await Nodes.UntilAsync(async () => (leaderless = (await Nodes.Health.ProbeAsync(Nodes.Instances, Never)).Failure)?.Label == "leader" ? null : $"The loss of the majority is not told: {leaderless}");
        Assert.That(leaderless!.Message, Does.StartWith($"No controller of demo/{Nodes.Name} leads: "));
        Assert.That(leaderless.AcceptsConnections, Is.True, "brokers go on with what they know");
    }

    [Test]
    public async Task A_password_that_is_not_the_servers_is_told()
    {
        Nodes.Credential = new("admin", "canary");
        var failure = await ProbeAsync(Nodes.Instances.Pods);
        Assert.That((failure.Label, failure.AcceptsConnections), Is.EqualTo(("client creation", false)));
        Assert.That(failure.Message, Does.Contain("The server refuses user name or password").And.Not.Contain("canary"));
    }

    [Test]
    public async Task All_nodes_are_restarted_the_active_controller_last_and_no_acknowledged_record_is_lost()
    {
        await using var producer = await Producer.StartAsync(Nodes);
        var left = Nodes.Pods.ToList();
        var active = Nodes.PodOf((await Nodes.ViewAsync()).Quorum!.Leader);
        var order = new List<string>();
        while (left.Count > 0)
        {
            var pod = await Nodes.Restarts.NextAsync(Nodes.Instances, [.. left.Select(Nodes.PodOf)], RestartReason.RestartRequested, Never);
            await Nodes.UntilAsync(() => Nodes.Restarts.PrepareAsync(Nodes.Instances, pod, Never));
            await Nodes.StopAsync(pod.Metadata.Name);
            var before = producer.Acknowledged;
            await Nodes.UntilAsync(() => Task.FromResult(producer.Acknowledged > before + Producer.Partitions ? null : $"Nobody takes records while {pod.Metadata.Name} is down."));
            await Nodes.StartAsync(pod.Metadata.Name);
            await Nodes.UntilAsync(() => Nodes.Restarts.CaughtUpAsync(Nodes.Instances, pod, Never));
            left.Remove(pod.Metadata.Name);
            order.Add(pod.Metadata.Name);
        }

        Assert.That(order.IndexOf(active), Is.EqualTo(2), "the active one is the last controller");
        Assert.That(order.Take(3), Is.EquivalentTo(Nodes.Pods.Take(3)), "controllers first");
        await Nodes.SettleAsync();
        await producer.VerifyAsync();
    }

    [Test]
    public async Task A_broker_that_partitions_need_is_left_alone_and_one_that_does_not_run_is_not()
    {
        await using (var client = await Nodes.ClientAsync(Nodes.BrokerPods[0]))
            Assert.That((await client.CreateTopicAsync(new("needed", 1, 3, new Dictionary<string, string> { ["min.insync.replicas"] = "2" }), Never)).IsOk, Is.True);
        await Nodes.SettleAsync();
        var (down, other) = (Nodes.BrokerPods[0], Nodes.BrokerPods[1]);
        await Nodes.KillAsync(down);
        await Nodes.UntilAsync(async () => (await Nodes.ViewAsync()).Metadata?.Topics.FirstOrDefault(t => t.Name == "needed")?.Partitions[0].InSync.Count == 2 ? null : "Three are in sync.");
        var readiness = await Nodes.Restarts.PrepareAsync(Nodes.Instances, Nodes.PodOf(other), Never);
        Assert.That(readiness.IsReady, Is.False);
        Assert.That(readiness.Reason, Does.StartWith($"{other} is left alone: without it "));
        if (controllers > 0)
            Assert.That(readiness.Reason, Does.Contain("needed-0 would have 1, and needs 2"));
        Assert.That((await Nodes.Restarts.PrepareAsync(Nodes.Instances, Nodes.PodOf(down), Never)).IsReady, Is.True);
        var all = Nodes.Instances with { Pods = [.. Nodes.Pods.Select(Nodes.PodOf)] };
        var next = await Nodes.Restarts.NextAsync(all, [.. Nodes.BrokerPods.Select(Nodes.PodOf)], RestartReason.RestartRequested, Never);
        Assert.That(next.Metadata.Name, Is.EqualTo(down), "what does not serve goes first");
    }

    private async Task<HealthFailure> ProbeAsync(IReadOnlyList<KubeDb.Api.Kubernetes.Models.Pod> pods) =>
        (await Nodes.Health.ProbeAsync(Nodes.Instances with { Pods = pods }, Never)).Failure!;
}
