using KubeDb.Api.Engines.Redis.Cluster;

namespace KubeDb.Tests.Unit.Engines.Redis.Cluster;

/// <summary>What is planned, and above all what is not, where a real cluster would need bad luck to get there.</summary>
[TestFixture, Category("Unit"), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class ClusterPlanTests
{
    private readonly ClusterSample _cluster = new();

    [Test]
    public void AtRestNothingIsPlanned()
    {
        Assert.That(_cluster.Plan, Is.Empty);
        Assert.That(ClusterHealth.Judge(_cluster.View), Is.Null);
    }

    [Test]
    public void EmptyPodsMakeAClusterOnlyWhenAllAnswer()
    {
        _cluster.Empty("A", "a", "B", "b", "C", "c");
        _cluster.Pods["c"].IsDown = true;
        Assert.That(_cluster.Plan, Is.Empty);
        _cluster.Pods["c"].IsDown = false;
        Assert.That(_cluster.Plan, Is.EqualTo(new[] { "AddSlots A 0-5460", "SetEpoch A 1", "AddSlots B 5461-10922", "SetEpoch B 2", "AddSlots C 10923-16383", "SetEpoch C 3" }));
    }

    [Test]
    public void EmptyPodsJoinTheClusterOfTheOthers()
    {
        _cluster.Empty("A", "B", "C");
        foreach (var replica in new[] { "a", "b", "c" })
            _cluster.Pods[replica].Keys = 0;
        Assert.That(_cluster.Plan, Has.None.StartsWith("AddSlots").And.None.StartsWith("SetEpoch"));
    }

    [Test]
    public void AHalfMadeClusterIsMadeWhole()
    {
        _cluster.Empty("A", "a", "B", "b", "C", "c");
        _cluster.Pods["A"].Nodes["Anew"] = new() { Epoch = 1, Slots = ClusterSlots.OfShard(0, 3) };
        Assert.That(_cluster.Plan, Is.EqualTo(new[] { "AddSlots B 5461-10922", "SetEpoch B 3", "AddSlots C 10923-16383", "SetEpoch C 4" }));
    }

    /// <summary>The answers are of different moments: one was given before a failover, the other after it.</summary>
    [Test]
    public void SlotsThatChangeHandsBetweenTwoAnswersAreGivenToNobody()
    {
        var promoted = new SampleNode { Epoch = 9, Slots = ClusterSlots.OfShard(0, 3) };
        _cluster.Pods["A"].Nodes["a"] = promoted;
        _cluster.Pods["A"].Nodes["A"] = new() { Master = "a", Epoch = 9 };
        Assert.That(_cluster.View.Unowned.Count, Is.EqualTo(5461));
        Assert.That(_cluster.Plan.Where(p => p.Contains("Slots", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void SlotsThatTheirOwnerDroppedGoBackToIt()
    {
        _cluster.Pods["A"].Nodes["A"] = _cluster.Pods["A"].Nodes["A"] with { Slots = SlotSet.OfRange(0, 5459) };
        Assert.That(_cluster.Plan, Is.EqualTo(new[] { "AddSlots A 5460" }));
    }

    [Test]
    public void ANodeIsForgottenOnlyWhenEveryPodAnsweredAndNobodyHearsOfIt()
    {
        _cluster.Empty("a");
        Assert.That(_cluster.Plan.Where(p => p.StartsWith("Forget", StringComparison.Ordinal)), Is.EqualTo(new[] { "Forget A a", "Forget B a", "Forget b a", "Forget C a", "Forget c a" }));
        _cluster.Pods["c"].IsDown = true;
        Assert.That(_cluster.Plan, Has.None.StartsWith("Forget"));
        _cluster.Pods["c"].IsDown = false;
        _cluster.Pods["B"].Nodes["a"] = _cluster.Pods["B"].Nodes["a"] with { Flags = "" };
        Assert.That(_cluster.Plan, Has.None.StartsWith("Forget"), "somebody added it");
    }

    [Test]
    public void AMasterThatOwnsSlotsOrIsFollowedIsNotForgotten()
    {
        _cluster.Empty("A");
        Assert.That(_cluster.Plan, Has.None.StartsWith("Forget"));
    }

    [Test]
    public void AMasterThatMayComeBackIsNotReplaced()
    {
        _cluster.Down("A");
        Assert.That(_cluster.Plan, Is.Empty);
        Assert.That(ClusterHealth.Judge(_cluster.View)!.Message, Does.Contain("it is waited for").And.Contain("rd-shard0-0"));
    }

    [Test]
    public void AMasterThatIsGoneIsReplacedByItsReplicaWithTheVotesOfTheOthers()
    {
        _cluster.Empty("A");
        Assert.That(_cluster.Plan, Does.Contain("Force a"));
    }

    [Test]
    public void AnotherPodThatDoesNotAnswerMayBeTheLostMasterUnlessItsHostNameSaysOtherwise()
    {
        _cluster.Empty("A");
        _cluster.Pods["b"].IsDown = true;
        Assert.That(_cluster.Plan, Has.None.StartsWith("Force"));
        _cluster.Everywhere("A", n => n with { Hostname = "rd-shard0-0.rd-pods.demo.svc" });
        Assert.That(_cluster.Plan, Does.Contain("Force a"));
    }

    [Test]
    public void WithoutAMajorityTheReplicasTakeOverAlone()
    {
        _cluster.Empty("A", "B");
        Assert.That(_cluster.Plan, Does.Contain("TakeOver a").And.Contain("TakeOver b"));
    }

    [Test]
    public void AMajorityThatAnswersButIsNotLinkedYetIsWaitedFor()
    {
        _cluster.Empty("A");
        foreach (var master in new[] { "B", "C" })
            _cluster.Pods["a"].Nodes[master] = _cluster.Pods["a"].Nodes[master] with { Address = "10.9.9.9" };
        Assert.That(_cluster.Plan, Has.None.StartsWith("TakeOver").And.None.StartsWith("Force").And.Contain("Meet a B"));
    }

    [Test]
    public void TheReplicaThatIsTheFurthestTakesOverAlsoFromAnotherShard()
    {
        _cluster.Empty("A", "a");
        foreach (var pod in _cluster.Pods.Values.Where(p => p.Nodes.ContainsKey("b")))
            pod.Nodes["b"] = pod.Nodes["b"] with { Master = "A", Epoch = 1 };
        Assert.That(_cluster.Plan, Does.Contain("Force b").And.None.StartsWith("AddSlots"), "the only copy is there");
    }

    [Test]
    public void AReplicaLeavesAWrongMasterOnlyWhileThatOneAnswers()
    {
        _cluster.Everywhere("b", n => n with { Master = "A", Epoch = 1 });
        Assert.That(_cluster.Plan, Is.EqualTo(new[] { "Replicate b B" }));
        _cluster.Down("A");
        Assert.That(_cluster.Plan, Is.Empty, "it may hold the last copy");
    }

    [Test]
    public void AMasterInAnotherShardHandsOverToAPodOfItsOwn()
    {
        _cluster.Everywhere("b", _ => new() { Epoch = 9, Slots = ClusterSlots.OfShard(0, 3) });
        foreach (var replica in new[] { "A", "a" })
            _cluster.Everywhere(replica, _ => new() { Master = "b", Epoch = 9 });
        Assert.That(_cluster.Plan, Is.EqualTo(new[] { "Failover A" }));
        Assert.That(ClusterHealth.Judge(_cluster.View)!.Message, Does.StartWith("The master of shard 0 is rd-shard1-1, a pod of shard 1."));
    }

    [Test]
    public void AShardWithoutAnyDataIsTakenByAnEmptyPodOnlyWhenEveryPodAnswers()
    {
        _cluster.Empty("A", "a");
        Assert.That(_cluster.Plan, Is.EqualTo(new[] { "AddSlots A 0-5460", "SetEpoch A 4" }));
        Assert.That(ClusterPlan.Next(_cluster.View), Has.All.Property(nameof(ClusterAction.IsWarning)).True);
        _cluster.Pods["c"].IsDown = true;
        Assert.That(_cluster.Plan, Has.None.StartsWith("AddSlots"));
    }

    [Test]
    public void APodWithoutTableMeetsNobodyWhileTheOwnerOfItsSlotsDoesNotAnswer()
    {
        _cluster.Tableless("a", 5, 6);
        _cluster.Down("A");
        Assert.That(_cluster.Plan, Is.Empty, "the others would make it delete its keys");
    }

    [Test]
    public void APodWithoutTableMeetsTheOwnerOfItsSlotsFirstAndFromItsOwnSide()
    {
        _cluster.Tableless("a", 5, 6);
        _cluster.Empty("b");
        Assert.That(_cluster.Plan.Where(p => p.StartsWith("Meet a", StringComparison.Ordinal) || p.EndsWith(" a", StringComparison.Ordinal) && p.StartsWith("Meet", StringComparison.Ordinal)), Is.EqualTo(new[] { "Meet a A" }));
    }

    [Test]
    public void APodWithoutTableButWithTheDataOfALostShardOwnsItsSlotsBeforeItMeetsAnybody()
    {
        _cluster.Tableless("A", 5, 6);
        _cluster.Empty("a");
        Assert.That(_cluster.Plan, Is.EqualTo(new[] { "AddSlots A 0-4, 7-5460", "SetEpoch A 4" }));
    }

    [Test]
    public void OfSeveralPodsWithoutTableTheOneWithTheMostKeysOwnsWhatAllHave()
    {
        _cluster.Empty("A", "a", "B", "b", "C", "c");
        _cluster.Tableless("A", 5);
        _cluster.Tableless("a", 5, 6);
        Assert.That(_cluster.Plan, Is.EqualTo(new[] { "SetEpoch a 1" }));
        _cluster.Pods["A"].IsDown = true;
        Assert.That(_cluster.Plan, Is.Empty, "it may have more");
    }

    [Test]
    public void DataOfAnotherShardIsNoReasonToTakeSlots()
    {
        _cluster.Tableless("A", 9000);
        _cluster.Empty("a");
        Assert.That(_cluster.Plan, Has.None.StartsWith("AddSlots A"));
    }

    [Test]
    public void AnEmptyClaimGivesWayToOneWithKeysBeforeTheTwoMeet()
    {
        Contest(loserEpoch: 9);
        Assert.That(_cluster.Plan, Is.EqualTo(new[] { "DropSlots B 5" }));
        _cluster.Pods["c"].Nodes["B"] = _cluster.Pods["c"].Nodes["B"] with { Epoch = 9, Slots = ClusterSlots.OfShard(1, 3) | SlotSet.Of([5]) };
        Assert.That(_cluster.Plan, Has.None.StartsWith("DropSlots"), "it was elected, and is empty rightly");
    }

    [Test]
    public void AClaimThatLosesAnywayIsLeftToTheServers()
    {
        Contest(loserEpoch: 0);
        Assert.That(_cluster.Plan, Has.None.StartsWith("DropSlots"));
    }

    [Test]
    public void OnlyThoseThatDoNotKnowEachOtherByTheirPresentAddressesMeet()
    {
        _cluster.Pods["c"].Nodes["A"] = _cluster.Pods["c"].Nodes["A"] with { Address = "10.9.9.9" };
        Assert.That(_cluster.Plan, Is.EqualTo(new[] { "Meet c A" }));
    }

    [Test]
    public void APartitionIsNoReasonToMeet()
    {
        _cluster.Pods["c"].Nodes["A"] = _cluster.Pods["c"].Nodes["A"] with { Flags = "fail?" };
        Assert.That(_cluster.Plan, Is.Empty, "they know each other's addresses");
        Assert.That(ClusterHealth.Judge(_cluster.View)!.Message, Is.EqualTo("Pod rd-shard2-1 is not linked to rd-shard0-0 in the cluster."));
    }

    [Test]
    public void AMasterWithKeysButWithoutSlotsIsLeftAloneAndTold()
    {
        _cluster.Everywhere("a", _ => new() { Epoch = 0 });
        Assert.That(_cluster.Plan, Is.Empty);
        Assert.That(ClusterHealth.Judge(_cluster.View)!.Message, Does.StartWith("Pod rd-shard0-1 holds 10 keys but no slot").And.Contain("FLUSHALL"));
    }

    // B claims a slot of A too, and the two can not hear each other.
    private void Contest(long loserEpoch)
    {
        _cluster.Pods["A"].KeysInSlots[5] = 1;
        _cluster.Pods["B"].KeysInSlots[5] = 0;
        _cluster.Pods["B"].Nodes["B"] = _cluster.Pods["B"].Nodes["B"] with { Epoch = loserEpoch, Slots = ClusterSlots.OfShard(1, 3) | SlotSet.Of([5]) };
        _cluster.Pods["A"].Nodes["B"] = _cluster.Pods["A"].Nodes["B"] with { Address = "10.9.9.9" };
        _cluster.Pods["B"].Nodes["A"] = _cluster.Pods["B"].Nodes["A"] with { Address = "10.9.9.9" };
    }
}
