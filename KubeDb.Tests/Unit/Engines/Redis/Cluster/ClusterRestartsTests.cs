using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis.Cluster;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Unit.Engines.Redis.Cluster;

[TestFixture, Category("Unit"), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class ClusterRestartsTests
{
    private readonly ClusterSample _cluster = new();

    [Test]
    public void ReplicasOfAllShardsGoFirstThenWhatDoesNotAnswerThenMasters()
    {
        Assert.That(Order(), Is.EqualTo(new[] { "rd-shard0-1", "rd-shard1-1", "rd-shard2-1", "rd-shard0-0", "rd-shard1-0", "rd-shard2-0" }));
        _cluster.Down("b");
        Assert.That(Order(), Is.EqualTo(new[] { "rd-shard0-1", "rd-shard2-1", "rd-shard1-1", "rd-shard0-0", "rd-shard1-0", "rd-shard2-0" }));
    }

    [Test]
    public void RolesDecideNotOrdinals()
    {
        _cluster.Everywhere("A", n => n with { Master = "a", Slots = SlotSet.Empty });
        _cluster.Everywhere("a", n => n with { Master = null, Epoch = 9, Slots = ClusterSlots.OfShard(0, 3) });
        Assert.That(Order(), Is.EqualTo(new[] { "rd-shard1-1", "rd-shard2-1", "rd-shard0-0", "rd-shard0-1", "rd-shard1-0", "rd-shard2-0" }));
    }

    [Test]
    public void AReplicaMayGoWhileItsMasterAnswers()
    {
        Assert.That(Judge("a"), Is.EqualTo("yes"));
        _cluster.Down("A");
        Assert.That(Judge("a"), Does.StartWith("rd-shard0-1 follows a master that is in no pod that answers").And.Contain("data of shard 0"));
    }

    [Test]
    public void AMasterIsFollowedByItsReplica() => Assert.That(Judge("A"), Is.EqualTo("a takes over"));

    [Test]
    public void AMasterWithoutAReplicaInSyncStaysAndTheReasonIsNamed()
    {
        var replica = _cluster.Pods["a"];
        replica.Offset = -2_000_000;
        Assert.That(Judge("A"), Does.EndWith("no replica is in sync to take over: rd-shard0-1 is 2001000 bytes behind"));
        replica.IsLinkUp = false;
        Assert.That(Judge("A"), Does.EndWith("rd-shard0-1 has lost its link to the master"));
        replica.IsSyncing = true;
        Assert.That(Judge("A"), Does.EndWith("rd-shard0-1 is still receiving the data"));
        _cluster.Down("a");
        Assert.That(Judge("A"), Is.EqualTo("rd-shard0-0 is the master of shard 0, and no replica is in sync to take over: there is no connection to pod rd-shard0-1"));
    }

    [Test]
    public void AReplicaThatItsMasterDoesNotKnowAsSuchDoesNotTakeOverYet()
    {
        _cluster.Pods["A"].Nodes["a"] = _cluster.Pods["A"].Nodes["a"] with { Master = "B" };
        Assert.That(Judge("A"), Does.StartWith("rd-shard0-0 is the master of shard 0"), "it would not hear the replica");
    }

    [Test]
    public void AReplicaFromAnotherShardTakesOverToo()
    {
        _cluster.Down("a");
        _cluster.Everywhere("b", n => n with { Master = "A" });
        Assert.That(Judge("A"), Is.EqualTo("b takes over"));
    }

    [Test]
    public void BackMeansAWholeMemberOfAWholeCluster()
    {
        Assert.That(CaughtUp("a"), Is.Empty);
        _cluster.Pods["a"].Offset = -2_000_000;
        Assert.That(CaughtUp("a"), Is.EqualTo("rd-shard0-1 is 2001000 bytes behind its master rd-shard0-0"));
        _cluster.Pods["a"].IsLinkUp = false;
        Assert.That(CaughtUp("a"), Is.EqualTo("Pod rd-shard0-1 has no link to its master rd-shard0-0."));
        _cluster.Pods["a"].IsLinkUp = true;
        _cluster.Pods["C"].Nodes["a"] = _cluster.Pods["C"].Nodes["a"] with { Flags = "fail?" };
        Assert.That(CaughtUp("a"), Is.EqualTo("Pod rd-shard2-0 is not linked to rd-shard0-1 in the cluster."));
        _cluster.Down("B");
        Assert.That(CaughtUp("a"), Does.StartWith("Shard 1 has no master"));
    }

    private string CaughtUp(string letter) => ClusterRestarts.CaughtUp(_cluster.View, _cluster.Pods[letter].Name).Reason;

    private string Judge(string letter)
    {
        var view = _cluster.View;
        var (readiness, heir) = ClusterRestarts.Judge(view, view.Members.Single(m => m.Pod == _cluster.Pods[letter].Name));
        return heir is not null ? $"{heir.Answer!.Id} takes over" : readiness == Readiness.Yes ? "yes" : readiness.Reason;
    }

    private IEnumerable<string> Order() => ClusterRestarts.Order(
        _cluster.View, [.. _cluster.Pods.Values.Select(p => new Pod { Metadata = new() { Name = p.Name } })]).Select(p => p.Metadata.Name);
}
