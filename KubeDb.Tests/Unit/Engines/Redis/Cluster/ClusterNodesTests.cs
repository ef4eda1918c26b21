using KubeDb.Api.Engines.Redis.Cluster;

namespace KubeDb.Tests.Unit.Engines.Redis.Cluster;

[TestFixture, Category("Unit")]
public class ClusterNodesTests
{
    [TestCase("07c3 127.0.0.1:30004 myself,master - 0 1426238317239 4 connected 0-2", "127.0.0.1", "", TestName = "3.x, without bus port")]
    [TestCase("07c3 127.0.0.1:30004@31004 myself,master - 0 1426238317239 4 connected 0-2", "127.0.0.1", "", TestName = "6.x")]
    [TestCase("07c3 127.0.0.1:30004@31004,rd-0.rd-pods.demo.svc myself,master - 0 0 4 connected 0-2", "127.0.0.1", "rd-0.rd-pods.demo.svc", TestName = "7.0, with host name")]
    [TestCase("07c3 127.0.0.1:30004@31004,,tls-port=0,shard-id=69bc myself,master - 0 0 4 connected 0-2", "127.0.0.1", "", TestName = "7.2, with other fields and no host name")]
    [TestCase("07c3 127.0.0.1:30004@31004,rd-0.x,shard-id=69bc myself,master - 0 0 4 connected 0-2", "127.0.0.1", "rd-0.x", TestName = "7.2, with both")]
    [TestCase("07c3 fd00::1:30004@31004 myself,master - 0 0 4 connected 0-2", "fd00::1", "", TestName = "IPv6")]
    [TestCase("07c3 :30004@31004 myself,master - 0 0 4 connected 0-2", "", "", TestName = "its own address is not known yet")]
    public void EveryVersionsLineIsRead(string line, string address, string hostname)
    {
        var node = ClusterNodes.Parse(line + "\n")!.Myself;
        Assert.That((node.Id, node.Address, node.Port, node.Hostname, node.Epoch, node.Slots.ToString()), Is.EqualTo(("07c3", address, 30004, hostname, 4L, "0-2")));
    }

    [Test]
    public void FlagsSlotsAndThoseThatAreOnlyBeingMetAreToldApart()
    {
        var table = ClusterNodes.Parse(
            """
            aa 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-5 7 16383 [5->-bb] [9-<-cc]
            bb 10.0.0.2:6379@16379 master,fail? - 0 0 2 connected 8
            cc 10.0.0.3:6379@16379 slave,fail aa 0 0 1 disconnected
            dd :0@0 master,noaddr - 0 0 0 disconnected
            ee 10.0.0.5:6379@16379 handshake - 0 0 0 connected
            ff 10.0.0.6:6379@16379 slave,nofailover aa 0 0 1 connected
            """)!;
        Assert.That(table.Myself.Slots.ToString(), Is.EqualTo("0-5, 7, 16383"));
        Assert.That(table.Myself.HasOpenSlots);
        Assert.That(table.Nodes.Select(n => n.Id), Is.EquivalentTo(new[] { "aa", "bb", "cc", "dd", "ff" }));
        Assert.That(table.Nodes.Where(n => n.IsReached).Select(n => n.Id), Is.EquivalentTo(new[] { "aa", "ff" }));
        Assert.That(table.Find("cc")!.MasterId, Is.EqualTo("aa"));
        Assert.That((table.IsAlone, table.KnowsNobody), Is.EqualTo((false, false)));
    }

    [Test]
    public void ANodeThatIsOnlyMeetingKnowsNobodyButIsNotAlone()
    {
        var table = ClusterNodes.Parse("aa 10.0.0.1:6379@16379 myself,master - 0 0 0 connected\nee 10.0.0.5:6379@16379 handshake - 0 0 0 connected\n")!;
        Assert.That((table.KnowsNobody, table.IsAlone), Is.EqualTo((true, false)));
    }

    [TestCase("")]
    [TestCase("OK")]
    [TestCase("aa 10.0.0.1:6379@16379 master - 0 0 1 connected 0-5")]
    [TestCase("aa nonsense myself,master - 0 0 1 connected")]
    public void WhatIsNoTableIsNone(string text) => Assert.That(ClusterNodes.Parse(text), Is.Null);

    [TestCase("hello", 866)]
    [TestCase("foo", 12182)]
    [TestCase("{user1000}.following", 3443)]
    [TestCase("foo{}{bar}", 8363)]
    [TestCase("foo{{bar}}zap", 4015)]
    [TestCase("", 0)]
    public void TheSlotOfAKeyIsTheServers(string key, int slot) => Assert.That(ClusterSlots.Of(key), Is.EqualTo(slot));

    [TestCase(3, "0-5460|5461-10922|10923-16383")]
    [TestCase(5, "0-3276|3277-6553|6554-9829|9830-13106|13107-16383")]
    public void SlotsAreSplitAsRedisCliDoes(int shards, string ranges) =>
        Assert.That(string.Join('|', Enumerable.Range(0, shards).Select(i => ClusterSlots.OfShard(i, shards))), Is.EqualTo(ranges));

    [Test]
    public void EveryNumberOfShardsCoversEverySlotOnce()
    {
        for (var shards = 1; shards <= 200; shards++)
        {
            var ranges = Enumerable.Range(0, shards).Select(i => ClusterSlots.OfShard(i, shards)).ToList();
            Assert.That((SlotSet.Union(ranges), ranges.Sum(r => r.Count)), Is.EqualTo((SlotSet.Full, SlotSet.All)));
        }
    }

    [Test]
    public void AKeyIsFoundInAnySlot()
    {
        foreach (var slot in new[] { 0, 866, 16383 })
            Assert.That(ClusterSlots.Of(ClusterSlots.KeyIn("kubedb:health-check", SlotSet.Of([slot]))), Is.EqualTo(slot));
    }

    [Test]
    public void RangesOfSlotsAreUsedOnlyWhereServersKnowThem()
    {
        var action = new ClusterAction(ClusterVerb.AddSlots, "rd-shard0-0", "") { Slots = SlotSet.Of([1, 2, 3, 9]) };
        Assert.That(string.Join(' ', action.Words(new(false, new(7, 0)), 6379)), Is.EqualTo("CLUSTER ADDSLOTSRANGE 1 3 9 9"));
        Assert.That(string.Join(' ', action.Words(new(false, new(6, 2)), 6379)), Is.EqualTo("CLUSTER ADDSLOTS 1 2 3 9"));
        Assert.That(string.Join(' ', (action with { Verb = ClusterVerb.Meet, Argument = "10.0.0.1" }).Words(new(true, new(8, 0)), 6379)), Is.EqualTo("CLUSTER MEET 10.0.0.1 6379 16379"));
    }
}
