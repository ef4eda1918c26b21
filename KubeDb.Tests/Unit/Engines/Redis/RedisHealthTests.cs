using System.Net.Sockets;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Tests.Support;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RedisHealthTests
{
    private static readonly Credential Credential = new("default", "canary-secret");
    private readonly FakeServers _servers = new();

    [Test]
    public async Task AServerThatAnswersWritesAndReadsIsHealthyAndKeepsNoProbeKey()
    {
        var data = new Dictionary<string, string>();
        _servers.Servers["10.0.0.1"] = Working(data);
        Assert.That(await ProbeAsync("10.0.0.1"), Is.EqualTo(HealthReport.Healthy));
        Assert.That(data, Is.Empty);
    }

    [Test]
    public async Task WithoutTheWriteCheckNothingIsWritten()
    {
        _servers.Servers["10.0.0.1"] = words => words[0] is "AUTH" ? "+OK\r\n" : words[0] is "PING" ? "+PONG\r\n" : "-ERR no\r\n";
        var database = new RedisDatabase { Spec = new() { HealthChecker = new() { DisableWriteCheck = true } } };
        Assert.That(await ProbeAsync("10.0.0.1", database), Is.EqualTo(HealthReport.Healthy));
    }

    [TestCase("AUTH", "-WRONGPASS invalid username-password pair or user is disabled.", "client creation", false, "the server refuses the user name or password of the auth secret")]
    [TestCase("PING", "-NOAUTH Authentication required.", "ping", false, "refuses PING: NOAUTH")]
    [TestCase("SET", "-OOM command not allowed when used memory > 'maxmemory'.", "write", true, "refuses writes: OOM")]
    [TestCase("SET", "-READONLY You can't write against a read only replica.", "write", true, "refuses writes: READONLY")]
    [TestCase("GET", "$-1", "read", true, "does not return the key")]
    [TestCase("GET", "-NOPERM this user has no permissions", "read", true, "refuses reads: NOPERM")]
    public async Task EachFailureHasItsLabelAndSaysWhatWasSeen(string command, string reply, string label, bool accepts, string text)
    {
        var working = Working([]);
        _servers.Servers["10.0.0.1"] = words => words[0] == command ? reply + "\r\n" : working(words);
        var failure = (await ProbeAsync("10.0.0.1")).Failure!;
        Assert.That((failure.Label, failure.AcceptsConnections), Is.EqualTo((label, accepts)));
        Assert.That(failure.Message, Does.Contain(text).And.Contain("demo/rd-0").And.Not.Contain("canary"));
    }

    [Test]
    public async Task LoadingIsNotReadyWithItsProgress()
    {
        _servers.Servers["10.0.0.1"] = words => words[0] switch
        {
            "AUTH" => "+OK\r\n",
            "INFO" => FakeServers.Bulk("# Persistence\r\nloading:1\r\nloading_loaded_perc:42.10\r\nloading_eta_seconds:12\r\n"),
            _ => "-LOADING Redis is loading the dataset in memory\r\n",
        };
        var failure = (await ProbeAsync("10.0.0.1")).Failure!;
        Assert.That(failure, Is.EqualTo(new HealthFailure("nodes-not-ready", "pod demo/rd-0 is loading its data: 42.10 % done, about 12 s to go.", false)));
    }

    [Test]
    public async Task AServerThatCanNotBeReachedIsNamed()
    {
        var failure = (await ProbeAsync("10.0.0.9")).Failure!;
        Assert.That(failure.Label, Is.EqualTo("client creation"));
        Assert.That(failure.Message, Is.EqualTo($"No connection to pod demo/rd-0: 10.0.0.9:6379: {new SocketException((int)SocketError.ConnectionRefused).Message}."));
    }

    [Test]
    public async Task NoPodAndNoAddressAreFailuresToo()
    {
        var health = new RedisHealth(new RedisConnector(_servers, TimeProvider.System), TimeProvider.System);
        Assert.That((await health.ProbeAsync(FakeServers.Instances(), CancellationToken.None)).Failure!.Label, Is.EqualTo("nodes-not-ready"));
        Assert.That((await ProbeAsync("")).Failure!.Message, Is.EqualTo("No connection to pod demo/rd-0: the pod has no address yet."));
    }

    [Test]
    public async Task ASilentServerFailsAfterTheTimeOutOfTheDatabase()
    {
        var time = new VirtualTime();
        _servers.Servers["10.0.0.1"] = _ => null;
        var database = new RedisDatabase { Spec = new() { HealthChecker = new HealthChecker { TimeoutSeconds = 3 } } };
        var health = new RedisHealth(new RedisConnector(_servers, time), time);
        var probe = health.ProbeAsync(FakeServers.Instances(database: database, addresses: "10.0.0.1"), CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.That((await probe).Failure!.Message, Does.Contain("No reply within 3 s"));
    }

    internal static Func<string[], string?> Working(Dictionary<string, string> data) => words =>
    {
        switch (words[0])
        {
            case "PING":
                return "+PONG\r\n";
            case "SET":
                data[words[1]] = words[2];
                return "+OK\r\n";
            case "GET":
                return FakeServers.Bulk(data.GetValueOrDefault(words[1]));
            case "DEL":
                return data.Remove(words[1]) ? ":1\r\n" : ":0\r\n";
            default:
                return "+OK\r\n";
        }
    };

    private Task<HealthReport> ProbeAsync(string address, RedisDatabase? database = null) =>
        new RedisHealth(new RedisConnector(_servers, TimeProvider.System), TimeProvider.System)
            .ProbeAsync(FakeServers.Instances(credential: Credential, database: database, addresses: address), CancellationToken.None);
}
