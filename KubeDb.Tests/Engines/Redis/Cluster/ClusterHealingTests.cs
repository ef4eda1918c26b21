using System.Diagnostics;
using KubeDb.Api.Engines.Redis.Cluster;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Tests.Engines.Redis.Cluster;

/// <summary>
/// What a running cluster may meet with, each time from the same whole cluster of three shards with two pods and some keys. In the oldest version:
/// what differs in newer ones is in <see cref="ClusterFormingTests"/>.
/// </summary>
[TestFixture, Category("Engines"), Parallelizable(ParallelScope.Self)]
public sealed class ClusterHealingTests
{
    private const int Count = 120;
    private static int _generation = 1;
    private RealCluster _cluster = null!;

    [OneTimeSetUp]
    public async Task Form()
    {
        _cluster = await RealCluster.MakeAsync(RedisVersions.All[0]);
        await _cluster.StartAsync(RealCluster.Pods);
        await _cluster.SettleAsync();
        await _cluster.WriteAsync("k", Count);
        await _cluster.KillAsync(RealCluster.Pods);
        await _cluster.ShellAsync("for p in rd-shard?-?; do cp -a $p whole.$p; done");
    }

    [SetUp]
    public async Task Restore()
    {
        await _cluster.ShellAsync("for p in whole.*; do rm -rf ${p#whole.}; cp -a $p ${p#whole.}; done");
        _cluster.Actions.Clear();
    }

    [TearDown]
    public async Task Stop() => await _cluster.DisposeAsync();

    [Test]
    public async Task AfterAFullStopWithNewAddressesAllFindEachOther()
    {
        await StartMovedAsync();
        await HealedAsync();
    }

    [TestCase("rd-shard1-1", TestName = "A replica lost with its volume comes back empty and follows its shard's master")]
    [TestCase("rd-shard1-0", TestName = "A master lost with its volume is replaced by its replica and comes back as replica")]
    public async Task APodLostWithItsVolumeComesBackEmpty(string pod)
    {
        await RunningAsync();
        await _cluster.KillAsync(pod);
        await _cluster.RoundAsync();
        await _cluster.ShellAsync($"rm -rf {pod}/*");
        Move(pod);
        await _cluster.StartAsync(pod);
        await HealedAsync();
        Assert.That(_cluster.Actions.Select(a => a.Reason), Does.Contain(RedisReasons.ClusterNodeForgotten));
    }

    [TestCase("rd-shard1-1", TestName = "nodes.conf of a replica is gone")]
    [TestCase("rd-shard1-0", TestName = "nodes.conf of a master is gone")]
    [TestCase("rd-shard1-0 rd-shard1-1", TestName = "nodes.conf of a shard is gone, its data is not")]
    [TestCase("rd-shard0-0 rd-shard0-1 rd-shard1-0 rd-shard1-1 rd-shard2-0 rd-shard2-1", TestName = "nodes.conf of all pods is gone, their data is not")]
    public async Task TablesThatAreGoneTakeNoKeyWithThem(string pods)
    {
        await _cluster.ShellAsync($"for p in {pods}; do rm $p/nodes.conf; done");
        await StartMovedAsync();
        await HealedAsync();
    }

    [Test]
    public async Task OfTwoThatClaimASlotTheOneWithTheDataWins()
    {
        var slot = ClusterSlots.Of("k:1");
        await RunningAsync();
        var owner = (await _cluster.ViewAsync()).Owners.Single(o => o.Slots.Has(slot)).Member!;
        var other = await _cluster.MasterAsync((owner.Shard + 1) % 3);
        var id = await _cluster.AskAsync(other, "CLUSTER", "MYID");
        await _cluster.KillAsync(RealCluster.Pods);
        Move([.. RealCluster.Pods]);
        await _cluster.StartAsync(other);
        await _cluster.AskAsync(other, "CLUSTER", "SETSLOT", $"{slot}", "NODE", id);
        await _cluster.AskAsync(other, "CLUSTER", "BUMPEPOCH");
        await _cluster.StartAsync(RealCluster.Pods.Where(p => p != other));
        await HealedAsync();
        Assert.That(_cluster.Actions.Select(a => a.Reason), Does.Contain(RedisReasons.ClusterClaimsSettled));
    }

    [Test]
    public async Task AReplicaOfAnotherShardsMasterComesBackToItsOwn()
    {
        await RunningAsync();
        await _cluster.AskAsync("rd-shard1-1", "CLUSTER", "REPLICATE", await _cluster.AskAsync("rd-shard0-0", "CLUSTER", "MYID"));
        await HealedAsync();
    }

    [Test]
    public async Task SlotsWhoseMasterIsAnotherShardsPodComeHome()
    {
        await RunningAsync();
        await _cluster.AskAsync("rd-shard1-1", "CLUSTER", "REPLICATE", await _cluster.AskAsync("rd-shard0-0", "CLUSTER", "MYID"));
        await UntilAsync(async () => await _cluster.ViewAsync() is var view && ClusterPlan.IsInSync(Member(view, "rd-shard1-1"), Member(view, "rd-shard0-0")));
        await _cluster.AskAsync("rd-shard1-1", "CLUSTER", "FAILOVER");
        await UntilAsync(async () => (await _cluster.AskAsync("rd-shard0-0", "INFO", "replication")).Contains("role:slave", StringComparison.Ordinal));
        Assert.That((await _cluster.RoundAsync()).Health.Failure!.Message, Does.Contain("rd-shard1-1"));
        await HealedAsync();
    }

