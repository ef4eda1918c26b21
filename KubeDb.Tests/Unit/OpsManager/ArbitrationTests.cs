using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Queue;
using static KubeDb.Tests.Unit.OpsManager.QueueCases;

namespace KubeDb.Tests.Unit.OpsManager;

[TestFixture]
[Category("Unit")]
public sealed class ArbitrationTests
{
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
    public void A_request_that_would_fail_takes_the_place_of_none()
    {
        IOpsRequest[] requests = [Request("a", "VolumeExpansion", 0), Request("b", "VolumeExpansion", 1), Request("bad", "VolumeExpansion", 2)];
        var decision = Settle(Facts(Ready, requests), r => r.Metadata.Name == "bad" ? new Finding(FindingKind.Broken, "Bad", "It is bad.") : null);

        Assert.Multiple(() =>
        {
            Assert.That(decision.Skips.Select(s => s.Request.Metadata.Name), Is.EqualTo(new[] { "a" }));
            Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("b"));
            Assert.That(decision.Waits.Single().Request.Metadata.Name, Is.EqualTo("bad"));
        });
    }

    [Test]
    public void Nothing_is_skipped_or_merged_before_it_is_checked()
    {
        Assert.Multiple(() =>
        {
            var skipping = Arbitration.Decide(Facts(Ready, Request("a", "Restart", 0), Request("b", "Restart", 1)));
            Assert.That(skipping.Skips, Is.Empty);
            Assert.That(skipping.Checks.Select(c => c.Metadata.Name), Is.EqualTo(new[] { "b" }));
            var merging = Arbitration.Decide(Facts(Ready, Request("a", "Reconfigure", 0), Request("b", "Reconfigure", 1)));
            Assert.That(merging.Merge, Is.Null);
            Assert.That(merging.Checks.Select(c => c.Metadata.Name), Is.EqualTo(new[] { "a", "b" }));
        });
    }

    [Test]
    public void What_waits_for_something_of_its_own_holds_up_nothing()
    {
        IOpsRequest[] requests = [Request("a", "Reconfigure", 0), Request("b", "Reconfigure", 1), Request("c", "Reconfigure", 2), Request("d", "Restart", 3)];
        var decision = Settle(Facts(Ready, requests), r => r.Metadata.Name == "a" ? new Finding(FindingKind.Waits, "NotYet", "Not yet.") : null);

        Assert.Multiple(() =>
        {
            Assert.That(decision.Merge!.Sources.Select(s => s.Metadata.Name), Is.EqualTo(new[] { "b", "c" }));
            var alone = Settle(Facts(Ready, requests[0], requests[3]) with
            {
                Findings = new Dictionary<string, Finding> { ["uid-a"] = new(FindingKind.Waits, "NotYet", "Not yet.") },
            });
            Assert.That(alone.Run?.Metadata.Name, Is.EqualTo("d"));
            Assert.That(alone.Waits.Select(w => (w.Request.Metadata.Name, w.Reason, w.Message)), Is.EqualTo(new[] { ("a", "NotYet", "Not yet.") }));
        });
    }

    [TestCase("Restart")]
    [TestCase("Reconfigure")]
    public void A_repair_is_neither_skipped_for_nor_merged_with_one_that_can_not_start(string type)
    {
        var decision = Decide(
            Ready with { Phase = "Critical" }, Request("before", type, 0), Request("repair", type, 1, apply: "Always"), Request("after", type, 2));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("repair"));
            Assert.That(decision.Merge, Is.Null);
            Assert.That(decision.Skips, Is.Empty);
            Assert.That(decision.Waits.Select(w => w.Reason), Is.All.EqualTo("DatabaseNotReady"));
        });
    }

    [Test]
    public void An_edited_request_fails_unless_it_runs()
    {
        var edited = Request("a", "Restart", 0);
        edited = edited with { Metadata = edited.Metadata with { Generation = 3 }, Status = edited.Status with { ObservedGeneration = 1 } };
        var waiting = Decide(Ready, edited, Request("b", "Reconfigure", 1));
        var running = Decide(Ready, edited with { Status = edited.Status with { Phase = "Progressing" } });
        var behind = Decide(Ready, Request("run", "Reconfigure", 0, "Progressing"), edited);

        Assert.Multiple(() =>
        {
            Assert.That(waiting.Failures.Select(f => (f.Request.Metadata.Name, f.Reason)), Is.EqualTo(new[] { ("a", "OpsSpecImmutable") }));
            Assert.That(waiting.Failures[0].Message, Does.Contain("create another RedisOpsRequest"));
            Assert.That(waiting.Run?.Metadata.Name, Is.EqualTo("b"));
            Assert.That(running.Run?.Metadata.Name, Is.EqualTo("a"));
            Assert.That(running.Failures, Is.Empty);
            Assert.That(behind.Failures.Select(f => f.Request.Metadata.Name), Is.EqualTo(new[] { "a" }));
        });
    }

    [Test]
    public void Deleting_a_request_is_no_edit()
    {
        var deleted = Request("a", "Restart", 0);
        deleted = deleted with
        {
            Metadata = deleted.Metadata with { Generation = 2, DeletionTimestamp = Start },
            Status = deleted.Status with { ObservedGeneration = 1 },
        };

        Assert.Multiple(() =>
        {
            Assert.That(AcceptedGeneration.IsEdited(deleted), Is.False);
            Assert.That(AcceptedGeneration.IsEdited(deleted with { Metadata = deleted.Metadata with { Generation = 3 } }), Is.True);
        });
    }

    [Test]
    public void A_request_waits_some_minutes_for_a_database_that_does_not_exist_yet()
    {
        var missing = Ready with { Exists = false };
        IOpsRequest request = Request("a", "Restart", 0);
        Decision After(double minutes) =>
            Settle(Facts(missing, request) with { Missing = new Dictionary<string, TimeSpan> { ["uid-a"] = TimeSpan.FromMinutes(minutes) } });

        Assert.Multiple(() =>
        {
            Assert.That(After(0).Waits.Select(w => w.Reason), Is.EqualTo(new[] { "DatabaseNotFound" }));
            Assert.That(After(4.9).Failures, Is.Empty);
            Assert.That(After(5).Failures.Select(f => (f.Reason, f.Message)), Is.EqualTo(new[] { ("DatabaseNotFound", "spec.databaseRef demo/db, is invalid or not found") }));
        });
    }

    [Test]
    public void A_request_that_names_no_database_fails_at_once() => Assert.That(
        Decide(Ready with { Exists = false, Key = new("demo", "") }, Request("a", "Restart", 0)).Failures.Select(f => f.Reason),
        Is.EqualTo(new[] { "DatabaseNotFound" }));

    [TestCase("Progressing", null)]
    [TestCase("Pending", "AnotherRequestRuns")]
    public void A_request_whose_database_was_deleted_under_it_fails_at_once(string phase, string? waitedFor)
    {
        Condition[] conditions = waitedFor is null ? [] : [new Condition { Type = "Waiting", Status = Condition.True, Reason = waitedFor }];
        var decision = Decide(Ready with { Exists = false }, Request("a", "Restart", 0, phase, conditions: conditions));

        Assert.That(decision.Failures.Select(f => f.Reason), Is.EqualTo(new[] { "DatabaseDeleting" }));
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
}
