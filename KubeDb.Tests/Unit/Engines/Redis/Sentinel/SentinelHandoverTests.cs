using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Engines.Redis.Sentinel;
using static KubeDb.Tests.Unit.Engines.Redis.Sentinel.SentinelViews;

namespace KubeDb.Tests.Unit.Engines.Redis.Sentinel;

[TestFixture, Category("Unit")]
public class SentinelHandoverTests
{
    private static readonly MemberView[] Servers = [Master(0, keys: 5, replicas: 2), Replica(1, of: 0, keys: 5), Replica(2, of: 0, keys: 5)];

    [Test]
    public void A_replica_goes_and_a_master_hands_over_first()
    {
        var view = Of(Servers, Whole(master: 0));

        Assert.That(SentinelHandover.Judge(view, Servers[1]).Kind, Is.EqualTo(HandoverKind.Dispensable));
        Assert.That(SentinelHandover.Judge(view, Servers[0]), Is.EqualTo(new HandoverNeed(HandoverKind.HandOver, "", "sen-0")));
    }

    [Test]
    public void A_master_whom_nobody_can_replace_stays()
    {
        Assert.Multiple(() =>
        {
            Assert.That(SentinelHandover.Judge(Of([Servers[0], Left(1, by: 0), Down(2)], Whole(master: 0)), Servers[0]).Why, Does.StartWith("no replica is in sync with rd-0"));
            Assert.That(SentinelHandover.Judge(Of(Servers, Names(0, 0), Names(1, 0), Names(2, 0)), Servers[0]).Why, Does.StartWith("no sentinel knows a replica"));
            Assert.That(SentinelHandover.Judge(Of(Servers, Ignorant(0), Ignorant(1), Names(2, 0)), Servers[1]).Why, Does.StartWith("the sentinels do not agree"));
        });
    }

    [Test]
    public void A_former_master_goes_once_sentinels_and_successor_agree()
    {
        MemberView[] after = [Replica(0, of: 1, keys: 5), Master(1, keys: 5), Replica(2, of: 1, keys: 5)];

        Assert.That(SentinelHandover.Judge(Of(after, Names(0, 1, 1), Names(1, 0), Names(2, 0)), after[0]).Kind, Is.EqualTo(HandoverKind.Wait));
        Assert.That(SentinelHandover.Judge(Of(after, Names(0, 1, 1), Names(1, 1, 1), Names(2, 0)), after[0]).Kind, Is.EqualTo(HandoverKind.Dispensable));
        MemberView[] unsure = [after[0], Replica(1, of: 0), after[2]];
        Assert.That(SentinelHandover.Judge(Of(unsure, Whole(master: 1)), unsure[0]).Kind, Is.EqualTo(HandoverKind.Wait));
    }

    [Test]
    public void A_server_is_back_once_it_is_in_sync_and_seen()
    {
        Assert.Multiple(() =>
        {
            Assert.That(SentinelHandover.CaughtUp(Of(Servers, Whole(master: 0)), "rd-1"), Is.EqualTo(Readiness.Yes));
            Assert.That(SentinelHandover.CaughtUp(Of(Servers, Whole(master: 0)), "rd-0"), Is.EqualTo(Readiness.Yes));
            Assert.That(SentinelHandover.CaughtUp(Of([Servers[0], Fresh(1), Servers[2]], Whole(master: 0)), "rd-1").Reason, Is.EqualTo("rd-1 is not in sync with rd-0 yet"));
            Assert.That(SentinelHandover.CaughtUp(Of([Servers[0], Fresh(1, loading: true), Servers[2]], Whole(master: 0)), "rd-1").Reason, Is.EqualTo("rd-1 is loading its data"));
            Assert.That(SentinelHandover.CaughtUp(Of([Servers[0], Down(1, "refused")], Whole(master: 0)), "rd-1").Reason, Is.EqualTo("rd-1 can not be asked: refused"));
            Assert.That(SentinelHandover.CaughtUp(Of(Servers, Names(0, 0), Names(1, 0), Names(2, 0)), "rd-1").Reason, Is.EqualTo("the sentinels have not seen rd-1 again yet"));
        });
    }

    [TestCase("role:master\r\nslave0:ip=a,port=1,state=online,offset=70,lag=0\r\nslave1:ip=b,port=1,state=online,offset=70,lag=1\r\nmaster_repl_offset:70\r\n", true)]
    [TestCase("role:master\r\nslave0:ip=a,port=1,state=online,offset=69,lag=0\r\nslave1:ip=b,port=1,state=online,offset=70,lag=1\r\nmaster_repl_offset:70\r\n", false)]
    [TestCase("role:master\r\nslave0:ip=a,port=1,state=wait_bgsave,offset=0,lag=0\r\nmaster_repl_offset:70\r\n", false)]
    [TestCase("role:master\r\nmaster_repl_offset:70\r\n", false)]
    public async Task Replicas_have_all_when_each_in_sync_is_as_far_as_the_master(string info, bool all)
    {
        var stream = new MemoryStream(Encoding.UTF8.GetBytes(FakeServers.Bulk(info)));

        Assert.That(SentinelModeRestarts.ReplicasHaveAll(await new RespReader(stream, RespLimits.Default).ReadAsync(CancellationToken.None)), Is.EqualTo(all));
    }

    [Test]
    public void What_a_server_says_of_itself_is_read()
    {
        var master = ReplicationState.Parse("role:master\r\nconnected_slaves:2\r\nslave0:ip=a,port=6379,state=online,offset=7,lag=0\r\nslave1:ip=b,port=6379,state=send_bulk,offset=0,lag=0\r\nmaster_repl_offset:7\r\nuptime_in_seconds:12\r\nloading:0\r\n# Keyspace\r\ndb0:keys=3,expires=0,avg_ttl=0\r\ndb11:keys=4,expires=1,avg_ttl=0\r\n");
        var orphan = ReplicationState.Parse("role:slave\r\nmaster_host:nobody.invalid\r\nmaster_link_status:down\r\nmaster_link_down_since_seconds:-1\r\nslave_repl_offset:0\r\nloading:1\r\n");
        var left = ReplicationState.Parse("role:slave\r\nmaster_host:a\r\nmaster_link_status:down\r\nmaster_link_down_since_seconds:3\r\nslave_repl_offset:9\r\n");

        Assert.Multiple(() =>
        {
            Assert.That(master, Is.EqualTo(new ReplicationState { IsMaster = true, Keys = 7, Offset = 7, LinkedReplicas = 1, Uptime = 12 }));
            Assert.That(orphan, Is.EqualTo(new ReplicationState { MasterHost = "nobody.invalid", IsLoading = true }));
            Assert.That(left, Is.EqualTo(new ReplicationState { MasterHost = "a", WasLinked = true, Offset = 9 }));
        });
    }
}
