using System.Globalization;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>The start script in the mode Sentinel, with real sentinels: no server makes itself a master.</summary>
[TestFixtureSource(typeof(ShellsAndServers))]
public sealed class SentinelStartTests(EngineVersion version, string shell) : ShellFixture(version, shell)
{
    private const string OwnName = "rd-0.rd-pods.demo.svc";
    private const string OwnAddress = "198.51.100.9";
    private const string Secret = "the sentinels' \"own\" word";
    private const string Configuration = "appendonly yes\nmasterauth \"p w\\\"$x'é\"";

    private readonly Dictionary<int, ContainerProcess> _sentinels = [];

    [TearDown]
    public async Task StopSentinels()
    {
        foreach (var (port, sentinel) in _sentinels)
        {
            await sentinel.StopAsync("KILL");
            Container.GiveBack(port);
        }

        _sentinels.Clear();
    }

    [Test]
    public async Task WithoutASentinelAServerFollowsNobodyAndKeepsItsData()
    {
        await using var server = await MakeAsync();
        await server.AddFileAsync(RedisScripts.SentinelsKey, "sen-0.invalid 26379\n127.0.0.1 2\n");
        await server.ConfigureAsync(Configuration);
        Assert.That(await server.StartAsync(), await server.LogAsync());
        await server.SendAsync("REPLICAOF", "NO", "ONE");
        await server.SendAsync("SET", "k", "1");
        await server.StopAsync();
        await server.StartAsync();

        await IsOrphanAsync(server);
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("1"));
        Assert.That(await server.IsReadyAsync(), Is.True, "or no master is ever made");
        Assert.That(await server.LogAsync(), Does.Contain("no sentinel names a master"));
    }

    [Test]
    public async Task ThePodThatASentinelNamesIsFollowed()
    {
        await using var master = await RealServer.MakeAsync(Container, Version);
        await master.ConfigureAsync(Configuration);
        await master.StartAsync();
        await master.SendAsync("SET", "k", "1");
        await using var server = await StartAsync(await WatchAsync("127.0.0.1", master.Port));

        Assert.That(await server.SendAsync("INFO", "replication"), Does.Contain("role:slave\r\nmaster_host:127.0.0.1\r\n").And.Contain($"master_port:{master.Port}\r\n"));
        Assert.That(() => server.SendAsync("GET", "k"), Is.EqualTo("1").After(20).Seconds.PollEvery(50));
        Assert.That(await master.SendAsync("INFO", "replication"), Does.Contain($"slave0:ip={OwnName},"));
        Assert.That(await server.LogAsync(), Does.Contain("following 127.0.0.1, which 127.0.0.1 names as master"));
    }

    [TestCase(Secret, true)]
    [TestCase("wrong", false)]
    [TestCase(null, false)]
    public async Task ASentinelIsAskedWithItsPassword(string? password, bool answers)
    {
        await using var server = await StartAsync(await WatchAsync("127.0.0.2", 7, Secret), password);
        if (answers)
            Assert.That(await server.SendAsync("INFO", "replication"), Does.Contain("master_host:127.0.0.2\r\n"));
        else
            await IsOrphanAsync(server);
    }

    [Test]
    public async Task TheFirstSentinelThatKnowsTheMasterIsEnough()
    {
        await using var server = await StartAsync($"127.0.0.1 2\n{await WatchAsync("127.0.0.3", 7, name: "demo/other")}{await WatchAsync("127.0.0.2", 7)}");
        Assert.That(await server.SendAsync("INFO", "replication"), Does.Contain("master_host:127.0.0.2\r\n"));
    }

    [Test]
    public async Task AServerThatIsTheMasterWaitsToBeToldSo()
    {
        await using var server = await StartAsync(await WatchAsync(OwnAddress, 6379));
        await IsOrphanAsync(server);
        Assert.That(await server.LogAsync(), Does.Contain("the sentinels know this server as the master"));
    }

    [Test]
    public async Task AServerThatShowsNoStaleDataIsReadyAllTheSame()
    {
        await using var server = await MakeAsync();
        await server.ConfigureAsync($"{Configuration}\nreplica-serve-stale-data no");
        Assert.That(await server.StartAsync(), await server.LogAsync());
        Assert.That(await server.SendAsync("GET", "k"), Does.StartWith("MASTERDOWN"));
        await server.ReadyAsync();
    }

    [Test]
    public async Task InitScriptsRunOnceOnTheFirstPodWhenItIsTheMaster()
    {
        await using var server = await MakeAsync();
        await server.AddInitScriptAsync("a.sh", "redis-cli -p \"$START_PORT_NUMBER\" rpush list item\n");
        await server.ConfigureAsync(Configuration);
        await server.StartAsync();
        await server.ReadyAsync();
        Assert.That(() => ListenersAsync(server), Is.EqualTo("1").After(20).Seconds.PollEvery(50));

        await server.SendAsync("REPLICAOF", "NO", "ONE");
        await server.HoldsAsync("ran-init.txt", "");
        Assert.That(() => ListenersAsync(server), Is.EqualTo("0").After(20).Seconds.PollEvery(50));
        await server.ReadyAsync();
        await server.StopAsync();
        await server.StartAsync();
        await server.SendAsync("REPLICAOF", "NO", "ONE");
        await server.ReadyAsync();
        Assert.That((await server.SendAsync("LLEN", "list"), await ListenersAsync(server)), Is.EqualTo(("1", "0")));
    }

    private static async Task IsOrphanAsync(RealServer server) => Assert.That(
        await server.SendAsync("INFO", "replication"),
        Does.Contain($"role:slave\r\nmaster_host:{RedisScripts.OrphanHost}\r\nmaster_port:{RedisScripts.OrphanPort}\r\nmaster_link_status:down\r\n"));

    private static Task<string> ListenersAsync(RealServer server) => server.SendAsync("PUBSUB", "NUMSUB", RedisInitialisation.Channel);

    /// <summary>Starts a sentinel, and returns its line of the file of sentinels.</summary>
    private async Task<string> WatchAsync(string host, int port, string? password = null, string name = "demo/rd")
    {
        var (own, folder) = (Container.TakePort(), await Container.MakeFolderAsync());
        var secured = password is null ? "" : $"requirepass \"{password.Replace("\"", "\\\"", StringComparison.Ordinal)}\"\n";
        await Container.WriteAsync($"{folder}/environment", "");
        await Container.WriteAsync($"{folder}/sentinel.conf", $"port {own}\ndir {folder}\n{secured}sentinel monitor {name} {host} {port} 1\n");
        var server = Version.Distribution == "Valkey" ? "valkey-server" : "redis-server";
        _sentinels[own] = await ContainerProcess.StartAsync(Container, $"{folder}/environment", server, $"{folder}/sentinel.conf", "--sentinel");
        await Container.RunAsync("sh", "-c", $"until redis-cli -p {own} PING | grep -q -e PONG -e NOAUTH; do sleep 0.05; done");
        return string.Create(CultureInfo.InvariantCulture, $"127.0.0.1 {own}\n");
    }

    private async Task<RealServer> StartAsync(string sentinels, string? password = null)
    {
        var server = await MakeAsync(password);
        await server.AddFileAsync(RedisScripts.SentinelsKey, sentinels);
        await server.ConfigureAsync(Configuration);
        Assert.That(await server.StartAsync(), await server.LogAsync());
        return server;
    }

    private Task<RealServer> MakeAsync(string? sentinelPassword = null) => MakeAsync(RealServer.Password, new Dictionary<string, string>
    {
        ["REDIS_MODE"] = RedisModes.Sentinel,
        ["MAJOR_REDIS_VERSION"] = $"{Version.Server.Major}",
        ["HOSTNAME"] = "rd-0",
        ["POD_IP"] = OwnAddress,
        ["NAMESPACE"] = "demo",
        ["DATABASE_GOVERNING_SERVICE"] = "rd-pods",
        ["REDIS_CLUSTER_REGISTERED_NAME"] = "demo/rd",
        ["SENTINEL_PASSWORD"] = sentinelPassword ?? "",
    });
}
