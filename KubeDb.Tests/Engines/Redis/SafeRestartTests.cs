using System.Globalization;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Tests.Unit.Engines.Redis;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>What is done before a pod is restarted, and asked before a configuration is changed, against real servers that keep snapshots only.</summary>
[TestFixtureSource(typeof(RedisVersions))]
public sealed class SafeRestartTests(EngineVersion version) : EngineFixture(version)
{
    private RealServer _server = null!;
    private RedisRestarts? _restarts;

    [SetUp]
    public async Task Start()
    {
        _server = await RealServer.MakeAsync(Container, Version);
        _restarts = null;
        await _server.ConfigureAsync("appendonly no\nsave \"\"");
        Assert.That(await _server.StartAsync(), await _server.LogAsync());
    }

    [TearDown]
    public async Task Stop()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>Killed without a chance to save, right after the word that it may go: so the snapshot alone has to hold everything.</summary>
    [Test]
    public async Task WhatWasAcknowledgedBeforeThePodMayGoIsOnDisk()
    {
        using var end = new CancellationTokenSource();
        var acknowledged = 0;
        var writer = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    await using var client = await _server.ClientAsync();
                    while (!end.IsCancellationRequested && (await client.SendAsync(end.Token, "SET", "k", (acknowledged + 1).ToString(CultureInfo.InvariantCulture))).IsOk)
                        acknowledged++;
                }
                catch (Exception e) when (e is IOException or OperationCanceledException or System.Net.Sockets.SocketException)
                {
                    return;
                }
            }
        });
        while (acknowledged < 1000)
            await Task.Delay(10);
        await SafeAsync();
        await _server.StopAsync(kill: true);
        await end.CancelAsync();
        await writer;
        Assert.That(await _server.StartAsync(), await _server.LogAsync());
        var kept = int.Parse(await _server.SendAsync("GET", "k"), CultureInfo.InvariantCulture);
        Assert.That(kept, Is.EqualTo(acknowledged).Or.EqualTo(acknowledged + 1), "the last one may have been written without its answer arriving");
    }

    /// <summary>The operator may be gone by then.</summary>
    [Test]
    public async Task WritersThatWereHeldUpGoOnByThemselvesAndWhatTheyWriteIsSavedAtTheEnd()
    {
        await SafeAsync();
        await using var client = await _server.ClientAsync();
        Assert.That((await client.SendAsync(CancellationToken.None, "SET", "k", "late")).IsOk);
        await _server.StopAsync();
        Assert.That(await _server.StartAsync(), await _server.LogAsync());
        Assert.That(await _server.SendAsync("GET", "k"), Is.EqualTo("late"));
    }

    [Test]
    public async Task AServerThatIsNotToSaveAtItsEndSavesWhenItIsRestarted()
    {
        await _server.SendAsync("CONFIG", "SET", "shutdown-on-sigterm", "nosave");
        await SafeAsync();
        Assert.That(await _server.SendAsync("CONFIG", "GET", "shutdown-on-sigterm"), Is.EqualTo("save"));
    }

    [Test]
    public async Task WhereNoSnapshotCanBeWrittenThePodIsLeftAloneAndWritersAreNotHeldUp()
    {
        await _server.SendAsync("SET", "k", new string('x', 200_000));
        await _server.SendAsync("CONFIG", "SET", "rdbcompression", "no");
        await _server.LimitFilesAsync("4096");
        var refused = await PrepareAsync();
        Assert.That(refused.IsReady, Is.False);
        Assert.That(refused.Reason, Does.Contain("could not write its last snapshot, so it is left alone").And.Contain("Free space on its volume"));
        Assert.That((await PrepareAsync()).Reason, Is.EqualTo(refused.Reason), "asked again, it is not tried at once");
        await _server.SendAsync("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
        Assert.That(await _server.SendAsync("SET", "other", "1"), Is.EqualTo("OK"));

        await _server.LimitFilesAsync("unlimited");
        _restarts = null;
        await SafeAsync();
        await _server.StopAsync(kill: true);
        Assert.That(await _server.StartAsync(), await _server.LogAsync());
        Assert.That(await _server.SendAsync("GET", "other"), Is.EqualTo("1"));
    }

    [Test]
    public async Task ARenamedCommandDoesNotKeepThePodForEver()
    {
        await _server.StopAsync();
        await _server.ConfigureAsync("appendonly no\nsave 3600 1\nrename-command BGSAVE \"\"");
        Assert.That(await _server.StartAsync(), await _server.LogAsync());
        await _server.SendAsync("SET", "k", "1");
        await SafeAsync();
        await _server.StopAsync();
        Assert.That(await _server.StartAsync(), await _server.LogAsync());
        Assert.That(await _server.SendAsync("GET", "k"), Is.EqualTo("1"));
    }

    [Test]
    public async Task KeysBeyondTheDatabasesThatAreLeftAreNamed()
    {
        await using (var client = await _server.ClientAsync())
        {
            await client.SendAsync(CancellationToken.None, "SELECT", "9");
            await client.SendAsync(CancellationToken.None, "MSET", "a", "1", "b", "2");
        }

        var said = await CheckAsync("", "databases 4");
        Assert.That(said, Does.StartWith("DataAtRisk").And.Contain("leaves 4 databases").And.Contain("2 in database 9"));
        Assert.That(await CheckAsync("", "databases 10"), Is.Empty);
        Assert.That(await CheckAsync("databases 4", ""), Is.Empty, "more databases than before hide nothing");
        await _server.SendAsync("FLUSHALL");
        Assert.That(await CheckAsync("", "databases 4"), Is.Empty);
    }

    [Test]
    public async Task KeysThatWouldBeEvictedAreSpokenOf()
    {
        Assert.That(await CheckAsync("maxmemory 1gb", "maxmemory 100kb\nmaxmemory-policy allkeys-lru"), Does.StartWith("DataAtRisk").And.Contain("would be 102400 with the policy allkeys-lru"));
        Assert.That(await CheckAsync("maxmemory 1gb", "maxmemory 500mb\nmaxmemory-policy allkeys-lru"), Is.Empty);
        Assert.That(await CheckAsync("", "maxmemory 100kb"), Is.Empty, "nothing is evicted");
        Assert.That(await CheckAsync("maxmemory 1gb\nmaxmemory-policy allkeys-lru", "maxmemory 100kb\nmaxmemory-policy allkeys-lru"), Is.Empty, "a cache evicts anyway");
    }

    private static DatabaseInstances Instances() => FakeServers.Instances(null!, new("default", RealServer.Password), addresses: "127.0.0.1");

    private Task<Readiness> PrepareAsync() => (_restarts ??= new(new RedisConnector(_server, TimeProvider.System), TimeProvider.System))
        .PrepareAsync(Instances(), Instances().Pods[0], CancellationToken.None);

    private async Task SafeAsync()
    {
        while (await PrepareAsync() is { IsReady: false })
            await Task.Delay(50);
    }

    private async Task<string> CheckAsync(string before, string after)
    {
        var change = RedisConfigurationEngineTests.Plan("7.0.15", before, after).Files.Single();
        var violations = await new RedisDataCheck(new RedisConnector(_server, TimeProvider.System)).CheckAsync(Instances(), change, CancellationToken.None);
        return string.Join('\n', violations.Select(v => $"{v.Reason}: {v.Message}"));
    }
}
