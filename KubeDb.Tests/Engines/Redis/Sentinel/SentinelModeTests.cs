using System.Collections;
using System.Collections.Concurrent;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.Writers;

namespace KubeDb.Tests.Engines.Redis.Sentinel;

/// <summary>Redis 7 and 8.</summary>
internal sealed class OfficialVersions : IEnumerable
{
    public IEnumerator GetEnumerator() => RedisVersions.All.Where(v => v.Distribution != "Valkey").GetEnumerator();
}

/// <summary>Servers and sentinels are brought together, and kept so whoever fails or forgets; in each Redis.</summary>
[TestFixtureSource(typeof(OfficialVersions)), Category("Engines"), Parallelizable(ParallelScope.Self)]
public sealed class SentinelModeTests(EngineVersion version)
{
    private RealSentinels _set = null!;

    [SetUp]
    public async Task Make()
    {
        _set = await RealSentinels.MakeAsync(version);
        await _set.WatchAsync(RealSentinels.Watchers);
    }

    [TearDown]
    public async Task Remove()
    {
        if (_set is not null)
            await _set.DisposeAsync();
    }

    [Test]
    public async Task ItIsMadeFailsOverAndForgetsNothing()
    {
        // One that is missing may hold the data.
        await _set.StartAsync("rd-0", "rd-1");
        Assert.That((await _set.RoundAsync()).Health.Failure!.Message, Does.Contain("rd-2 can be asked"));
        Assert.That(_set.Actions, Is.Empty);

        await _set.StartAsync("rd-2");
        Assert.That(RealSentinels.Primary(await _set.SettleAsync()), Is.EqualTo("rd-0"));
        Assert.That(await _set.AskAsync("sen-1", "SENTINEL", "CKQUORUM", $"{_set.Namespace}/rd"), Does.StartWith("OK 3 usable"));
        Assert.That(_set.Actions.Any(a => a.IsWarning), Is.False);

        // At rest nothing is done, and another process does nothing but give the password again.
        _set.Actions.Clear();
        await _set.RoundAsync();
        Assert.That(_set.Actions, Is.Empty);
        _set.NewMode();
        await _set.SettleAsync();
        Assert.That(_set.Actions.Select(a => a.Reason).Distinct(), Is.EqualTo(new[] { RedisReasons.MasterRegistered }));
        await _set.AskAsync("rd-0", "SET", "k", "v");
        await _set.AskAsync("rd-0", "WAIT", "2", "2000");

        var heard = new ConcurrentQueue<ObjectKey>();
        using var stop = new CancellationTokenSource();
        var listening = _set.Feed.ListenAsync(_set.Sentinels(), (_, key) => heard.Enqueue(key), stop.Token);
        await _set.UntilAsync(async () => (await _set.AskAsync("sen-2", "CLIENT", "LIST")).Contains("cmd=subscribe", StringComparison.Ordinal));

        // The master dies; its successor is told, and found, without the help of a round.
        await _set.KillAsync("rd-0");
        await _set.UntilAsync(() => Task.FromResult(heard.Contains(new ObjectKey(_set.Namespace, "rd"))));
        await stop.CancelAsync();
        Assert.That(async () => await listening, Throws.InstanceOf<OperationCanceledException>());
        MaintenanceReport report = null!;
        await _set.UntilAsync(async () => (report = await _set.RoundAsync()).Roles is not null);
        var successor = RealSentinels.Primary(report);
        Assert.That(successor, Is.Not.EqualTo("rd-0"));
        Assert.That(report.Health.Failure!.AcceptsConnections, Is.True);

        // The former master comes back and follows. A machine that stood still for a moment may have had the successor replaced too.
        await _set.StartAsync("rd-0");
        successor = RealSentinels.Primary(await _set.SettleAsync());
        Assert.That(successor, Is.Not.EqualTo("rd-0"));
        Assert.That(await _set.AskAsync("rd-0", "GET", "k"), Is.EqualTo("v"));

        // A sentinel without memory, one with a file that is cut off, and one that merely restarts.
        var id = await _set.AskAsync("sen-2", "SENTINEL", "MYID");
        await _set.KillAsync(RealSentinels.Watchers);
        await _set.WipeAsync("sen-0");
        await _set.CutAsync("sen-1");
        await _set.WatchAsync(RealSentinels.Watchers);
        Assert.That(await _set.AskAsync("sen-2", "SENTINEL", "MYID"), Is.EqualTo(id), "it goes on with what it knew");
        Assert.That(await _set.AskAsync("sen-2", "SENTINEL", "GET-MASTER-ADDR-BY-NAME", $"{_set.Namespace}/rd"), Does.StartWith(successor));
        Assert.That(RealSentinels.Primary(await _set.SettleAsync()), Is.EqualTo(successor));

        // All of them without memory.
        await _set.KillAsync(RealSentinels.Watchers);
        await _set.WipeAsync(RealSentinels.Watchers);
        await _set.WatchAsync(RealSentinels.Watchers);
        Assert.That(RealSentinels.Primary(await _set.SettleAsync()), Is.EqualTo(successor));
    }

