using KubeDb.Api.Engines;
using KubeDb.Api.Engines.ZooKeeper.Ensemble;

namespace KubeDb.Tests.Unit.Engines.ZooKeeper;

[TestFixture, Category("Unit")]
public class EnsembleViewTests
{
    private const string Answer = "Zookeeper version: 3.9.3-1, built on 2024-01-01\nLatency min/avg/max: 0/0.0/0\nConnections: 1\nZxid: 0x10000000a\nMode: MODE\nNode count: 5\n";

    private static readonly Membership Three = Membership.Parse(
        """
        clientPort=2181
        membership:
        server.1=zk-0.zk-pods.demo.svc.cluster.local:2888:3888:participant;0.0.0.0:2181
        server.2=zk-1.zk-pods.demo.svc.cluster.local:2888:3888:participant;0.0.0.0:2181
        server.3=zk-2.zk-pods.demo.svc.cluster.local:2888:3888:participant;0.0.0.0:2181
        version=10000000a
        """)!;

    [TestCase("leader", ServerMode.Leader)]
    [TestCase("follower", ServerMode.Follower)]
    [TestCase("observer", ServerMode.Observer)]
    [TestCase("standalone", ServerMode.Standalone)]
    [TestCase("read-only", ServerMode.ReadOnly)]
    public void A_server_says_what_it_is(string mode, object expected) =>
        Assert.That(ServerStatus.Parse(Answer.Replace("MODE", mode, StringComparison.Ordinal)), Is.EqualTo(new ServerStatus((ServerMode)expected, 0x10000000a)));

    [Test]
    public void A_server_that_knows_no_leader_serves_nobody() =>
        Assert.That(ServerStatus.Parse("This ZooKeeper instance is not currently serving requests\n"), Is.EqualTo(new ServerStatus(ServerMode.None, 0)));

    [TestCase("HTTP/1.1 400 Bad Request\n\n")]
    [TestCase("")]
    public void What_is_no_answer_of_a_server_is_none(string answer) => Assert.That(ServerStatus.Parse(answer), Is.Null);

    [Test]
    public void A_membership_says_who_votes_and_which_change_made_it()
    {
        var membership = Membership.Parse("server.1=a:2888:3888:participant;0.0.0.0:2181\nserver.2=b:2888:3888:observer;0.0.0.0:2181\nserver.4=c:2888:3888;2181\nversion=1f\n")!;
        Assert.That(membership.Members, Is.EqualTo(new EnsembleSeat[] { new(1, "a", true), new(2, "b", false), new(4, "c", true) }));
        Assert.That((membership.Version, membership.Quorum), Is.EqualTo((0x1fL, 2)));
        Assert.That(Membership.Parse("clientPort=2181\n"), Is.Null);
    }

    [Test]
    public void Followers_that_do_not_vote_count_for_no_quorum()
    {
        Assert.That(EnsembleObserver.Synced("zk_version\t3.9\nzk_synced_followers\t3\nzk_synced_non_voting_followers\t1\n"), Is.EqualTo(2));
        Assert.That(EnsembleObserver.Synced("zk_server_state\tfollower\n"), Is.Null);
    }

    [Test]
    public void A_leader_whose_followers_are_in_sync_is_well() => Assert.That(View("LFF").Judge("demo/zk"), Is.Null);

    [TestCase("LF?", 1, "client creation", true, "No connection to pod demo/zk-2: refused.")]
    [TestCase("LF-", 1, "nodes-not-ready", true, "Pod demo/zk-2 serves nobody: it does not follow the leader zk-0 yet.")]
    [TestCase("LFF", 1, "sync", true, "1 of 2 followers have what the leader zk-0 has.")]
    [TestCase("LFL", 2, "leader", false, "zk-0 and zk-2 all say that they lead demo/zk.")]
    [TestCase("--?", null, "leader", false, "No member of demo/zk leads, so nobody is served; zk-0 and zk-1 run. zk-2 can not be asked: refused.")]
    [TestCase("???", null, "client creation", false, "No connection to pod demo/zk-0: refused.")]
    [TestCase("--S", null, "membership", false, "Pod demo/zk-2 serves by itself and is no member of the ensemble.")]
    [TestCase("", null, "nodes-not-ready", false, "No pod of the database runs.")]
    [TestCase("LFFF", 2, "membership", true, "Pod demo/zk-3 follows the leader zk-0 and does not vote yet.")]
    [TestCase("LF", 1, "membership", true, "The ensemble counts on member 3 (zk-2.zk-pods.demo.svc.cluster.local), and there is no such pod.")]
    public void Each_failure_has_its_label_and_says_what_was_seen(string modes, int? synced, string label, bool accepts, string message) =>
        Assert.That(View(modes, synced).Judge("demo/zk"), Is.EqualTo(new HealthFailure(label, message, accepts)));

