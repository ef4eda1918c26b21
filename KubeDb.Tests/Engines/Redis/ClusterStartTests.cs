using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Unit.Engines.Redis;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>The start script in the mode Cluster: what a node tells of itself, what it does with its file of nodes, when its init scripts run.</summary>
[TestFixtureSource(typeof(ShellsAndServers))]
public sealed class ClusterStartTests(EngineVersion version, string shell) : ShellFixture(version, shell)
{
    private const string OwnName = "rd-shard0-0.rd-pods.demo.svc";
    private const string Configuration = "cluster-enabled yes\ncluster-config-file nodes.conf\ncluster-node-timeout 1000\nappendonly yes";

    [Test]
    public async Task ANodeTellsOthersItsNameAndAddressAndKeepsItsIdentity()
    {
        await using var server = await StartAsync();
        var id = await server.SendAsync("CLUSTER", "MYID");
        Assert.That(await server.SendAsync("CLUSTER", "NODES"), Does.Contain($"{id} 127.0.0.1:{server.Port}@{server.Port + 10_000},{OwnName}"));
        Assert.That(await server.IsReadyAsync(), Is.True, "a node that is in no cluster yet");
        await server.StopAsync();
        await server.StartAsync();
        Assert.That(await server.SendAsync("CLUSTER", "MYID"), Is.EqualTo(id));
        Assert.That(await AsideAsync(server), Is.Empty);
    }

    [TestCase("head -c 150 nodes.conf >cut", TestName = "ACutFile(within a line)")]
    [TestCase("head -n 1 nodes.conf >cut", TestName = "ACutFile(between lines)")]
    [TestCase("printf %s \"$(cat nodes.conf)\" >cut", TestName = "ACutFile(the last line break)")]
    [TestCase("head -c 500 /dev/zero >cut", TestName = "ACutFile(zeros)")]
    [TestCase("printf '\\n\\n' >cut", TestName = "ACutFile(blank lines)")]
    [TestCase("sed s/myself,// nodes.conf >cut", TestName = "ACutFile(none of the nodes is this one)")]
    [TestCase("sed s/master/mast/ nodes.conf | cut -c 9- >cut", TestName = "ACutFile(an id that is none)")]
    [TestCase("mkdir cut", TestName = "ACutFile(a folder)")]
    public async Task AFileOfNodesThatIsNotWholeIsKeptAside(string damage)
    {
        await using var server = await StartAsync();
        var id = await server.SendAsync("CLUSTER", "MYID");
        await server.SendAsync("CLUSTER", "ADDSLOTS", "12182");
        await server.SendAsync("CLUSTER", "SAVECONFIG");
        await server.StopAsync();
        await server.InDataAsync($"{damage} && rm nodes.conf && mv cut nodes.conf");

        Assert.That(await server.StartAsync(), await server.LogAsync());

        Assert.That(await server.SendAsync("CLUSTER", "MYID"), Is.Not.EqualTo(id));
        Assert.That(await AsideAsync(server), Does.StartWith("nodes.conf.").And.EndsWith(".aside"));
        Assert.That(await server.LogAsync(), Does.Contain("nodes.conf is cut off or unreadable: it is kept as"));
    }

    [TestCase(": >nodes.conf")]
    [TestCase("rm nodes.conf")]
    public async Task AnEmptyOrMissingFileOfNodesIsNothingToKeep(string damage)
    {
        await using var server = await StartAsync();
        await server.StopAsync();
        await server.InDataAsync(damage);
        Assert.That(await server.StartAsync(), await server.LogAsync());
        Assert.That(await AsideAsync(server), Is.Empty);
    }

    [TestCase("198.51.100.7 30000 31000 ip", "198.51.100.7:30000@31000," + OwnName, null)]
    [TestCase("198.51.100.7 30000 31000 hostname", "198.51.100.7:30000@31000,198.51.100.7", null)]
    [TestCase("2001:db8::7 30000 31000 ip", "2001:db8::7:30000@31000," + OwnName, null)]
    [TestCase("out.example.com 6379 16379 hostname", "127.0.0.1:PORT@BUS,out.example.com", null)]
    [TestCase("out.invalid 30000 31000 hostname", "127.0.0.1:PORT@BUS," + OwnName, "out.invalid, which spec.cluster.announce gives for this pod, has no address")]
    [TestCase(OwnName + " 6379 16379 unreadable", "127.0.0.1:PORT@BUS," + OwnName, "what spec.cluster.announce says for this pod is no host:port@busport")]
    [TestCase(OwnName + " 6379 16379 own", "127.0.0.1:PORT@BUS," + OwnName, null)]
    public async Task ANodeAnnouncesWhatTheUserWants(string endpoint, string announced, string? said)
    {
        await using var server = await MakeAsync();
        await server.AddFileAsync(RedisScripts.EndpointsKey, $"other-0 other.example.com 1 2 hostname\nrd-shard0-0 {endpoint}\n");
        await server.ConfigureAsync(Configuration);
        Assert.That(await server.StartAsync(), await server.LogAsync());

        var wanted = announced.Replace("PORT", $"{server.Port}", StringComparison.Ordinal).Replace("BUS", $"{server.Port + 10_000}", StringComparison.Ordinal);
        Assert.That(await server.SendAsync("CLUSTER", "NODES"), Does.Contain($" {wanted} ").Or.Contain($" {wanted},"));
        if (said is null)
            Assert.That(await server.LogAsync(), Does.Not.Contain("spec.cluster.announce"));
        else
            Assert.That(await server.LogAsync(), Does.Contain(said));
    }

