using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.SecondEngine;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.SecondEngine;

/// <summary>Databases of two engines with the same name in one namespace, and requests of two kinds with the same name.</summary>
[TestFixture]
[Category("Machine")]
public sealed class TwoEnginesTests
{
    [Test]
    public void A_request_on_one_leaves_the_other_alone() => RunBoth(async world =>
    {
        var before = world.Pods;
        var paused = new HashSet<string>();
        world.Server.Observe(change =>
        {
            if (change.Now.Kind.Group == "kubedb.com" && ConditionOf(change.Now.Object, "Paused") is not null)
                paused.Add(change.Now.Kind.Name);
        });
        world.AskLedger("op", "Restart");
        await world.EndedAsync();
        var after = world.Pods;
        Assert.That(paused, Is.EqualTo(new[] { "Ledger" }));
        Assert.That(before.Where(p => after[p.Key] == p.Value).Select(p => p.Key), Is.EqualTo(new[] { "cache-0" }));

        paused.Clear();
        world.Ask("op", "Restart");
        await world.EndedAsync();
        Assert.That(paused, Is.EqualTo(new[] { "Redis" }));
        Assert.That(after.Where(p => world.Pods[p.Key] != p.Value).Select(p => p.Key), Is.EqualTo(new[] { "cache-0" }));
        Assert.That(world.Guard.Wrongs, Is.Empty);
    });

    [Test]
    public void Requests_of_one_name_run_side_by_side() => RunBoth(async world =>
    {
        var before = world.Pods;
        world.AskLedger("op", "Restart");
        world.Ask("op", "Restart");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(LedgerOpsRequest.Resource, "op"), Is.EqualTo("Successful"));
            Assert.That(world.PhaseOf(RedisOpsRequest.Resource, "op"), Is.EqualTo("Successful"));
            Assert.That(world.Pods.Values.Intersect(before.Values), Is.Empty);
            Assert.That(world.AllDatabases.Where(d => ConditionOf(d, "Paused") is not null), Is.Empty);
            Assert.That(world.Guard.Wrongs, Is.Empty);
        });
    });

    [Test]
    public void The_deletion_of_one_leaves_everything_of_the_other() => RunBoth(async world =>
    {
        await world.RestAsync();
        var before = Everything(world);
        world.Delete(Ledger.Resource, Database);
        await world.UntilAsync(() => world.Get(Ledger.Resource, Database) is null && world.Pods.Count == 1, "the ledger and its pods are gone");
        await world.RestAsync();

        Assert.That(Everything(world), Is.EqualTo(before));
    });

    [Test]
    public void The_halt_of_one_leaves_everything_of_the_other() => RunBoth(async world =>
    {
        await world.RestAsync();
        var ledger = world.Pods.Where(p => p.Key != "cache-0").ToDictionary();
        world.PatchSpec("""{"halted":true}""");
        await world.UntilAsync(() => world.Phase() == "Halted", "Redis is halted");
        await world.RestAsync();

        Assert.That(world.Pods, Is.EqualTo(ledger));
        Assert.That(world.PhaseOf(Ledger.Resource, Database), Is.EqualTo("Ready"));
    });

    [Test]
    public void A_pause_lasts_as_long_as_the_request_of_its_kind_whatever_becomes_of_one_of_its_name() => RunBoth(async world =>
    {
        // A request on a ledger that holds the Redis: as sentinels are held by requests of another kind.
        world.Ledgers.HangsWith = "log.level=info";
        world.AskLedger("op", "Restart");
        await world.UntilAsync(() => world.PhaseOf(LedgerOpsRequest.Resource, "op") == "Progressing", "the request on the ledger runs");
        using var connection = world.Server.Connect("holder");
        var holder = new PauseHolder("LedgerOpsRequest", new(Ns, "op"), world.Get(LedgerOpsRequest.Resource, "op")!.Uid());
        Assert.That(await Pause.AcquireAsync(connection, world.Stored(), holder, world.Time.GetUtcNow(), default), Is.EqualTo(PauseEnd.Done));

        world.Ask("op", "Restart");
        await world.PassAsync(90);
        Assert.That(Pause.Holder(world.Stored().Status), Is.EqualTo(holder), "no request of another kind releases it");
        Assert.That(ConditionOf(world.Get(RedisOpsRequest.Resource, "op"), "Waiting").Text("reason"), Is.EqualTo("PausedByAnother"));
        world.Delete(RedisOpsRequest.Resource, "op");
        await world.PassAsync(90);
        Assert.That(Pause.Holder(world.Stored().Status), Is.EqualTo(holder), "nor does its deletion");

        world.Ledgers.HangsWith = "";
        foreach (var pod in world.Pods.Keys)
            world.Cluster.Kubelet.SetReady(Ns, pod, true);
        await world.EndedAsync();
        await world.UntilAsync(() => !Pause.IsPaused(world.Stored().Status), "the pause goes with its request", 120);
    });

    /// <summary>What belongs to Redis, by kind, name and UID.</summary>
    private static IReadOnlyList<string> Everything(TestWorld world) =>
    [
        .. world.Server.Kinds.SelectMany(k => world.Server.PeekAll(k.Resource))
            .Where(o => o["metadata"]?["labels"].Text(DatabaseLabels.Name) == "redises.kubedb.com")
            .Select(o => $"{o.Text("kind")} {o.Name()} {o.Uid()}")
            .Order(StringComparer.Ordinal),
        $"Redis {world.RedisNow()!.Uid()} {world.Phase()}",
    ];

    private static void RunBoth(Func<TestWorld, Task> body) => Run(async world =>
    {
        await world.HaveRedisAsync();
        await world.HaveLedgerAsync();
        await body(world);
    });
}
