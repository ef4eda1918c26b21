using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Queue;

namespace KubeDb.Tests.Unit.OpsManager;

[TestFixture]
[Category("Unit")]
public sealed class ArbitrationTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly DatabaseState Ready = new() { Kind = "Redis", Key = new("demo", "db"), Exists = true, Phase = "Ready" };

    [Test]
    public void Nothing_open_is_nothing_to_do()
    {
        var decision = Decide(Ready, Request("a", "Restart", 0, "Successful"), Request("b", "Restart", 1, "Failed"), Request("c", "Restart", 2, "Skipped"));

        Assert.That(decision, Is.EqualTo(Decision.Nothing));
    }

    [Test]
    public void The_oldest_of_different_types_runs_whatever_the_order_they_are_seen_in()
    {
        IOpsRequest[] requests = [Request("c", "Restart", 0), Request("b", "Reconfigure", 5), Request("a", "VerticalScaling", 9)];
        foreach (var order in new[] { new[] { 0, 1, 2 }, [2, 1, 0], [1, 2, 0] })
        {
            var decision = Decide(Ready, [.. order.Select(i => requests[i])]);
            Assert.Multiple(() =>
            {
                Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("c"));
                Assert.That(decision.Waits.Select(w => (w.Request.Metadata.Name, w.Reason)), Is.EqualTo(new[] { ("b", "AnotherRequestRuns"), ("a", "AnotherRequestRuns") }));
            });
        }
    }

    [Test]
    public void Of_one_type_all_but_the_newest_are_skipped_with_the_documented_sentence()
    {
        var decision = Decide(Ready, Request("a", "Restart", 0), Request("b", "Restart", 60), Request("c", "Restart", 61));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("c"));
            Assert.That(decision.Skips.Select(s => s.Request.Metadata.Name), Is.EqualTo(new[] { "a", "b" }));
            Assert.That(decision.Skips[0].Reason, Is.EqualTo("Skipped"));
            Assert.That(decision.Skips[0].Message, Is.EqualTo("skipped as demo/c is the most updated RedisOpsRequest of type Restart at 2026-01-02T03:05:06Z"));
        });
    }

    [Test]
    public void Created_within_one_second_the_name_decides()
    {
        var decision = Decide(Ready, Request("b", "Restart", 0), Request("a", "Restart", 0));

        Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("b"));
    }

    [Test]
    public void While_one_runs_the_others_wait_and_none_is_skipped_or_merged()
    {
        var decision = Decide(
            Ready, Request("run", "Restart", 5, "Progressing"), Request("a", "Restart", 0), Request("b", "Restart", 1), Request("c", "Reconfigure", 2), Request("d", "Reconfigure", 3));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("run"));
            Assert.That(decision.Skips, Is.Empty);
            Assert.That(decision.Merge, Is.Null);
            Assert.That(decision.Waits, Has.Count.EqualTo(4));
        });
    }

    [Test]
    public void The_holder_of_the_pause_is_the_one_that_runs()
    {
        var decision = Decide(Ready with { HeldBy = "uid-b" }, Request("a", "Restart", 0, "Progressing"), Request("b", "Reconfigure", 1, "Progressing"));

        Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("b"));
    }

    [Test]
    public void Waiting_Reconfigures_are_merged_oldest_first_an_already_merged_one_before_all()
    {
        var merged = Request("m", "Reconfigure", 30, annotation: "uid-x,uid-y", conditions: Done(OpsConditionTypes.OriginalOpsSkipped));
        var decision = Decide(Ready, Request("b", "Reconfigure", 20), merged, Request("a", "Reconfigure", 10));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Run, Is.Null);
            Assert.That(decision.Merge!.Sources.Select(s => s.Metadata.Name), Is.EqualTo(new[] { "m", "a", "b" }));
            Assert.That(decision.Merge.Name, Does.Match("^db-rcfg-merged-17673230[0-9]{5}$"));
        });
    }

    [Test]
    public void The_name_of_a_merge_follows_from_its_sources()
    {
        var first = Decide(Ready, Request("a", "Reconfigure", 0), Request("b", "Reconfigure", 1)).Merge!;
        var again = Decide(Ready, Request("b", "Reconfigure", 1), Request("a", "Reconfigure", 0)).Merge!;
        var other = Decide(Ready, Request("a", "Reconfigure", 0), Request("c", "Reconfigure", 1)).Merge!;

        Assert.Multiple(() =>
        {
            Assert.That(again.Name, Is.EqualTo(first.Name));
            Assert.That(other.Name, Is.Not.EqualTo(first.Name));
        });
    }

    [Test]
    public void A_name_that_another_merge_has_is_not_taken()
    {
        var free = Decide(Ready, Request("a", "Reconfigure", 0), Request("b", "Reconfigure", 1)).Merge!.Name;
        var taken = Request(free, "Reconfigure", 0, "Successful", annotation: "uid-x,uid-y");

        Assert.That(Decide(Ready, Request("a", "Reconfigure", 0), Request("b", "Reconfigure", 1), taken).Merge!.Name, Is.Not.EqualTo(free));
    }

    [Test]
    public void A_merge_that_was_begun_goes_on_with_what_is_left_of_it()
    {
        var merged = Request("db-rcfg-merged-1", "Reconfigure", 30, annotation: "uid-a,uid-b");
        var decision = Decide(Ready, merged, Request("a", "Reconfigure", 0, "Skipped"), Request("b", "Reconfigure", 1), Request("late", "Reconfigure", 40));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Merge!.Created, Is.SameAs(merged));
            Assert.That(decision.Merge.Sources.Select(s => s.Metadata.Name), Is.EqualTo(new[] { "b" }));
            Assert.That(decision.Run, Is.Null);
        });
    }

    [Test]
    public void For_a_missing_database_every_request_fails_and_one_that_began_says_that_it_was_deleted()
    {
        var decision = Decide(Ready with { Exists = false }, Request("a", "Restart", 0, ""), Request("b", "Reconfigure", 1, "Progressing"));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Failures.Select(f => f.Reason), Is.EqualTo(new[] { "DatabaseNotFound", "DatabaseDeleting" }));
            Assert.That(decision.Failures[0].Message, Is.EqualTo("spec.databaseRef demo/db, is invalid or not found"));
        });
    }

    [TestCase("", "DatabaseNotReady")]
    [TestCase("Provisioning", "DatabaseNotReady")]
    [TestCase("Critical", "DatabaseNotReady")]
    public void IfReady_waits_in_any_other_phase(string phase, string reason)
    {
        var decision = Decide(Ready with { Phase = phase }, Request("a", "Restart", 0));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Run, Is.Null);
            Assert.That(decision.Waits.Single().Reason, Is.EqualTo(reason));
        });
    }

    [Test]
    public void One_that_runs_in_any_phase_overtakes_one_that_waits_for_Ready()
    {
        var decision = Decide(Ready with { Phase = "NotReady" }, Request("a", "Restart", 0), Request("b", "Reconfigure", 1, apply: "Always"));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("b"));
            Assert.That(decision.Waits.Single().Request.Metadata.Name, Is.EqualTo("a"));
        });
    }

    [Test]
    public void On_a_halted_database_nothing_begins_but_what_runs_goes_on()
    {
        var halted = Ready with { IsHalted = true };

        Assert.Multiple(() =>
        {
            Assert.That(Decide(halted, Request("a", "Restart", 0, apply: "Always")).Waits.Single().Reason, Is.EqualTo("DatabaseHalted"));
            Assert.That(Decide(halted, Request("a", "Restart", 0, "Progressing")).Run, Is.Not.Null);
        });
    }

    [TestCase("WaitingForApproval")]
    [TestCase("Denied")]
    public void Phases_that_others_drive_are_left_alone(string phase) =>
        Assert.That(Decide(Ready, Request("a", "Restart", 0, phase)).Run, Is.Null);

    private static Decision Decide(DatabaseState database, params IOpsRequest[] requests) => Arbitration.Decide("RedisOpsRequest", requests, database);

    private static Condition Done(string type) => new() { Type = type, Status = Condition.True };

    private static RedisOpsRequest Request(
        string name, string type, int second, string phase = "Pending", string? apply = null, string? annotation = null, params Condition[] conditions) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = "demo",
            Name = name,
            Uid = $"uid-{name}",
            CreationTimestamp = Start.AddSeconds(second),
            Annotations = annotation is null ? new Dictionary<string, string>() : new() { [MergeRecord.Annotation] = annotation },
        },
        Spec = new RedisOpsRequestSpec { Type = type, Apply = apply, DatabaseRef = new LocalReference { Name = "db" } },
        Status = new OpsRequestStatus { Phase = phase, Conditions = conditions },
    };
}