    /// <summary>The container resolves its own name: the address of the connection between pods stands for that of a load balancer.</summary>
    [Test]
    public async Task TheAddressOfAnAnnouncedNameIsLookedUp()
    {
        var name = (await Container.RunAsync("hostname")).Trim();
        var address = (await Container.RunAsync("sh", "-c", "getent ahosts \"$(hostname)\" | awk 'NR == 1 { print $1 }'")).Trim();
        Assert.That(address, Is.Not.Empty);
        await using var server = await MakeAsync();
        await server.AddFileAsync(RedisScripts.EndpointsKey, $"rd-shard0-0 {name} 30000 31000 hostname\nrd-shard0-1 198.51.100.8 30001 31001 hostname\n");
        await server.ConfigureAsync(Configuration);
        await server.StartAsync();

        Assert.That(await server.SendAsync("CLUSTER", "NODES"), Does.Contain($" {address}:30000@31000,{name}"));
        Assert.That(
            () => server.TemporaryAsync("db-endpoints.txt"),
            Is.EqualTo($"rd-shard0-0 {name} 30000 31000 {address}\nrd-shard0-1 198.51.100.8 30001 31001 198.51.100.8\n").After(10).Seconds.PollEvery(100));
    }

    [Test]
    public async Task InitScriptsWaitForTheClusterWhileThePodIsReady()
    {
        await using var server = await MakeAsync();
        await server.AddInitScriptAsync("a.sh", "until [ -e \"$START_DATA_DIR/go\" ]; do sleep 1; done\nredis-cli -c -p \"$START_PORT_NUMBER\" set hello world\n");
        await server.AddInitScriptAsync("b.lua", "redis.call('set', KEYS[1] or '{hello}lua', 'yes')");
        await server.ConfigureAsync(Configuration);
        await server.StartAsync();
        await server.ReadyAsync();
        Assert.That(await PendingAsync(server), Does.Contain("init scripts of pod demo/rd-shard0-0 have not ended"));

        await server.SendAsync(["CLUSTER", "ADDSLOTS", .. Enumerable.Range(0, 16_384).Select(s => $"{s}")]);
        await UnreadyAsync(server);
        Assert.That(await PendingAsync(server), Is.Not.Null, "a script runs");

        await server.TouchAsync("go");
        await server.HoldsAsync("ran-init.txt", "");
        await server.ReadyAsync();
        Assert.That(() => PendingAsync(server), Is.Null.After(10).Seconds.PollEvery(100));
        Assert.That((await server.SendAsync("GET", "hello"), await server.SendAsync("GET", "{hello}lua")), Is.EqualTo(("world", "yes")));
    }

    [Test]
    public async Task OnlyTheFirstPodOfAShardRunsInitScripts()
    {
        await using var server = await MakeAsync("rd-shard0-10");
        await server.AddInitScriptAsync("a.sh", "redis-cli -p \"$START_PORT_NUMBER\" set hello world\n");
        await server.ConfigureAsync(Configuration);
        await server.StartAsync();
        await server.SendAsync(["CLUSTER", "ADDSLOTS", .. Enumerable.Range(0, 16_384).Select(s => $"{s}")]);
        await server.ReadyAsync();
        Assert.That((await server.HasAsync("ran-init.txt"), await PendingAsync(server)), Is.EqualTo((false, (string?)null)));
        Assert.That(await server.LogAsync(), Does.Not.Contain("running"));
    }

    private static async Task UnreadyAsync(RealServer server)
    {
        while (await server.IsReadyAsync())
            await Task.Delay(50);
    }

    private static Task<string> AsideAsync(RealServer server) => server.InDataAsync("ls -d nodes.conf.*.aside 2>/dev/null | tr -d '\\n'; true");

    private async Task<string?> PendingAsync(RealServer server)
    {
        var instances = FakeServers.Instances(addresses: "10.0.0.1");
        instances = instances with
        {
            Facts = instances.Facts with
            {
                Database = new RedisDatabase { Metadata = new() { Name = "rd", Namespace = "demo" }, Spec = new() { Mode = RedisModes.Cluster, Init = new() { Script = JsonFragment.Parse("{}") } } },
                Credential = new("default", RealServer.Password),
            },
            Pods = [instances.Pods[0] with { Metadata = new() { Name = "rd-shard0-0", Namespace = "demo" } }],
        };
        return (await new RedisInitialisation(new(server, TimeProvider.System)).PendingAsync(instances, CancellationToken.None))?.Message;
    }

    private async Task<RealServer> StartAsync()
    {
        var server = await MakeAsync();
        await server.ConfigureAsync(Configuration);
        Assert.That(await server.StartAsync(), await server.LogAsync());
        return server;
    }

    private Task<RealServer> MakeAsync(string pod = "rd-shard0-0") => MakeAsync(RealServer.Password, new Dictionary<string, string>
    {
        ["REDIS_MODE"] = RedisModes.Cluster,
        ["MAJOR_REDIS_VERSION"] = $"{Version.Server.Major}",
        ["HOSTNAME"] = pod,
        ["POD_IP"] = "127.0.0.1",
        ["NAMESPACE"] = "demo",
        ["DATABASE_GOVERNING_SERVICE"] = "rd-pods",
    });
}
