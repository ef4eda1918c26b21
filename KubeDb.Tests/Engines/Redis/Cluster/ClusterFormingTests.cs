using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis.Cluster;

namespace KubeDb.Tests.Engines.Redis.Cluster;

/// <summary>A cluster is made of servers that know nobody, once; in each version.</summary>
[TestFixtureSource(typeof(RedisVersions)), Category("Engines"), Parallelizable(ParallelScope.Self)]
public sealed class ClusterFormingTests(EngineVersion version)
{
    private RealCluster _cluster = null!;

    [SetUp]
    public async Task Make() => _cluster = await RealCluster.MakeAsync(version);

    [TearDown]
    public async Task Remove()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    [Test]
    public async Task ThreeShardsAreMadeHealHandOverAndRest()
    {
        // A pod that is missing may know a cluster.
        await _cluster.StartAsync(RealCluster.Pods.Take(5));
        var waiting = await _cluster.RoundAsync();
        Assert.That(waiting.Health.Failure!.Message, Does.StartWith("The cluster is made once every pod answers").And.Contain(RealCluster.Pods[5]));
        Assert.That(_cluster.Actions, Is.Empty);

        await _cluster.StartAsync(RealCluster.Pods[5]);
        var report = await _cluster.SettleAsync();
        AssertWhole(await _cluster.ViewAsync());
        Assert.That(report.Roles!.Where(r => r.Value == PodRoles.Primary).Select(r => r.Key), Is.EquivalentTo(new[] { "rd-shard0-0", "rd-shard1-0", "rd-shard2-0" }));
        Assert.That(report.Roles!.Count(r => r.Value == PodRoles.Standby), Is.EqualTo(3));
        Assert.That(_cluster.Actions.Any(a => a.IsWarning), Is.False, string.Join('\n', _cluster.Actions));

        // At rest nothing is sent that changes anything.
        _cluster.Dialer.Allow(0);
        Assert.That((await _cluster.RoundAsync()).Health.Failure, Is.Null);
        _cluster.Dialer.AllowAll();

        await _cluster.WriteAsync("k", 60);
        await _cluster.KillAsync(RealCluster.Pods);
        _cluster.Move(1, RealCluster.Pods);
        await _cluster.StartAsync(RealCluster.Pods);
        await _cluster.SettleAsync();
        AssertWhole(await _cluster.ViewAsync());
        Assert.That(await _cluster.MissingAsync("k", 60), Is.Empty);

        var pod = _cluster.PodOf(await _cluster.MasterAsync(0));
        Assert.That(await _cluster.Restarts.PrepareAsync(_cluster.Instances, pod, CancellationToken.None), Is.EqualTo(Readiness.Yes));
        Assert.That(await _cluster.MasterAsync(0), Is.EqualTo(RealCluster.Other(pod.Metadata.Name)));
        await _cluster.SettleAsync();
        Assert.That(await _cluster.MissingAsync("k", 60), Is.Empty);
    }

    /// <summary>The process ends after each command that changes anything, and another one, which knows nothing, goes on.</summary>
    [Test]
    public async Task ACrashAfterAnyCommandLeavesWhatTheNextProcessCompletes()
    {
        await _cluster.StartAsync(RealCluster.Pods);
        for (var commands = 0; ; commands++)
        {
            _cluster.Dialer.Allow(1);
            var process = new ClusterMaintenance(_cluster.Connector, TimeProvider.System, _cluster.Restarts);
            try
            {
                if (await _cluster.RoundAsync(process) is { Health.Failure: null, Again: null })
                    break;
            }
            catch (KilledException)
            {
                // Another process takes over.
            }

            Assert.That(commands, Is.LessThan(400));
            await Task.Delay(30);
        }

        AssertWhole(await _cluster.ViewAsync());
    }

    internal static void AssertWhole(ClusterView view)
    {
        Assert.That(ClusterHealth.Judge(view), Is.Null);
        Assert.That(view.Owners.Sum(o => o.Slots.Count), Is.EqualTo(SlotSet.All));
        Assert.That(view.Owners.Select(o => o.Epoch), Is.Unique);
        foreach (var shard in view.Shards)
            Assert.That(shard.Members.Count(m => m.Answer!.MasterId == shard.Owner!.Id), Is.EqualTo(shard.Members.Count - 1), $"shard {shard.Index}");
        Assert.That(view.Answering.Select(m => m.Answer!.Table.Nodes.Count), Is.All.EqualTo(view.Members.Count), "no stranger is left in a table");
        Assert.That(view.Shards.Select(s => s.Owner!.Slots), Is.EqualTo(Enumerable.Range(0, 3).Select(i => ClusterSlots.OfShard(i, 3))));
    }
}
