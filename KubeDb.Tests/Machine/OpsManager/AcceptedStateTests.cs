using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.OpsManager.Execution;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.OpsManager;

/// <summary>An operation works with the database and the request that it was accepted with, whatever is edited or deleted meanwhile.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.All)]
public sealed class AcceptedStateTests
{
    [TestCase("Restart", """{"replicas":2}""")]
    [TestCase("Restart", """{"version":"nope"}""")]
    [TestCase("Reconfigure", """{"replicas":2}""")]
    [TestCase("Reconfigure", """{"version":"nope"}""")]
    public void A_spec_that_becomes_invalid_meanwhile_does_not_hinder_it(string type, string edit) => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        if (type == "Restart")
            world.Ask("op", type);
        else
            world.AskFor("op", "databases 12");
        await EvictedAsync(world);
        world.PatchSpec(edit);
        await world.EndedAsync(120);

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Running("databases"), Is.EqualTo(type == "Restart" ? "10" : "12"));
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
        });
    });

    [Test]
    public void The_way_back_leaves_alone_what_the_user_edited_meanwhile_and_says_so() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.AskFor("op", "databases 0");
        await EvictedAsync(world);
        world.PatchSpec("""{"configuration":{"inline":{"redis.conf":"maxclients 777"}}}""");
        await world.EndedAsync(300);
        await world.PassAsync(10);

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(world.Stored().Spec.Configuration!.Inline![ConfigFile], Is.EqualTo("maxclients 777"));
            Assert.That(world.Request("op").Status.Conditions[^1].Message, Does.Contain("spec.configuration was changed by someone else while the request ran, so it stays as it is"));
            Assert.That(world.Running("databases"), Is.EqualTo("10"), "the pod came back on what the operation began with");
        });
    });

    [Test]
    public void The_timeout_of_the_way_there_does_not_bound_the_way_back() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.Ask("op", "Reconfigure", "\"timeout\":\"1s\",\"configuration\":{\"applyConfig\":{\"redis.conf\":\"databases 12\"}}");
        await world.EndedAsync(300);

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(world.Request("op").Status.Conditions[^1].Message, Does.Contain("longer than 1 s").And.Contains("Undone:").And.Not.Contains("Not undone"));
            Assert.That(world.Running("databases"), Is.EqualTo("10"));
        });
    });

    [Test]
    public void The_way_back_needs_no_secret_of_the_way_there() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.CreateConfig("newer", "databases 13");
        world.Redis.HangsWith = "databases 13";
        world.Ask("op", "Reconfigure", "\"timeout\":\"1m\",\"configuration\":{\"configSecret\":{\"name\":\"newer\"}}");
        await EvictedAsync(world);
        world.Delete(ResourceTypes.Secret, "newer");
        await world.EndedAsync(600);

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(world.Request("op").Status.Conditions[^1].Message, Does.Contain("Undone:").And.Not.Contains("Not undone"));
            Assert.That(world.Running("databases"), Is.EqualTo("10"));
            Assert.That(world.Phase(), Is.EqualTo("Ready"));
        });
    });

    [Test]
    public void Without_its_catalog_version_no_operation_begins() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Delete(RedisVersion.Resource, TestWorld.Version);
        var before = world.Pods["cache-0"];
        world.Ask("op", "Restart");
        await world.EndedAsync(60);
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Conditions.Single().Reason, Is.EqualTo("VersionNotFound"));
            Assert.That(world.Seen.Pauses, Is.Zero);
            Assert.That(world.Pods["cache-0"], Is.EqualTo(before));
        });
    });

    [Test]
    public void A_catalog_version_that_vanishes_meanwhile_does_not_hinder_it() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Ask("op", "Restart");
        await EvictedAsync(world);
        world.Delete(RedisVersion.Resource, TestWorld.Version);
        await world.EndedAsync(120);

        Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Successful"));
    });

    [Test]
    public void A_request_that_is_edited_while_it_runs_ends_undone_on_the_database_that_it_began_with() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.CreateRedis("other");
        await world.ReadyAsync("other");
        world.AskFor("op", "databases 12");
        await EvictedAsync(world);
        var other = world.Pods["other-0"];
        world.Patch(RedisOpsRequest.Resource, "op", """{"spec":{"databaseRef":{"name":"other"}}}""");
        await world.EndedAsync(600);
        await world.PassAsync(10);

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(world.Request("op").Status.Conditions[^1].Message, Does.Contain("spec was changed while it ran"));
            Assert.That(world.Stored().Spec.Configuration!.Inline![ConfigFile].TrimEnd(), Is.EqualTo("databases 10"));
            Assert.That(world.Stored("other").Spec.Configuration, Is.Null);
            Assert.That(world.Pods["other-0"], Is.EqualTo(other));
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
        });
    });

    [Test]
    public void A_crash_loop_is_repaired_by_a_request() => Run(async world =>
    {
        await CrashLoopAsync(world);
        world.Ask("op", "Reconfigure", "\"apply\":\"Always\",\"configuration\":{\"removeCustomConfig\":true}");
        await world.EndedAsync(300);

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Running("databases"), Is.Not.Null.And.Not.EqualTo("0"));
            Assert.That(world.Phase(), Is.EqualTo("Ready"));
        });
    });

    [Test]
    public void A_crash_loop_whose_cause_is_mended_ends_with_a_restart() => Run(async world =>
    {
        await CrashLoopAsync(world);
        world.PatchSpec("""{"configuration":{"inline":{"redis.conf":"databases 11"}}}""");
        await world.PassAsync(2);
        world.Ask("op", "Restart", "\"apply\":\"Always\"");
        await world.EndedAsync(300);

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Running("databases"), Is.EqualTo("11"));
        });
    });

    [TestCase("Restart", "")]
    [TestCase("Reconfigure", "\"configuration\":{\"applyConfig\":{\"redis.conf\":\"maxclients 3000\"},\"restart\":\"true\"}")]
    public void What_the_spec_is_refused_for_is_not_brought_to_a_pod_by_a_request(string type, string block) => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.PatchSpec("""{"configuration":{"inline":{"redis.conf":"maxmemroy 20mb"}}}""");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is not null, "the spec is refused");
        var before = world.Pods["cache-0"];
        world.Ask("op", type, block);
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(world.Request("op").Status.Conditions.Single().Message, Does.Contain("maxmemroy"));
            Assert.That(world.Pods["cache-0"], Is.EqualTo(before));
            Assert.That(world.Seen.Pauses, Is.Zero);
        });
    });

    [Test]
    public void A_refused_spec_is_repaired_by_a_request() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.PatchSpec("""{"configuration":{"inline":{"redis.conf":"maxmemroy 20mb"}}}""");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is not null, "the spec is refused");
        world.Ask("op", "Reconfigure", "\"configuration\":{\"removeCustomConfig\":true,\"applyConfig\":{\"redis.conf\":\"databases 11\"}}");
        await world.EndedAsync();
        await world.PassAsync(10);

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Running("databases"), Is.EqualTo("11"));
            Assert.That(world.Condition("SpecAccepted"), Is.Null);
        });
    });

    [Test]
    public void After_a_large_configuration_the_next_request_goes_as_any() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 500");
        world.AskFor("large", string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"user alice{i} on >{new string('p', 60)}{i} ~alice{i}:* +@read")));
        await world.EndedAsync();
        world.AskFor("next", "maxclients 3100");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Requests.Select(r => r["status"].Text("phase")), Is.All.EqualTo("Successful"));
            Assert.That(world.Running("maxclients"), Is.EqualTo("3100"));
        });
    });

    [Test]
    public void What_an_operation_began_with_stands_in_a_secret_while_it_runs_and_no_longer() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.AskFor("op", "databases 12");
        await EvictedAsync(world);
        var name = OperationRecords.NameOf(world.Request("op")).Name;
        Assert.Multiple(() =>
        {
            Assert.That(world.Get(ResourceTypes.Secret, name)!.At("metadata", "ownerReferences").Objects().Single().Text("name"), Is.EqualTo("op"));
            Assert.That(world.Get(RedisOpsRequest.Resource, "op")!["metadata"]!.ToJsonString(), Does.Not.Contain("databases"));
        });

        await world.EndedAsync();
        Assert.That(world.Get(ResourceTypes.Secret, name), Is.Null);
    });

    private static Task EvictedAsync(TestWorld world) =>
        world.UntilAsync(() => world.ConditionsOf("op").Contains("EvictPod--cache-0=True"), "the pod is evicted", 120);

    private static async Task CrashLoopAsync(TestWorld world)
    {
        await world.HaveRedisAsync("databases 10");
        world.PatchSpec("""{"configuration":{"inline":{"redis.conf":"databases 0"}}}""");
        await world.PassAsync(2);
        world.Delete(Pod.Resource, "cache-0");
        await world.UntilAsync(
            () => world.Get(Pod.Resource, "cache-0")?.At("status", "containerStatuses").Objects().FirstOrDefault().Number("restartCount") > 1, "it crashes again and again", 300);
    }
}
