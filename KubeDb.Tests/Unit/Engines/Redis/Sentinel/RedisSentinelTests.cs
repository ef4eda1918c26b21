using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Sentinel;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis.Sentinel;

/// <summary>The sentinels themselves: which may go, which are back, what they should no longer watch, and whom they fit.</summary>
[TestFixture, Category("Unit"), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class RedisSentinelTests
{
    private readonly Simulation _simulation = new();

    [Test]
    public void A_sentinel_goes_only_while_the_others_can_have_a_master_replaced()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Dispensable("sen-0", Watching(2), Watching(2), Watching(2)), Is.Empty);
            Assert.That(Dispensable("sen-0", Watching(2), Watching(2), null), Does.Contain("only 1 of 3 sentinels would answer, and 2 are needed"));
            Assert.That(Dispensable("sen-0", null, Watching(2), Watching(2)), Is.Empty, "one that is down is spared");
            Assert.That(Dispensable("sen-0", Watching(2), Watching(2), []), Does.Contain("only 1 of 3 sentinels would watch demo/rd"));
            Assert.That(Dispensable("sen-0", [new("demo/rd", 2, IsFailingOver: true)], Watching(2), Watching(2)), Does.Contain("is having the master of demo/rd replaced"));
            Assert.That(Dispensable("sen-0", Watching(1), Watching(1)), Is.Empty, "two can never spare one");
        });
    }

    [Test]
    public void A_sentinel_is_back_once_it_watches_what_the_others_watch_and_knows_them()
    {
        Assert.Multiple(() =>
        {
            Assert.That(CaughtUp("sen-0", Watching(2), Watching(2), Watching(2)), Is.Empty);
            Assert.That(CaughtUp("sen-0", Watching(1), Watching(2), Watching(2)), Does.Contain("does not know all the other sentinels"));
            Assert.That(CaughtUp("sen-0", [], Watching(2), Watching(2)), Does.Contain("does not watch demo/rd yet"));
            Assert.That(CaughtUp("sen-0", null, Watching(2), Watching(2)), Does.Contain("does not answer yet"));
            Assert.That(CaughtUp("sen-0", [], [], []), Is.Empty, "there is nothing to watch");
        });
    }

    [Test]
    public void A_master_whose_database_is_gone_is_forgotten_and_one_of_others_is_not()
    {
        SentinelPodView[] views = [View("sen-0", new("demo/rd", null), new("demo/gone", null), new("mymaster", null)), View("sen-1", new WatchedMaster("demo/gone", null))];

        Assert.That(
            RedisSentinelMaintenance.Forgotten(views, new HashSet<ObjectKey> { new("demo", "rd") }),
            Is.EqualTo(new[] { ("sen-0", "demo/gone"), ("sen-1", "demo/gone") }));
    }

    [Test]
    public void Health_is_that_each_sentinel_answers_and_that_masters_can_be_replaced()
    {
        var instances = FakeServers.Instances() with { Users = [new RedisDatabase { Metadata = new() { Namespace = "demo", Name = "rd" } }] };
        var maintenance = new RedisSentinelMaintenance(new SentinelConnector(new RedisConnector(new FakeServers(), _simulation.Time)), _simulation.Time);
        SentinelPodView[] lacking = [View("sen-0", new WatchedMaster("demo/rd", "NOQUORUM 1 usable Sentinels"))];

        Assert.Multiple(() =>
        {
            Assert.That(maintenance.Judge(instances, []).Failure!.AcceptsConnections, Is.False);
            Assert.That(maintenance.Judge(instances, [View("sen-0"), new("sen-1", "u1", "refused", [])]).Failure, Is.EqualTo(new HealthFailure("ping", "Sentinel /sen-1 does not answer: refused.", true)));
            Assert.That(maintenance.Judge(instances, [View("sen-0", new WatchedMaster("demo/rd", null))]).Failure, Is.Null);
            Assert.That(maintenance.Judge(instances, lacking).Failure, Is.Null, "they are finding each other");
        });
        _simulation.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.That(maintenance.Judge(instances, lacking).Failure!.Message, Does.Contain("could not have the master of demo/rd replaced: NOQUORUM"));
        Assert.That(maintenance.Judge(instances, [View("sen-0", new WatchedMaster("other/rd", "NOQUORUM"))]).Failure, Is.Null, "it belongs to nobody");
    }

    [TestCase("Official", null, "Official", null, "")]
    [TestCase("Valkey", null, "Official", null, "is of distribution Official, and this database of Valkey")]
    [TestCase("Official", "a", "Official", null, "has no TLS, and this database does")]
    [TestCase("Official", null, "Official", "a", "has TLS, and this database none")]
    [TestCase("Official", "a", "Official", "b", "has certificates of Issuer b, and this database of Issuer a")]
    [TestCase("Official", "a", "Official", "a", "")]
    public void Sentinels_and_servers_have_to_fit(string own, string? issuer, string theirs, string? theirIssuer, string message)
    {
        var facts = FakeServers.Instances().Facts with
        {
            Database = new RedisDatabase { Spec = new() { Tls = Tls(issuer) } },
            Version = Version(own),
            Peers = new Dictionary<string, PeerFacts>
            {
                ["sentinel"] = new(new RedisSentinel { Metadata = new() { Namespace = "demo", Name = "sen" }, Spec = new() { Tls = Tls(theirIssuer) } }, Version(theirs), null),
            },
        };
        var violations = SentinelReference.Check(facts).ToList();

        Assert.That(violations.Select(v => v.Message), message.Length == 0 ? Is.Empty : Has.One.Contain($"RedisSentinel demo/sen {message}"));
        Assert.That(violations.Select(v => v.Path), Has.All.EqualTo("spec.sentinelRef"));

        static TlsSpec? Tls(string? name) => name is null ? null : new() { IssuerRef = new() { Kind = "Issuer", Name = name } };
        static RedisVersion Version(string distribution) => new() { Spec = new() { Version = "8.0.2", Distribution = distribution } };
    }

    [Test]
    public void A_database_names_its_sentinels_in_one_mode_only()
    {
        var redis = new RedisDatabase { Metadata = new() { Namespace = "demo", Name = "rd" }, Spec = new() { Mode = "Sentinel", SentinelRef = new() { Name = "sen" } } };

        Assert.That(SentinelReference.Of(redis), Is.EqualTo(new[] { new DatabaseReference(RedisSentinel.Resource, new("demo", "sen"), "spec.sentinelRef", "sentinel") }));
        Assert.That(SentinelReference.Of(redis with { Spec = redis.Spec with { SentinelRef = new() { Name = "sen", Namespace = "other" } } })[0].Key, Is.EqualTo(new ObjectKey("other", "sen")));
        Assert.That(SentinelReference.Of(redis with { Spec = redis.Spec with { Mode = "Standalone" } }), Is.Empty);
        Assert.That(SentinelReference.Of(redis with { Spec = redis.Spec with { SentinelRef = null } }), Is.Empty);
    }

    [Test]
    public void Sentinels_have_words_of_their_own_where_the_documentation_has()
    {
        var sentences = new RedisSentinelEngine(new FakeServers(), TimeProvider.System).Sentences;

        Assert.Multiple(() =>
        {
            Assert.That((sentences.ClientTerm, sentences.CheckedKind, sentences.ProvisionedKind), Is.EqualTo(("client", "Sentinel", "Redis")));
            Assert.That(sentences.Step("Restart", "Restart").Message, Is.EqualTo("RedisSentinel ops request is restarting the sentinel nodes"));
            Assert.That(sentences.Step("Restart", "RestartPods").Message, Is.EqualTo("Successfully restarted pods"));
            Assert.That(sentences.Step("Reconfigure", "Successful"), Is.EqualTo(new StepText("Successful", "Successfully completed the modification process.", "Successfully Reconfigured Database")));
        });
    }

    private static IReadOnlyList<MasterWatch> Watching(long others) => [new("demo/rd", others, false)];

    private static string Dispensable(string pod, params IReadOnlyList<MasterWatch>?[] states) => RedisSentinelRestarts.Dispensable(pod, States(states), states.Length).Reason;

    private static string CaughtUp(string pod, params IReadOnlyList<MasterWatch>?[] states) => RedisSentinelRestarts.CaughtUp(pod, States(states)).Reason;

    private static Dictionary<string, IReadOnlyList<MasterWatch>?> States(IReadOnlyList<MasterWatch>?[] states) =>
        states.Select((s, i) => (Name: $"sen-{i}", State: s)).ToDictionary(s => s.Name, s => s.State);

    private static SentinelPodView View(string pod, params WatchedMaster[] masters) => new(pod, $"uid of {pod}", null, masters);
}
