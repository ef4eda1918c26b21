namespace KubeDb.Tests.Engines.Redis;

/// <summary>
/// The start script with real servers: no start comes up without the data of the last one, whatever becomes of the names of its files and of the
/// way in which data is kept.
/// </summary>
[TestFixtureSource(typeof(ShellsAndServers))]
public sealed class DataFilesTests(EngineVersion version, string shell) : ShellFixture(version, shell)
{
    private const string LogOnly = "appendonly yes\nsave \"\"\n";

    [TestCase("appenddirname aof")]
    [TestCase("appendfilename shop.aof")]
    [TestCase("AppendDirName 'a \"b\" c'\nappendfilename \"log file#1\"\nappenddirname \"the log\"")]
    [TestCase("appendfilename appendonlydir\nappenddirname same\nappendfilename same")]
    public async Task TheLogFollowsItsNamesThereAndBack(string names)
    {
        await using var server = await MakeAsync();
        await RunAsync(server, LogOnly, expected: "", set: "1");
        await RunAsync(server, LogOnly + names, expected: "1", set: "2");
        await RunAsync(server, LogOnly + names, expected: "2", set: "3");
        await RunAsync(server, LogOnly, expected: "3", set: "4");
        await RunAsync(server, LogOnly + names, expected: "4", set: "5");
    }

    [TestCase("dbfilename shop.rdb")]
    [TestCase("dbfilename \"my data\"")]
    [TestCase("dbfilename x.rdb\nappenddirname y\nappendfilename z")]
    public async Task TheSnapshotFollowsItsNameThereAndBack(string names)
    {
        await using var server = await MakeAsync();
        await RunAsync(server, "appendonly no\n", expected: "", set: "1", kill: false);
        await RunAsync(server, "appendonly no\n" + names, expected: "1", set: "2", kill: false);
        await RunAsync(server, "appendonly no\n", expected: "2", set: "3", kill: false);
    }

    [Test]
    public async Task NamesAndTheWayOfKeepingDataChangeTogether()
    {
        await using var server = await MakeAsync();
        await RunAsync(server, LogOnly, expected: "", set: "1");
        await server.ConfigureAsync("appendonly no\nsave \"\"\ndbfilename one.rdb\nappenddirname one");
        Assert.That(await server.StartAsync(), await server.LogAsync());
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("1"));
        await server.HoldsAsync("persistence-mode", "rdb");
        await server.StopAsync(kill: true);
        await server.ConfigureAsync(LogOnly + "dbfilename two.rdb\nappendfilename two.aof");
        Assert.That(await server.StartAsync(), await server.LogAsync());
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("1"));
        await server.ReadyAsync();
        await server.SendAsync("SET", "k", "2");
        await server.StopAsync(kill: true);
        await RunAsync(server, LogOnly, expected: "2", set: "3");
    }

    /// <summary>Until the append-only file is on, what clients write stands in no file; so they do not reach the pod.</summary>
    [Test]
    public async Task AReadyPodLosesNothingThatItAcknowledgedAfterItsLogWasTurnedOn()
    {
        await using var server = await MakeAsync();
        await RunAsync(server, "appendonly no\n", expected: "", set: "1", kill: false);
        await server.ConfigureAsync(LogOnly);
        Assert.That(await server.StartAsync(), await server.LogAsync());
        await server.ReadyAsync();
        await server.SendAsync("SET", "k", "2");
        await server.StopAsync(kill: true);
        await RunAsync(server, LogOnly, expected: "2", set: "3");
    }

    [Test]
    public async Task ALogThatWasTurnedOffInTheRunningServerIsNotTakenForTheNewestData()
    {
        await using var server = await MakeAsync();
        await server.ConfigureAsync("appendonly yes");
        Assert.That(await server.StartAsync(), await server.LogAsync());
        await server.SendAsync("SET", "k", "old");
        await server.SendAsync("CONFIG", "SET", "appendonly", "no");
        Assert.That(await server.IsReadyAsync());
        await server.SendAsync("SET", "k", "new");
        await server.StopAsync();
        await RunAsync(server, "appendonly yes", expected: "new", set: "2");
    }

    [Test]
    public async Task ALogWithoutANoteOfTheLastStartIsLoadedEvenIfItIsToBeTurnedOff()
    {
        await using var server = await MakeAsync();
        await RunAsync(server, LogOnly, expected: "", set: "1");
        await server.RemoveAsync("persistence-mode", "persistence-names", "default.conf");
        await RunAsync(server, "appendonly no", expected: "1", set: "2", kill: false);
    }

    [Test]
    public async Task OfAVolumeOfAnEarlierReleaseTheNamesAreReadFromTheFileOfItsLastStart()
    {
        await using var server = await MakeAsync();
        await RunAsync(server, LogOnly + "appenddirname \"old names\"", expected: "", set: "1");
        await server.RemoveAsync("persistence-names");
        await RunAsync(server, LogOnly + "appendfilename new.aof", expected: "1", set: "2");
    }

    [Test]
    public async Task DataOfAnotherNameThatNobodyKnowsOfIsNotStartedOver()
    {
        await using var server = await MakeAsync();
        await RunAsync(server, LogOnly + "appenddirname theirs", expected: "", set: "1");
        await server.RemoveAsync("persistence-names", "default.conf");
        await server.ConfigureAsync(LogOnly);
        for (var i = 0; i < 2; i++)
            Assert.That(await server.StartAsync(), Is.False, "it must not come up empty, however often it is tried");
        Assert.That(await server.LogAsync(), Does.Contain("holds data under other names").And.Contain("theirs/"));
        await RunAsync(server, LogOnly + "appenddirname theirs", expected: "1", set: "2");
    }

    [Test]
    public async Task NamesOfAnIncludedFileAndOfArgumentsCount()
    {
        await using var server = await MakeAsync();
        await RunAsync(server, LogOnly, expected: "", set: "1");
        var included = await server.AddFileAsync("more.conf", "# their own\n  AppendDirName included\n");
        await RunAsync(server, $"{LogOnly}include \"{included}\"", expected: "1", set: "2");
        Assert.That(await server.HasAsync("included"));
        await RunAsync(server, LogOnly, expected: "2", set: "3", arguments: ["--appenddirname", "by argument"]);
        await RunAsync(server, LogOnly, expected: "3", set: "4");
    }

    [TestCase("dbfilename default.conf", "plain file names")]
    [TestCase("appenddirname \"\"", "plain file names")]
    [TestCase("appendfilename \"a\\x01b\"", "plain file names")]
    [TestCase("dbfilename appendonlydir", "have to differ")]
    [TestCase("dbfilename appendonly.aof", "that none of them had")]
    public async Task NamesToWhichTheDataCanNotBeCarriedAreRefused(string names, string words)
    {
        await using var server = await MakeAsync();
        await RunAsync(server, LogOnly, expected: "", set: "1");
        await server.ConfigureAsync(LogOnly + names);
        Assert.That(await server.StartAsync(), Is.False);
        Assert.That(await server.LogAsync(), Does.Contain(words));
        await RunAsync(server, LogOnly, expected: "1", set: "2");
    }

    private static async Task RunAsync(RealServer server, string directives, string expected, string set, bool kill = true, string[]? arguments = null)
    {
        await server.ConfigureAsync(directives);
        Assert.That(await server.StartAsync(arguments ?? []), await server.LogAsync());
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo(expected), $"{directives}\n{await server.LogAsync()}");
        await server.SendAsync("SET", "k", set);
        await server.StopAsync(kill);
    }
}
