using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Engines.Kafka.Cluster;

namespace KubeDb.Tests.Unit.Engines.Kafka;

[TestFixture, Category("Unit")]
public class ClusterViewTests
{
    [Test]
    public void A_cluster_in_which_all_is_well_is_healthy() => Assert.That(View().Judge("demo/kf"), Is.Null);

    [Test]
    public void What_is_wrong_is_told_by_name()
    {
        Assert.Multiple(() =>
        {
            Assert.That(new ClusterView([], null, null, null).Judge("demo/kf"), Is.EqualTo(new HealthFailure("nodes-not-ready", "No pod of the database runs.", false)));
            Assert.That(View(silent: [0, 1, 2]).Judge("demo/kf")!.Message, Is.EqualTo("No broker of demo/kf can be asked: demo/kf-broker-0: gone; demo/kf-broker-1: gone; demo/kf-broker-2: gone."));
            Assert.That(View(silent: [1]).Judge("demo/kf"), Is.EqualTo(new HealthFailure("client creation", "No connection to pod demo/kf-broker-1: gone.", true)));
            Assert.That((View() with { Quorum = null, Problem = "none answered" }).Judge("demo/kf"), Is.EqualTo(new HealthFailure("leader", "No controller of demo/kf leads: none answered.", true)));
            Assert.That((View() with { Quorum = Quorum(1001) }).Judge("demo/kf")!.Message, Is.EqualTo("Pod demo/kf-controller-2 runs a controller that the active one, kf-controller-0, does not count on."));
            Assert.That((View() with { Quorum = Quorum(1002, end: 5) }).Judge("demo/kf")!.Message, Is.EqualTo("The controller of pod demo/kf-controller-2 has not what the active one, kf-controller-0, has: it is at 5 of 5000."));
            Assert.That((View() with { Metadata = Metadata(2) }).Judge("demo/kf")!.Message, Is.EqualTo("Pod demo/kf-broker-2 runs a broker that the controllers do not let serve yet."));
            Assert.That((View() with { Metadata = Metadata(3, Partition(0, -1, [], [0])) }).Judge("demo/kf"), Is.EqualTo(new HealthFailure("partitions", "1 partition has no leader, so nobody is served there: orders-0.", true)));
        });
    }

    [TestCase(2, new[] { 0, 1 }, "without it 1 partition would have too few replicas in sync (orders-7): orders-7 would have 1, and needs 2")]
    [TestCase(1, new[] { 0, 1 }, null)]
    [TestCase(1, new[] { 0 }, "without it 1 partition would have too few replicas in sync (orders-7): orders-7 would have 0, and needs 1")]
    [TestCase(3, new[] { 0, 1, 2 }, null)]
    [TestCase(2, new[] { 1, 2 }, null)]
    public void A_broker_goes_only_while_enough_replicas_stay_in_sync(int needed, int[] inSync, string? why)
    {
        var view = View() with { Metadata = Metadata(3, Partition(7, inSync[0], inSync, [0, 1, 2])) };
        Assert.That(view.WhyNeeded(view.Nodes[3], new Dictionary<string, int> { ["orders"] = needed }), Is.EqualTo(why));
    }

    [Test]
    public void What_has_no_other_replica_does_not_hold_a_broker_up_for_ever()
    {
        var view = View() with { Metadata = Metadata(3, Partition(0, 0, [0], [0])) };
        Assert.That(view.WhyNeeded(view.Nodes[3], new Dictionary<string, int> { ["orders"] = 2 }), Is.Null);
        Assert.That(view.Doubtful(view.Nodes[3]), Is.Empty);
    }

    [Test]
    public void A_controller_goes_only_while_the_others_are_a_majority_in_step()
    {
        Assert.That(View().WhyNeeded(View().Nodes[1], new Dictionary<string, int>()), Is.Null);
        var late = View() with { Quorum = Quorum(1002, end: 4999) };
        Assert.That(late.WhyNeeded(late.Nodes[1], new Dictionary<string, int>()), Is.EqualTo("without it the controllers would lose their majority of 2: beside it only kf-controller-0 is in step"));
        Assert.That(late.WhyNotBack(late.Nodes[2]), Is.EqualTo("the controller of kf-controller-2 does not have what the active one, kf-controller-0, has"));
        var leaderless = View() with { Quorum = null, Problem = "none answered" };
        Assert.That(leaderless.WhyNeeded(leaderless.Nodes[1], new Dictionary<string, int>()), Is.EqualTo("which controllers are in step is not known: none answered"));
    }

    [Test]
    public void A_broker_is_back_once_it_is_in_sync_everywhere()
    {
        var view = View() with { Metadata = Metadata(3, Partition(0, 1, [1, 2], [0, 1, 2]), Partition(1, 1, [0, 1], [0, 1])) };
        Assert.That(view.WhyNotBack(view.Nodes[3]), Is.EqualTo("kf-broker-0 is not in sync yet for 1 partition: orders-0"));
        Assert.That(view.WhyNotBack(view.Nodes[4]), Is.Null);
        Assert.That((view with { Metadata = Metadata(2) }).WhyNotBack(view.Nodes[5]), Is.EqualTo("the controllers do not let the broker of kf-broker-2 serve yet"));
    }

    private static ClusterView View(params int[] silent) => new(
        [
            .. Enumerable.Range(0, 3).Select(i => new ClusterNode(new("demo", $"kf-controller-{i}"), 1000 + i, false, true, null)),
            .. Enumerable.Range(0, 3).Select(i => new ClusterNode(new("demo", $"kf-broker-{i}"), i, true, false, silent.Contains(i) ? "gone" : null)),
        ],
        Metadata(3),
        Quorum(1002),
        null);

    private static KafkaQuorum Quorum(int last, long end = 5000) => new(
        1000, 3, 5000, [.. Enumerable.Range(1000, last - 999).Select(i => new KafkaQuorumReplica(i, i == 1002 ? end : 5000))], []);

    private static KafkaMetadata Metadata(int brokers, params KafkaPartition[] partitions) => new(
        "id", [.. Enumerable.Range(0, brokers).Select(i => new KafkaBroker(i, "host", 9092, null))], [new("orders", KafkaError.None, false, partitions)]);

    private static KafkaPartition Partition(int index, int leader, int[] inSync, int[] replicas) => new(index, KafkaError.None, leader, replicas, inSync, []);
}
