using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.OpsManager;

[TestFixture]
[Category("Machine")]
public sealed class QueueTests
{
    [Test]
    public void Two_Reconfigures_at_once_become_one()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1, "live-a 1");
        bench.AskFor("first", "live-a 2\nlive-b 2");
        bench.RunFor(2);
        bench.AskFor("second", "live-b 3");
        bench.Start();
        bench.RunToEnd();

        var merged = bench.Requests.Select(r => r.Name()).Single(n => n.StartsWith("db-rcfg-merged-", StringComparison.Ordinal));
        var skipped = bench.Request("first").Status.Conditions.Single(c => c.Type == "Skipped");
        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("first").Status.Phase, Is.EqualTo("Skipped"));
            Assert.That(bench.Request("second").Status.Phase, Is.EqualTo("Skipped"));
            Assert.That(skipped.Reason, Is.EqualTo("ConfigurationMerged"));
            Assert.That(skipped.Message, Is.EqualTo($"Configuration merged into newly created ops request demo/{merged}"));
            Assert.That(bench.Request(merged).Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.ConditionsOf(merged).Take(2), Is.EqualTo(new[] { "MergedFromOps=True", "OriginalOpsSkipped=True" }));
            Assert.That(bench.Request(merged).Status.Conditions[0].Message, Is.EqualTo("first,second"));
            Assert.That(bench.Running, Is.EqualTo("live-a 2\nlive-b 3"));
        });
    }

    [Test]
    public void Of_two_Restarts_at_once_the_newer_one_runs()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1);
        bench.Ask("first", "Restart");
        bench.RunFor(2);
        bench.Ask("second", "Restart");
        bench.Start();
        bench.RunToEnd();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("first").Status.Phase, Is.EqualTo("Skipped"));
            Assert.That(bench.Request("first").Status.Conditions.Single().Message, Does.StartWith("skipped as demo/second is the most updated RedisOpsRequest of type Restart at 2026-"));
            Assert.That(bench.Request("second").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.Cluster.Made, Has.Count.EqualTo(2));
        });
    }

    [Test]
    public void Requests_of_different_types_run_one_after_the_other()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1, "databases 10");
        bench.Start();
        bench.Ask("first", "Restart");
        bench.RunFor(1);
        bench.AskFor("second", "databases 12");
        bench.RunFor(1);
        Assert.That(bench.Request("second").Status.Conditions.Single().Reason, Is.EqualTo("AnotherRequestRuns"));
        bench.RunToEnd();

        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("first").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.Request("second").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.Running, Is.EqualTo("databases 12"));
            Assert.That(bench.Cluster.Made, Has.Count.EqualTo(3));
        });
    }

    [Test]
    public void A_request_for_a_missing_database_fails_with_the_documented_text()
    {
        var bench = new OpsBench();
        bench.Start();
        bench.Ask("restart", "Restart", database: "nobody");
        bench.RunToEnd();

        var failed = bench.Request("restart").Status.Conditions.Single();
        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("restart").Status.Phase, Is.EqualTo("Failed"));
            Assert.That((failed.Type, failed.Reason), Is.EqualTo(("Failed", "DatabaseNotFound")));
            Assert.That(failed.Message, Is.EqualTo("spec.databaseRef demo/nobody, is invalid or not found"));
        });
    }

    [Test]
    public void A_type_that_is_not_carried_out_fails_at_once()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1);
        bench.Start();
        bench.Ask("announce", "Announce");
        bench.RunToEnd();

        Assert.That(bench.Request("announce").Status.Conditions.Single().Reason, Is.EqualTo("TypeNotSupported"));
    }

    [Test]
    public void It_waits_until_the_database_is_Ready_unless_told_otherwise()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1);
        bench.SetPhase("Critical");
        bench.Start();
        bench.Ask("patient", "Restart");
        bench.RunFor(30);
        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("patient").Status.Phase, Is.EqualTo("Pending"));
            Assert.That(bench.Request("patient").Status.Conditions.Single().Reason, Is.EqualTo("DatabaseNotReady"));
        });

        bench.AskFor("repair", "databases 3", "\"restart\":\"true\"");
        bench.RunFor(1);
        Assert.That(bench.Request("repair").Status.Conditions.Single().Reason, Is.EqualTo("DatabaseNotReady"));

        bench.SetPhase("Ready");
        bench.RunToEnd();
        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("patient").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.ConditionsOf("patient"), Does.Not.Contain("Waiting=True"));
        });
    }

    [Test]
    public void A_halted_database_is_left_alone()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1);
        Halt(bench, true);
        bench.Start();
        bench.Ask("restart", "Restart", "\"apply\":\"Always\"");
        bench.RunFor(30);
        Assert.That(bench.Request("restart").Status.Conditions.Single().Reason, Is.EqualTo("DatabaseHalted"));

        Halt(bench, false);
        bench.RunToEnd();
        Assert.That(bench.Request("restart").Status.Phase, Is.EqualTo("Successful"));
    }

    [Test]
    public void A_pause_whose_request_is_gone_is_removed()
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1);
        bench.Simulation.Run(
            () => Pause.AcquireAsync(
                bench.Server.Connect("earlier"),
                bench.TheDatabase,
                new PauseHolder("RedisOpsRequest", new ObjectKey("demo", "gone"), "no-such-uid"),
                bench.Simulation.Time.GetUtcNow(),
                CancellationToken.None),
            TimeSpan.FromMinutes(1));
        Assert.That(Pause.IsPaused(bench.TheDatabase.Status), Is.True);
        bench.Start();
        bench.RunFor(5);

        Assert.That(Pause.IsPaused(bench.TheDatabase.Status), Is.False);
    }

    private static void Halt(OpsBench bench, bool halted) =>
        bench.Server.Handle(
            new ApiRequest
            {
                Verb = ApiVerb.MergePatch, Type = Redis.Resource, Namespace = "demo", Name = "db",
                Body = Json.Parse($$"""{"spec":{"halted":{{(halted ? "true" : "false")}}} }"""),
            },
            "test");
}
