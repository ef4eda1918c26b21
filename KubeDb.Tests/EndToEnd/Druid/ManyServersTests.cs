using System.Diagnostics;

namespace KubeDb.Tests.EndToEnd.Druid;

/// <summary>Where each role has a second server, and each segment a second copy, queries are answered throughout a restart and a change of configuration.</summary>
[TestFixture]
[Category("Full")]
public sealed class ManyServersTests : DruidTest
{
    private const string Name = "druid-many";

    [SetUp]
    public Task NeedsImages() => RequireImageAsync("druidversion", Druid33);

    [Test]
    public async Task Queries_are_answered_throughout_where_each_role_has_a_second_server()
    {
        await Apply(Small(Name, Druid33, each: 2));
        await ClusterIs(Name, "Ready");
        using var client = await ClientAsync(Name);
        await IngestAsync(client, "wikipedia", 3);
        await Eventually(async () => await CopiesAsync(client, "wikipedia") == 2, "each segment has a second copy", TimeSpan.FromMinutes(3));
        var before = await PodsAsync(Name);
        await using var queries = await QueriesAsync(Name, "wikipedia");

        await Carry("restart", "Restart", "apply: Always");
        TestContext.Out.WriteLine($"restart, two servers of a role: {queries}");
        await Carry("dr-reconfigure", "Reconfigure", "configuration: {applyConfig: {historicals.properties: \"druid.historical.cache.useCache=false\", brokers.properties: \"druid.broker.http.numConnections=15\"} }");
        TestContext.Out.WriteLine($"through both: {queries}");
        var after = await PodsAsync(Name);
        Assert.Multiple(async () =>
        {
            Assert.That(after.Values.Select(p => p.Metadata.Uid).Intersect(before.Values.Select(p => p.Metadata.Uid)), Is.Empty, "every server is new");
            Assert.That(queries.Failed, Is.Zero, "no query failed after one retry");
            Assert.That(queries.FewestRows, Is.EqualTo(3), "no answer lacked rows");
            Assert.That(await PropertyAsync(Name, "brokers", "druid.broker.http.numConnections"), Is.EqualTo("15"));
        });
    }

    private async Task Carry(string request, string type, string rest)
    {
        var clock = Stopwatch.StartNew();
        await Apply(Request(request, type, Name, rest));
        await Succeeds(request);
        TestContext.Out.WriteLine($"{request}: {clock.Elapsed.TotalSeconds:F1} s");
        await ClusterIs(Name, "Ready");
    }
}
