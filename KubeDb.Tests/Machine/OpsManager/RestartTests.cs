using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.OpsManager;

[TestFixture]
[Category("Machine")]
public sealed class RestartTests
{
    [Test]
    public void Every_pod_is_restarted_once_one_at_a_time() => Run(async world =>
    {
        await world.HaveRedisAsync(replicas: 3);
        var before = world.Pods;
        world.Ask("restart", "Restart");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Pods.Values.Intersect(before.Values), Is.Empty);
            Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(6));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
            Assert.That(world.Request("restart").Metadata.Finalizers, Is.Empty);
        });
    });

    [Test]
    public void Conditions_and_events_are_those_of_the_contract_in_order() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Ask("restart", "Restart");
        await world.EndedAsync();

        var request = world.Request("restart");
        Assert.Multiple(() =>
        {
            Assert.That(
                world.ConditionsOf("restart"),
                Is.EqualTo(new[] { "Restart=True", "EvictPod--cache-0=True", "IsPodReady--cache-0=True", "RestartPods=True", "Successful=True" }));
            Assert.That(
                request.Status.Conditions.Select(c => c.Message),
                Is.EqualTo(new[]
                {
                    "Redis ops request is restarting the database nodes",
                    "evict pod; ConditionStatus:True; PodName:cache-0",
                    "is pod ready; ConditionStatus:True; PodName:cache-0",
                    "Successfully restarted pods",
                    "Successfully Restarted Database",
                }));
            var events = world.EventsOf("restart", "RedisOpsRequest");
            Assert.That(
                events.Where(e => e.Text("type") == "Normal").Select(e => (e.Text("reason"), e.Text("message"))),
                Is.EqualTo(new[]
                {
                    ("PauseDatabase", "Pausing Redis demo/cache"),
                    ("PauseDatabase", "Successfully paused Redis demo/cache"),
                    ("Restart", "Redis ops request is restarting the database nodes"),
                    ("RestartPods", "Successfully restarted pods"),
                    ("ResumeDatabase", "Resuming Redis demo/cache"),
                    ("ResumeDatabase", "Successfully resumed Redis demo/cache"),
                    ("Successful", "Successfully Restarted Database"),
                }));
            Assert.That(
                events.Where(e => e.Text("type") == "Warning").Select(e => e.Text("reason")),
                Is.EqualTo(new[]
                {
                    "evict pod; ConditionStatus:True; PodName:cache-0",
                    "is pod ready; ConditionStatus:False; PodName:cache-0",
                    "is pod ready; ConditionStatus:True; PodName:cache-0",
                }));
        });
    });

    [Test]
    public void It_takes_hardly_longer_than_the_bare_restart() => Run(async world =>
    {
        world.Redis.Loading = TimeSpan.FromSeconds(1.4);
        await world.HaveRedisAsync(replicas: 3);
        await world.PassAsync(15);
        var began = world.Now;
        world.Ask("restart", "Restart");
        await world.UntilAsync(() => world.Request("restart").Status.Phase == "Successful", "it came about", 600);

        var pod = PodBehaviour.Healthy;
        var bare = 3 * (pod.StoppedAfter + world.Cluster.ControllerDelay + pod.ScheduledAfter!.Value + pod.RunningAfter + world.Redis.Loading);
        Assert.That(world.Now - began, Is.LessThan(bare + (3 * TimeSpan.FromMilliseconds(300))));
    });

    [Test]
    public void A_pod_that_was_replaced_meanwhile_is_not_evicted() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Ops.Last.Connection.Faults.On(e => e.Subresource == "eviction", Fault.Slow(TimeSpan.FromMinutes(1)));
        world.Ask("restart", "Restart");
        await world.UntilAsync(() => world.Ops.Writes.Any(e => e.Subresource == "eviction"), "the eviction is on its way");
        world.Delete(Pod.Resource, "cache-0");
        await world.EndedAsync();

        Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
        Assert.That(world.Seen.PodsMade, Has.Count.EqualTo(2), "the first, and its one successor");
    });

    [Test]
    public void On_the_oldest_server_it_goes_the_same_way() => Run(
        async world =>
        {
            await world.HaveRedisAsync("maxclients 500");
            world.Ask("restart", "Restart");
            world.AskFor("reconfigure", "databases 12");
            await world.EndedAsync();

            Assert.Multiple(() =>
            {
                Assert.That(world.Requests.Select(r => r["status"].Text("phase")), Is.All.EqualTo("Successful"));
                Assert.That(world.Seen.Pauses, Is.EqualTo(2), "each request takes the pause once, and no other writer of the status takes it away");
            });
        },
        static world => world.Server.Minor = 20);

    [Test]
    public void A_pod_that_is_down_already_goes_first() => Run(async world =>
    {
        await world.HaveRedisAsync(replicas: 3);
        var sick = world.Pods["cache-0"];
        world.Cluster.Kubelet.SetReady(Ns, "cache-0", false);
        world.Ask("restart", "Restart", "\"apply\":\"Always\"");
        await world.EndedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Seen.PodsMade[3].Name, Is.EqualTo("cache-0"));
            Assert.That(world.Pods.Values, Does.Not.Contain(sick));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
        });
    });

    [Test]
    public void A_disruption_budget_is_waited_for_and_said() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Create(
            ResourceTypes.PodDisruptionBudget,
            """{"metadata":{"name":"mine"},"spec":{"selector":{"matchLabels":{"app.kubernetes.io/instance":"cache"}},"maxUnavailable":0}}""");
        var before = world.Pods["cache-0"];
        world.Ask("restart", "Restart");
        await world.PassAsync(30);
        var waiting = world.Request("restart").Status.Conditions.Single(c => c.Type == "Waiting");
        Assert.Multiple(() =>
        {
            Assert.That(waiting.Reason, Is.EqualTo("DisruptionBudget"));
            Assert.That(world.Pods["cache-0"], Is.EqualTo(before));
        });

        world.Delete(ResourceTypes.PodDisruptionBudget, "mine");
        await world.EndedAsync();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.ConditionsOf("restart"), Does.Not.Contain("Waiting=True"));
        });
    });

    [Test]
    public void A_step_over_its_timeout_fails_and_the_database_is_resumed() => Run(async world =>
    {
        await world.HaveRedisAsync(replicas: 2);
        world.Redis.Healthy = PodBehaviour.Healthy with { ReadyAfter = TimeSpan.FromHours(1) };
        world.Ask("restart", "Restart", "\"timeout\":\"2m\"");
        var began = world.Now;
        await world.EndedAsync();

        var request = world.Request("restart");
        Assert.Multiple(() =>
        {
            Assert.That(request.Status.Phase, Is.EqualTo("Failed"));
            Assert.That(request.Status.Conditions.Single(c => c.Type == "RestartPods").Reason, Is.EqualTo("RestartPodsFailed"));
            Assert.That(request.Status.Conditions.Single(c => c.Type == "Failed").Message, Does.Contain("longer than 2 min"));
            Assert.That(world.Now - began, Is.LessThan(TimeSpan.FromMinutes(3)));
            Assert.That(world.Seen.MostDown, Is.EqualTo(1));
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
        });
    });

    [Test]
    public void A_failed_step_is_tried_as_often_as_the_request_allows() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Redis.Healthy = PodBehaviour.Healthy with { ReadyAfter = TimeSpan.FromMinutes(5) };
        world.Ask("restart", "Restart", "\"timeout\":\"2m\",\"maxRetries\":3");
        await world.EndedAsync();

        var request = world.Request("restart");
        Assert.Multiple(() =>
        {
            Assert.That(request.Status.Phase, Is.EqualTo("Successful"));
            Assert.That(request.Status.Conditions.Single(c => c.Type == "Retrying").Reason, Is.EqualTo("Attempt3"));
        });
    });

    [Test]
    public void Deleting_it_while_it_runs_leaves_no_pod_on_its_way_and_no_pause() => Run(async world =>
    {
        await world.HaveRedisAsync(replicas: 3);
        var before = world.Pods;
        world.Ask("restart", "Restart");
        await world.UntilAsync(() => world.Pods.Count < 3 || world.Seen.PodsMade.Count > 3, "a pod goes");
        world.Delete(RedisOpsRequest.Resource, "restart");
        await world.UntilAsync(() => world.Requests.Count == 0, "it came about", 600);

        Assert.Multiple(() =>
        {
            Assert.That(world.Pods, Has.Count.EqualTo(3));
            Assert.That(world.Pods.Values.Intersect(before.Values).Count(), Is.EqualTo(2));
            Assert.That(world.Running("maxclients"), Is.Not.Null.And.Not.Empty);
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
        });
    });

    [Test]
    public void A_namespace_that_is_deleted_is_not_held_up() => Run(async world =>
    {
        await world.HaveRedisAsync(replicas: 3);
        world.Ask("restart", "Restart");
        await world.UntilAsync(() => world.Pods.Count < 3 || world.Seen.PodsMade.Count > 3, "a pod goes");
        world.Delete(ResourceTypes.Namespace, "demo");
        await world.PassAsync(60);

        Assert.That(world.Server.Peek(ResourceTypes.Namespace, "", "demo"), Is.Null);
    });

    [TestCase("Restart")]
    [TestCase("EvictPod--cache-0")]
    public void A_request_taken_away_by_force_under_a_write_is_no_warning(string condition) => Run(async world =>
    {
        await world.HaveRedisAsync();
        var taken = false;
        world.Ops.Last.Connection.Faults.On(
            e =>
            {
                if (!taken && e is { Does: RequestKind.Write, Type.Plural: "redisopsrequests", Subresource: "status" } && world.Request("restart").Status.Conditions.Of(condition) is not null)
                {
                    taken = true;
                    world.Patch(RedisOpsRequest.Resource, "restart", """{"metadata":{"finalizers":null}}""");
                    world.Delete(RedisOpsRequest.Resource, "restart");
                }

                return false;
            },
            Fault.LostAnswer,
            times: int.MaxValue);
        world.Ask("restart", "Restart");
        await world.UntilAsync(() => taken && !Pause.IsPaused(world.Stored().Status), "the database is released", 60);
        await world.PassAsync(60);

        Assert.That(world.Logs.Lines, Is.Empty);
        Assert.That(world.Stored().Status.Phase, Is.EqualTo("Ready"));
    });

    [Test]
    public void Nothing_begins_before_the_Provisioner_has_answered() => Run(async world =>
    {
        await world.HaveRedisAsync();
        world.Provisioner.Last.Connection.Faults.On(e => e.Does is RequestKind.Write && IsNoLease(e), Fault.ServerError, int.MaxValue);
        var before = world.Pods["cache-0"];
        world.Ask("restart", "Restart");
        await world.PassAsync(60);
        Assert.Multiple(() =>
        {
            Assert.That(Pause.Holder(world.Stored().Status)?.Request.Name, Is.EqualTo("restart"));
            Assert.That(world.Pods["cache-0"], Is.EqualTo(before));
        });

        world.Provisioner.ComesBack = false;
        world.Provisioner.Last.Kill();
        await world.EndedAsync();
        Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
    });
}
