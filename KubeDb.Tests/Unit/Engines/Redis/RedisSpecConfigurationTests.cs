using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Tests.Support;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

/// <summary>What can be said of the configuration in a spec, with and without a server to ask.</summary>
[TestFixture]
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RedisSpecConfigurationTests
{
    private readonly FakeServers _servers = new();
    private readonly FakeParameters _parameters = new(7);

    // The table is complete for 7.2 and ends before 8.2.
    [TestCase("7.2.4", "maxmemroy 1mb", "refused")]
    [TestCase("8.2.2", "maxmemroy 1mb", "refused")]
    [TestCase("7.2.4", "tomorrow-setting 1", "refused")]
    [TestCase("8.2.2", "tomorrow-setting 1", "doubtful")]
    [TestCase("7.2.4", "loadmodule /m.so\ntomorrow-setting 1", "doubtful")]
    [TestCase("7.2.4", "loadmodule /m.so\nmaxmemroy 1mb", "refused")]
    [TestCase("7.2.4", "include /more.conf\nmodule-setting 1", "doubtful")]
    [TestCase("7.2.4", "search.timeout 1", "fine")]
    [TestCase("7.2.4", "port 1\nmaxclients 10", "fine")]
    [TestCase("6.2.0", "latency-tracking yes", "refused")]
    [TestCase("7.2.4", "maxclients 1 2", "refused")]
    public async Task Without_a_server_the_table_decides_where_it_can_know(string version, string text, string expected) =>
        Assert.That(Said(await CheckAsync(version, text, null)), Is.EqualTo(expected));

    [TestCase("8.2.2", "tomorrow-setting 1", "refused", false)]
    [TestCase("8.2.2", "tomorrow-setting 1", "fine", true)]
    [TestCase("7.2.4", "tomorrow-setting 1", "fine", true)]
    [TestCase("7.2.4", "maxmemroy 1mb", "fine", true)]
    [TestCase("7.2.4", "loadmodule /m.so\ntomorrow-setting 1", "doubtful", false)]
    public async Task A_server_that_runs_knows_best(string version, string text, string expected, bool known)
    {
        _parameters.Values["maxclients"] = "10";
        if (known)
            _parameters.Values[text.Split('\n')[^1].Split(' ')[0]] = "1";
        _servers.Servers["10.0.0.1"] = _parameters.Answer;

        Assert.That(Said(await CheckAsync(version, text, FakeServers.Instances(version, addresses: "10.0.0.1"))), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_server_is_not_asked_what_the_table_knows()
    {
        _servers.Servers["10.0.0.1"] = words => throw new AssertionException($"asked {string.Join(' ', words)}");

        Assert.That(Said(await CheckAsync("7.2.4", "maxclients 10\nhz 20", FakeServers.Instances("7.2.4", addresses: "10.0.0.1"))), Is.EqualTo("fine"));
    }

    private static string Said(ConfigurationVerdict verdict) => verdict.Violations.Count > 0 ? "refused" : verdict.Doubts.Count > 0 ? "doubtful" : "fine";

    private Task<ConfigurationVerdict> CheckAsync(string version, string text, DatabaseInstances? instances)
    {
        var facts = new DatabaseFacts
        {
            Database = new RedisDatabase
            {
                Spec = new() { StorageType = StorageTypes.Durable, Configuration = new RedisConfiguration { Inline = new Dictionary<string, string> { ["redis.conf"] = text } } },
            },
            Version = new RedisVersion { Spec = new() { Version = version } },
            Offers = new(true, false, false),
        };
        return new RedisEngine(_servers, new VirtualTime()).Configuration!.CheckSpecAsync(facts, instances, CancellationToken.None);
    }
}
