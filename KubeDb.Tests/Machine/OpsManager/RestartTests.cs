using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.OpsManager;

[TestFixture]
[Category("Machine")]
public sealed class RestartTests
{
    [Test]
    public void Every_pod_is_restarted_once_one_at_a_time()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(3);
        var before = bench.Pods;
        bench.Start();
        bench.Ask("restart", "Restart");
        bench.RunToEnd();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("restart").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.Pods.Values.Intersect(before.Values), Is.Empty);
            Assert.That(bench.Cluster.Made, Has.Count.EqualTo(6));
            Assert.That(bench.Cluster.MostDown, Is.EqualTo(1));
            Assert.That(Pause.IsPaused(bench.TheDatabase.Status), Is.False);
            Assert.That(bench.Request("restart").Metadata.Finalizers, Is.Empty);
        });
    }

    [Test]
    public void Conditions_and_events_are_those_of_the_contract_in_order()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1);
        bench.Start();
        bench.Ask("restart", "Restart");
        bench.RunToEnd();

        var request = bench.Request("restart");
        Assert.Multiple(() =>
        {
            Assert.That(
                bench.ConditionsOf("restart"),
                Is.EqualTo(new[] { "Restart=True", "EvictPod--db-0=True", "IsPodReady--db-0=True", "RestartPods=True", "Successful=True" }));
            Assert.That(
                request.Status.Conditions.Select(c => c.Message),
                Is.EqualTo(new[]
                {
                    "Redis ops request is restarting the database nodes",
                    "evict pod; ConditionStatus:True; PodName:db-0",
                    "is pod ready; ConditionStatus:True; PodName:db-0",
                    "Successfully restarted pods",
                    "Successfully Restarted Database",
                }));
            Assert.That(
                bench.Events.All.Where(e => e.Type == "Normal").Select(e => (e.Reason, e.Message)),
                Is.EqualTo(new[]
                {
                    ("PauseDatabase", "Pausing Redis demo/db"),
                    ("PauseDatabase", "Successfully paused Redis demo/db"),
                    ("Restart", "Redis ops request is restarting the database nodes"),
                    ("RestartPods", "Successfully restarted pods"),
                    ("ResumeDatabase", "Resuming Redis demo/db"),
                    ("ResumeDatabase", "Successfully resumed Redis demo/db"),
                    ("Successful", "Successfully Restarted Database"),
                }));
            Assert.That(
                bench.Events.All.Where(e => e.Type == "Warning").Select(e => e.Reason),
                Is.EqualTo(new[]
                {
                    "evict pod; ConditionStatus:True; PodName:db-0",
                    "is pod ready; ConditionStatus:False; PodName:db-0",
                    "is pod ready; ConditionStatus:True; PodName:db-0",
                }));
        });
    }

    [Test]
    public void It_takes_hardly_longer_than_the_bare_restart()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(3);
        bench.Start();
        bench.RunFor(5);
        var began = bench.Simulation.Time.Elapsed;
        bench.Ask("restart", "Restart");
        bench.RunUntil(() => bench.Request("restart").Status.Phase == "Successful");

        var bare = 3 * (bench.Cluster.Shutdown + TimeSpan.FromMilliseconds(50) + bench.Cluster.Startup + bench.Servers.CatchUp);
        Assert.That(bench.Simulation.Time.Elapsed - began, Is.LessThan(bare + (3 * TimeSpan.FromMilliseconds(300))));
    }

    [Test]
    public void A_pod_that_is_down_already_goes_first()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(3);
        var sick = bench.Pods["db-0"];
        bench.Server.Handle(
            new ApiRequest
            {
                Verb = ApiVerb.MergePatch, Type = ResourceTypes.Pod, Namespace = "demo", Name = "db-0", Subresource = "status",
                Body = Json.Parse("""{"status":{"conditions":[{"type":"Ready","status":"False"}]}}"""),
            },
            "test");
        bench.Start();
        bench.Ask("restart", "Restart", "\"apply\":\"Always\"");
        bench.RunToEnd();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("restart").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.Cluster.Made[3].Name, Is.EqualTo("db-0"));
            Assert.That(bench.Pods.Values, Does.Not.Contain(sick));
            Assert.That(bench.Cluster.MostDown, Is.EqualTo(1));
        });
    }

    [Test]
    public void A_disruption_budget_is_waited_for_and_said()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1);
        bench.Create(
            ResourceTypes.PodDisruptionBudget,
            """{"metadata":{"name":"db","namespace":"demo"},"spec":{"selector":{"matchLabels":{"app.kubernetes.io/instance":"db"}},"maxUnavailable":0}}""");
        var before = bench.Pods["db-0"];
        bench.Start();
        bench.Ask("restart", "Restart");
        bench.RunFor(30);
        var waiting = bench.Request("restart").Status.Conditions.Single(c => c.Type == "Waiting");
        Assert.Multiple(() =>
        {
            Assert.That(waiting.Reason, Is.EqualTo("DisruptionBudget"));
            Assert.That(bench.Pods["db-0"], Is.EqualTo(before));
        });

        bench.Delete(ResourceTypes.PodDisruptionBudget, "db");
        bench.RunToEnd();
        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("restart").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.ConditionsOf("restart"), Does.Not.Contain("Waiting=True"));
        });
    }

    [Test]
    public void A_step_over_its_timeout_fails_and_the_database_is_resumed()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(2);
        bench.Cluster.Startup = TimeSpan.FromHours(1);
        bench.Start();
        bench.Ask("restart", "Restart", "\"timeout\":\"2m\"");
        var began = bench.Simulation.Time.Elapsed;
        bench.RunToEnd();

        var request = bench.Request("restart");
        Assert.Multiple(() =>
        {
            Assert.That(request.Status.Phase, Is.EqualTo("Failed"));
            Assert.That(request.Status.Conditions.Single(c => c.Type == "RestartPods").Reason, Is.EqualTo("RestartPodsFailed"));
            Assert.That(request.Status.Conditions.Single(c => c.Type == "Failed").Message, Does.Contain("longer than 2 min"));
            Assert.That(bench.Simulation.Time.Elapsed - began, Is.LessThan(TimeSpan.FromMinutes(3)));
            Assert.That(bench.Cluster.MostDown, Is.EqualTo(1));
            Assert.That(Pause.IsPaused(bench.TheDatabase.Status), Is.False);
        });
    }

    [Test]
    public void A_failed_step_is_tried_as_often_as_the_request_allows()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1);
        bench.Cluster.Startup = TimeSpan.FromMinutes(5);
        bench.Start();
        bench.Ask("restart", "Restart", "\"timeout\":\"2m\",\"maxRetries\":3");
        bench.RunToEnd();

        var request = bench.Request("restart");
        Assert.Multiple(() =>
        {
            Assert.That(request.Status.Phase, Is.EqualTo("Successful"));
            Assert.That(request.Status.Conditions.Single(c => c.Type == "Retrying").Reason, Is.EqualTo("Attempt3"));
        });
    }

    [Test]
    public void Deleting_it_while_it_runs_leaves_no_pod_on_its_way_and_no_pause()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(3);
        var before = bench.Pods;
        bench.Start();
        bench.Ask("restart", "Restart");
        bench.RunUntil(() => bench.Pods.Count < 3);
        bench.Delete(RedisOpsRequest.Resource, "restart");
        bench.RunUntil(() => bench.Requests.Count == 0);

        Assert.Multiple(() =>
        {
            Assert.That(bench.Pods, Has.Count.EqualTo(3));
            Assert.That(bench.Pods.Values.Intersect(before.Values).Count(), Is.EqualTo(2));
            Assert.That(bench.Running, Is.Not.Null);
            Assert.That(Pause.IsPaused(bench.TheDatabase.Status), Is.False);
        });
    }

    [Test]
    public void A_namespace_that_is_deleted_is_not_held_up()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(3);
        bench.Start();
        bench.Ask("restart", "Restart");
        bench.RunUntil(() => bench.Pods.Count < 3);
        bench.Delete(ResourceTypes.Namespace, "demo");
        bench.RunFor(60);

        Assert.That(bench.Server.Peek(ResourceTypes.Namespace, "", "demo"), Is.Null);
    }

    [Test]
    public void Nothing_begins_before_the_Provisioner_has_answered()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1);
        bench.Cluster.Acknowledges = false;
        var before = bench.Pods["db-0"];
        var process = bench.Start();
        bench.Ask("restart", "Restart");
        bench.RunFor(60);
        Assert.Multiple(() =>
        {
            Assert.That(Pause.Holder(bench.TheDatabase.Status)?.Request.Name, Is.EqualTo("restart"));
            Assert.That(bench.Pods["db-0"], Is.EqualTo(before));
        });

        process.ProvisionerAbsent = true;
        bench.RunToEnd();
        Assert.That(bench.Request("restart").Status.Phase, Is.EqualTo("Successful"));
    }
}
