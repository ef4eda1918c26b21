using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Shared;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RedisRestartsTests
{
    private readonly FakeServers _servers = new();

    [TestCase("aof_enabled:1\r\naof_last_write_status:ok\r\nrdb_last_bgsave_status:err", true)]
    [TestCase("aof_enabled:1\r\naof_last_write_status:err", false)]
    [TestCase("aof_enabled:0\r\nrdb_last_bgsave_status:ok", true)]
    [TestCase("aof_enabled:0\r\nrdb_last_bgsave_status:err", false)]
    public async Task ARestartThatWouldLoseDataWaits(string info, bool safe)
    {
        _servers.Servers["10.0.0.1"] = _ => FakeServers.Bulk(info);
        var instances = FakeServers.Instances(addresses: "10.0.0.1");
        var prepared = await Restarts.PrepareAsync(instances, instances.Pods[0], CancellationToken.None);
        Assert.That(prepared.IsReady, Is.EqualTo(safe));
        Assert.That(prepared.Reason, safe ? Is.Empty : Does.Contain("Free space on its volume"));
    }

    [Test]
    public async Task WhatIsEphemeralOrDownMayGoAtOnce()
    {
        var ephemeral = FakeServers.Instances(
            database: new RedisDatabase { Spec = new() { StorageType = StorageTypes.Ephemeral } }, addresses: "10.0.0.1");
        _servers.Servers["10.0.0.1"] = _ => FakeServers.Bulk("aof_enabled:0\r\nrdb_last_bgsave_status:err");
        Assert.That(await Restarts.PrepareAsync(ephemeral, ephemeral.Pods[0], CancellationToken.None), Is.EqualTo(Readiness.Yes));
        var down = FakeServers.Instances(addresses: "10.0.0.9");
        Assert.That(await Restarts.PrepareAsync(down, down.Pods[0], CancellationToken.None), Is.EqualTo(Readiness.Yes));
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

    private RedisRestarts Restarts => new(new RedisConnector(_servers, TimeProvider.System));
}
