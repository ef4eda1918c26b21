using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Tests.Support;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit"), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class RedisRestartsTests
{
    private readonly FakeServers _servers = new();

    private readonly Simulation _simulation = new();

    [TestCase("aof_enabled:1\r\naof_last_write_status:ok\r\nrdb_last_bgsave_status:err", true)]
    [TestCase("aof_enabled:1\r\naof_last_write_status:err", false)]
    [TestCase("aof_enabled:0\r\nrdb_last_bgsave_status:err\r\nrdb_changes_since_last_save:1", false)]
    public async Task ARestartThatWouldLoseDataWaits(string info, bool safe)
    {
        _servers.Servers["10.0.0.1"] = _ => FakeServers.Bulk(info);
        var prepared = await PrepareAsync();
        Assert.That(prepared.IsReady, Is.EqualTo(safe));
        Assert.That(prepared.Reason, safe ? Is.Empty : Does.Contain("Free space on its volume"));
    }

    [Test]
    public async Task AnAppendOnlyFileThatIsBeingWrittenIsWaitedFor()
    {
        _servers.Servers["10.0.0.1"] = _ => FakeServers.Bulk("aof_enabled:1\r\naof_rewrite_in_progress:1\r\naof_last_write_status:ok");
        Assert.That((await PrepareAsync()).Reason, Does.Contain("writing its append-only file"));
    }

    [Test]
    public async Task WhatTheLastSnapshotLacksIsSavedWhileWritersAreHeldUp()
    {
        var server = new Snapshots { Changes = 3 };
        _servers.Servers["10.0.0.1"] = server.Answer;
        Assert.That(await PrepareAsync(), Is.EqualTo(Readiness.Yes));
        Assert.That(server.Commands, Is.EqualTo(new[] { "CLIENT PAUSE 5000 WRITE", "BGSAVE" }));
    }

    [Test]
    public async Task WritersAreHeldUpOnceAMinuteAndNotAgainAndAgain()
    {
        var server = new Snapshots { Changes = 3 };
        _servers.Servers["10.0.0.1"] = server.Answer;
        for (var i = 0; i < 30; i++)
        {
            Assert.That((await PrepareAsync()).IsReady, Is.True);
            server.Changes = 1;
            _simulation.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(server.Commands.Count(c => c.StartsWith("CLIENT PAUSE", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task AServerThatHoldsNobodyUpSavesAndSavesAgainAtItsEnd()
    {
        var server = new Snapshots { Changes = 3, Old = true };
        _servers.Servers["10.0.0.1"] = server.Answer;
        Assert.That((await PrepareAsync()).IsReady, Is.True);
        Assert.That(server.Commands, Is.EqualTo(new[] { "CONFIG SET save 3600 1", "CLIENT PAUSE 5000 WRITE", "BGSAVE" }));
    }

    [TestCase("WRONGPASS invalid username-password pair", "can not be seen")]
    [TestCase("NOAUTH Authentication required.", "does not tell whether its data is safe")]
    [TestCase("BUSY Redis is busy running a script.", "SCRIPT KILL")]
    [TestCase("NOPERM this user has no permissions", "does not tell whether its data is safe")]
    public async Task AServerThatAnswersButDoesNotTellIsLeftAlone(string error, string words)
    {
        _servers.Servers["10.0.0.1"] = _ => $"-{error}\r\n";
        foreach (var credential in new[] { null, new Credential("default", "secret") })
        {
            var prepared = await PrepareAsync(credential);
            Assert.That((prepared.IsReady, prepared.Reason), Is.EqualTo((false, prepared.Reason)));
            Assert.That(prepared.Reason, Does.Contain(credential is null && error.StartsWith("WRONGPASS", StringComparison.Ordinal) ? "does not tell" : words).And.Not.Contain("secret\""));
        }
    }

    [Test]
    public async Task AServerThatLoadsHasAcknowledgedNothing()
    {
        _servers.Servers["10.0.0.1"] = _ => FakeServers.Bulk("loading:1\r\naof_enabled:0\r\nrdb_last_bgsave_status:ok");
        Assert.That(await PrepareAsync(), Is.EqualTo(Readiness.Yes));
    }

    [Test]
    public void ASilentServerIsAskedForHalfAMinuteBeforeItCountsAsDown() => _simulation.Run(
        async () =>
        {
            var silent = true;
            _servers.Servers["10.0.0.1"] = _ => silent ? null : FakeServers.Bulk("aof_enabled:1\r\naof_last_write_status:err");
            var answers = new List<bool>();
            for (var i = 0; i < 8; i++)
                answers.Add((await PrepareAsync()).IsReady);
            Assert.That(answers, Is.EqualTo(new[] { false, false, false, false, false, false, true, false }), "5 s each; then it begins anew");
            silent = false;
            Assert.That((await PrepareAsync()).IsReady, Is.False, "it answers again, and says that its data is not safe");
        },
        TimeSpan.FromHours(1));

    [Test]
    public async Task WhatIsEphemeralOrDownMayGoAtOnce()
    {
        var ephemeral = FakeServers.Instances(
            database: new RedisDatabase { Spec = new() { StorageType = StorageTypes.Ephemeral } }, addresses: "10.0.0.1");
        _servers.Servers["10.0.0.1"] = _ => FakeServers.Bulk("aof_enabled:0\r\nrdb_last_bgsave_status:err");
        Assert.That(await Restarts.PrepareAsync(ephemeral, ephemeral.Pods[0], CancellationToken.None), Is.EqualTo(Readiness.Yes));
        foreach (var address in new[] { "10.0.0.9", "" })
        {
            var down = FakeServers.Instances(addresses: address);
            Assert.That(await Restarts.PrepareAsync(down, down.Pods[0], CancellationToken.None), Is.EqualTo(Readiness.Yes));
        }
    }

    [TestCase("loading:0\r\nasync_loading:0", true)]
    [TestCase("loading:0", true)]
    [TestCase("loading:1\r\nloading_loaded_perc:7.00", false)]
    [TestCase("loading:0\r\nasync_loading:1", false)]
    public async Task CaughtUpMeansNothingIsLoaded(string info, bool caughtUp)
    {
        _servers.Servers["10.0.0.1"] = _ => FakeServers.Bulk(info);
        var instances = FakeServers.Instances(addresses: "10.0.0.1");
        Assert.That((await Restarts.CaughtUpAsync(instances, instances.Pods[0], CancellationToken.None)).IsReady, Is.EqualTo(caughtUp));
    }

    private RedisRestarts Restarts => field ??= new(new RedisConnector(_servers, _simulation.Time), _simulation.Time);

    private Task<Readiness> PrepareAsync(Credential? credential = null)
    {
        var instances = FakeServers.Instances(credential: credential, addresses: "10.0.0.1");
        return Restarts.PrepareAsync(instances, instances.Pods[0], CancellationToken.None);
    }

    /// <summary>A server without append-only file and without save points, whose snapshots succeed at once.</summary>
    private sealed class Snapshots
    {
        public int Changes { get; set; }

        /// <summary>It knows neither a pause of writes alone nor shutdown-on-sigterm.</summary>
        public bool Old { get; init; }

        public List<string> Commands { get; } = [];

        private string AtEnd { get; set; } = "save";

        private bool Saved { get; set; }

        public string Answer(string[] words)
        {
            switch (string.Join(' ', words))
            {
                case "INFO persistence":
                    return FakeServers.Bulk(
                        $"loading:0\r\naof_enabled:0\r\nrdb_bgsave_in_progress:0\r\nrdb_last_bgsave_status:ok\r\nrdb_last_save_time:1000\r\n"
                        + $"rdb_last_bgsave_time_sec:{(Saved ? 0 : -1)}\r\nrdb_changes_since_last_save:{Changes}");
                case "CONFIG GET save":
                    return FakeServers.List("save", "");
                case "CONFIG GET shutdown-on-sigterm":
                    return Old ? FakeServers.List() : FakeServers.List("shutdown-on-sigterm", AtEnd);
                case "TIME":
                    return FakeServers.List("1010", "0");
            }

            Commands.Add(string.Join(' ', words));
            if (words[0] == "BGSAVE")
                (Changes, Saved) = (Old ? 1 : 0, true);
            return words[0] == "CLIENT" && Old ? "-ERR syntax error\r\n" : "+OK\r\n";
        }
    }
}
