namespace KubeDb.Tests.Machine.Engines.Redis;

/// <summary>
/// The start script with real servers: no start comes up without the data of the last one, whatever becomes of the names of its files and of the
/// way in which data is kept.
/// </summary>
[TestFixture("sh", false), TestFixture("busybox sh", false), TestFixture("sh", true), Category("Machine")]
public class DataFilesTests(string shell, bool valkey)
{
    private const string LogOnly = "appendonly yes\nsave \"\"\n";

    [OneTimeSetUp]
    public void Require()
    {
        if (valkey)
            RealServer.RequireValkey();
        else
            RealServer.RequireRedis();
        if (!RealServer.OnPath(shell.Split(' ')[0]))
            Assert.Ignore($"{shell} is not installed.");
    }

    [TestCase("appenddirname aof")]
    [TestCase("appendfilename shop.aof")]
    [TestCase("AppendDirName 'a \"b\" c'\nappendfilename \"log file#1\"\nappenddirname \"the log\"")]
    [TestCase("appendfilename appendonlydir\nappenddirname same\nappendfilename same")]
    public async Task TheLogFollowsItsNamesThereAndBack(string names)
    {
        await using var server = NewServer();
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
        await using var server = NewServer();
        await RunAsync(server, "appendonly no\n", expected: "", set: "1", kill: false);
        await RunAsync(server, "appendonly no\n" + names, expected: "1", set: "2", kill: false);
        await RunAsync(server, "appendonly no\n", expected: "2", set: "3", kill: false);
    }

    [Test]
    public async Task NamesAndTheWayOfKeepingDataChangeTogether()
    {
        await using var server = NewServer();
        await RunAsync(server, LogOnly, expected: "", set: "1");
        server.Configure("appendonly no\nsave \"\"\ndbfilename one.rdb\nappenddirname one");
        Assert.That(await server.StartAsync(), server.Log);
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("1"));
        await server.HoldsAsync("persistence-mode", "rdb");
        await server.StopAsync(kill: true);
        server.Configure(LogOnly + "dbfilename two.rdb\nappendfilename two.aof");
        Assert.That(await server.StartAsync(), server.Log);
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo("1"));
        await ReadyAsync(server);
        await server.SendAsync("SET", "k", "2");
        await server.StopAsync(kill: true);
        await RunAsync(server, LogOnly, expected: "2", set: "3");
    }

    /// <summary>Until the append-only file is on, what clients write stands in no file; so they do not reach the pod.</summary>
    [Test]
    public async Task AReadyPodLosesNothingThatItAcknowledgedAfterItsLogWasTurnedOn()
    {
        await using var server = NewServer();
        await RunAsync(server, "appendonly no\n", expected: "", set: "1", kill: false);
        server.Configure(LogOnly);
        Assert.That(await server.StartAsync(), server.Log);
        await ReadyAsync(server);
        await server.SendAsync("SET", "k", "2");
        await server.StopAsync(kill: true);
        await RunAsync(server, LogOnly, expected: "2", set: "3");
    }

    [Test]
    public async Task ALogThatWasTurnedOffInTheRunningServerIsNotTakenForTheNewestData()
    {
        await using var server = NewServer();
        server.Configure("appendonly yes");
        Assert.That(await server.StartAsync(), server.Log);
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
        await using var server = NewServer();
        await RunAsync(server, LogOnly, expected: "", set: "1");
        foreach (var note in new[] { "persistence-mode", "persistence-names", "default.conf" })
            File.Delete(Path.Combine(server.Data, note));
        await RunAsync(server, "appendonly no", expected: "1", set: "2", kill: false);
    }

    [Test]
    public async Task OfAVolumeOfAnEarlierReleaseTheNamesAreReadFromTheFileOfItsLastStart()
    {
        await using var server = NewServer();
        await RunAsync(server, LogOnly + "appenddirname \"old names\"", expected: "", set: "1");
        File.Delete(Path.Combine(server.Data, "persistence-names"));
        await RunAsync(server, LogOnly + "appendfilename new.aof", expected: "1", set: "2");
    }

    [Test]
    public async Task DataOfAnotherNameThatNobodyKnowsOfIsNotStartedOver()
    {
        await using var server = NewServer();
        await RunAsync(server, LogOnly + "appenddirname theirs", expected: "", set: "1");
        File.Delete(Path.Combine(server.Data, "persistence-names"));
        File.Delete(Path.Combine(server.Data, "default.conf"));
        server.Configure(LogOnly);
        for (var i = 0; i < 2; i++)
            Assert.That(await server.StartAsync(), Is.False, "it must not come up empty, however often it is tried");
        Assert.That(server.Log, Does.Contain("holds data under other names").And.Contain("theirs/"));
        await RunAsync(server, LogOnly + "appenddirname theirs", expected: "1", set: "2");
    }

    [Test]
    public async Task NamesOfAnIncludedFileAndOfArgumentsCount()
    {
        await using var server = NewServer();
        await RunAsync(server, LogOnly, expected: "", set: "1");
        var included = server.AddFile("more.conf", "# their own\n  AppendDirName included\n");
        await RunAsync(server, $"{LogOnly}include \"{included}\"", expected: "1", set: "2");
        Assert.That(Directory.Exists(Path.Combine(server.Data, "included")));
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
        await using var server = NewServer();
        await RunAsync(server, LogOnly, expected: "", set: "1");
        server.Configure(LogOnly + names);
        Assert.That(await server.StartAsync(), Is.False);
        Assert.That(server.Log, Does.Contain(words));
        await RunAsync(server, LogOnly, expected: "1", set: "2");
    }

    private RealServer NewServer() => new(shell, valkey);

    private static async Task ReadyAsync(RealServer server)
    {
        while (!await server.IsReadyAsync())
            await Task.Delay(50);
    }

    private static async Task RunAsync(RealServer server, string directives, string expected, string set, bool kill = true, string[]? arguments = null)
    {
        server.Configure(directives);
        Assert.That(await server.StartAsync(arguments ?? []), server.Log);
        Assert.That(await server.SendAsync("GET", "k"), Is.EqualTo(expected), $"{directives}\n{server.Log}");
        await server.SendAsync("SET", "k", set);
        await server.StopAsync(kill);
    }
}
