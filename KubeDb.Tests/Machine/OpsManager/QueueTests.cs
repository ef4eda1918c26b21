using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Machine.OpsManager;

[TestFixture]
[Category("Machine")]
public sealed class QueueTests
{
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
    public void A_request_for_a_missing_database_waits_some_minutes_and_fails_with_the_documented_text() => Run(async world =>
    {
        world.Ask("restart", "Restart", database: "nobody");
        await world.PassAsync(280);
        var waiting = world.Request("restart").Status.Conditions.Single();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Pending"));
            Assert.That((waiting.Type, waiting.Reason), Is.EqualTo(("Waiting", "DatabaseNotFound")));
            Assert.That(waiting.Message, Does.Contain("demo/nobody"));
        });

        await world.EndedAsync(60);
        var failed = world.Request("restart").Status.Conditions.Single();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Failed"));
            Assert.That((failed.Type, failed.Reason), Is.EqualTo(("Failed", "DatabaseNotFound")));
            Assert.That(failed.Message, Is.EqualTo("spec.databaseRef demo/nobody, is invalid or not found"));
        });
    });

    [Test]
    public void A_request_created_before_its_database_runs_once_that_is_Ready() => Run(async world =>
    {
        world.Ask("restart", "Restart");
        await world.PassAsync(200);
        world.CreateRedis();
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.ConditionsOf("restart"), Does.Not.Contain("Waiting=True"));
            Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(2));
        });
    });

    [Test]
    public void Neither_downtime_nor_a_wrong_clock_shortens_the_wait_for_a_database() => Run(async world =>
    {
        world.Ask("restart", "Restart");
        await world.PassAsync(2);
        await world.Ops.StopAsync();
        await world.PassAsync(TimeSpan.FromHours(1));
        world.Ops.Start().Clock.Error = TimeSpan.FromHours(2);
        await world.PassAsync(250);
        Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Pending"));

        world.CreateRedis();
        await world.EndedAsync();
        Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
    });

    [Test]
    public void A_request_that_names_no_database_fails_at_once() => Run(async world =>
    {
        world.Ask("restart", "Restart", database: "");
        await world.EndedAsync(10);

        Assert.That(world.Request("restart").Status.Conditions.Single().Reason, Is.EqualTo("DatabaseNotFound"));
    });

    [Test]
    public void A_request_whose_database_is_deleted_while_it_waits_fails_at_once() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Engine.Health = static _ => new(new HealthFailure("write", "disk full", true));
        await world.UntilAsync(() => world.Phase() == "Critical", "the failure shows");
        world.Ask("restart", "Restart");
        await world.PassAsync(2);
        await world.Ops.StopAsync();
        world.Delete(RedisDatabase.Resource, Database);
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
        world.Ops.Start();
        await world.EndedAsync(30);

        Assert.That(world.Request("restart").Status.Conditions.Single().Reason, Is.EqualTo("DatabaseDeleting"));
    });

    [Test]
    public void A_request_that_is_edited_while_it_waits_fails() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Engine.Health = static _ => new(new HealthFailure("write", "disk full", true));
        await world.UntilAsync(() => world.Phase() == "Critical", "the failure shows");
        world.Ask("edited", "Restart");
        await world.PassAsync(2);
        world.Patch(RedisOpsRequest.Resource, "edited", """{"metadata":{"labels":{"team":"a"}}}""");
        await world.PassAsync(2);
        Assert.That(world.Request("edited").Status.Phase, Is.EqualTo("Pending"), "a label is no edit");
        world.Patch(RedisOpsRequest.Resource, "edited", """{"spec":{"type":"Reconfigure","configuration":{"applyConfig":{"redis.conf":"maxclients 77"}},"apply":"Always"}}""");
        await world.EndedAsync(10);

        var failed = world.Request("edited").Status.Conditions.Single();
        Assert.Multiple(() =>
        {
            Assert.That((failed.Type, failed.Reason), Is.EqualTo(("Failed", "OpsSpecImmutable")));
            Assert.That(failed.Message, Does.Contain("create another RedisOpsRequest"));
            Assert.That(world.Request("edited").Status.ObservedGeneration, Is.EqualTo(1));
            Assert.That(world.Running("maxclients"), Is.Not.EqualTo("77"));
        });
    });

    [Test]
    public void A_repair_runs_although_an_older_request_of_its_type_waits_for_Ready() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Engine.Health = static _ => new(new HealthFailure("write", "OOM", true));
        await world.UntilAsync(() => world.Phase() == "Critical", "the failure shows");
        world.AskFor("patient", "maxclients 1500");
        await world.PassAsync(1);
        world.Ask("repair", "Reconfigure", $$$"""
            "apply":"Always","configuration":{"applyConfig":{"{{{ConfigFile}}}":"maxclients 1600"} }
            """);
        await world.UntilAsync(() => world.PhaseOf("repair") == "Successful", "the repair is done");
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("patient").Status.Phase, Is.EqualTo("Pending"));
            Assert.That(world.Running("maxclients"), Is.EqualTo("1600"));
        });

        world.Engine.Health = null;
        await world.EndedAsync();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("patient").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Running("maxclients"), Is.EqualTo("1500"));
        });
    });

    [Test]
    public void A_type_that_is_not_carried_out_fails_on_a_database_that_is_not_Ready_too() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.PatchSpec("""{"halted":true}""");
        world.Ask("announce", "Announce");
        world.Ask("announce-again", "Announce");
        await world.EndedAsync(20);

        Assert.That(
            world.Requests.Select(r => world.Request(r.Name()).Status.Conditions.Single().Reason), Is.EqualTo(new[] { "TypeNotSupported", "TypeNotSupported" }));
    });

    [Test]
    public void Fifty_requests_at_once_come_to_the_same_end_each_time()
    {
        IReadOnlyList<string> Play()
        {
            IReadOnlyList<string> end = [];
            Run(async world =>
            {
                await world.HaveRedisAsync("databases 10");
                await world.Ops.StopAsync();
                for (var i = 0; i < 50; i++)
                {
                    var name = $"op{i:00}";
                    switch (i % 5)
                    {
                        case 0:
                            world.Ask(name, "Restart");
                            break;
                        case 1:
                            world.AskFor(name, i % 2 == 0 ? "unheard-of 1" : "requirepass mine");
                            break;
                        case 2:
                            world.AskFor(name, $"databases {20 + i}", "\"restart\":\"false\"");
                            break;
                        case 3:
                            world.Ask(name, "Announce");
                            break;
                        default:
                            world.AskFor(name, $"maxclients {2000 + i}");
                            break;
                    }
                }

                world.Ops.Start();
                await world.EndedAsync();
                await world.RestAsync();
                Assert.Multiple(() =>
                {
                    Assert.That(world.Requests.Count(r => world.PhaseOf(r.Name()) == "Failed"), Is.EqualTo(20), world.Report);
                    Assert.That(world.Requests.Where(r => world.PhaseOf(r.Name()) == "Successful").Select(r => r.Name()), Does.Contain("op45").And.Contain("op49").And.Contain("op47"));
                    Assert.That(world.Running("maxclients"), Is.EqualTo("2049"));
                    Assert.That(world.Logs.Errors, Is.Empty);
                });
                end = EndState.Of(world);
            });
            return end;
        }

        var first = Play();
        Assert.That(Play(), Is.EqualTo(first));
    }

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