    [Test]
    public void A_leader_that_does_not_say_who_the_members_are_is_a_failure() =>
        Assert.That((View("LFF") with { Membership = null }).Judge("demo/zk")!.Label, Is.EqualTo("membership"));

    [TestCase("LFF", 2, 1, null)]
    [TestCase("LFF", 2, 0, null)]
    [TestCase("LFF", 1, 1, "without it the ensemble would have 1 members in sync, and it needs 2")]
    [TestCase("LF?", 1, 1, "without it the ensemble would lose its quorum of 2: beside it only zk-0 serves")]
    [TestCase("L??", 0, 0, "without it the ensemble would lose its quorum of 2: no other member serves")]
    [TestCase("LF-", 1, 2, null)]
    [TestCase("LF?", 1, 2, null)]
    [TestCase("-F-", null, 1, "who leads and who is in sync is not known")]
    [TestCase("LFL", 2, 1, "zk-0 and zk-2 say that they lead; one of them will find out that it does not")]
    [TestCase("LFFF", 2, 3, null)]
    public void A_member_is_needed_when_the_others_would_not_keep_the_quorum(string modes, int? synced, int member, string? why)
    {
        var view = View(modes, synced);
        Assert.That(view.WhyNeeded(view.Members[member]), Is.EqualTo(why));
    }

    [Test]
    public void The_only_member_has_no_quorum_to_keep()
    {
        var view = View("L", 0) with { Membership = Membership.Parse("server.1=zk-0:2888:3888:participant;2181\n") };
        Assert.That(view.WhyNeeded(view.Members[0]), Is.Null);
    }

    [Test]
    public void One_pod_of_several_is_needed_though_the_others_are_not_there()
    {
        var view = View("L", 0);
        Assert.That(view.WhyNeeded(view.Members[0]), Does.Contain("quorum of 2"));
    }

    [TestCase("LFF", 2, 1, null)]
    [TestCase("LF?", 1, 2, "zk-2 can not be asked: refused")]
    [TestCase("LF-", 1, 2, "zk-2 does not follow a leader yet")]
    [TestCase("LFF", 1, 2, "1 of 2 followers have what the leader zk-0 has")]
    [TestCase("-F-", null, 1, "who leads is not known")]
    [TestCase("LFFF", 2, 3, "zk-3 follows the leader zk-0 and does not vote yet")]
    [TestCase("LF?", 1, 1, null)]
    public void A_member_is_back_when_it_follows_votes_and_is_in_sync(string modes, int? synced, int member, string? why)
    {
        var view = View(modes, synced);
        Assert.That(view.WhyNotBack(view.Members[member]), Is.EqualTo(why));
    }

    /// <summary>A letter a pod: leader, follower, standalone, "-" for one that serves nobody, "?" for one that can not be asked.</summary>
    private static EnsembleView View(string modes, int? synced = 2) => new(
        [
            .. modes.Select((m, i) => new EnsembleMember(
                new("demo", $"zk-{i}"),
                m == '?' ? null : new(m switch { 'L' => ServerMode.Leader, 'F' => ServerMode.Follower, 'S' => ServerMode.Standalone, _ => ServerMode.None }, 0),
                m == '?' ? "refused" : null)),
        ],
        modes.Contains('L', StringComparison.Ordinal) ? Three : null,
        synced);
}
