using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Unit.Engines.Configuration;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture]
[Category("Unit")]
public sealed class AclRulesTests
{
    private static Dictionary<string, string> Values(params (string Key, string Value)[] values) => values.ToDictionary(v => v.Key, v => v.Value);

    private static string Line(string rule, params (string Key, string Value)[] values) => AclRule.Parse(rule)!.ToDirective(Values(values)).Render();

    [TestCase("userName1 ${k1} allkeys +@string +@set -SADD", ExpectedResult = "user userName1 on \">secret 1\" allkeys +@string +@set -SADD")]
    [TestCase("reader off ${k1} ~app:* +get", ExpectedResult = "user reader off \">secret 1\" ~app:* +get")]
    [TestCase("tenant >${k1} ~${k2}:* +@read", ExpectedResult = "user tenant on \">secret 1\" ~acme:* +@read")]
    public string A_rule_is_a_line_of_the_servers_file(string rule) => Line(rule, ("k1", "secret 1"), ("k2", "acme"));

    [TestCase("plain >word ~* +@all", "holds a password")]
    [TestCase("again ${k1} <${k1} +get", "begins with \"<\"")]
    [TestCase("again <word +get", "begins with \"<\"")]
    [TestCase("again !0123 +get", "begins with \"!\"")]
    [TestCase("typo alkeys +@all", "holds \"alkeys\"")]
    [TestCase("typo +@str!ng", "holds \"+@str!ng\"")]
    [TestCase("default +@all", "the user \"default\"")]
    [TestCase(" ", "is empty")]
    public void What_no_server_reads_is_named(string rule, string message)
    {
        var violations = RedisAclRules.Check([rule], "rules", null).ToList();
        Assert.That(violations.Select(v => v.Message), Has.Exactly(1).Contains(message));
        Assert.That(violations[0].Message, Does.Not.Contain(">word").And.Not.Contain("<word"), "a password is not repeated");
    }

    [TestCase("a on nopass ~* %R~b &c resetchannels +get -@all +config|get (+get ~x*) #0123 allchannels")]
    public void What_servers_read_is_let_through(string rule) => Assert.That(RedisAclRules.Check([rule], "rules", null), Is.Empty);

    [Test]
    public void Two_rules_of_one_user_are_refused() =>
        Assert.That(RedisAclRules.Check(["a +get", "a +set"], "rules", null).Single().Message, Does.Contain("\"a\" a second time"));

    [Test]
    public void A_server_without_users_is_named() => Assert.That(
        RedisAclRules.Check(["a +get"], "rules", new(false, new Version(5, 0))).Single().Message, Does.Contain("from version 6 on"));

    [Test]
    public void A_changed_rule_moves_to_the_end_and_a_deleted_user_goes() => Assert.That(
        RedisAclRules.Merge(
            ["userName1 ${k1} allkeys +@string", "userName2 ${k2} allkeys", "userName3 ${k3} allkeys", "userName4 ${k4} allkeys"],
            ["userName10 ${k10} allkeys", "userName1 ${k1} allkeys +@set"],
            ["userName2"]),
        Is.EqualTo(new[] { "userName3 ${k3} allkeys", "userName4 ${k4} allkeys", "userName10 ${k10} allkeys", "userName1 ${k1} allkeys +@set" }));

    [Test]
    public void A_key_that_the_secret_lost_keeps_its_value()
    {
        var named = new Secret { Data = new Dictionary<string, ReadOnlyMemory<byte>> { ["k1"] = "new"u8.ToArray() } };
        var kept = new Secret { Data = new Dictionary<string, ReadOnlyMemory<byte>> { ["k1"] = "old"u8.ToArray(), ["k2"] = "kept"u8.ToArray(), ["user_acl.conf"] = "user a"u8.ToArray() } };
        Assert.That(RedisAclRules.Values(named, kept), Is.EquivalentTo(Values(("k1", "new"), ("k2", "kept"))));
    }

    [Test]
    public void A_key_that_nobody_knows_is_named()
    {
        var rules = new[] { AclRule.Parse("a ${k9} +get")! };
        Assert.That(RedisAclRules.Unresolved(rules, Values(), "acl-secret", "spec").Single().Message, Does.Contain("${k9}").And.Contain("\"acl-secret\""));
        Assert.That(RedisAclRules.Render(rules, Values()).Directives, Is.Empty);
    }

    [TestCase("pa55 \"word\"")]
    [TestCase("plainword")]
    public void What_a_rule_takes_from_a_secret_is_confidential_as_a_server_would_quote_it(string password)
    {
        var facts = ConfigurationSample.Facts("""{"acl":{"secretRef":{"name":"acl"},"rules":["one ${k1} +nosuchcommand"]}}""", ConfigurationSample.Secret("acl", ("k1", password)));
        var line = RedisUsers.Users(facts).Render();
        foreach (var word in new RedisEngine(new FakeServers(), TimeProvider.System).Confidential(facts).OrderByDescending(w => w.Length))
            line = line.Replace(word, "***", StringComparison.Ordinal);
        Assert.That(line, Does.Contain("***").And.Not.Contain("word"));
    }
}
