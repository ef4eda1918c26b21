using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using Condition = KubeDb.Api.Kinds.Shared.Condition;

namespace KubeDb.Tests.Machine.OpsManager;

[TestFixture]
[Category("Machine")]
public sealed class ReconfigureTests
{
    [Test]
    public void What_can_be_changed_live_restarts_no_pod()
    {
        var bench = Bench("live-clients 500");
        var before = bench.Pods;
        bench.Start();
        bench.AskFor("reconfigure", "live-clients 2000");
        bench.RunToEnd();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("reconfigure").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.Running, Is.EqualTo("live-clients 2000"));
            Assert.That(bench.Pods, Is.EqualTo(before));
            Assert.That(bench.TheDatabase.Spec.Configuration!.Inline![DoubleServers.File], Is.EqualTo("live-clients 2000"));
            Assert.That(
                bench.ConditionsOf("reconfigure"),
                Is.EqualTo(new[] { "Reconfigure=True", "patchedSecret=True", "UpdatePetSets=True", "ReconfigureLive=True", "Successful=True" }));
            Assert.That(Pause.IsPaused(bench.TheDatabase.Status), Is.False);
        });
    }

    [Test]
    public void What_takes_effect_only_at_start_restarts_the_pods()
    {
        var bench = Bench("databases 10");
        var before = bench.Pods;
        bench.Start();
        bench.AskFor("reconfigure", "databases 12");
        bench.RunToEnd();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("reconfigure").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.Running, Is.EqualTo("databases 12"));
            Assert.That(bench.Pods.Values.Intersect(before.Values), Is.Empty);
            Assert.That(bench.Cluster.Made, Has.Count.EqualTo(4));
            Assert.That(bench.Cluster.MostDown, Is.EqualTo(1));
            Assert.That(bench.ConditionsOf("reconfigure").TakeLast(2), Is.EqualTo(new[] { "RestartPods=True", "Successful=True" }));
            Assert.That(bench.Events.All[^1], Is.EqualTo(("reconfigure", "Normal", "Successful", "Successfully Reconfigured Database")));
        });
    }

    [Test]
    public void With_restart_true_the_pods_are_restarted_in_any_case()
    {
        var bench = Bench("live-clients 500");
        bench.Start();
        bench.AskFor("reconfigure", "live-clients 2000", "\"restart\":\"true\"");
        bench.RunToEnd();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("reconfigure").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.Cluster.Made, Has.Count.EqualTo(4));
            Assert.That(bench.Servers.LiveChanges, Is.Zero);
            Assert.That(bench.Running, Is.EqualTo("live-clients 2000"));
        });
    }

    [Test]
    public void With_restart_false_no_pod_is_restarted_and_what_is_not_live_is_said()
    {
        var bench = Bench("databases 10");
        bench.Start();
        bench.AskFor("reconfigure", "databases 12", "\"restart\":\"false\"");
        bench.RunToEnd();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("reconfigure").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.Cluster.Made, Has.Count.EqualTo(2));
            Assert.That(bench.Running, Is.EqualTo("databases 10"));
            Assert.That(bench.Request("reconfigure").Status.Conditions[^1].Message, Does.StartWith("Successfully completed the modification process.").And.Contains("databases"));
        });
    }

    [Test]
    public void Removing_the_configuration_also_removes_the_older_field_that_would_bring_it_back()
    {
        var bench = Bench("live-clients 500");
        bench.Server.Handle(
            new ApiRequest
            {
                Verb = ApiVerb.MergePatch, Type = Redis.Resource, Namespace = "demo", Name = "db",
                Body = Json.Parse("""{"spec":{"configSecret":{"name":"old"}}}"""),
            },
            "test");
        bench.Start();
        bench.Ask("remove", "Reconfigure", "\"configuration\":{\"removeCustomConfig\":true}");
        bench.RunToEnd();

        var spec = bench.Server.Peek(Redis.Resource, "demo", "db")!["spec"]!.AsObject();
        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("remove").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(spec.ContainsKey("configuration"), Is.False);
            Assert.That(spec.ContainsKey("configSecret"), Is.False);
            Assert.That(bench.Running, Is.Empty);
        });
    }

    [Test]
    public void A_configuration_that_keeps_servers_from_starting_is_rolled_back_with_their_own_words()
    {
        var bench = Bench("databases 10");
        bench.Start();
        bench.AskFor("reconfigure", "crash yes");
        var began = bench.Simulation.Time.Elapsed;
        bench.RunToEnd();

        var request = bench.Request("reconfigure");
        var failed = request.Status.Conditions.Single(c => c.Type == "Failed");
        Assert.Multiple(() =>
        {
            Assert.That(request.Status.Phase, Is.EqualTo("Failed"));
            Assert.That(failed.Reason, Is.EqualTo("RestartPodsFailed"));
            Assert.That(failed.Message, Does.Contain("*** FATAL CONFIG FILE ERROR (Redis 8.2.2) ***").And.Contains("Bad directive"));
            Assert.That(failed.Message, Does.Not.Contain("hunter2"));
            Assert.That(bench.Events.All.Select(e => e.Message), Has.None.Contains("hunter2"));
            Assert.That(bench.TheDatabase.Spec.Configuration!.Inline![DoubleServers.File], Is.EqualTo("databases 10"));
            Assert.That(bench.Running, Is.EqualTo("databases 10"));
            Assert.That(bench.Cluster.MostDown, Is.EqualTo(1));
            Assert.That(Pause.IsPaused(bench.TheDatabase.Status), Is.False);
            Assert.That(bench.Simulation.Time.Elapsed - began, Is.LessThan(TimeSpan.FromSeconds(30)));
        });
    }

    [Test]
    public void The_way_back_is_open_although_a_disruption_budget_protects_the_broken_pod()
    {
        var bench = Bench("databases 10", replicas: 1);
        bench.Start();
        bench.AskFor("reconfigure", "crash yes");
        bench.RunUntil(() => bench.Cluster.Made.Count == 2);
        bench.Create(
            ResourceTypes.PodDisruptionBudget,
            """{"metadata":{"name":"db","namespace":"demo"},"spec":{"selector":{"matchLabels":{"app.kubernetes.io/instance":"db"}},"maxUnavailable":1}}""");
        bench.RunToEnd();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("reconfigure").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(bench.Running, Is.EqualTo("databases 10"));
        });
    }

    [Test]
    public void A_value_that_the_server_refuses_fails_with_its_words_and_restarts_nothing()
    {
        var bench = Bench("live-clients 500");
        var before = bench.Pods;
        bench.Start();
        bench.AskFor("reconfigure", "live-clients refused");
        bench.RunToEnd();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("reconfigure").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(bench.Request("reconfigure").Status.Conditions.Single(c => c.Type == "Failed").Message, Does.Contain("ERR CONFIG SET failed"));
            Assert.That(bench.Pods, Is.EqualTo(before));
            Assert.That(bench.Running, Is.EqualTo("live-clients 500"));
            Assert.That(bench.TheDatabase.Spec.Configuration!.Inline![DoubleServers.File], Is.EqualTo("live-clients 500"));
        });
    }

    [TestCase("\"applyConfig\":{\"redis.conf\":\"unknown 1\"}", "UnknownDirective", "not known to the server")]
    [TestCase("\"configSecret\":{\"name\":\"missing\"}", "SecretNotFound", "Secret demo/missing, which does not exist")]
    public void Bad_input_fails_before_the_database_is_touched(string block, string reason, string message)
    {
        var bench = Bench("live-clients 500");
        bench.Start();
        bench.RunFor(1);
        var version = bench.TheDatabase.Metadata.ResourceVersion;
        bench.Ask("bad", "Reconfigure", $"\"configuration\":{{{block}}}");
        bench.RunToEnd();

        var failed = bench.Request("bad").Status.Conditions.Single();
        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("bad").Status.Phase, Is.EqualTo("Failed"));
            Assert.That((failed.Type, failed.Status, failed.Reason), Is.EqualTo(("Failed", Condition.True, reason)));
            Assert.That(failed.Message, Does.Contain(message));
            Assert.That(bench.TheDatabase.Metadata.ResourceVersion, Is.EqualTo(version));
        });
    }

    [Test]
    public void Deleting_it_while_pods_restart_brings_the_old_configuration_back()
    {
        var bench = Bench("databases 10");
        bench.Start();
        bench.AskFor("reconfigure", "databases 12");
        bench.RunUntil(() => bench.Cluster.Made.Count == 3);
        bench.Delete(RedisOpsRequest.Resource, "reconfigure");
        bench.RunUntil(() => bench.Requests.Count == 0);

        Assert.Multiple(() =>
        {
            Assert.That(bench.Running, Is.EqualTo("databases 10"));
            Assert.That(bench.TheDatabase.Spec.Configuration!.Inline![DoubleServers.File], Is.EqualTo("databases 10"));
            Assert.That(Pause.IsPaused(bench.TheDatabase.Status), Is.False);
            Assert.That(bench.Cluster.MostDown, Is.EqualTo(1));
        });
    }

    private static OpsBench Bench(string inline, int replicas = 2)
    {
        var bench = new OpsBench();
        bench.HaveDatabase(replicas, inline);
        return bench;
    }
}
