using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RedisInitialisationTests
{
    private readonly FakeServers _servers = new();

    [SetUp]
    public void NoServers() => _servers.Servers.Clear();

    [TestCase(RedisModes.Cluster, "rd-shard1-0", 1, true)]
    [TestCase(RedisModes.Sentinel, "rd-0", 1, true)]
    [TestCase(RedisModes.Cluster, "rd-shard1-0", 0, false)]
    [TestCase(RedisModes.Cluster, "rd-shard1-10", 1, false)]
    [TestCase(RedisModes.Standalone, "rd-0", 1, false)]
    public async Task AFirstPodThatListensHasScriptsToRun(string mode, string pod, int listeners, bool pending)
    {
        _servers.Servers["10.0.0.1"] = words => words is ["PUBSUB", "NUMSUB", RedisInitialisation.Channel]
            ? $"*2\r\n{FakeServers.Bulk(words[2])}:{listeners}\r\n"
            : "-ERR unknown command\r\n";
        var failure = await PendingAsync(new() { Mode = mode, Init = new() { Script = JsonFragment.Parse("{}") } }, pod);
        Assert.That(failure?.Message, pending ? Is.EqualTo($"The init scripts of pod demo/{pod} have not ended. Its log says more (kubectl logs).") : Is.Null);
    }

    [Test]
    public async Task AnInitialisedDatabaseAndOneWithoutScriptsAreAskedNothing()
    {
        _servers.Servers["10.0.0.1"] = _ => throw new InvalidOperationException("asked");
        Assert.That(await PendingAsync(new() { Mode = RedisModes.Cluster, Init = new() { Script = JsonFragment.Parse("{}"), Initialized = true } }, "rd-shard0-0"), Is.Null);
        Assert.That(await PendingAsync(new() { Mode = RedisModes.Cluster, Init = new() }, "rd-shard0-0"), Is.Null);
    }

    [Test]
    public async Task WhatAServerDoesNotTellIsForTheOtherChecks()
    {
        var spec = new RedisSpec { Mode = RedisModes.Cluster, Init = new() { Script = JsonFragment.Parse("{}") } };
        Assert.That(await PendingAsync(spec, "rd-shard0-0"), Is.Null, "no server");
        _servers.Servers["10.0.0.1"] = _ => "-LOADING\r\n";
        Assert.That(await PendingAsync(spec, "rd-shard0-0"), Is.Null, "an error");
    }

    private Task<HealthFailure?> PendingAsync(RedisSpec spec, string pod)
    {
        var instances = FakeServers.Instances(database: new RedisDatabase { Spec = spec }) with
        {
            Pods = [new Pod { Metadata = new() { Namespace = "demo", Name = pod }, Status = new() { PodIP = "10.0.0.1" } }],
        };
        return new RedisInitialisation(new(_servers, TimeProvider.System)).PendingAsync(instances, CancellationToken.None);
    }
}
