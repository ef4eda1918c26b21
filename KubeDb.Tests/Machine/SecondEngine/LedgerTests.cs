using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.SecondEngine;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.TwoFileConfiguration;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.SecondEngine;

/// <summary>Both operators with an engine of several groups of pods, a quorum and words of its own.</summary>
[TestFixture]
[Category("Machine")]
public sealed class LedgerTests
{
    private static readonly string[] Controllers = ["cache-controller-0", "cache-controller-1", "cache-controller-2"];
    private static readonly string[] WorkerPods = ["cache-worker-0", "cache-worker-1"];

    [Test]
    public void It_is_provisioned_with_a_workload_a_budget_and_the_files_of_each_role() => Run(async world =>
    {
        await world.HaveLedgerAsync(Database, (Common, "log.level=warn"), (Workers, "worker.capacity=8"));

        Assert.Multiple(() =>
        {
            Assert.That(world.Names(PetSet.Resource), Is.EqualTo(new[] { "cache-controller", "cache-worker" }));
            Assert.That(world.Names(ResourceTypes.PodDisruptionBudget), Is.EqualTo(new[] { "cache-controller", "cache-worker" }));
            Assert.That(world.Pods.Keys, Is.EquivalentTo(Controllers.Concat(WorkerPods)));
            Assert.That(Setting(world, "log.level"), Is.EqualTo(new[] { "warn", "warn", "warn", "warn", "warn" }));
            Assert.That(Setting(world, "worker.capacity"), Is.EqualTo(new[] { "", "", "", "8", "8" }), "only workers read the second file");
            Assert.That(world.Events(kind: "Ledger"), Does.Contain("Successfully created governing service"));
            Assert.That(
                ConditionOf(world.Get(Ledger.Resource, Database), "AcceptingConnection").Text("message"), Does.Contain("ledgerClient"));
            Assert.That(world.Provisioner.Writes.Count(e => e.Type == ResourceTypes.Secret && e.Verb == "create"), Is.Zero, "it has no credential");
        });
        await world.RestAsync();
        var writes = world.Provisioner.Writes.Count();
        await world.PassAsync(TimeSpan.FromMinutes(10));
        Assert.That(world.Provisioner.Writes.Skip(writes), Is.Empty, "at rest nothing is written");
    });

