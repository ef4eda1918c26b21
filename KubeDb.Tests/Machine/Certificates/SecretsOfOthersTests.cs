using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Certificates;

/// <summary>Secrets that have the names of certificates' secrets, and are somebody else's.</summary>
[TestFixture]
[Category("Machine")]
public sealed class SecretsOfOthersTests
{
    private const string Issuer = "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}";
    private const string Theirs = """{"tls.key":"dGhlaXJz"}""";

    [TestCase("cache-server-cert")]
    [TestCase("cache-client-cert")]
    public void A_database_waits_until_the_secret_is_moved_and_overwrites_nothing(string secret) => Run(async world =>
    {
        world.CertManager.Install("ca");
        await world.PassAsync(70);
        world.CreateSecret(secret, Theirs);
        world.CreateRedis(more: $$""","tls":{ {{Issuer}} }""");
        await world.UntilAsync(() => world.Condition("SpecAccepted") is not null, "a condition tells");
        await world.PassAsync(60);
        Assert.Multiple(() =>
        {
            Assert.That(world.Condition("SpecAccepted").Text("message"), Does.Contain($"Secret demo/{secret} exists and does not hold Certificate").And.Contain("Delete or rename"));
            Assert.That(Key(world, secret), Is.EqualTo("dGhlaXJz"));
            Assert.That(world.Names(ResourceTypes.Certificate), Is.Empty);
        });

        world.Delete(Secret.Resource, secret);
        await world.ReadyAsync();
    });

    [Test]
    public void A_certificate_that_leads_to_no_authority_is_told_and_not_started_with() => Run(async world =>
    {
        world.CertManager.Install("ca");
        world.CertManager.HandsOutAnother = true;
        await world.PassAsync(70);
        world.CreateRedis(more: $$""","tls":{ {{Issuer}} }""");
        await world.UntilAsync(() => world.Condition("DependenciesReady").Text("message")?.Contains("does not lead to", StringComparison.Ordinal) == true, "a condition tells", 60);
        Assert.Multiple(() =>
        {
            Assert.That(world.Condition("DependenciesReady").Text("message"), Does.Contain("Certificate demo/cache-server-cert is issued, but does not lead to a self-signed authority in ca.crt").And.Contain("Issuer ca"));
            Assert.That(world.Names(Pod.Resource), Is.Empty);
        });

        world.CertManager.HandsOutAnother = false;
        foreach (var secret in world.Names(Secret.Resource).Where(n => n.EndsWith("-cert", StringComparison.Ordinal)).ToList())
            world.Delete(Secret.Resource, secret);
        await world.ReadyAsync();
    });

    [Test]
    public void A_request_whose_certificates_lead_to_no_authority_is_taken_back() => Run(async world =>
    {
        world.CertManager.Install("ca");
        await world.PassAsync(70);
        await world.HaveRedisAsync("databases 10");
        world.CertManager.HandsOutAnother = true;
        AskFor(world, Issuer);
        await world.EndedAsync(20 * 60);
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(world.Get(RedisOpsRequest.Resource, "op")!.ToJsonString(), Does.Contain("does not lead to a self-signed authority"));
            Assert.That(world.Stored().Spec.Tls, Is.Null);
            Assert.That(world.Phase(), Is.EqualTo("Ready"));
        });
    });

    [TestCase("WipeOut", false)]
    [TestCase("Delete", true)]
    public void WipeOut_takes_the_secrets_of_the_databases_own_certificates_along(string policy, bool stay) => Run(async world =>
    {
        world.CertManager.Install("ca");
        await world.PassAsync(70);
        world.CreateSecret("other-server-cert", Theirs);
        await world.HaveRedisAsync("databases 10", 1, $$""","tls":{ {{Issuer}} },"deletionPolicy":"{{policy}}" """);
        Assert.That(Key(world, "cache-server-cert"), Is.Not.Null);

        world.Delete(Redis.Resource, "cache");
        await world.UntilAsync(() => world.Get(Redis.Resource, "cache") is null, "the database is gone");
        await world.PassAsync(30);
        Assert.Multiple(() =>
        {
            Assert.That(Key(world, "cache-server-cert"), stay ? Is.Not.Null : Is.Null);
            Assert.That(Key(world, "cache-client-cert"), stay ? Is.Not.Null : Is.Null);
            Assert.That(world.Names(ResourceTypes.Certificate), Is.Empty);
            Assert.That(Key(world, "other-server-cert"), Is.EqualTo("dGhlaXJz"));
        });
    });

    [Test]
    public void A_request_that_would_overwrite_one_is_refused_before_anything_changes() => Run(async world =>
    {
        world.CertManager.Install("ca");
        await world.PassAsync(70);
        await world.HaveRedisAsync("databases 10");
        world.CreateSecret("cache-server-cert", Theirs);
        AskFor(world, Issuer);
        await world.EndedAsync();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Failed"));
            Assert.That(world.Get(RedisOpsRequest.Resource, "op")!.ToJsonString(), Does.Contain("Secret demo/cache-server-cert exists"));
            Assert.That(Key(world, "cache-server-cert"), Is.EqualTo("dGhlaXJz"));
            Assert.That(world.Stored().Spec.Tls, Is.Null);
            Assert.That(world.Names(ResourceTypes.Certificate), Is.Empty);
        });
    });

    [Test]
    public void What_a_request_makes_for_itself_takes_no_name_of_others() => Run(async world =>
    {
        world.CertManager.Install("ca", "other");
        await world.PassAsync(70);
        await world.HaveRedisAsync("databases 10", 1, $$""","tls":{ {{Issuer}} }""");
        world.CreateSecret("op-authority", Theirs);
        AskFor(world, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}");
        await world.EndedAsync();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("op").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(Key(world, "op-authority"), Is.EqualTo("dGhlaXJz"));
            Assert.That(world.Names(Secret.Resource).Where(n => n.Contains("authority", StringComparison.Ordinal)), Is.EqualTo(new[] { "op-authority" }));
            Assert.That(world.Names(ResourceTypes.Certificate).Where(n => n.Contains("authority", StringComparison.Ordinal)), Is.Empty);
        });
    });

    private static string? Key(TestWorld world, string secret) => world.Get(Secret.Resource, secret)?["data"].Text("tls.key");

    private static void AskFor(TestWorld world, string change) => world.Create(
        RedisOpsRequest.Resource,
        Json.Parse($$$"""{"metadata":{"name":"op"},"spec":{"type":"ReconfigureTLS","databaseRef":{"name":"{{{Database}}}"},"timeout":"10m","tls":{ {{{change}}} } } }"""));
}
