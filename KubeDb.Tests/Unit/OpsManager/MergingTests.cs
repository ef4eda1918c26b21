using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Queue;
using static KubeDb.Tests.Unit.OpsManager.QueueCases;

namespace KubeDb.Tests.Unit.OpsManager;

[TestFixture]
[Category("Unit")]
public sealed class MergingTests
{
    [Test]
    public void Waiting_Reconfigures_are_merged_oldest_first_an_already_merged_one_before_all()
    {
        var merged = Request("m", "Reconfigure", 30, annotation: "uid-x,uid-y", conditions: Done(OpsConditionTypes.OriginalOpsSkipped));
        var decision = Decide(Ready, Request("b", "Reconfigure", 20), merged, Request("a", "Reconfigure", 10));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Run, Is.Null);
            Assert.That(decision.Merge!.Sources.Select(s => s.Metadata.Name), Is.EqualTo(new[] { "m", "a", "b" }));
            Assert.That(decision.Merge.Configuration, Is.Not.Null);
        });
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
    public void A_merge_that_is_being_deleted_does_not_go_on()
    {
        var merged = Request("db-rcfg-merged-1", "Reconfigure", 30, annotation: "uid-a,uid-b");
        merged = merged with { Metadata = merged.Metadata with { DeletionTimestamp = Start } };
        var decision = Decide(Ready, merged, Request("a", "Reconfigure", 0, "Skipped"), Request("b", "Reconfigure", 1));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Merge, Is.Null);
            Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("b"));
        });
    }

    [TestCase("restart")]
    [TestCase("apply")]
    [TestCase("timeout")]
    [TestCase("maxRetries")]
    public void Reconfigures_that_ask_for_something_else_run_one_after_the_other(string differs)
    {
        var other = Request("b", "Reconfigure", 1);
        other = other with
        {
            Spec = other.Spec with
            {
                Configuration = differs == "restart" ? new RedisReconfigure { Restart = "false" } : other.Spec.Configuration,
                Apply = differs == "apply" ? "Always" : null,
                Timeout = differs == "timeout" ? "5m" : null,
                MaxRetries = differs == "maxRetries" ? 3 : null,
            },
        };
        var decision = Decide(Ready, Request("a", "Reconfigure", 0), other);

        Assert.Multiple(() =>
        {
            Assert.That(decision.Merge, Is.Null);
            Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("a"));
            Assert.That(decision.Waits.Single().Request.Metadata.Name, Is.EqualTo("b"));
        });
    }

    [TestCase("Reconfigure", ExpectedResult = "")]
    [TestCase("VerticalScaling", ExpectedResult = "")]
    [TestCase("Restart", ExpectedResult = "a,c")]
    public string Nothing_is_merged_past_a_request_that_counts_in_between(string type)
    {
        var between = Request("b", type, 1);
        between = between with { Spec = between.Spec with { Configuration = new RedisReconfigure { Restart = "false" } } };
        var decision = Decide(Ready, Request("a", "Reconfigure", 0), between, Request("c", "Reconfigure", 2));

        return string.Join(',', decision.Merge?.Sources.Select(s => s.Metadata.Name) ?? []);
    }

    [TestCase(4, ExpectedResult = "a,b,c,d")]
    [TestCase(3, ExpectedResult = "a,b,c")]
    [TestCase(1, ExpectedResult = "")]
    public string What_can_not_be_expressed_as_one_is_not_merged(int most)
    {
        var facts = Facts(Ready, [.. "abcd".Select((name, i) => Request(name.ToString(), "Reconfigure", i))]) with
        {
            Merge = sources => sources.Count <= most ? [] : null,
        };
        var decision = Settle(facts);

        Assert.That(decision.Run?.Metadata.Name, Is.EqualTo(most < 2 ? "a" : null));
        return string.Join(',', decision.Merge?.Sources.Select(s => s.Metadata.Name) ?? []);
    }

    [Test]
    public void A_broken_Reconfigure_fails_alone_and_the_others_are_merged()
    {
        IOpsRequest[] requests = [Request("a", "Reconfigure", 0), Request("b", "Reconfigure", 1), Request("c", "Reconfigure", 2)];
        var decision = Settle(Facts(Ready, requests), r => r.Metadata.Name == "b" ? new Finding(FindingKind.Broken, "Bad", "It is bad.") : null);

        Assert.Multiple(() =>
        {
            Assert.That(decision.Failures.Select(f => (f.Request.Metadata.Name, f.Reason, f.Message)), Is.EqualTo(new[] { ("b", "Bad", "It is bad.") }));
            Assert.That(decision.Merge!.Sources.Select(s => s.Metadata.Name), Is.EqualTo(new[] { "a", "c" }));
        });
    }

    [Test]
    public void A_merged_request_has_the_place_of_its_oldest_source()
    {
        var merged = Request("db-rcfg-merged-1", "Reconfigure", 30, annotation: "uid-a,uid-c", conditions: Done(OpsConditionTypes.OriginalOpsSkipped));
        merged = merged with
        {
            Metadata = merged.Metadata with
            {
                Annotations = new Dictionary<string, string>(merged.Metadata.Annotations)
                {
                    [MergeRecord.PlaceAnnotation] = MergeRecord.Place([Request("a", "Reconfigure", 10), Request("c", "Reconfigure", 15)]),
                },
            },
        };
        var decision = Decide(Ready, merged, Request("older", "UpdateVersion", 9), Request("newer", "VerticalScaling", 11));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Run?.Metadata.Name, Is.EqualTo("older"));
            Assert.That(decision.Waits.Select(w => w.Request.Metadata.Name), Is.EqualTo(new[] { "db-rcfg-merged-1", "newer" }));
        });
    }
}
