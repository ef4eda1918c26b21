using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Kubedb;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RedisEndpointTests
{
    private const string Own = "rd-shard0-0.rd-pods.demo.svc 6379 16379";

    [TestCase("hostname", "a.example.com:10050@10056", "a.example.com 10050 10056 hostname")]
    [TestCase(null, "a.example.com:10050@10056", "a.example.com 10050 10056 hostname")]
    [TestCase("hostname", " a.example.com:1@65535 ", "a.example.com 1 65535 hostname")]
    [TestCase("hostname", "192.0.2.7:1@2", "192.0.2.7 1 2 hostname")]
    [TestCase("ip", "192.0.2.7:1@2", "192.0.2.7 1 2 ip")]
    [TestCase("ip", "[2001:db8::7]:1@2", "2001:db8::7 1 2 ip")]
    [TestCase("ip", "a.example.com:1@2", Own + " unreadable")]
    [TestCase("ip", "1:1@2", Own + " unreadable")]
    [TestCase("hostname", "[2001:db8::7]:1@2", Own + " unreadable")]
    [TestCase("hostname", "a.example.com", Own + " unreadable")]
    [TestCase("hostname", "a.example.com:1", Own + " unreadable")]
    [TestCase("hostname", "a.example.com:0@2", Own + " unreadable")]
    [TestCase("hostname", "a.example.com:1@65536", Own + " unreadable")]
    [TestCase("hostname", "a.example.com:1@2@3", Own + " unreadable")]
    [TestCase("hostname", "a b:1@2", Own + " unreadable")]
    [TestCase("hostname", "a;reboot:1@2", Own + " unreadable")]
    [TestCase("hostname", "$(reboot):1@2", Own + " unreadable")]
    [TestCase("hostname", "--port:1@2", Own + " unreadable")]
    [TestCase("hostname", "a.example.com:1@2\nx 1 2 3 4", Own + " unreadable")]
    public void AnEndpointIsHostPortAndBusPort(string? type, string text, string line) =>
        Assert.That(Of(new() { Type = type, Shards = [new() { Endpoints = [text] }] })[0].Line, Is.EqualTo($"rd-shard0-0 {line}"));

    [Test]
    public void EveryPodHasOneByShardAndOrdinal() => Assert.That(
        Of(new() { Shards = [new() { Endpoints = ["a:1@2", "b:1@2"] }, new() { Endpoints = ["c:1@2"] }] }).Select(e => (e.Pod, e.Host)),
        Is.EqualTo(new[]
        {
            ("rd-shard0-0", "a"), ("rd-shard0-1", "b"), ("rd-shard1-0", "c"), ("rd-shard1-1", "rd-shard1-1.rd-pods.demo.svc"),
            ("rd-shard2-0", "rd-shard2-0.rd-pods.demo.svc"), ("rd-shard2-1", "rd-shard2-1.rd-pods.demo.svc"),
        }));

    [Test]
    public void WithoutAnAnnouncementPodsAreKnownByTheirOwnNames() => Assert.That(Of(null)[0].Line, Is.EqualTo($"rd-shard0-0 {Own} own"));

    private static IReadOnlyList<RedisEndpoint> Of(RedisAnnounce? announce) => RedisEndpoint.Of(
        new RedisDatabase
        {
            Metadata = new() { Namespace = "demo", Name = "rd" },
            Spec = new() { Mode = RedisModes.Cluster, Cluster = new() { Shards = 3, Replicas = 2, Announce = announce } },
        },
        "rd-pods");
}
