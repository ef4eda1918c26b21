using KubeDb.Api.Engines.Redis;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>The start script with the real server: data survives every change between snapshots and the append-only file.</summary>
[TestFixtureSource(typeof(RedisShells))]
public sealed class StartScriptTests(EngineVersion version, string shell) : ShellFixture(version, shell)
{
    [Test]
    public async Task TurningTheLogOnByARestartKeepsTheData()
    {
        await using var server = await MakeAsync();
        await RunAsync(server, "appendonly no", set: "1");
        await server.ConfigureAsync("appendonly yes");
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
        await using var server = await MakeAsync();
        await RunAsync(server, "appendonly yes", set: "1", kill: true);
        await server.ConfigureAsync("appendonly no");
        await server.StartAsync();
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("1"));
        await server.HoldsAsync("persistence-mode", "rdb");
        Assert.That(await server.SendAsync("CONFIG", "GET", "appendonly"), Is.EqualTo("no"));
    }

    [Test]
    public async Task AnOldLogIsNotLoadedInPlaceOfANewerSnapshot()
    {
        await using var server = await MakeAsync();
        await RunAsync(server, "appendonly yes", set: "old");
        await server.ConfigureAsync("appendonly no");
        await server.StartAsync();
        await server.SendAsync("SET", "k", "new");
        await server.StopAsync();
        await server.ConfigureAsync("appendonly yes");
        await server.StartAsync();
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("new"));
    }

    /// <summary>A process left behind would keep the container's output open, and in a pod that shares its process namespace would stay.</summary>
    [TestCase("appendonly yes", "appendonly no\nrename-command BGSAVE \"\"")]
    [TestCase("appendonly no", "appendonly yes\nrename-command CONFIG \"\"")]
    public async Task AServerThatEndsBeforeTheChangeIsMadeLeavesNothingRunning(string before, string after)
    {
        await using var server = await MakeAsync();

        // Killed, the server leaves no snapshot beside its append-only file.
        await RunAsync(server, before, set: "1", kill: before == "appendonly yes");
        await server.ConfigureAsync(after);
        await server.StartAsync();
        await server.StopAsync();
        Assert.That(await server.LogAsync(), Does.Contain("first, then turning"));
    }

    [Test]
    public async Task AChangeMadeLiveSurvivesTheNextStart()
    {
        await using var server = await MakeAsync();
        await server.ConfigureAsync("appendonly no");
        await server.StartAsync();
        await server.SendAsync("CONFIG", "SET", "appendonly", "yes");
        await Task.Delay(1500);
        await server.SendAsync("SET", "k", "5");
        await server.StopAsync(kill: true);
        await server.ConfigureAsync("appendonly yes");
        await server.StartAsync();
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("5"));
    }

    [Test]
    public async Task InitScriptsRunOnceAndThePodIsUnreadyUntilTheyEnd()
    {
        await using var server = await MakeAsync();
        await server.AddInitScriptAsync("a.sh", "until [ -e \"$START_DATA_DIR/go\" ]; do sleep 1; done\nredis-cli -p \"$START_PORT_NUMBER\" set hello world\n");
        await server.AddInitScriptAsync("b.lua", "redis.call('set', 'lua', 'yes')");
        await server.ConfigureAsync("appendonly yes");
        await server.StartAsync();
        Assert.That(await server.IsReadyAsync(), Is.False);
        await server.TouchAsync("go");
        await server.HoldsAsync("ran-init.txt", "");
        await server.ReadyAsync();
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
        await using var server = await MakeAsync();
        await server.AddInitScriptAsync("a.sh", "redis-cli -p \"$START_PORT_NUMBER\" set hello world\n");
        await server.ConfigureAsync("appendonly yes");
        await server.MarkInitializedAsync();
        await server.StartAsync();
        Assert.That((await server.IsReadyAsync(), await server.HasAsync("ran-init.txt")), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task ArgumentsReachTheServerAndNoCommandLineHoldsThePassword()
    {
        await using var server = await MakeAsync();
        await server.ConfigureAsync("appendonly no");
        await server.StartAsync("--maxclients", "77");
        Assert.That(await server.SendAsync("CONFIG", "GET", "maxclients"), Is.EqualTo("77"));
        Assert.That(await ContainerProcess.CommandLinesAsync(Container), Does.Contain("--maxclients 77").And.Not.Contain(RealServer.Password));
    }

    /// <summary>As the first process of its container, which is where a shell ignores signals.</summary>
    [Test]
    public async Task APodThatIsDeletedWhileItStartsGoesAtOnce()
    {
        var folder = await Container.MakeFolderAsync();
        await Container.WriteAsync($"{folder}/start.sh", RedisScripts.Start);
        await Container.WriteAsync($"{folder}/default.conf", "appendonly no\n");
        var ended = await Container.TryAsync("sh", "-c", $$"""
            cd {{folder}} && mkdir bin
            printf '#!/bin/sh\ntouch {{folder}}/copying; sleep 1; exec /bin/cp "$@"\n' >bin/cp
            printf '#!/bin/sh\ntouch {{folder}}/started; sleep 5\n' >bin/redis-server
            cp bin/redis-server bin/valkey-server
            chmod 755 bin/*
            export PATH={{folder}}/bin:$PATH START_DATA_DIR={{folder}} START_SCRIPTS_DIR={{folder}} START_CONFIG_DIR={{folder}} START_INIT_DIR={{folder}}/none DISTRIBUTION={{Version.Distribution}}
            unshare --pid --fork --kill-child {{Shell}} start.sh &
            until [ -e copying ]; do sleep 0.05; done
            kill -TERM "$(tr -d ' ' </proc/$!/task/$!/children)"
            wait $!
            code=$?
            [ ! -e started ] || echo started
            exit $code
            """);
        Assert.That((ended.ExitCode, ended.Stdout), Is.EqualTo((143L, "")), ended.Stderr);
    }

    [Test]
    public async Task AServerThatRefusesItsConfigurationEndsWithItsOwnWords()
    {
        await using var server = await MakeAsync();
        await server.ConfigureAsync("maxmemory-policy nonsense");
        Assert.That(await server.StartAsync(), Is.False);
        Assert.That(await server.LogAsync(), Does.Contain("maxmemory-policy nonsense"));
    }

    [Test]
    public async Task AMissingConfigurationIsSaid()
    {
        await using var server = await MakeAsync();
        Assert.That(await server.StartAsync(), Is.False);
        Assert.That(await server.LogAsync(), Does.Contain("default.conf can not be read; is the config secret mounted?"));
    }

    private static async Task RunAsync(RealServer server, string directives, string set, bool kill = false)
    {
        await server.ConfigureAsync(directives);
        Assert.That(await server.StartAsync(), await server.LogAsync());
        await server.SendAsync("SET", "k", set);
        await server.StopAsync(kill);
    }
}
