using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Tests.Unit.Engines.Redis;

namespace KubeDb.Tests.Engines.Redis;

/// <summary>The engine against a real server, which takes live changes as we expect.</summary>
[TestFixtureSource(typeof(RedisVersions))]
public sealed class LiveSettingTests(EngineVersion version) : EngineFixture(version)
{
    private RealServer _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await RealServer.MakeAsync(Container, Version);
        await _server.ConfigureAsync("appendonly no");
        Assert.That(await _server.StartAsync(), await _server.LogAsync());
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Test]
    public async Task TheProbePassesAndTheRestartStrategyAgrees()
    {
        var engine = new RedisEngine(_server, TimeProvider.System);
        Assert.That(await engine.ProbeAsync(Instances(), CancellationToken.None), Is.EqualTo(HealthReport.Healthy));
        Assert.That(await engine.Restarts.PrepareAsync(Instances(), Instances().Pods[0], CancellationToken.None), Is.EqualTo(Readiness.Yes));
        Assert.That(await engine.Restarts.CaughtUpAsync(Instances(), Instances().Pods[0], CancellationToken.None), Is.EqualTo(Readiness.Yes));
    }

    [Test]
    public async Task AWrongPasswordIsSaidWithoutShowingIt()
    {
        var known = Instances();
        var instances = known with { Facts = known.Facts with { Credential = new("default", "canary-secret") } };
        var failure = (await new RedisEngine(_server, TimeProvider.System).ProbeAsync(instances, CancellationToken.None)).Failure!;
        Assert.That(failure.Label, Is.EqualTo("client creation"));
        Assert.That(failure.Message, Does.Contain("refuses the user name or password").And.Contain("delete the pod").And.Not.Contain("canary"));
    }

    [Test]
    public async Task LiveDirectivesInEverySpellingAreAppliedAndComparedRight()
    {
        const string Text = "maxmemory 100mb\nmaxmemory-policy ALLKEYS-LRU\nsave 900 1\nsave \"300 10\"\nclient-output-buffer-limit slave 1gb 2mb 30\n"
            + "notify-keyspace-events KEA\nhz 1000\nslave-priority 50\nlatency-tracking-info-percentiles 50 99\nshutdown-on-sigterm save now\n"
            + "oom-score-adj-values 1 2 3\nproc-title-template \"{title} # {listen-addr}\"\nlfu-decay-time 2\nactiverehashing NO\n";
        var change = await ApplyAsync("", Text);
        Assert.That(change.Kind, Is.EqualTo(LiveChangeKind.Applied), change.Message);
        Assert.That(await _server.SendAsync("CONFIG", "GET", "maxmemory"), Is.EqualTo("104857600"));
        Assert.That(await _server.SendAsync("CONFIG", "GET", "save"), Is.EqualTo("900 1 300 10"));
        var plan = RedisConfigurationEngineTests.Plan("7.0.15", "", Text);
        Assert.That(await Engine.Configuration!.InEffectAsync(Instances(), plan, CancellationToken.None), Is.EqualTo(Readiness.Yes));
        var back = await ApplyAsync(Text, "");
        Assert.That(back.Kind, Is.EqualTo(LiveChangeKind.NeedsRestart), "proc-title-template has no default that is known");
        var most = Text.Replace("proc-title-template \"{title} # {listen-addr}\"\n", "", StringComparison.Ordinal);
        Assert.That((await ApplyAsync(most, "")).Kind, Is.EqualTo(LiveChangeKind.Applied));
        Assert.That(await _server.SendAsync("CONFIG", "GET", "client-output-buffer-limit"), Does.Contain("slave 268435456 67108864 60"));
    }

    [Test]
    public async Task ARefusedValueLeavesEverythingAsItWas()
    {
        var before = await _server.SendAsync("CONFIG", "GET", "timeout");
        var change = await ApplyAsync("", "timeout 77\nmaxmemory-policy nonsense\n");
        Assert.That(change.Kind, Is.EqualTo(LiveChangeKind.Refused));
        Assert.That(change.Message, Does.Contain("maxmemory-policy"));
        Assert.That(await _server.SendAsync("CONFIG", "GET", "timeout"), Is.EqualTo(before));
    }

    [Test]
    public async Task TheTableKnowsEveryParameterOfTheServerAndWhetherItChangesLive()
    {
        await using var client = await _server.ClientAsync();
        var all = await client.SendAsync(CancellationToken.None, "CONFIG", "GET", "*");
        foreach (var pair in all.Items.Chunk(2))
        {
            var name = pair[0].Text;
            Assert.That(RedisDirectives.IsKnown(name, Version.Distribution == "Valkey", new(Version.Server.Major, Version.Server.Minor)), name);
            var set = await client.SendBytesAsync(["CONFIG"u8.ToArray(), "SET"u8.ToArray(), Encoding.UTF8.GetBytes(name), pair[1].Bytes.ToArray()], CancellationToken.None);
            Assert.That(RedisDirectives.Find(name)!.Effect == DirectiveEffect.Live, Is.EqualTo(set.IsOk), $"{name}: {set.Text}");
        }
    }

    private RedisEngine Engine => new(_server, TimeProvider.System);

    private DatabaseInstances Instances() => FakeServers.Instances(Version.Server.ToString(), new("default", RealServer.Password), addresses: "127.0.0.1");

    private Task<LiveChange> ApplyAsync(string before, string after) =>
        Engine.Configuration!.ApplyLiveAsync(Instances(), RedisConfigurationEngineTests.Plan("7.0.15", $"appendonly no\n{before}", $"appendonly no\n{after}"), CancellationToken.None);
}
