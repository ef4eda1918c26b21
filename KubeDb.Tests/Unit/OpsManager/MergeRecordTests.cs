using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Queue;
using static KubeDb.Tests.Unit.OpsManager.QueueCases;

namespace KubeDb.Tests.Unit.OpsManager;

[TestFixture]
[Category("Unit")]
public sealed class MergeRecordTests
{
    private static readonly IOpsRequest A = Request("a", "Reconfigure", 0);
    private static readonly IOpsRequest B = Request("b", "Reconfigure", 1);

    [Test]
    public void The_name_follows_from_the_sources()
    {
        var name = MergeRecord.Name("db", [A, B], static _ => null);

        Assert.Multiple(() =>
        {
            Assert.That(name, Does.Match("^db-rcfg-merged-17673230[0-9]{5}$"));
            Assert.That(MergeRecord.Name("db", [A, B], static _ => null), Is.EqualTo(name));
            Assert.That(MergeRecord.Name("db", [A, Request("c", "Reconfigure", 1)], static _ => null), Is.Not.EqualTo(name));
        });
    }

    [Test]
    public void A_name_that_something_else_has_is_not_taken()
    {
        var free = MergeRecord.Name("db", [A, B], static _ => null);
        IOpsRequest Other(string name, string from) => Request(name, "Reconfigure", 0, "Successful", annotation: from);

        Assert.Multiple(() =>
        {
            Assert.That(MergeRecord.Name("db", [A, B], n => n == free ? Other(n, "uid-x,uid-y") : null), Is.Not.EqualTo(free));
            Assert.That(MergeRecord.Name("db", [A, B], n => n == free ? Other(n, "uid-a,uid-b") : null), Is.EqualTo(free));
        });
    }

    [TestCase(52)]
    [TestCase(226)]
    [TestCase(227)]
    [TestCase(253)]
    public void The_name_is_never_too_long(int length)
    {
        // Cut anywhere, no label of it may end with a dash or a dot.
        var database = string.Concat(Enumerable.Repeat("a-.", 90))[..(length - 1)] + "z";
        var name = MergeRecord.Name(database, [A, B], static _ => null);

        Assert.That(name, Has.Length.LessThanOrEqualTo(253));
        Assert.That(name, Does.Match("[a-z]-rcfg-merged-[0-9]{13}$"));
    }

    [Test]
    public void The_end_is_that_of_the_last_request_in_a_chain_of_merges()
    {
        var m = Merged("m", "uid-a,uid-b", "Skipped", Into("n"));
        var a = Request("a", "Reconfigure", 0, "Skipped", conditions: Into("m"));
        Condition done = new() { Type = "Successful", Status = Condition.True, Message = "Done." };

        Assert.Multiple(() =>
        {
            Assert.That(MergeRecord.EndOf(a, [a, m, Merged("n", "uid-a,uid-b,uid-m,uid-c", "Progressing")]), Is.Null);
            Assert.That(MergeRecord.EndOf(a, [Merged("n", "uid-a,uid-b,uid-m,uid-c", "Successful", done), a, m]), Is.EqualTo(new MergeEnd(new("demo", "n"), done)));
            Assert.That(MergeRecord.EndOf(a, [Merged("n", "uid-a,uid-b,uid-m,uid-c", "Successful", done), a]), Is.EqualTo(new MergeEnd(new("demo", "n"), done)));
            Assert.That(MergeRecord.EndOf(a, [a, m]), Is.EqualTo(new MergeEnd(new("demo", "n"), null)));
            Assert.That(MergeRecord.EndOf(a, [a]), Is.EqualTo(new MergeEnd(new("demo", "m"), null)));
            Assert.That(MergeRecord.EndOf(a, [a, Request("m", "Reconfigure", 5)]), Is.EqualTo(new MergeEnd(new("demo", "m"), null)), "another request of that name");
        });
    }

    [TestCase("Failed")]
    [TestCase("Denied")]
    public void An_end_without_success_is_a_failure(string phase)
    {
        var a = Request("a", "Reconfigure", 0, "Skipped", conditions: Into("m"));

        Assert.That(MergeRecord.EndOf(a, [a, Merged("m", "uid-a,uid-b", phase)])!.Condition!.Type, Is.EqualTo("Failed"));
    }

    [Test]
    public void A_source_that_tells_the_end_does_not_wait_for_it_any_more()
    {
        Assert.Multiple(() =>
        {
            Assert.That(MergeRecord.AwaitsEnd(Request("a", "Reconfigure", 0, "Skipped", conditions: Into("m"))), Is.True);
            Assert.That(MergeRecord.AwaitsEnd(Request("a", "Reconfigure", 0, "Skipped", conditions: [Into("m"), Done("Successful")])), Is.False);
            Assert.That(MergeRecord.AwaitsEnd(Request("a", "Reconfigure", 0, "Skipped", conditions: [Into("m"), Done("Failed")])), Is.False);
            Assert.That(MergeRecord.AwaitsEnd(Request("a", "Restart", 0, "Skipped", conditions: Done("Skipped"))), Is.False);
        });
    }

    private static RedisOpsRequest Merged(string name, string from, string phase, params Condition[] conditions) =>
        Request(name, "Reconfigure", 9, phase, annotation: from, conditions: conditions);

    private static Condition Into(string merged) => new()
    {
        Type = "Skipped", Status = Condition.True, Reason = Reasons.ConfigurationMerged, Message = OpsConditionTypes.MergedIntoMessage($"demo/{merged}"),
    };
}
