using KubeDb.Api.Engines;
using KubeDb.Tests.Support.ApiServer;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.OpsManager;

/// <summary>No operation ends with less data than it began with.</summary>
[TestFixture]
[Category("Machine")]
public sealed class DataTests
{
    [Test]
    public void A_change_that_would_hide_keys_fails_before_the_pause() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Redis.Running.Single().Keyspace = "db9:keys=3,expires=0,avg_ttl=0\r\n";
        var before = world.Pods;
        world.AskFor("fewer", "databases 4");
        await world.EndedAsync();

        var failed = world.Request("fewer").Status.Conditions.Single(c => c.Type == "Failed");
        Assert.Multiple(() =>
        {
            Assert.That((failed.Reason, failed.Message), Is.EqualTo(("DataAtRisk", failed.Message)));
            Assert.That(failed.Message, Does.Contain("3 in database 9"));
            Assert.That(world.Pods, Is.EqualTo(before));
            Assert.That(world.EventsOf("fewer", "RedisOpsRequest").Select(e => e.Text("reason")), Has.None.EqualTo("PauseDatabase"));
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
        });
    });

    [Test]
    public void A_pod_whose_snapshot_can_not_be_written_is_left_alone_until_it_can() => Run(async world =>
    {
        await world.HaveRedisAsync("appendonly no");
        var server = world.Redis.Running.Single();
        server.SnapshotsFail = true;
        var before = world.Pods;
        world.Ask("restart", "Restart");
        await world.UntilAsync(() => world.Request("restart").Status.Conditions.Any(c => c.Message.Contains("could not write its last snapshot", StringComparison.Ordinal)), "the request says why");
        await world.PassAsync(60);
        Assert.That(world.Pods, Is.EqualTo(before));

        server.SnapshotsFail = false;
        await world.EndedAsync();
        Assert.That(world.PhaseOf("restart"), Is.EqualTo("Successful"));
        Assert.That(world.Pods.Values.Intersect(before.Values), Is.Empty);
    });
}
