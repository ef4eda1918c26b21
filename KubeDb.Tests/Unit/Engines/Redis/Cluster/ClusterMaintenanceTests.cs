using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis.Cluster;

/// <summary>Rounds against servers that answer as a script says, through the engine as the processes call it.</summary>
[TestFixture, Category("Unit"), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class ClusterMaintenanceTests
{
    private readonly ClusterSample _cluster = new();
    private readonly FakeServers _servers = new();
    private readonly VirtualTime _time = new();
    private readonly List<string> _changed = [];
    private readonly RedisDatabase _database = new()
    {
        Metadata = new() { Namespace = "demo", Name = "rd", Uid = "u" },
        Spec = new() { Mode = RedisModes.Cluster, StorageType = StorageTypes.Durable },
    };

    private IEngine _engine = null!;

    [SetUp]
    public void Start()
    {
        _engine = new RedisEngine(_servers, _time);
        foreach (var pod in _cluster.Pods.Values)
        {
            var data = RedisHealthTests.Working([]);
            _servers.Servers[pod.Address] = words => pod.Ask(words) ?? (words[0] == "CLUSTER" ? Change(pod, words) : data(words));
        }
    }

    /// <summary>What a server answers to a command that changes the cluster.</summary>
    private string Answer { get; set; } = "+OK\r\n";

    [Test]
    public async Task AtRestAllIsWellAndTheNextRoundIsTheNextCheck()
    {
        var report = await RoundAsync();
        Assert.That((report.Health.Failure, report.Again, report.Actions.Count), Is.EqualTo(((HealthFailure?)null, (TimeSpan?)null, 0)));
        Assert.That(report.Roles!.Count, Is.EqualTo(6));
        Assert.That(_changed, Is.Empty);
    }

    [Test]
    public async Task AMasterThatRefusesWritesIsNamed()
    {
        _servers.Servers["10.0.1.0"] = words => _cluster.Pods["B"].Ask(words) ?? "-OOM command not allowed\r\n";
        var failure = (await RoundAsync()).Health.Failure!;
        Assert.That(failure, Is.EqualTo(new HealthFailure("write", "pod rd-shard1-0 refuses writes: OOM command not allowed", AcceptsConnections: true)));
        _cluster.Pods["b"].IsLinkUp = false;
        Assert.That((await RoundAsync()).Health.Failure!.Message, Is.EqualTo("Pod rd-shard1-1 has no link to its master rd-shard1-0."), "what is worse is told first");
    }

    [Test]
    public async Task WhatIsDoneAgainAndAgainIsToldOnceAndThenMoreSeldom()
    {
        _cluster.Everywhere("b", n => n with { Master = "A" });
        var first = await RoundAsync();
        var second = await RoundAsync();
        Assert.That(_changed, Is.EqualTo(new[] { "b CLUSTER REPLICATE B", "b CLUSTER REPLICATE B" }));
        Assert.That(first.Actions.Single(), Is.EqualTo(new MaintenanceAction(RedisReasons.ClusterReplicaAssigned, "rd-shard1-1 follows rd-shard1-0, the master of its shard 1.")));
        Assert.That(second.Actions, Is.Empty);
        Assert.That(second.Again, Is.LessThan(TimeSpan.FromSeconds(1)));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.That((await RoundAsync()).Again, Is.GreaterThan(TimeSpan.FromSeconds(1)));

        _cluster.Everywhere("b", n => n with { Master = "B" });
        Assert.That((await RoundAsync()).Again, Is.Null);
        _cluster.Everywhere("b", n => n with { Master = "A" });
        Assert.That((await RoundAsync()).Actions, Has.Count.EqualTo(1), "it is another time");
    }

    [Test]
    public async Task ARefusalThatRepeatsIsToldOnceWithTheServersWords()
    {
        _cluster.Everywhere("b", n => n with { Master = "A" });
        Answer = "-ERR Unknown node B\r\n";
        Assert.That((await RoundAsync()).Actions, Is.Empty, "most refusals come of a cluster that just changed");
        Assert.That((await RoundAsync()).Actions.Single(), Is.EqualTo(
            new MaintenanceAction(RedisReasons.ClusterCommandRefused, "Pod rd-shard1-1 refuses CLUSTER REPLICATE: Unknown node B", IsWarning: true)));
        Assert.That((await RoundAsync()).Actions, Is.Empty);
    }

    [Test]
    public async Task APodThatLoadsItsDataIsNamedWithItsProgress()
    {
        _servers.Servers["10.0.0.1"] = words => words[0] == "INFO" && words[1] == "persistence"
            ? FakeServers.Bulk("loading_loaded_perc:42.10\r\nloading_eta_seconds:12\r\n") : "-LOADING Redis is loading the dataset in memory\r\n";
        Assert.That((await RoundAsync()).Health.Failure!.Message, Does.Contain("pod rd-shard0-1 is loading its data: 42.10 % done, about 12 s to go"));
    }

    [Test]
    public async Task ASilentPodDoesNotKeepTheOthersFromBeingMended()
    {
        _cluster.Everywhere("b", n => n with { Master = "A" });
        _servers.Servers["10.0.2.1"] = _ => null;
        var round = RoundAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.That((await round).Health.Failure!.Message, Does.Contain("pod rd-shard2-1 does not answer"));
        Assert.That(_changed, Is.EqualTo(new[] { "b CLUSTER REPLICATE B" }));
    }

    private Task<MaintenanceReport> RoundAsync() => _engine.MaintainAsync(
        FakeServers.Instances(database: _database) with
        {
            Pods = [.. _cluster.Pods.Values.Select(p => new Pod { Metadata = new() { Namespace = "demo", Name = p.Name, Uid = p.Name }, Status = new() { PodIP = p.Address } })],
            Groups = [.. Enumerable.Range(0, 3).Select(i => new PodGroup { PetSet = $"rd-shard{i}", Replicas = 2, Container = "redis" })],
        },
        CancellationToken.None);

    private string Change(SamplePod pod, string[] words)
    {
        _changed.Add($"{pod.Id} {string.Join(' ', words)}");
        return Answer;
    }
}
