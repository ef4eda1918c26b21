using System.Text;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>What a catalog version may leave out or spell in its own way.</summary>
[TestFixture]
[Category("Unit")]
public sealed class RedisDistributionTests
{
    [TestCase("\"valkey\"", true)]
    [TestCase("\"Valkey\"", true)]
    [TestCase("\"official\"", false)]
    [TestCase("\"Official\"", false)]
    [TestCase("null", false)]
    public void The_letter_case_of_a_distribution_does_not_count(string distribution, bool valkey)
    {
        var version = Version(distribution);
        Assert.That(RedisFlavour.Of(version).IsValkey, Is.EqualTo(valkey));
        Assert.That(((ICatalogVersion)version).Distribution, Is.EqualTo(valkey ? "Valkey" : "Official"));
    }

    [TestCase("\"valkey\"", 1000)]
    [TestCase("\"Valkey\"", 1000)]
    [TestCase("null", 999)]
    public void Without_a_security_context_the_users_of_the_official_images_run_the_containers(string distribution, int user)
    {
        var pod = (System.Text.Json.Nodes.JsonObject)RedisDefaults.Apply(RedisSamples.Redis("{}"), Version(distribution)).Spec.PodTemplate!.Spec!.ToNode()!;
        foreach (var context in new[] { pod["containers"]![0]!["securityContext"]!, pod["initContainers"]![0]!["securityContext"]! })
            Assert.That(((int)context["runAsUser"]!, (int)context["runAsGroup"]!, (bool)context["runAsNonRoot"]!), Is.EqualTo((user, user, true)));
        Assert.That((int)pod["securityContext"]!["fsGroup"]!, Is.EqualTo(user));
    }

    private static RedisVersion Version(string distribution) => RedisVersion.Decode(Encoding.UTF8.GetBytes(
        $$"""{"metadata":{"name":"v"},"spec":{"version":"8.1.1","distribution":{{distribution}},"db":{"image":"v"},"exporter":{"image":"e"} } }"""));
}
