using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis.Sentinel;
using static KubeDb.Tests.Unit.Engines.Redis.Sentinel.SentinelViews;

namespace KubeDb.Tests.Unit.Engines.Redis.Sentinel;

[TestFixture, Category("Unit")]
public class SentinelPlannerTests
{
    [Test]
    public void A_fresh_set_gets_its_first_server_as_master_once_all_are_there()
    {
        WatcherView[] ignorant = [Ignorant(0), Ignorant(1), Ignorant(2)];

        var early = Plan([Fresh(0), Fresh(1), Down(2)], ignorant);
        Assert.That(early.Steps, Is.Empty, "the one that is not there may hold the data");
        Assert.That(early.Problem, Does.Contain("rd-2 can be asked: it is not there"));
        Assert.That(Steps([Fresh(0), Fresh(1, loading: true), Fresh(2)], ignorant), Is.Empty);
        Assert.That(Steps([Fresh(0), Fresh(1), Fresh(2)], ignorant), Is.EqualTo(new[] { "promote rd-0", "rd-1 follows rd-0", "rd-2 follows rd-0" }));
        Assert.That(Steps([Master(0, replicas: 1), Replica(1, of: 0), Fresh(2, follows: Host(0))], ignorant), Is.Empty, "a replica that sentinels do not see at once they see late");
        Assert.That(Steps([Master(0, replicas: 2), Replica(1, of: 0), Replica(2, of: 0)], ignorant), Is.EqualTo(new[] { "sen-0 watches rd-0", "sen-1 watches rd-0", "sen-2 watches rd-0" }));
        Assert.That(Plan([Master(0, replicas: 2), Replica(1, of: 0), Replica(2, of: 0)], Names(0, 0), Names(1, 0), Names(2, 0)).Problem, Does.StartWith("Sentinel sen-0 has not found all replicas of rd-0"));
    }

    [Test]
    public void A_set_that_was_half_made_is_completed()
    {
        Assert.That(
            Steps([Master(0), Fresh(1), Fresh(2)], Ignorant(0), Ignorant(1), Ignorant(2)),
            Is.EqualTo(new[] { "rd-1 follows rd-0", "rd-2 follows rd-0" }));
        Assert.That(
            Steps([Master(0, keys: 1), Replica(1, of: 0, keys: 1), Fresh(2)], Names(0, master: 0), Ignorant(1), Ignorant(2)),
            Is.EqualTo(new[] { "rd-2 follows rd-0", "sen-1 watches rd-0", "sen-2 watches rd-0" }));
    }

    [Test]
    public void At_rest_nothing_is_done()
    {
        var view = Of([Master(0, keys: 5, replicas: 2), Replica(1, of: 0, keys: 5), Replica(2, of: 0, keys: 5)], Whole(master: 0));
        var plan = SentinelPlanner.Plan(view);

        Assert.That(plan.Steps, Is.Empty);
        Assert.That((plan.Master, plan.Problem, plan.AcceptsConnections), Is.EqualTo(("rd-0", (string?)null, true)));
        Assert.That(SentinelRoles.Of(view), Is.EquivalentTo(new Dictionary<string, string> { ["rd-0"] = PodRoles.Primary, ["rd-1"] = PodRoles.Standby, ["rd-2"] = PodRoles.Standby }));
    }

    [Test]
    public void A_sentinel_without_memory_learns_the_master_that_the_others_name()
    {
        MemberView[] members = [Replica(0, of: 1, keys: 5), Master(1, keys: 5, replicas: 2), Replica(2, of: 1, keys: 5)];

        Assert.That(Steps(members, Names(0, 1, 3), Ignorant(1), Names(2, 1, 3)), Is.EqualTo(new[] { "sen-1 watches rd-1" }));
        Assert.That(Steps(members, Ignorant(0), Ignorant(1), Ignorant(2)), Is.EqualTo(new[] { "sen-0 watches rd-1", "sen-1 watches rd-1", "sen-2 watches rd-1" }), "all lost theirs: the one that is at work stays master");
    }