    [Test]
    public async Task AMasterPromotedWhileNobodyLookedStaysMaster()
    {
        await RunningAsync();
        await _cluster.KillAsync("rd-shard2-0");
        await UntilAsync(async () => (await _cluster.AskAsync("rd-shard2-1", "INFO", "replication")).Contains("role:master", StringComparison.Ordinal));
        Move("rd-shard2-0");
        await _cluster.StartAsync("rd-shard2-0");
        await HealedAsync();
        Assert.That(await _cluster.MasterAsync(2), Is.EqualTo("rd-shard2-1"));
    }

    [Test]
    public async Task MostMastersLostWithTheirVolumesAreReplacedByTheirReplicas()
    {
        await RunningAsync();
        await _cluster.KillAsync("rd-shard0-0", "rd-shard1-0");

        // They may come back with what was written last, so nobody takes over from them, and nobody forgets them.
        var waiting = (await _cluster.RoundAsync()).Health.Failure!;
        Assert.That((waiting.Label, waiting.AcceptsConnections), Is.EqualTo(("cluster-slot", false)));
        Assert.That(waiting.Message, Does.Contain("it is waited for").And.Contain("rd-shard0-0"));
        await Task.Delay(1500);
        await _cluster.RoundAsync();
        Assert.That(_cluster.Actions, Is.Empty);

        await _cluster.ShellAsync("rm -rf rd-shard0-0/* rd-shard1-0/*");
        Move("rd-shard0-0", "rd-shard1-0");
        await _cluster.StartAsync("rd-shard0-0", "rd-shard1-0");
        await HealedAsync();
        Assert.That(_cluster.Actions.Where(a => a.IsWarning).Select(a => a.Reason), Does.Contain(RedisReasons.ClusterFailover));
    }

    [Test]
    public async Task AShardWhoseVolumesAreAllLostIsEmptyAndSaysSo()
    {
        await RunningAsync();
        await _cluster.KillAsync("rd-shard0-0", "rd-shard0-1");
        await _cluster.ShellAsync("rm -rf rd-shard0-0/* rd-shard0-1/*");
        Move("rd-shard0-0", "rd-shard0-1");
        await _cluster.StartAsync("rd-shard0-0");
        await _cluster.RoundAsync();
        Assert.That(_cluster.Actions.Select(a => a.Reason), Does.Not.Contain(RedisReasons.ClusterSlotsRecovered), "the other pod may still come back with the data");
        await _cluster.StartAsync("rd-shard0-1");
        await _cluster.SettleAsync();
        ClusterFormingTests.AssertWhole(await _cluster.ViewAsync());
        Assert.That(_cluster.Actions.Single(a => a.Reason == RedisReasons.ClusterSlotsRecovered), Is.EqualTo(_cluster.Actions.Single(a => a.IsWarning)));
        Assert.That(await _cluster.MissingAsync("k", Count), Is.All.Matches<string>(k => ClusterSlots.OfShard(0, 3).Has(ClusterSlots.Of(k!))));
    }

    [Test]
    public async Task EmptyPodsMakeNoClusterBesideOneThatIsAway()
    {
        string[] some = ["rd-shard0-0", "rd-shard1-0", "rd-shard2-0"];
        await _cluster.ShellAsync($"for p in {string.Join(' ', some)}; do rm -rf $p/*; done");
        await _cluster.StartAsync(some);
        for (var i = 0; i < 5; i++)
            await _cluster.RoundAsync();
        Assert.That((await _cluster.ViewAsync()).Owners, Is.Empty);
        Assert.That(_cluster.Actions, Is.Empty);
        await _cluster.StartAsync(RealCluster.Pods.Except(some));
        await HealedAsync();
    }

    private async Task HealedAsync()
    {
        await _cluster.SettleAsync();
        ClusterFormingTests.AssertWhole(await _cluster.ViewAsync());
        Assert.That(await _cluster.MissingAsync("k", Count), Is.Empty);
    }

    private async Task RunningAsync()
    {
        await _cluster.StartAsync(RealCluster.Pods);
        await _cluster.SettleAsync();
        _cluster.Actions.Clear();
    }

    private async Task StartMovedAsync()
    {
        Move([.. RealCluster.Pods]);
        await _cluster.StartAsync(RealCluster.Pods);
    }

    private void Move(params string[] pods) => _cluster.Move(_generation = (_generation % 5) + 1, pods);

    private static ClusterMember Member(ClusterView view, string pod) => view.Members.Single(m => m.Pod == pod);

    private static async Task UntilAsync(Func<Task<bool>> seen)
    {
        var limit = Stopwatch.StartNew();
        while (!await seen())
        {
            Assert.That(limit.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), "it does not come about");
            await Task.Delay(20);
        }
    }
}
