using KubeDb.Api.Engines.Redis;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Machine.Engines.Redis;

/// <summary>The start script with the real server: data survives every change between snapshots and the append-only file.</summary>
[TestFixture("sh"), TestFixture("busybox sh"), Category("Machine")]
public class StartScriptTests(string shell)
{
    [OneTimeSetUp]
    public void Require()
    {
        RealServer.RequireRedis();
        if (!RealServer.OnPath(shell.Split(' ')[0]))
            Assert.Ignore($"{shell} is not installed.");
    }

    [Test]
    public async Task TurningTheLogOnByARestartKeepsTheData()
    {
        await using var server = new RealServer(shell);
        await RunAsync(server, "appendonly no", set: "1");
        server.Configure("appendonly yes");
        await server.StartAsync();
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("1"));
        await server.HoldsAsync("persistence-mode", "aof");
        await server.SendAsync("SET", "k", "2");
        await server.StopAsync(kill: true);
        await server.StartAsync();
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("2"), "the log has what was written after it was turned on");
    }

    [Test]
    public async Task TurningTheLogOffAfterAKillKeepsTheData()
    {
        await using var server = new RealServer(shell);
        await RunAsync(server, "appendonly yes", set: "1", kill: true);
        server.Configure("appendonly no");
        await server.StartAsync();
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("1"));
        await server.HoldsAsync("persistence-mode", "rdb");
        Assert.That(await server.SendAsync("CONFIG", "GET", "appendonly"), Is.EqualTo("no"));
    }

    [Test]
    public async Task AnOldLogIsNotLoadedInPlaceOfANewerSnapshot()
    {
        await using var server = new RealServer(shell);
        await RunAsync(server, "appendonly yes", set: "old");
        server.Configure("appendonly no");
        await server.StartAsync();
        await server.SendAsync("SET", "k", "new");
        await server.StopAsync();
        server.Configure("appendonly yes");
        await server.StartAsync();
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("new"));
    }

    /// <summary>A process left behind would keep the container's output open, and in a pod that shares its process namespace would stay.</summary>
    [TestCase("appendonly yes", "appendonly no\nrename-command BGSAVE \"\"")]
    [TestCase("appendonly no", "appendonly yes\nrename-command CONFIG \"\"")]
    public async Task AServerThatEndsBeforeTheChangeIsMadeLeavesNothingRunning(string before, string after)
    {
        await using var server = new RealServer(shell);

        // Killed, the server leaves no snapshot beside its append-only file.
        await RunAsync(server, before, set: "1", kill: before == "appendonly yes");
        server.Configure(after);
        await server.StartAsync();
        await server.StopAsync();
        Assert.That(server.Log, Does.Contain("first, then turning"));
    }

    [Test]
    public async Task AChangeMadeLiveSurvivesTheNextStart()
    {
        await using var server = new RealServer(shell);
        server.Configure("appendonly no");
        await server.StartAsync();
        await server.SendAsync("CONFIG", "SET", "appendonly", "yes");
        await Task.Delay(1500);
        await server.SendAsync("SET", "k", "5");
        await server.StopAsync(kill: true);
        server.Configure("appendonly yes");
        await server.StartAsync();
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("5"));
    }

    [Test]
    public async Task InitScriptsRunOnceAndThePodIsUnreadyUntilTheyEnd()
    {
        await using var server = new RealServer(shell);
        server.AddInitScript("a.sh", "until [ -e \"$START_DATA_DIR/go\" ]; do sleep 1; done\nredis-cli -p \"$START_PORT_NUMBER\" set hello world\n");
        server.AddInitScript("b.lua", "redis.call('set', 'lua', 'yes')");
        server.Configure("appendonly yes");
        await server.StartAsync();
        Assert.That(await server.IsReadyAsync(), Is.False);
        await File.WriteAllTextAsync(Path.Combine(server.Data, "go"), "");
        await server.HoldsAsync("ran-init.txt", "");
        while (!await server.IsReadyAsync())
            await Task.Delay(50);
        Assert.That((await server.SendAsync("GET", "hello"), await server.SendAsync("GET", "lua")), Is.EqualTo(("world", "yes")));
        await server.SendAsync("DEL", "hello");
        await server.StopAsync();
        await server.StartAsync();
        Assert.That(await server.IsReadyAsync(), Is.True);
        Assert.That(await server.SendAsync("EXISTS", "hello"), Is.EqualTo("0"));
    }

    [Test]
    public async Task OnAFreshVolumeOfAnInitialisedDatabaseNoScriptRuns()
    {
        await using var server = new RealServer(shell);
        server.AddInitScript("a.sh", "redis-cli -p \"$START_PORT_NUMBER\" set hello world\n");
        server.Configure("appendonly yes");
        server.MarkInitialized();
        await server.StartAsync();
        Assert.That((await server.IsReadyAsync(), File.Exists(Path.Combine(server.Data, "ran-init.txt"))), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task ArgumentsReachTheServerAndNoCommandLineHoldsThePassword()
    {
        await using var server = new RealServer(shell);
        server.Configure("appendonly no");
        await server.StartAsync("--maxclients", "77");
        Assert.That(await server.SendAsync("CONFIG", "GET", "maxclients"), Is.EqualTo("77"));
        var commands = await Tool.RunAsync("ps", ["-eo", "args"]);
        Assert.That(commands.OrFail(), Does.Not.Contain(RealServer.Password));
    }

    /// <summary>As the first process of its container, which is where a shell ignores signals.</summary>
    [Test]
    public async Task APodThatIsDeletedWhileItStartsGoesAtOnce()
    {
        var folder = Directory.CreateTempSubdirectory("kubedb-start-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "start.sh"), RedisScripts.Start);
            await File.WriteAllTextAsync(Path.Combine(folder, "default.conf"), "appendonly no\n");
            var ended = await Tool.RunAsync("sh", ["-c", $$"""
                cd {{folder}} && mkdir bin
                printf '#!/bin/sh\ntouch {{folder}}/copying; sleep 1; exec /bin/cp "$@"\n' >bin/cp
                printf '#!/bin/sh\ntouch {{folder}}/started; sleep 5\n' >bin/redis-server
                chmod 755 bin/*
                export PATH={{folder}}/bin:$PATH START_DATA_DIR={{folder}} START_SCRIPTS_DIR={{folder}} START_CONFIG_DIR={{folder}} START_INIT_DIR={{folder}}/none
                unshare --pid --fork --kill-child {{shell}} start.sh &
                until [ -e copying ]; do sleep 0.05; done
                kill -TERM "$(pgrep -P $!)"
                wait $!
                """]);
            Assert.That((ended.ExitCode, File.Exists(Path.Combine(folder, "started"))), Is.EqualTo((143, false)), ended.Everything);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task AServerThatRefusesItsConfigurationEndsWithItsOwnWords()
    {
        await using var server = new RealServer(shell);
        server.Configure("maxmemory-policy nonsense");
        Assert.That(await server.StartAsync(), Is.False);
        Assert.That(server.Log, Does.Contain("maxmemory-policy nonsense"));
    }

    [Test]
    public async Task AMissingConfigurationIsSaid()
    {
        await using var server = new RealServer(shell);
        Assert.That(await server.StartAsync(), Is.False);
        Assert.That(server.Log, Does.Contain("default.conf can not be read; is the config secret mounted?"));
    }

    private static async Task RunAsync(RealServer server, string directives, string set, bool kill = false)
    {
        server.Configure(directives);
        Assert.That(await server.StartAsync(), server.Log);
        await server.SendAsync("SET", "k", set);
        await server.StopAsync(kill);
    }
}