    [Test]
    public void All_sentinels_and_servers_lost_track_and_the_most_data_wins()
    {
        WatcherView[] ignorant = [Ignorant(0), Ignorant(1), Ignorant(2)];

        Assert.That(Steps([Fresh(0), Fresh(1, keys: 7), Fresh(2, keys: 9)], ignorant)[0], Is.EqualTo("promote rd-2"));
        Assert.That(Steps([Fresh(0), Fresh(1, keys: 9, offset: 20), Fresh(2, keys: 9, offset: 10)], ignorant)[0], Is.EqualTo("promote rd-1"));
        Assert.That(Steps([Master(0), Fresh(1, keys: 7), Fresh(2, keys: 7)], ignorant), Does.Contain("promote rd-1").And.Contain("rd-0 follows rd-1"), "an empty server that says it is a master is none");
    }

    [Test]
    public void After_a_full_stop_the_last_master_goes_on_if_it_kept_its_data()
    {
        var watchers = Whole(master: 1, epoch: 4);

        Assert.That(Steps([Fresh(0, keys: 5, follows: Host(1)), Fresh(1, keys: 5), Fresh(2, keys: 5, follows: Host(1))], watchers), Is.EqualTo(new[] { "promote rd-1" }));
        Assert.That(Steps([Down(0), Fresh(1, keys: 5), Fresh(2, keys: 5)], watchers), Is.EqualTo(new[] { "promote rd-1", "rd-2 follows rd-1" }), "nobody has more than it");
        Assert.That(Steps([Fresh(0), Fresh(1), Fresh(2)], watchers), Is.EqualTo(new[] { "promote rd-1", "rd-0 follows rd-1", "rd-2 follows rd-1" }));
    }

    [Test]
    public void A_last_master_that_came_back_empty_gives_way_to_who_holds_the_data()
    {
        var watchers = Whole(master: 1, epoch: 4);
        MemberView[] members = [Fresh(0, keys: 5, follows: Host(1)), Fresh(1), Fresh(2, keys: 6, follows: Host(1))];

        Assert.That(Steps(members, watchers), Is.EqualTo(new[]
        {
            "promote rd-2", "rd-0 follows rd-2", "rd-1 follows rd-2", "sen-0 watches rd-2 instead", "sen-1 watches rd-2 instead", "sen-2 watches rd-2 instead",
        }));
        var waiting = Plan([members[0], members[1], Down(2, "refused")], watchers);
        Assert.That((waiting.Steps.Count, waiting.Problem), Is.EqualTo((0, "The master rd-1 came back empty; who holds the data is seen once rd-2 can be asked: refused.")));
        var away = Plan(members, watchers[0], watchers[1], Silent(2));
        Assert.That((away.Steps.Count, away.Problem), Is.EqualTo((0, away.Problem)));
        Assert.That(away.Problem, Does.Contain("waits for sentinel sen-2"), "it would come back with the older decision, which has the higher number");
    }

    [Test]
    public void A_master_that_restarted_is_replaced_by_the_sentinels_while_its_replicas_hold_the_data()
    {
        var watchers = Whole(master: 0);

        foreach (var keys in new[] { 0, 5 })
            Assert.That(Steps([Fresh(0, keys: keys), Left(1, by: 0, keys: 5), Left(2, by: 0, keys: 5)], watchers), Is.EqualTo(new[] { "failover by sen-0" }), $"{keys} keys");
        Assert.That(
            Steps([Fresh(0), Left(1, by: 0, keys: 5), Left(2, by: 0, keys: 6)], Names(0, 0), Names(1, 0), Names(2, 0)),
            Is.EqualTo(new[] { "promote rd-2", "rd-0 follows rd-2", "rd-1 follows rd-2", "sen-0 watches rd-2 instead", "sen-1 watches rd-2 instead", "sen-2 watches rd-2 instead" }),
            "no sentinel knows a replica that it could take");
    }

    [Test]
    public void A_master_that_runs_without_its_data_beside_one_that_holds_it_gives_way()
    {
        Assert.That(Steps([Master(0, uptime: 5), Left(1, by: 0, keys: 5), Left(2, by: 0, keys: 5)], Whole(master: 0)), Does.Contain("promote rd-1").And.Contain("rd-0 follows rd-1"));
        Assert.That(
            Steps([Master(0, uptime: 5000), Fresh(1, keys: 5, follows: Host(0)), Replica(2, of: 0)], Whole(master: 0)),
            Is.Empty,
            "a client emptied it while the other was away: what that one holds is old");
    }

