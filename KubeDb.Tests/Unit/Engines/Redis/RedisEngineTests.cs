using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using ReasonIds = KubeDb.Api.Kinds.Shared.Reasons;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

[TestFixture, Category("Unit")]
public class RedisEngineTests
{
    private static readonly RedisEngine Engine = new(new FakeServers(), TimeProvider.System);
    private static readonly RedisVersion Version = new() { Metadata = new() { Name = "7.2.4" }, Spec = new() { Version = "7.2.4", Db = new() { Image = "r" }, Exporter = new() { Image = "e" } } };

    [Test]
    public void WhatCanNotBeProvidedIsRefusedNotIgnored()
    {
        var spec = Valid().Spec;
        Assert.That(Reasons(Valid()), Is.Empty);
        Assert.That(Reasons(Valid() with { Spec = spec with { Mode = RedisModes.Cluster } }), Does.Contain(ReasonIds.NotOffered));
        Assert.That(Reasons(Valid() with { Spec = spec with { Tls = new() { IssuerRef = new() { Kind = "Issuer", Name = "ca" } } } }), Does.Contain(ReasonIds.NotOffered));
        Assert.That(
            Reasons(Valid() with { Spec = spec with { Configuration = new() { Acl = new() { Rules = ["ann +get"] } } } }),
            Does.Contain(ReasonIds.NotOffered));
    }

    [TestCase(52, false)]
    [TestCase(53, true)]
    public void ANameForWhichNoPodCanBeMadeIsRefused(int length, bool refused) => Assert.That(
        Reasons(Valid() with { Metadata = new() { Namespace = "demo", Name = new('a', length) } }).Contains(ReasonIds.NameTooLong),
        Is.EqualTo(refused));

    [Test]
    public void InlineTextThatTheServerCouldNotReadIsNamed()
    {
        var configuration = new RedisConfiguration { Inline = new Dictionary<string, string> { ["redis.conf"] = "hz 10\nlogfile \"x" } };
        var violation = Engine.Check(Valid() with { Spec = Valid().Spec with { Configuration = configuration } }, Version).Single();
        Assert.That(violation.Message, Does.Contain("spec.configuration.inline[redis.conf]: line 2 (logfile): unbalanced quotes"));
    }

    [TestCase("redis.conf", "hz 10", null)]
    [TestCase("redis.conf", "hz \"10", "secret mine[redis.conf]: line 1 (hz): unbalanced quotes. The server could not read it; correct the line.")]
    [TestCase("valkey.conf", "hz 10", "Secret \"mine\", named by spec.configuration.secretName, has no key \"redis.conf\". Put the configuration under that key.")]
    public void TheContentOfTheUsersSecretIsChecked(string key, string text, string? sentence)
    {
        var facts = new DatabaseFacts
        {
            Database = Valid() with { Spec = Valid().Spec with { Configuration = new() { SecretName = "mine" } } },
            Version = Version,
            Offers = new(true, false, false),
            Secrets = new Dictionary<string, Secret>
            {
                ["mine"] = new() { Data = new Dictionary<string, ReadOnlyMemory<byte>> { [key] = Encoding.UTF8.GetBytes(text) } },
            },
        };
        Assert.That(Engine.Check(facts).Select(v => v.Message), sentence is null ? Is.Empty : Is.EqualTo(new[] { sentence }));
    }

    [Test]
    public void NamesFollowTheSpec()
    {
        Assert.That(Engine.CredentialSecretName(Valid()), Is.EqualTo("rd-auth"));
        Assert.That(Engine.CredentialSecretName(Valid() with { Spec = new() { DisableAuth = true } }), Is.Null);
        Assert.That(Engine.CredentialSecretName(Valid() with { Spec = new() { AuthSecret = new() { Name = "own" } } }), Is.EqualTo("own"));
        Assert.That(Engine.References(Valid() with { Spec = new() { Configuration = new() { SecretName = "c" } } }).Single().Name, Is.EqualTo("c"));
        Assert.That(Engine.Kinds.FullName, Is.EqualTo("redises.kubedb.com"));
    }

    [TestCase("Reconfigure", "patchedSecret", "reconfiguring new secret", null)]
    [TestCase("Reconfigure", "Successful", "Successfully completed the modification process.", "Successfully Reconfigured Database")]
    [TestCase("Restart", "Successful", "Successfully Restarted Database", null)]
    [TestCase("Restart", "SomethingElse", "SomethingElse", null)]
    public void StepsSpeakTheWordsThatUsersKnow(string operation, string step, string message, string? told)
    {
        var text = Engine.Sentences.Step(operation, step);
        Assert.That((text.Condition, text.Message, text.Event), Is.EqualTo((step, message, told)));
    }

    private static IEnumerable<string> Reasons(RedisDatabase database) => Engine.Check(Engine.Default(database, Version), Version).Select(v => v.Reason);

    private static RedisDatabase Valid() => new()
    {
        Metadata = new() { Namespace = "demo", Name = "rd" },
        Spec = (RedisSpec)Engine.Default(
            new RedisDatabase
            {
                Metadata = new() { Namespace = "demo", Name = "rd" },
                Spec = new() { Version = "7.2.4", Storage = JsonFragment.Parse("""{"resources":{"requests":{"storage":"1Gi"}}}""") },
            },
            Version).Spec,
    };
}
