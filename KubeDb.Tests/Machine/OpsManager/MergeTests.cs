using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.OpsManager;

/// <summary>Reconfigure requests that wait together.</summary>
[TestFixture]
[Category("Machine")]
public sealed class MergeTests
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
            Assert.That(world.Request("first").Status.Conditions.Single(c => c.Type == "Successful").Message, Does.Contain($"demo/{merged}"));
            Assert.That(world.Request("second").Status.Conditions.Single(c => c.Type == "Successful").Message, Does.Contain($"demo/{merged}"));
            Assert.That((world.Running("maxclients"), world.Running("timeout")), Is.EqualTo(("200", "3")));
        });
    });

    [Test]
    public void A_bad_request_fails_alone_and_the_good_ones_are_carried_out() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Ask("restart", "Restart");
        await world.PassAsync(1);
        world.AskFor("good", "timeout 60");
        world.AskFor("unknown", "maxmemroy 10mb");
        world.AskFor("owned", "requirepass mine");
        world.AskFor("quoting", "logfile \"open");
        world.Ask("file", "Reconfigure", """ "configuration":{"applyConfig":{"sentinel.conf":"timeout 4"} } """);
        world.Ask("secret", "Reconfigure", """ "configuration":{"configSecret":{"name":"absent"} } """);
        world.Ask("late", "Reconfigure", """ "timeout":"soon","configuration":{"applyConfig":{"redis.conf":"timeout 4"} } """);
        world.AskFor("better", "maxclients 1700");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            foreach (var bad in new[] { "unknown", "owned", "quoting", "file", "secret", "late" })
                Assert.That(world.PhaseOf(bad), Is.EqualTo("Failed"), bad);
            foreach (var good in new[] { "good", "better" })
                Assert.That(world.Request(good).Status.Conditions.IsTrue("Successful"), Is.True, good);
            Assert.That((world.Running("timeout"), world.Running("maxclients")), Is.EqualTo(("60", "1700")));
        });
    });

    [Test]
    public void A_request_without_restart_is_not_merged_with_one_that_may_restart() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.Ask("restart", "Restart");
        await world.PassAsync(1);
        world.AskFor("never", "databases 24", "\"restart\":\"false\"");
        world.AskFor("live", "maxclients 1700");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf("never"), Is.EqualTo("Successful"));
            Assert.That(world.PhaseOf("live"), Is.EqualTo("Successful"));
            Assert.That(world.Running("maxclients"), Is.EqualTo("1700"));
        });
    });

    [Test]
    public void A_later_secret_is_in_effect_over_what_was_applied_before() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 100");
        world.CreateConfig("four", "maxclients 4000");
        await world.Ops.StopAsync();
        world.AskFor("first", "maxclients 3000");
        await world.PassAsync(2);
        world.Ask("second", "Reconfigure", "\"configuration\":{\"configSecret\":{\"name\":\"four\"}}");
        world.Ops.Start();
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That((world.PhaseOf("first"), world.PhaseOf("second")), Is.EqualTo(("Successful", "Successful")));
            Assert.That(world.Running("maxclients"), Is.EqualTo("4000"));
            Assert.That(world.RedisNow()!["spec"]!["configuration"]!.ToJsonString(), Is.EqualTo("""{"secretName":"four"}"""));
        });
    });

    [Test]
    public void A_source_whose_merged_request_fails_says_so() => Run(async world =>
    {
        await world.HaveRedisAsync();
        await AskTwiceAsync(world, "maxmemory-policy nonsense");
        await world.EndedAsync();

        var merged = Merged(world).Single();
        Assert.That(world.PhaseOf(merged), Is.EqualTo("Failed"));
        foreach (var source in new[] { "first", "second" })
        {
            var end = world.Request(source).Status.Conditions.Of("Failed");
            Assert.That(end?.Status, Is.EqualTo("True"), source);
            Assert.That(end!.Message, Does.Contain($"demo/{merged}").And.Contain(world.Request(merged).Status.Conditions.Of("Failed")!.Message));
            Assert.That(world.PhaseOf(source), Is.EqualTo("Skipped"));
        }
    });

    [Test]
    public void A_source_whose_merged_request_was_deleted_says_so_and_nothing_is_sent_any_more() => Run(async world =>
    {
        await world.HaveRedisAsync();
        await CutOffAsync(world);
        world.Delete(RedisOpsRequest.Resource, Merged(world).Single());
        world.Ops.Start();
        await world.EndedAsync();
        await world.RestAsync();
        var rest = world.Now;

        var (first, second) = (world.Request("first").Status, world.Request("second").Status);
        Assert.Multiple(() =>
        {
            Assert.That((first.Phase, first.Conditions.IsTrue("Failed")), Is.EqualTo(("Skipped", true)));
            Assert.That(first.Conditions.Of("Failed")!.Message, Does.Contain("demo/cache-rcfg-merged-").And.Contain("deleted"));
            Assert.That(second.Phase, Is.EqualTo("Successful"), "it was not merged yet");
        });
        await world.PassAsync(TimeSpan.FromMinutes(30));
        Assert.That(world.Ops.Requests.Where(e => e.At >= rest && e.Verb is not ("list" or "watch")).ToList(), Is.Empty);
    });

    [Test]
    public void A_source_that_was_deleted_meanwhile_holds_up_nothing() => Run(async world =>
    {
        await world.HaveRedisAsync();
        await CutOffAsync(world);
        world.Delete(RedisOpsRequest.Resource, "second");
        world.Ops.Start();
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.PhaseOf(Merged(world).Single()), Is.EqualTo("Successful"));
            Assert.That(world.Request("first").Status.Conditions.IsTrue("Successful"), Is.True);
        });
    });

    [Test]
    public void What_was_merged_twice_tells_the_end_of_the_last_one() => Run(async world =>
    {
        await world.HaveRedisAsync();
        await CutOffAsync(world);
        world.AskFor("third", "timeout 5");
        world.Ops.Start();
        await world.EndedAsync();
        await world.RestAsync();

        var last = Merged(world).Single(m => world.PhaseOf(m) == "Successful");
        Assert.Multiple(() =>
        {
            Assert.That(Merged(world), Has.Count.EqualTo(2));
            foreach (var source in Merged(world).Where(m => m != last).Concat(["first", "second", "third"]))
            {
                Assert.That(world.PhaseOf(source), Is.EqualTo("Skipped"), source);
                Assert.That(world.Request(source).Status.Conditions.Of("Successful")?.Message, Does.Contain($"demo/{last}"), source);
            }

            Assert.That((world.Running("maxclients"), world.Running("timeout")), Is.EqualTo(("1800", "5")));
        });
    });

    [Test]
    public void What_the_server_refuses_to_have_merged_runs_one_after_the_other() => Run(async world =>
    {
        await world.HaveRedisAsync();
        await world.Ops.StopAsync();
        world.AskFor("first", "maxclients 1800");
        await world.PassAsync(2);
        world.AskFor("second", "timeout 3");
        world.Ops.Start().Connection.Faults.On(
            IsMerge, Fault.Refused(new ApiError(ApiErrorKind.Other, 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728")), times: int.MaxValue);
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(Merged(world), Is.Empty);
            Assert.That((world.PhaseOf("first"), world.PhaseOf("second")), Is.EqualTo(("Successful", "Successful")));
            Assert.That((world.Running("maxclients"), world.Running("timeout")), Is.EqualTo(("1800", "3")));
        });
    });

    [Test]
    public void The_longest_name_of_a_database_gives_a_merged_request_that_can_be_made() => Run(async world =>
    {
        var name = new string('d', 52);
        world.CreateRedis(name);
        await world.ReadyAsync(name);
        await world.Ops.StopAsync();
        world.Ask("first", "Reconfigure", """ "timeout":"500ms","configuration":{"applyConfig":{"redis.conf":"maxclients 1800"} } """, name);
        world.Ask("second", "Reconfigure", """ "timeout":"500ms","configuration":{"applyConfig":{"redis.conf":"timeout 3"} } """, name);
        world.Ops.Start();
        await world.EndedAsync();

        var merged = world.Requests.Single(r => r.Name().StartsWith(name + "-rcfg-merged-", StringComparison.Ordinal));
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("first").Status.Conditions.IsTrue("Successful"), Is.True);
            Assert.That(merged["spec"].Text("timeout"), Is.EqualTo("500ms"));
        });
    });

    /// <summary>Two requests, the first one of them twice as old, which are seen at once.</summary>
    private static async Task AskTwiceAsync(TestWorld world, string second)
    {
        await world.Ops.StopAsync();
        world.AskFor("first", "maxclients 1800");
        await world.PassAsync(2);
        world.AskFor("second", second);
        world.Ops.Start();
    }

    /// <summary>A merge that the ops-manager has died in the middle of: the first source is Skipped, the second not yet. None runs afterwards.</summary>
    private static async Task CutOffAsync(TestWorld world)
    {
        await AskTwiceAsync(world, "timeout 3");
        world.Ops.ComesBack = false;
        world.Ops.Last.Connection.Faults.On(_ => world.PhaseOf("first") == "Skipped", Fault.KilledBefore);
        await world.UntilAsync(() => !world.Ops.Alive.Any(), "the ops-manager has died");
        Assert.That(world.PhaseOf("second"), Is.EqualTo("Pending"));
        Assert.That(Merged(world), Has.Count.EqualTo(1));
    }

    private static List<string> Merged(TestWorld world) =>
        [.. world.Requests.Select(r => r.Name()).Where(n => n.StartsWith("cache-rcfg-merged-", StringComparison.Ordinal))];

    private static bool IsMerge(JournalEntry e) => e.Verb == "create" && e.Type.Plural == "redisopsrequests";
}