    [Test]
    public void A_former_master_follows_the_new_one()
    {
        var watchers = Whole(master: 1, epoch: 1);

        Assert.That(Steps([Fresh(0, keys: 5), Master(1, keys: 5, replicas: 1), Replica(2, of: 1, keys: 5)], watchers), Is.EqualTo(new[] { "rd-0 follows rd-1" }));
        var two = Plan([Master(0, keys: 5), Master(1, keys: 5, replicas: 1), Replica(2, of: 1, keys: 5)], watchers);
        Assert.That(two.Steps, Is.Empty, "the sentinels know it as a replica, and tell it so themselves");
        Assert.That((two.Master, two.Problem), Is.EqualTo(("rd-1", "rd-0 says that it is a master, beside rd-1.")));
    }

    [Test]
    public void A_second_master_that_no_sentinel_knows_follows_and_that_it_loses_data_is_told()
    {
        WatcherView[] watchers = [Names(0, 1), Names(1, 1), Names(2, 1)];

        Assert.That(Steps([Master(0, keys: 5), Master(1, keys: 5), Replica(2, of: 1, keys: 5)], watchers), Is.EqualTo(new[] { "rd-0 follows rd-1 and loses data" }));
        Assert.That(Steps([Master(0), Master(1, keys: 5), Replica(2, of: 1, keys: 5)], watchers), Is.EqualTo(new[] { "rd-0 follows rd-1" }));
    }

    [Test]
    public void While_the_sentinels_replace_the_master_nothing_is_done()
    {
        var watchers = Whole(master: 0);
        watchers[1] = Names(1, 0, flags: "master,failover_in_progress");
        var plan = Plan([Master(0, keys: 5, replicas: 1), Fresh(1), Replica(2, of: 0)], watchers);

        Assert.That((plan.Steps.Count, plan.Master, plan.Problem), Is.EqualTo((0, "rd-0", "Sentinel sen-1 is having the master replaced.")));
    }

    [Test]
    public void A_master_that_can_not_be_reached_is_the_sentinels_matter()
    {
        var view = Of([Down(0, "the server refuses the user name or password"), Left(1, by: 0, keys: 5), Left(2, by: 0, keys: 5)], Whole(master: 0));
        var plan = SentinelPlanner.Plan(view);

        Assert.That((plan.Steps.Count, plan.Master), Is.EqualTo((0, (string?)null)));
        Assert.That(plan.Problem, Does.Contain("the server refuses the user name or password"));
        Assert.That(SentinelRoles.Of(view), Is.Null, "the labels stay");
    }

    [TestCase(1)]
    [TestCase(2)]
    public void With_a_minority_of_the_sentinels_nothing_is_decided(int answering)
    {
        var plan = Plan([Fresh(0), Fresh(1), Fresh(2)], Ignorant(0), answering == 2 ? Ignorant(1) : Silent(1), Silent(2));

        Assert.That(plan.Steps.Count, answering == 2 ? Is.Positive : Is.Zero);
        if (answering == 1)
            Assert.That(plan.Problem, Is.EqualTo("Of 3 sentinels 1 answer, and 2 are needed to have a failed master replaced. sen-1: no connection within 3 s."));
    }

    [Test]
    public void Without_sentinels_a_master_goes_on_serving()
    {
        var plan = Plan([Master(0, keys: 5, replicas: 1), Replica(1, of: 0, keys: 5)]);

        Assert.That((plan.Steps.Count, plan.Master, plan.AcceptsConnections), Is.EqualTo((0, "rd-0", true)));
        Assert.That(plan.Problem, Does.StartWith("The RedisSentinel that watches this database is not there"));
    }

