using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.OpsManager;

[TestFixture]
[Category("Machine")]
public sealed class QueueTests
{
    [Test]
    public void Two_Reconfigures_at_once_become_one() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 100");
        await world.Ops.StopAsync();
        world.AskFor("first", "maxclients 200\ntimeout 2");
        await world.PassAsync(2);
        world.AskFor("second", "timeout 3");
        world.Ops.Start();
        await world.EndedAsync();

        var merged = world.Requests.Select(r => r.Name()).Single(n => n.StartsWith("cache-rcfg-merged-", StringComparison.Ordinal));
        var skipped = world.Request("first").Status.Conditions.Single(c => c.Type == "Skipped");
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("first").Status.Phase, Is.EqualTo("Skipped"));
            Assert.That(world.Request("second").Status.Phase, Is.EqualTo("Skipped"));
            Assert.That(skipped.Reason, Is.EqualTo("ConfigurationMerged"));
            Assert.That(skipped.Message, Is.EqualTo($"Configuration merged into newly created ops request demo/{merged}"));
            Assert.That(world.Request(merged).Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.ConditionsOf(merged).Take(2), Is.EqualTo(new[] { "MergedFromOps=True", "OriginalOpsSkipped=True" }));
            Assert.That(world.Request(merged).Status.Conditions[0].Message, Is.EqualTo("first,second"));
            Assert.That((world.Running("maxclients"), world.Running("timeout")), Is.EqualTo(("200", "3")));
        });
    });

    [Test]
    public void Of_two_Restarts_at_once_the_newer_one_runs() => Run(async world =>
    {
        await world.HaveRedisAsync();
        await world.Ops.StopAsync();
        world.Ask("first", "Restart");
        await world.PassAsync(2);
        world.Ask("second", "Restart");
        world.Ops.Start();
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("first").Status.Phase, Is.EqualTo("Skipped"));
            Assert.That(world.Request("first").Status.Conditions.Single().Message, Does.StartWith("skipped as demo/second is the most updated RedisOpsRequest of type Restart at 2026-"));
            Assert.That(world.Request("second").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(2));
        });
    });

    [Test]
    public void Requests_of_different_types_run_one_after_the_other() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.Ask("first", "Restart");
        await world.PassAsync(1);
        world.AskFor("second", "databases 12");
        await world.PassAsync(1);
        Assert.That(world.Request("second").Status.Conditions.Single().Reason, Is.EqualTo("AnotherRequestRuns"));
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("first").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Request("second").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Running("databases"), Is.EqualTo("12"));
            Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(3));
        });
    });

    [Test]
    public void A_request_for_a_missing_database_fails_with_the_documented_text() => Run(async world =>
    {
        world.Ask("restart", "Restart", database: "nobody");
        await world.EndedAsync();

        var failed = world.Request("restart").Status.Conditions.Single();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Failed"));
            Assert.That((failed.Type, failed.Reason), Is.EqualTo(("Failed", "DatabaseNotFound")));
            Assert.That(failed.Message, Is.EqualTo("spec.databaseRef demo/nobody, is invalid or not found"));
        });
    });

    [Test]
    public void A_type_that_is_not_carried_out_fails_at_once() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Ask("announce", "Announce");
        await world.EndedAsync();

        Assert.That(world.Request("announce").Status.Conditions.Single().Reason, Is.EqualTo("TypeNotSupported"));
    });

    [Test]
    public void It_waits_until_the_database_is_Ready_unless_told_otherwise() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Engine.Health = static _ => new(new HealthFailure("write", "disk full", true));
        await world.UntilAsync(() => world.Phase() == "Critical", "the failure shows");
        world.Ask("patient", "Restart");
        await world.PassAsync(30);
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("patient").Status.Phase, Is.EqualTo("Pending"));
            Assert.That(world.Request("patient").Status.Conditions.Single().Reason, Is.EqualTo("DatabaseNotReady"));
        });

        world.AskFor("repair", "databases 3", "\"restart\":\"true\"");
        await world.PassAsync(1);
        Assert.That(world.Request("repair").Status.Conditions.Single().Reason, Is.EqualTo("DatabaseNotReady"));

        world.Engine.Health = null;
        await world.EndedAsync();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("patient").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.ConditionsOf("patient"), Does.Not.Contain("Waiting=True"));
        });
    });

    [Test]
    public void A_halted_database_is_left_alone() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.PatchSpec("""{"halted":true}""");
        world.Ask("restart", "Restart", "\"apply\":\"Always\"");
        await world.PassAsync(30);
        Assert.That(world.Request("restart").Status.Conditions.Single().Reason, Is.EqualTo("DatabaseHalted"));

        world.PatchSpec("""{"halted":false}""");
        await world.EndedAsync();
        Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
    });

    [Test]
    public void A_pause_whose_request_is_gone_is_removed() => Run(async world =>
    {
        await world.HaveRedisAsync();
        await world.Provisioner.StopAsync();
        using var earlier = world.Server.Connect("earlier");
        await Pause.AcquireAsync(
            earlier, world.Stored(), new PauseHolder("RedisOpsRequest", new ObjectKey(Ns, "gone"), "no-such-uid"), world.Time.GetUtcNow(), CancellationToken.None);
        Assert.That(Pause.IsPaused(world.Stored().Status), Is.True);
        await world.PassAsync(5);

        Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
    });
}
