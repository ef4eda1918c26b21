using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using static KubeDb.Tests.Support.World.TestWorld;
using Condition = KubeDb.Api.Kinds.Shared.Condition;

namespace KubeDb.Tests.Machine.OpsManager;

[TestFixture]
[Category("Machine")]
public sealed class ReconfigureTests
{
    [Test]
    public void What_can_be_changed_live_restarts_no_pod() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 500", replicas: 2);
        var before = world.Pods;
        world.AskFor("reconfigure", "maxclients 2000");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("reconfigure").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Running("maxclients"), Is.EqualTo("2000"));
            Assert.That(world.Pods, Is.EqualTo(before));
            Assert.That(world.Stored().Spec.Configuration!.Inline![ConfigFile].TrimEnd(), Is.EqualTo("maxclients 2000"));
            Assert.That(
                world.ConditionsOf("reconfigure"),
                Is.EqualTo(new[] { "Reconfigure=True", "patchedSecret=True", "UpdatePetSets=True", "ReconfigureLive=True", "RestartPods=True", "Successful=True" }));
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
        });
    });

    [Test]
    public void What_takes_effect_only_at_start_restarts_the_pods() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10", replicas: 2);
        var before = world.Pods;
        world.AskFor("reconfigure", "databases 12");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("reconfigure").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Running("databases"), Is.EqualTo("12"));
            Assert.That(world.Pods.Values.Intersect(before.Values), Is.Empty);
            Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(4));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
            Assert.That(world.ConditionsOf("reconfigure").TakeLast(2), Is.EqualTo(new[] { "RestartPods=True", "Successful=True" }));
            Assert.That(world.Events("reconfigure", "RedisOpsRequest")[^1], Is.EqualTo("Successfully Reconfigured Database"));
        });
    });

    [Test]
    public void With_restart_true_the_pods_are_restarted_in_any_case() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 500", replicas: 2);
        world.AskFor("reconfigure", "maxclients 2000", "\"restart\":\"true\"");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("reconfigure").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(4));
            Assert.That(world.Redis.Sets, Is.Empty);
            Assert.That(world.Running("maxclients"), Is.EqualTo("2000"));
        });
    });

    [Test]
    public void With_restart_false_no_pod_is_restarted_and_what_is_not_live_is_said() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10", replicas: 2);
        world.AskFor("reconfigure", "databases 12", "\"restart\":\"false\"");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("reconfigure").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(2));
            Assert.That(world.Running("databases"), Is.EqualTo("10"));
            Assert.That(world.Request("reconfigure").Status.Conditions[^1].Message, Does.StartWith("Successfully completed the modification process.").And.Contains("databases"));
        });
    });

    [Test]
    public void Removing_the_configuration_also_removes_the_older_field_that_would_bring_it_back() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 500", replicas: 2);
        world.CreateConfig("old", "maxclients 400");
        world.PatchSpec("""{"configSecret":{"name":"old"}}""");
        world.Ask("remove", "Reconfigure", "\"configuration\":{\"removeCustomConfig\":true}");
        await world.EndedAsync();

        var spec = world.RedisNow()!["spec"]!.AsObject();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("remove").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(spec.ContainsKey("configuration"), Is.False);
            Assert.That(spec.ContainsKey("configSecret"), Is.False);
            Assert.That(world.Running("maxclients"), Is.EqualTo("10000"));
        });
    });

    [Test]
    public void A_configuration_that_keeps_servers_from_starting_is_rolled_back_with_their_own_words() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10", replicas: 2);
        world.AskFor("reconfigure", "databases 0");
        var began = world.Now;
        await world.EndedAsync();

        var request = world.Request("reconfigure");
        var failed = request.Status.Conditions.Single(c => c.Type == "Failed");
        Assert.Multiple(() =>
        {
            Assert.That(request.Status.Phase, Is.EqualTo("Failed"));
            Assert.That(failed.Reason, Is.EqualTo("RestartPodsFailed"));
            Assert.That(failed.Message, Does.Contain("*** FATAL CONFIG FILE ERROR (Redis 8.2.2) ***").And.Contains("argument must be between"));
            Assert.That(failed.Message, Does.Not.Contain(world.Password));
            Assert.That(world.Events("reconfigure", "RedisOpsRequest"), Has.None.Contains(world.Password));
            Assert.That(world.Stored().Spec.Configuration!.Inline![ConfigFile].TrimEnd(), Is.EqualTo("databases 10"));
            Assert.That(world.Running("databases"), Is.EqualTo("10"));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
            Assert.That(world.Now - began, Is.LessThan(TimeSpan.FromSeconds(30)));
        });
    });

    [Test]
    public void The_way_back_is_open_although_a_disruption_budget_protects_the_broken_pod() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10");
        world.AskFor("reconfigure", "databases 0");
        await world.UntilAsync(() => world.Seen.PodsMade.Count == 2, "it came about", 600);
        world.Create(
            ResourceTypes.PodDisruptionBudget,
            """{"metadata":{"name":"mine"},"spec":{"selector":{"matchLabels":{"app.kubernetes.io/instance":"cache"}},"maxUnavailable":1}}""");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("reconfigure").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(world.Running("databases"), Is.EqualTo("10"));
        });
    });

    [Test]
    public void A_value_that_the_server_refuses_fails_with_its_words_and_restarts_nothing() => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 500", replicas: 2);
        var before = world.Pods;
        world.AskFor("reconfigure", "maxmemory-policy refused");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("reconfigure").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(world.Request("reconfigure").Status.Conditions.Single(c => c.Type == "Failed").Message, Does.Contain("CONFIG SET failed"));
            Assert.That(world.Pods, Is.EqualTo(before));
            Assert.That(world.Running("maxclients"), Is.EqualTo("500"));
            Assert.That(world.Stored().Spec.Configuration!.Inline![ConfigFile].TrimEnd(), Is.EqualTo("maxclients 500"));
        });
    });

    [TestCase("\"applyConfig\":{\"redis.conf\":\"unknown 1\"}", "UnknownDirective", "does not know")]
    [TestCase("\"configSecret\":{\"name\":\"missing\"}", "SecretNotFound", "Secret demo/missing, which does not exist")]
    public void Bad_input_fails_before_the_database_is_touched(string block, string reason, string message) => Run(async world =>
    {
        await world.HaveRedisAsync("maxclients 500", replicas: 2);
        await world.PassAsync(1);
        var version = world.Stored().Metadata.ResourceVersion;
        world.Ask("bad", "Reconfigure", $"\"configuration\":{{{block}}}");
        await world.EndedAsync();

        var failed = world.Request("bad").Status.Conditions.Single();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("bad").Status.Phase, Is.EqualTo("Failed"));
            Assert.That((failed.Type, failed.Status, failed.Reason), Is.EqualTo(("Failed", Condition.True, reason)));
            Assert.That(failed.Message, Does.Contain(message));
            Assert.That(world.Stored().Metadata.ResourceVersion, Is.EqualTo(version));
        });
    });

    [Test]
    public void Deleting_it_while_pods_restart_brings_the_old_configuration_back() => Run(async world =>
    {
        await world.HaveRedisAsync("databases 10", replicas: 2);
        world.AskFor("reconfigure", "databases 12");
        await world.UntilAsync(() => world.Seen.PodsMade.Count == 3, "it came about", 600);
        world.Delete(RedisOpsRequest.Resource, "reconfigure");
        await world.UntilAsync(() => world.Requests.Count == 0, "it came about", 600);

        Assert.Multiple(() =>
        {
            Assert.That(world.Running("databases"), Is.EqualTo("10"));
            Assert.That(world.Stored().Spec.Configuration!.Inline![ConfigFile].TrimEnd(), Is.EqualTo("databases 10"));
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
        });
    });
}
