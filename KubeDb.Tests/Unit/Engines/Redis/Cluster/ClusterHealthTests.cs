using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis.Cluster;

namespace KubeDb.Tests.Unit.Engines.Redis.Cluster;

[TestFixture, Category("Unit"), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class ClusterHealthTests
{
    private readonly ClusterSample _cluster = new();

    private HealthFailure Failure => ClusterHealth.Judge(_cluster.View)!;

    [Test]
    public void APodThatDoesNotAnswerIsNamedAndTheClusterServesOn()
    {
        _cluster.Down("a", "c");
        Assert.That(Failure, Is.EqualTo(new HealthFailure(
            "client creation",
            "Not every pod answers: there is no connection to pod rd-shard0-1; there is no connection to pod rd-shard2-1. The others serve every slot.",
            AcceptsConnections: true)));
    }

    [Test]
    public void WithoutAnyPodNothingServes()
    {
        _cluster.Down("A", "a", "B", "b", "C", "c");
        Assert.That((Failure.Label, Failure.AcceptsConnections), Is.EqualTo(("client creation", false)));
        Assert.That(Failure.Message, Does.StartWith("No pod of the cluster answers: ").And.Contain("rd-shard2-1"));
    }

    [Test]
    public void SlotsWithoutOwnerAreCounted()
    {
        _cluster.Everywhere("A", n => n with { Slots = SlotSet.OfRange(0, 5000) });
        Assert.That(Failure, Is.EqualTo(new HealthFailure("cluster-slot", "460 of 16384 slots have no owner: 5001-5460.", AcceptsConnections: false)));
    }

    [Test]
    public void AReplicaOfAnotherMasterIsNamedWithBoth()
    {
        _cluster.Everywhere("b", n => n with { Master = "A" });
        Assert.That(Failure, Is.EqualTo(new HealthFailure("nodes-not-ready", "Pod rd-shard1-1 follows rd-shard0-0 instead of rd-shard1-0, the master of its shard 1.", AcceptsConnections: true)));
    }

    [Test]
    public void AMasterWithoutSlotsThatShouldFollowIsNamed()
    {
        _cluster.Everywhere("b", _ => new());
        _cluster.Pods["b"].Keys = 0;
        Assert.That(Failure, Is.EqualTo(new HealthFailure("primary", "Pod rd-shard1-1 does not follow rd-shard1-0 yet, the master of its shard 1.", AcceptsConnections: true)));
    }

    [Test]
    public void TwoOwnersInOneShardAreNamed()
    {
        _cluster.Everywhere("b", _ => new() { Epoch = 9, Slots = SlotSet.Of([0]) });
        Assert.That(Failure.Message, Is.EqualTo("Pod rd-shard1-1 owns the slots 0 beside rd-shard1-0, the master of its shard 1."));
    }

    [Test]
    public void TwoPodsOnCopiesOfOneVolumeAreNamed()
    {
        _cluster.Pods["a"] = _cluster.Pods["a"] with { Id = "A" };
        Assert.That(Failure.Message, Does.StartWith("Two pods say that they are the same node: rd-shard0-0, rd-shard0-1."));
        Assert.That(_cluster.View.IsComplete, Is.False);
    }

    [Test]
    public void RolesAreThoseOfSlotsAndFollowers()
    {
        _cluster.Empty("b");
        Assert.That(ClusterHealth.RolesOf(_cluster.View), Is.EquivalentTo(new Dictionary<string, string>
        {
            ["rd-shard0-0"] = PodRoles.Primary,
            ["rd-shard0-1"] = PodRoles.Standby,
            ["rd-shard1-0"] = PodRoles.Primary,
            ["rd-shard2-0"] = PodRoles.Primary,
            ["rd-shard2-1"] = PodRoles.Standby,
        }));
    }
}
