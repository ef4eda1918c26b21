using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class OperatorConfTests
{
    private static readonly RedisDatabase Cluster = new() { Spec = new() { Mode = RedisModes.Cluster } };

    [TestCase(false, "6.0", "cluster-migration-barrier 999")]
    [TestCase(false, "6.2", "cluster-allow-replica-migration no")]
    [TestCase(false, "7.0", "cluster-allow-replica-migration no", "cluster-preferred-endpoint-type ip")]
    [TestCase(true, "8.1", "cluster-allow-replica-migration no", "cluster-preferred-endpoint-type ip")]
    public void ANodeOfAClusterStaysInItsShard(bool valkey, string version, params string[] more)
    {
        var flavour = new RedisFlavour(valkey, Version.Parse(version));
        var directives = OperatorConf.Owned(flavour, null, Cluster, RedisConf.Empty).Directives;
        Assert.That(Texts(directives), Is.EqualTo((string[])["port 6379", "dir /data", "protected-mode no", "cluster-enabled yes", "cluster-config-file nodes.conf", .. more]));
        Assert.That(directives.All(RedisDirectives.IsOwned), Is.True, "a user's line would come before and be lost without a word");
        Assert.That(directives.All(d => RedisDirectives.IsKnown(d.Name, valkey, flavour.Version)), Is.True);
    }

    [TestCase(null, "hostname")]
    [TestCase("hostname", "hostname")]
    [TestCase("ip", "ip")]
    public void ClientsAreToldWhatTheUserAnnounces(string? type, string preferred)
    {
        var database = Cluster with { Spec = Cluster.Spec with { Cluster = new() { Announce = new() { Type = type } } } };
        Assert.That(Texts(OperatorConf.Owned(new(false, new(7, 0)), null, database, RedisConf.Empty).Directives), Does.Contain($"cluster-preferred-endpoint-type {preferred}"));
    }

    [TestCase(RedisModes.Standalone, StorageTypes.Durable, "appendonly yes")]
    [TestCase(RedisModes.Standalone, StorageTypes.Ephemeral)]
    [TestCase(RedisModes.Cluster, StorageTypes.Durable, "appendonly yes", "cluster-node-timeout 5000")]
    [TestCase(RedisModes.Cluster, StorageTypes.Ephemeral, "cluster-node-timeout 5000")]
    public void DefaultsAreTheUsersToChange(string mode, string storage, params string[] directives)
    {
        var defaults = OperatorConf.Defaults(new() { Mode = mode, StorageType = storage }).Directives;
        Assert.That(Texts(defaults), Is.EqualTo(directives));
        Assert.That(defaults.Any(RedisDirectives.IsOwned), Is.False);
    }

    [Test]
    public void AStandaloneIsNoNode() => Assert.That(
        Texts(OperatorConf.Owned(new(false, new(8, 0)), new Credential("default", "p"), new() { Spec = new() { Mode = RedisModes.Standalone } }, RedisConf.Empty).Directives),
        Is.EqualTo(new[] { "port 6379", "dir /data", "protected-mode no", "requirepass p", "masterauth p" }));

    private static IEnumerable<string> Texts(IEnumerable<RedisDirective> directives) => directives.Select(d => $"{d.Name} {string.Join(' ', d.Arguments)}");
}
