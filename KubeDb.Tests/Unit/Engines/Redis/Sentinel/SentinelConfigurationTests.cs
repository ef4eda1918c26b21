using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Engines.Redis.Sentinel;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Tests.Unit.Engines.Redis.Sentinel;

[TestFixture, Category("Unit"), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class SentinelConfigurationTests
{
    private static readonly RedisFlavour Flavour = new(false, new(8, 0));

    private readonly FakeServers _servers = new();

    private SentinelConfigurationEngine Engine => field ??= new(new SentinelConnector(new RedisConnector(_servers, TimeProvider.System)));

    [TestCase("loglevel verbose", "")]
    [TestCase("maxclients 500", "")]
    [TestCase("sentinel down-after-milliseconds demo/rd 3000", "")]
    [TestCase("sentinel down-after-milliseconds demo/rd soon", "\"sentinel down-after-milliseconds demo/rd\" needs a whole number above zero")]
    [TestCase("sentinel parallel-syncs mymaster 2", "needs the name of a master, which is the namespace and name of its database")]
    [TestCase("maxclint 500", "Did you mean \"maxclients\"?")]
    public async Task What_is_wrong_with_the_configuration_is_told(string line, string message)
    {
        var verdict = await Engine.CheckSpecAsync(Facts(line), null, CancellationToken.None);

        Assert.That(verdict.Violations.Select(v => v.Message), message.Length == 0 ? Is.Empty : Has.One.Contain(message));
    }

    [TestCase("port 1")]
    [TestCase("requirepass x")]
    [TestCase("sentinel monitor demo/rd host 6379 2")]
    [TestCase("sentinel auth-pass demo/rd secret")]
    [TestCase("sentinel announce-ip x")]
    [TestCase("sentinel notification-script demo/rd /x")]
    public void What_the_operator_sets_itself_is_not_taken(string line)
    {
        var facts = Facts(line);

        Assert.That(new SentinelConfigurationEngine(null!).OwnedWarnings(facts).Single().Reason, Is.EqualTo("OperatorOwnedDirective"));
        Assert.That(SentinelSettings.Render(facts), Does.Not.Contain($"\n{line}\n"));
        Assert.That(SentinelSettings.Render(facts), Does.Contain("requirepass \"pass word\""));
    }

    [Test]
    public void Options_of_masters_are_kept_apart_by_option_and_master()
    {
        var user = SentinelSettings.User(Facts("sentinel down-after-milliseconds demo/a 1000\nsentinel down-after-milliseconds demo/b 2000\nsentinel failover-timeout demo/a 3000\nsentinel down-after-milliseconds demo/a 4000"));

        Assert.That(SentinelSettings.Of(user, "demo/a"), Is.EquivalentTo(new Dictionary<string, string> { ["down-after-milliseconds"] = "4000", ["failover-timeout"] = "3000", ["parallel-syncs"] = "1" }));
        Assert.That(SentinelSettings.Of(user, "demo/b")["down-after-milliseconds"], Is.EqualTo("2000"));
        Assert.That(SentinelSettings.Render(Facts("sentinel down-after-milliseconds demo/a 1000")), Does.Not.Contain("demo/a"), "a sentinel does not start on an option of a master that it does not know");
    }

    [TestCase("", "sentinel failover-timeout demo/rd 60000", "failover-timeout of demo/rd=60000", "")]
    [TestCase("sentinel failover-timeout demo/rd 60000", "", "failover-timeout of demo/rd=5000", "")]
    [TestCase("", "loglevel debug", "loglevel=debug", "")]
    [TestCase("loglevel debug", "", "loglevel=notice", "")]
    [TestCase("maxclients 1", "maxclients 2\nloglevel debug", "loglevel=debug", "maxclients takes effect only at start")]
    public void What_running_sentinels_take_is_told_from_what_needs_a_restart(string before, string after, string live, string atStart)
    {
        var settings = SentinelSetting.Of(Change(before, after), Flavour);

        Assert.That(settings.Live.Select(s => $"{s}={s.Value}"), Is.EqualTo(live.Split('\n')));
        Assert.That(settings.AtStart, atStart.Length == 0 ? Is.Empty : Is.EqualTo(new[] { atStart }));
        Assert.That(SentinelSetting.Of(Change("", "loglevel debug"), new(false, new(6, 2))).AtStart, Is.EqualTo(new[] { "loglevel takes effect only at start" }));
    }

    [Test]
    public async Task All_sentinels_take_a_change_or_none_keeps_it()
    {
        var (first, second) = (new Sentinel(), new Sentinel { Refuses = true });
        (_servers.Servers["10.0.0.1"], _servers.Servers["10.0.0.2"]) = (first.Answer, second.Answer);
        var instances = Instances("10.0.0.1", "10.0.0.2");
        var plan = new ConfigurationPlan(null, [Change("", "sentinel down-after-milliseconds demo/rd 3000\nloglevel debug")], []);

        var refused = await Engine.ApplyLiveAsync(instances, plan, CancellationToken.None);
        Assert.That(refused, Is.EqualTo(new LiveChange(LiveChangeKind.Refused, "rd-1 refuses down-after-milliseconds of demo/rd: no")));
        Assert.That((first.Down, first.LogLevel), Is.EqualTo(("5000", "notice")));

        second.Refuses = false;
        Assert.That((await Engine.ApplyLiveAsync(instances, plan, CancellationToken.None)).Kind, Is.EqualTo(LiveChangeKind.Applied));
        Assert.That((first.Down, first.LogLevel, second.Down, second.LogLevel), Is.EqualTo(("3000", "debug", "3000", "debug")));
        Assert.That(await Engine.InEffectAsync(instances, plan, CancellationToken.None), Is.EqualTo(Readiness.Yes));
        second.Down = "1";
        Assert.That((await Engine.InEffectAsync(instances, plan, CancellationToken.None)).Reason, Does.Contain("rd-1 does not have the new value of down-after-milliseconds of demo/rd"));
    }

    private static FileChange Change(string before, string after) => new(
        SentinelConfigurationEngine.File(Flavour), RedisConf.Parse(before).Conf, RedisConf.Parse(after).Conf);

    private static DatabaseFacts Facts(string text) => FakeServers.Instances("8.0.2", new("root", "pass word")).Facts with
    {
        Database = new RedisSentinel { Spec = new() { Configuration = new() { Inline = new Dictionary<string, string> { ["sentinel.conf"] = text } } } },
        Version = new RedisVersion { Spec = new() { Version = "8.0.2" } },
    };

    private static DatabaseInstances Instances(params string[] addresses) => FakeServers.Instances("8.0.2", addresses: addresses);

    private sealed class Sentinel
    {
        public bool Refuses { get; set; }

        public string Down { get; set; } = "5000";

        public string LogLevel { get; private set; } = "notice";

        public string Answer(string[] words)
        {
            switch (words)
            {
                case ["SENTINEL", "MASTER", "demo/rd"]:
                    return FakeServers.List("name", "demo/rd", "down-after-milliseconds", Down);
                case ["SENTINEL", "SET", "demo/rd", "down-after-milliseconds", var value]:
                    if (Refuses)
                        return "-ERR no\r\n";
                    Down = value;
                    return "+OK\r\n";
                case ["SENTINEL", "CONFIG", "GET", "loglevel"]:
                    return FakeServers.List("loglevel", LogLevel);
                case ["SENTINEL", "CONFIG", "SET", "loglevel", var level]:
                    LogLevel = level;
                    return "+OK\r\n";
                default:
                    return "-ERR what\r\n";
            }
        }
    }
}
