using System.Diagnostics;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis.Cluster;
using KubeDb.Tests.Support.Writers;
using KubeDb.Tests.Support.Writers.Redis;

namespace KubeDb.Tests.Engines.Redis.Cluster;

/// <summary>Every pod is restarted, replicas first and masters after a handover, while clients write to all shards. In the newest Redis.</summary>
[TestFixture, Category("Engines"), Parallelizable(ParallelScope.Self)]
public sealed class ClusterRestartTests
{
    private RealCluster _cluster = null!;

    [SetUp]
    public async Task Make()
    {
        _cluster = await RealCluster.MakeAsync(RedisVersions.All.Last(v => v.Distribution != "Valkey"));
        await _cluster.StartAsync(RealCluster.Pods);
        await _cluster.SettleAsync();
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task AllPodsAreRestartedWithoutLosingAnAcknowledgedWrite()
    {
        await using var writer = await NumberedWriter.StartAsync(Enumerable.Range(0, 3).Select(Writer), perSecond: 300);
        var left = RealCluster.Pods.ToList();
        var order = new List<string>();
        while (left.Count > 0)
        {
            var pod = await _cluster.Restarts.NextAsync(_cluster.Instances, [.. left.Select(_cluster.PodOf)], RestartReason.RestartRequested, CancellationToken.None);
            var name = pod.Metadata.Name;
            await UntilAsync(() => _cluster.Restarts.PrepareAsync(_cluster.Instances, pod, CancellationToken.None));
            await _cluster.KillAsync(name);
            _cluster.Move(1, name);
            await _cluster.StartAsync(name);
            await UntilAsync(() => _cluster.Restarts.CaughtUpAsync(_cluster.Instances, _cluster.PodOf(name), CancellationToken.None));
            left.Remove(name);
            order.Add(name);
        }

        var report = await writer.StopAsync();
        await TestContext.Out.WriteLineAsync($"{report}, errors: {string.Join("; ", report.Errors.GroupBy(e => e).Select(e => $"{e.Count()} × {e.Key}"))}");
        Assert.That(order.Take(3), Is.EqualTo(new[] { "rd-shard0-1", "rd-shard1-1", "rd-shard2-1" }), "replicas first");
        Assert.That(order, Is.EquivalentTo(RealCluster.Pods));
        Assert.That(report.Lost, Is.Zero);
        await _cluster.SettleAsync();
        ClusterFormingTests.AssertWhole(await _cluster.ViewAsync());
    }

    [Test]
    public async Task AMasterWithoutAReplicaInSyncIsLeftAloneAndNamesTheReason()
    {
        await _cluster.KillAsync("rd-shard1-1");
        var readiness = await _cluster.Restarts.PrepareAsync(_cluster.Instances, _cluster.PodOf("rd-shard1-0"), CancellationToken.None);
        Assert.That(readiness, Is.EqualTo(Readiness.NotYet("rd-shard1-0 is the master of shard 1, and no replica is in sync to take over: pod rd-shard1-1 does not exist")));

        // Its master is gone: it may be the only one with the data, until it is elected.
        await _cluster.StartAsync("rd-shard1-1");
        await _cluster.SettleAsync();
        await _cluster.KillAsync("rd-shard1-0");
        readiness = await _cluster.Restarts.PrepareAsync(_cluster.Instances, _cluster.PodOf("rd-shard1-1"), CancellationToken.None);
        Assert.That(readiness.Reason, Does.StartWith("rd-shard1-1 ").And.Contain("shard 1"));
        Assert.That(readiness.IsReady, Is.False);

        // A pod that does not run may go.
        Assert.That(await _cluster.Restarts.PrepareAsync(_cluster.Instances, _cluster.PodOf("rd-shard1-0"), CancellationToken.None), Is.EqualTo(Readiness.Yes));
    }

    /// <summary>Writes keys of one slot of the shard; asks the cluster itself for its owner.</summary>
    private RedisWriterClient Writer(int shard)
    {
        var tag = Enumerable.Range(0, 1000).Select(i => $"tag{i}").First(t => ClusterSlots.OfShard(shard, 3).Has(ClusterSlots.Of(t)));
        return new(
            async cancel =>
            {
                var view = await _cluster.ViewAsync();
                var owner = view.Owners.FirstOrDefault(o => o.Slots.Has(ClusterSlots.Of(tag)))?.Member ?? throw new IOException("no pod that answers owns the slot");
                return (owner.Address, RealCluster.Port);
            },
            RealCluster.Password, replicas: 1, tag);
    }

    private async Task UntilAsync(Func<Task<Readiness>> ask)
    {
        var limit = Stopwatch.StartNew();
        while (await ask() is { IsReady: false } notYet)
        {
            Assert.That(limit.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), notYet.Reason);
            await _cluster.RoundAsync();
            await Task.Delay(100);
        }
    }
}