    [Test]
    public async Task TheDataWinsWhoeverComesBackEmpty()
    {
        await _set.StartAsync(RealSentinels.Servers);
        var master = RealSentinels.Primary(await _set.SettleAsync());
        await _set.AskAsync(master, "SET", "k", "v");
        await _set.AskAsync(master, "WAIT", "2", "2000");

        // The master alone, sooner than the sentinels notice.
        await _set.KillAsync(master);
        await _set.WipeAsync(master);
        await _set.StartAsync(master);
        var second = RealSentinels.Primary(await _set.SettleAsync());
        Assert.That(second, Is.Not.EqualTo(master));
        Assert.That(await _set.AskAsync(second, "GET", "k"), Is.EqualTo("v"));
        Assert.That(await _set.AskAsync(master, "GET", "k"), Is.EqualTo("v"), "it took the data over");

        // All stop, and the master's volume is lost.
        await _set.KillAsync(RealSentinels.Servers);
        await _set.WipeAsync(second);
        await _set.StartAsync(RealSentinels.Servers);
        var third = RealSentinels.Primary(await _set.SettleAsync());
        Assert.That(third, Is.Not.EqualTo(second));
        foreach (var server in RealSentinels.Servers)
            Assert.That(await _set.AskAsync(server, "GET", "k"), Is.EqualTo("v"), server);

        // All stop, nothing is lost.
        await _set.KillAsync(RealSentinels.Servers);
        await _set.StartAsync(RealSentinels.Servers);
        await _set.SettleAsync();
        foreach (var server in RealSentinels.Servers)
            Assert.That(await _set.AskAsync(server, "GET", "k"), Is.EqualTo("v"), server);
    }

    [Test]
    public async Task AMasterHandsOverBeforeItGoesAndNoAcknowledgedWriteIsLost()
    {
        await _set.StartAsync(RealSentinels.Servers);
        var master = RealSentinels.Primary(await _set.SettleAsync());
        await using var writer = await NumberedWriter.StartAsync([_set.Writer(replicas: 1)], perSecond: 200);
        var instances = _set.Instances();
        var pod = instances.Pods.Single(p => p.Metadata.Name == master);
        Assert.That(await _set.Mode.Restarts.NextAsync(instances, instances.Pods, RestartReason.RestartRequested, CancellationToken.None), Is.Not.EqualTo(pod), "replicas go first");

        var prepared = Readiness.NotYet("");
        await _set.UntilAsync(async () =>
        {
            await _set.RoundAsync();
            return (prepared = await _set.Mode.Restarts.PrepareAsync(_set.Instances(), pod, CancellationToken.None)).IsReady;
        });
        await _set.KillAsync(master);
        var report = await writer.StopAsync(after: 20);
        Assert.That(report.Lost, Is.Zero, string.Join('\n', report.Errors));

        await _set.StartAsync(master);
        await _set.UntilAsync(async () =>
        {
            await _set.RoundAsync();
            return (await _set.Mode.Restarts.CaughtUpAsync(_set.Instances(), pod, CancellationToken.None)).IsReady;
        });
        Assert.That(RealSentinels.Primary(await _set.SettleAsync()), Is.Not.EqualTo(master));
    }

    [Test]
    public async Task TwoDatabasesShareSentinelsAndWhatIsGoneIsForgotten()
    {
        DatabaseInstances Other() => _set.Instances("other", replicas: 1);
        await _set.StartAsync([.. RealSentinels.Servers, "other-0"]);
        await _set.SettleAsync();
        await _set.SettleAsync(Other);
        Assert.That((await _set.Maintenance.MaintainAsync(_set.Sentinels("rd", "other"), CancellationToken.None)).Actions, Is.Empty);

        var report = await _set.Maintenance.MaintainAsync(_set.Sentinels("rd"), CancellationToken.None);
        Assert.That(report.Actions.Select(a => a.Reason), Is.EqualTo(Enumerable.Repeat(RedisReasons.MasterForgotten, 3)));
        foreach (var watcher in RealSentinels.Watchers)
            Assert.That(await _set.AskAsync(watcher, "SENTINEL", "MASTERS"), Does.Contain("/rd").And.Not.Contain("/other"));

        // A server that was taken away is forgotten by one sentinel after the other, without a gap.
        await _set.KillAsync("rd-2");
        await _set.UntilAsync(async () =>
        {
            await _set.RoundAsync(_set.Instances(replicas: 2));
            var known = await Task.WhenAll(RealSentinels.Watchers.Select(w => _set.AskAsync(w, "SENTINEL", "REPLICAS", $"{_set.Namespace}/rd")));
            return known.All(k => !k.Contains("rd-2.", StringComparison.Ordinal) && k.Contains("rd-1.", StringComparison.Ordinal));
        });
        Assert.That(_set.Actions.Count(a => a.Reason == RedisReasons.SentinelReset), Is.EqualTo(3));
    }
}

/// <summary>The newest and an older Valkey: made, failed over, restarted.</summary>
[TestFixtureSource(typeof(ValkeyVersions)), Category("Engines"), Parallelizable(ParallelScope.Self)]
public sealed class ValkeySentinelTests(EngineVersion version)
{
    [Test]
    public async Task ItIsMadeAndFailsOver()
    {
        await using var set = await RealSentinels.MakeAsync(version);
        await set.WatchAsync(RealSentinels.Watchers);
        await set.StartAsync(RealSentinels.Servers);
        Assert.That(RealSentinels.Primary(await set.SettleAsync()), Is.EqualTo("rd-0"));
        await set.KillAsync("rd-0");
        await set.UntilAsync(async () => await set.RoundAsync() is { Roles: { } roles } && roles["rd-0"] == PodRoles.Standby);
        await set.StartAsync("rd-0");
        Assert.That(RealSentinels.Primary(await set.SettleAsync()), Is.Not.EqualTo("rd-0"));
    }
}

/// <summary>Valkey.</summary>
internal sealed class ValkeyVersions : IEnumerable
{
    public IEnumerator GetEnumerator() => RedisVersions.All.Where(v => v.Distribution == "Valkey").GetEnumerator();
}