    [Test]
    public void A_restart_takes_controllers_before_workers_the_leader_last_and_one_pod_at_a_time() => Run(async world =>
    {
        await world.HaveLedgerAsync();
        var (before, made, leader) = (world.Pods, world.Seen.PodsMade.Count, world.Ledgers.LeaderOf(Database));
        var most = MostDown(world);
        world.AskLedger("op", "Restart");
        await world.EndedAsync();

        var order = world.Seen.PodsMade.Skip(made).Select(p => p.Name).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(LedgerOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(world.Pods.Values.Intersect(before.Values), Is.Empty);
            Assert.That(order, Is.EqualTo((string[])[.. Controllers.Where(c => c != leader), leader, .. WorkerPods]));
            Assert.That(world.Ledgers.Resigned, Is.EqualTo(new[] { leader }), "it handed over before it went");
            Assert.That(most(), Is.EqualTo(1));
        });
    });

    [Test]
    public void Conditions_and_events_of_a_restart_are_in_its_own_words() => Run(async world =>
    {
        await world.HaveLedgerAsync();
        world.AskLedger("op", "Restart");
        await world.EndedAsync();

        var conditions = world.Get(LedgerOpsRequest.Resource, "op").At("status", "conditions").Objects().Select(c => c.Text("type")).ToList();
        var events = world.EventsOf("op", "LedgerOpsRequest").Select(e => e.Text("message")).ToList();
        var pods = Controllers.Concat(WorkerPods).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(conditions, Is.EquivalentTo((string[])["Restart", "RunningPod", "RestartNodes", "Successful", .. pods.Select(p => $"CheckPodRunning--{p}")]));
            Assert.That(conditions[^2..], Is.EqualTo(new[] { "RestartNodes", "Successful" }));
            Assert.That(pods.Where(p => !events.Contains($"node {p} was taken down")), Is.Empty);
            Assert.That(pods.Where(p => !events.Contains($"node {p} runs")), Is.Empty, "each pod has its event though all share a condition");
            Assert.That(events, Does.Contain("Pausing Ledger demo/cache").And.Contain("Restart of the ledger is done"));
        });
    });

    [Test]
    public void A_change_of_the_workers_file_restarts_the_workers_alone() => Run(async world =>
    {
        await world.HaveLedgerAsync();
        var before = world.Pods;
        world.AskLedgerFor("op", Workers, "worker.threads=9");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(LedgerOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(world.Pods.Where(p => before[p.Key] != p.Value).Select(p => p.Key), Is.EquivalentTo(WorkerPods));
            Assert.That(Setting(world, "worker.threads"), Is.EqualTo(new[] { "", "", "", "9", "9" }));
            Assert.That(world.Ledgers.Resigned, Is.Empty);
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
        });
    });

    [Test]
    public void A_change_of_the_workers_file_does_not_look_at_the_controllers() => Run(async world =>
    {
        await world.HaveLedgerAsync();
        world.AskLedger("op", "Reconfigure", """
            "apply":"Always","configuration":{"restart":"false","applyConfig":{"worker.properties":"worker.threads=9"}}
            """);
        world.Cluster.Kubelet.SetReady(Ns, Controllers[0], false);
        await world.EndedAsync();

        Assert.That(
            ConditionOf(world.Get(LedgerOpsRequest.Resource, "op"), "ReconfigureLive").Text("message"),
            Does.Contain("worker.threads takes effect only at start").And.Not.Contain("not Ready"));
    });

    [Test]
    public void A_live_setting_changes_in_all_servers_and_no_pod_restarts() => Run(async world =>
    {
        await world.HaveLedgerAsync();
        var before = world.Pods;
        world.AskLedgerFor("op", Common, "log.level=debug");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(LedgerOpsRequest.Resource, "op"), Is.EqualTo("Successful"), world.Report);
            Assert.That(world.Pods, Is.EqualTo(before));
            Assert.That(Setting(world, "log.level"), Has.All.EqualTo("debug"));
            Assert.That(world.Ledgers.Sets, Has.Count.EqualTo(5));
            Assert.That(
                ConditionOf(world.Get(LedgerOpsRequest.Resource, "op"), LedgerSentences.RestartNodes).Text("message"), Does.Contain("on 5 of 5 pods"));
        });
    });

    [Test]
    public void A_change_that_servers_refuse_is_taken_back() => Run(async world =>
    {
        await world.HaveLedgerAsync(Database, (Common, "log.level=warn"));
        world.AskLedgerFor("op", Common, "log.level=nonsense");
        await world.EndedAsync();

        var request = world.Get(LedgerOpsRequest.Resource, "op");
        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(LedgerOpsRequest.Resource, "op"), Is.EqualTo("Failed"));
            Assert.That(ConditionOf(request, "RestoredLive").Text("status"), Is.EqualTo("True"), "servers are set back whatever the step before is called");
            Assert.That(world.Get(Ledger.Resource, Database)!["spec"]!["configuration"]!["inline"].Text(Common), Is.EqualTo("log.level=warn"));
            Assert.That(Setting(world, "log.level"), Has.All.EqualTo("warn"));
        });
    });

    [Test]
    public void Servers_that_can_not_be_set_back_live_are_restarted() => Run(async world =>
    {
        await world.HaveLedgerAsync();
        world.Ledgers.Forgetful = WorkerPods[1];
        world.AskLedgerFor("op", Common, "log.level=debug", timeout: "1m");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(LedgerOpsRequest.Resource, "op"), Is.EqualTo("Failed"));
            Assert.That(world.Ledgers.Sets, Is.Not.Empty, "some of the servers had changed");
            Assert.That(Setting(world, "log.level"), Has.All.EqualTo("info"), "the default comes back only at start");
        });
    });

    internal static IEnumerable<string> Setting(TestWorld world, string key) => world.Ledgers.Running.Select(s => s.Settings.GetValueOrDefault(key, ""));

    /// <summary>Counts from now on; the most pods of the namespace that were not Ready at one time.</summary>
    private static Func<int> MostDown(TestWorld world)
    {
        var (all, most) = (world.Pods.Count, 0);
        world.Server.Observe(change =>
        {
            if (change.Now.Kind.Name == "Pod")
                most = Math.Max(most, all - world.Server.PeekAll(ResourceTypes.Pod).Count(p => FakeCluster.IsReady(p) && !p.IsDeleting()));
        });
        return () => most;
    }
}
