using KubeDb.Api.Engines.Redis.Configuration;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RedisDirectivesTests
{
    [TestCase("maxclients", DirectiveEffect.Live)]
    [TestCase("MAXMEMORY", DirectiveEffect.Live)]
    [TestCase("databases", DirectiveEffect.AtStart)]
    [TestCase("dir", DirectiveEffect.AtStart)]
    [TestCase("slaveof", DirectiveEffect.AtStart)]
    [TestCase("rename-command", DirectiveEffect.AtStart)]
    public void KnowsWhatChangesLive(string name, DirectiveEffect effect) => Assert.That(RedisDirectives.Find(name)!.Effect, Is.EqualTo(effect));

    [TestCase("port 1", true)]
    [TestCase("tls-cert-file /x", true)]
    [TestCase("requirepass x", true)]
    [TestCase("slaveof a 1", true)]
    [TestCase("primaryauth x", true)]
    [TestCase("cluster-enabled yes", true)]
    [TestCase("user default on", true)]
    [TestCase("rename-command Ping x", true)]
    [TestCase("sentinel monitor a b 1 1", true)]
    [TestCase("rename-command FLUSHALL \"\"", false)]
    [TestCase("user ann on", false)]
    [TestCase("tls-protocols TLSv1.3", false)]
    [TestCase("cluster-node-timeout 1", false)]
    [TestCase("cluster-require-full-coverage no", false)]
    [TestCase("cluster-allow-replica-migration yes", true)]
    [TestCase("cluster-migration-barrier 1", true)]
    [TestCase("maxclients 1", false)]
    public void KnowsWhatTheOperatorOwns(string line, bool owned) =>
        Assert.That(RedisDirectives.IsOwned(RedisConf.Parse(line).Conf.Directives[0]), Is.EqualTo(owned));

    [TestCase("maxclient", "maxclients")]
    [TestCase("max-memory", "maxmemory")]
    [TestCase("appendonl", "appendonly")]
    [TestCase("completely-different", null)]
    public void GuessesWhatWasMeant(string name, string? meant) => Assert.That(RedisDirectives.Suggest(name), Is.EqualTo(meant));

    [TestCase("shutdown-on-sigterm", false, "6.2", false)]
    [TestCase("shutdown-on-sigterm", false, "7.0", true)]
    [TestCase("shutdown-on-sigterm", false, "5.0", false)]
    [TestCase("maxclients", false, "4.0", true)]
    [TestCase("maxclients", false, "5.0", true)]
    [TestCase("gopher-enabled", false, "6.2", true)]
    [TestCase("gopher-enabled", false, "7.0", false)]
    [TestCase("commandlog-request-larger-than", true, "8.1", true)]
    [TestCase("commandlog-request-larger-than", false, "8.0", false)]
    [TestCase("search.timeout", false, "7.0", true)]
    [TestCase("nonsense", false, "8.0", false)]
    public void KnowsWhichServerKnowsWhat(string name, bool valkey, string version, bool known) =>
        Assert.That(RedisDirectives.IsKnown(name, valkey, Version.Parse(version)), Is.EqualTo(known));

    [TestCase(false, "5.0", false)]
    [TestCase(false, "6.0", true)]
    [TestCase(false, "8.0", true)]
    [TestCase(false, "8.2", false)]
    [TestCase(true, "8.1", true)]
    [TestCase(true, "9.0", false)]
    public void KnowsForWhichServersItIsComplete(bool valkey, string version, bool complete) =>
        Assert.That(RedisDirectives.IsComplete(valkey, Version.Parse(version)), Is.EqualTo(complete));

    [Test]
    public void ANameAsLongAsARequestIsJudgedWithoutMuchMemory()
    {
        var name = new string('x', 500_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That((RedisDirectives.Suggest(name), RedisDirectives.IsSlip(name)), Is.EqualTo(((string?)null, false)));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000_000));
    }

    [Test]
    public void NoNameIsTakenTwice() =>
        Assert.That(RedisDirectiveFacts.All.SelectMany(f => f.Aliases.Append(f.Name)), Is.Unique);
}
