using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Configuration;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RedisDataSafetyTests
{
    private const string Both = "switches off both";

    [TestCase("appendonly yes", "appendonly no\nsave \"\"", Both)]
    [TestCase("appendonly no", "appendonly no\nsave \"\"", Both)]
    [TestCase("appendonly yes\nsave \"\"", "appendonly NO\nsave \"\"", Both)]
    [TestCase("appendonly yes", "appendonly no", null)]
    [TestCase("appendonly yes", "appendonly yes\nsave \"\"", null)]
    [TestCase("appendonly no\nsave \"\"", "appendonly no\nsave \"\"\nmaxclients 5", null)]
    [TestCase("appendonly no", "appendonly no\nshutdown-on-sigterm nosave", "shutdown-on-sigterm nosave")]
    [TestCase("appendonly yes\nshutdown-on-sigterm nosave", "appendonly no\nshutdown-on-sigterm nosave", "shutdown-on-sigterm nosave")]
    [TestCase("appendonly yes", "appendonly yes\nshutdown-on-sigterm nosave", null)]
    [TestCase("", "appendfilename \"my file\"", null)]
    [TestCase("", "dbfilename default.conf", "can not be carried over")]
    [TestCase("", "appenddirname \"\"", "can not be carried over")]
    [TestCase("", "appendfilename \"a\\nb\"", "can not be carried over")]
    [TestCase("", "dbfilename persistence-mode", "can not be carried over")]
    [TestCase("dbfilename default.conf", "dbfilename default.conf\nmaxclients 5", null)]
    [TestCase("", "dbfilename appendonlydir", "another data file has until now")]
    [TestCase("dbfilename a\nappendfilename b", "dbfilename b\nappendfilename a", "another data file has until now")]
    [TestCase("", "dbfilename same\nappenddirname same", "the same name")]
    public void AChangeThatLosesOrHidesDataIsRefusedWithAWayToGoOn(string before, string after, string? said)
    {
        var violations = RedisDataSafety.Check(Conf(before), Conf(after), durable: true).Select(v => v.Message).ToList();
        Assert.That(violations, said is null ? Is.Empty : Has.Count.EqualTo(1).And.Some.Contain(said));
    }

    [Test]
    public void OfAnEphemeralDatabaseNothingIsExpectedToLast() =>
        Assert.That(RedisDataSafety.Check(Conf("appendonly yes"), Conf("appendonly no\nsave \"\""), durable: false), Is.Empty);

    [TestCase("databases 20", "", true)]
    [TestCase("", "databases 15", true)]
    [TestCase("", "databases 16", false)]
    [TestCase("", "maxmemory 1gb", false)]
    [TestCase("", "maxmemory 1gb\nmaxmemory-policy volatile-ttl", true)]
    [TestCase("maxmemory 1gb", "maxmemory 1gb\nmaxmemory-policy allkeys-lru", true)]
    [TestCase("maxmemory-policy allkeys-lru", "maxmemory 0\nmaxmemory-policy allkeys-lru", false)]
    public void ServersAreAskedOnlyWhenItMatters(string before, string after, bool matters) =>
        Assert.That(RedisDataSafety.DependsOnHoldings(Conf(before), Conf(after)), Is.EqualTo(matters));

    [Test]
    public void WhatAServerHoldsIsReadOffItsAnswers()
    {
        var holdings = RedisHoldings.Read("rd-0", "# Keyspace\r\ndb0:keys=2,expires=1,avg_ttl=0\r\ndb12:keys=7,expires=0\r\n", "# Memory\r\nused_memory:4711\r\n");
        Assert.That((holdings.Keys[0], holdings.Keys[12], holdings.Keys.Count, holdings.UsedMemory), Is.EqualTo((2, 7, 2, 4711L)));
    }

    private static RedisConf Conf(string text) => RedisConf.Parse(text).Conf;
}