    [Test]
    public void The_newest_decision_counts_and_of_equals_what_most_sentinels_say()
    {
        MemberView[] members = [Replica(0, of: 1), Master(1, replicas: 2), Replica(2, of: 1)];

        Assert.That(Steps(members, Names(0, 0, 3), Names(1, 0, 3), Names(2, 1, 4)), Is.Empty, "the others hear of it from each other");
        Assert.That(Steps(members, Names(0, 0), Names(1, 1), Names(2, 1)), Is.EqualTo(new[] { "sen-0 watches rd-1 instead" }), "equals never overtake each other");
    }

    [Test]
    public void A_sentinel_that_names_a_stranger_is_told_the_master()
    {
        MemberView[] members = [Master(0, replicas: 1), Replica(1, of: 0)];
        var stranger = Names(1, master: 9);

        Assert.That(Steps(members, Names(0, 0), stranger, Names(2, 0)), Is.EqualTo(new[] { "sen-1 watches rd-0 instead" }));
        Assert.That(Steps(members, Names(0, 9), stranger, Names(2, 9)), Is.EqualTo(new[] { "sen-0 watches rd-0 instead", "sen-1 watches rd-0 instead", "sen-2 watches rd-0 instead" }));
    }

    [Test]
    public void Settings_that_a_sentinel_has_otherwise_are_set()
    {
        var view = Of([Master(0, replicas: 2), Replica(1, of: 0), Replica(2, of: 0)], Whole(master: 0));
        var wanted = view with { Options = new Dictionary<string, string>(view.Options) { ["down-after-milliseconds"] = "3000" } };
        var grown = view with { WantedWatchers = 5 };
        var down = view with { Watchers = [Names(0, 0, flags: "master,s_down"), .. view.Watchers.Skip(1)] };
        var unknown = view with { Watchers = [view.Watchers[0] with { KnowsPassword = false }, .. view.Watchers.Skip(1)] };

        Assert.Multiple(() =>
        {
            Assert.That(SentinelPlanner.Plan(wanted).Steps.Select(Short), Is.EqualTo(new[] { "configure sen-0: down-after-milliseconds=3000", "configure sen-1: down-after-milliseconds=3000", "configure sen-2: down-after-milliseconds=3000" }));
            Assert.That(SentinelPlanner.Plan(grown).Steps.Select(Short).First(), Is.EqualTo("configure sen-0: quorum=3"));
            Assert.That(SentinelPlanner.Plan(down).Steps.Select(Short), Is.EqualTo(new[] { "configure sen-0:  and password" }), "it may have lost the password");
            Assert.That(SentinelPlanner.Plan(unknown).Steps.Select(Short), Is.EqualTo(new[] { "configure sen-0:  and password" }));
        });
    }

    [Test]
    public void Stale_entries_are_forgotten_one_sentinel_at_a_time_and_only_when_all_is_well()
    {
        MemberView[] members = [Master(0, replicas: 2), Replica(1, of: 0), Replica(2, of: 0)];
        WatcherView Stale(int i) => Names(i, 0, replicas: [1, 2], sentinels: [.. Enumerable.Range(0, 3).Except([i])], strangers: ["rd-3.rd-pods.demo.svc", "sen-4.sen-pods.demo.svc"]);

        Assert.That(Steps(members, Stale(0), Stale(1), Stale(2)), Is.EqualTo(new[] { "reset sen-0: replica rd-3.rd-pods.demo.svc, sentinel sen-4.sen-pods.demo.svc" }));
        Assert.That(Steps(members, Names(0, 0, replicas: [1]), Stale(1), Stale(2)), Is.Empty, "the one before has not found everybody again");
        Assert.That(Steps([members[0], members[1], Left(2, by: 0)], Stale(0), Stale(1), Stale(2)), Is.Empty, "a replica that is away would not be found again");
        Assert.That(Steps(members, Whole(0)[0], Stale(1), Silent(2)), Is.Empty);
    }

    private static SentinelPlan Plan(IReadOnlyList<MemberView> members, params IReadOnlyList<WatcherView> watchers) => SentinelPlanner.Plan(Of(members, watchers));

    private static List<string> Steps(IReadOnlyList<MemberView> members, params IReadOnlyList<WatcherView> watchers) => [.. Plan(members, watchers).Steps.Select(Short)];
}
