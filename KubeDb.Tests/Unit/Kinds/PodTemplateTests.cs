using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Kinds;

[TestFixture]
[Category("Unit")]
public sealed class PodTemplateTests
{
    [FsCheck.NUnit.Property(MaxTest = 300)]
    public bool A_pod_template_loses_nothing(int seed)
    {
        var pod = RandomJson.Object(new Random(seed), depth: 4);
        var manifest = new JsonObject { ["spec"] = new JsonObject { ["version"] = "8.2.2", ["podTemplate"] = new JsonObject { ["spec"] = pod } } };

        var redis = Redis.Decode(Encoding.UTF8.GetBytes(manifest.ToJsonString()));

        return JsonNode.DeepEquals(KindsJson.ToManifest(redis)["spec"], manifest["spec"]);
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public bool Defaults_keep_all_that_the_user_gave(int seed)
    {
        var random = new Random(seed);
        var pod = RandomJson.Object(random, depth: 3);
        pod["containers"] = new JsonArray(RandomJson.Container(random, "redis"), RandomJson.Container(random, "sidecar"));
        var redis = Redis.Decode(Encoding.UTF8.GetBytes(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "rd" },
            ["spec"] = new JsonObject { ["version"] = "8.2.2", ["podTemplate"] = new JsonObject { ["spec"] = pod } },
        }.ToJsonString()));

        var defaulted = RedisDefaults.Apply(redis, RedisSamples.Version("8.2.2"));

        return Contains(defaulted.Spec.PodTemplate!.Spec!.ToNode(), pod);
    }

    [TestCase("""{"containers":[{"name":"c","env":[{"name":"A","value":"1"},{"name":"B"},{"name":"A","value":"1"}]}]}""", "containers[0].env[2]", "'A'", "env[0]")]
    [TestCase("""{"containers":[{"name":"c","ports":[{"containerPort":1},{"containerPort":1,"protocol":"TCP"}]}]}""", "containers[0].ports[1]", "'1/TCP'", "ports[0]")]
    [TestCase("""{"containers":[{"name":"c","ports":[{"name":"x","containerPort":1},{"name":"x","containerPort":2}]}]}""", "containers[0].ports[1]", "'x'", "ports[0]")]
    [TestCase("""{"initContainers":[{"name":"c","volumeMounts":[{"name":"v","mountPath":"/a"},{"name":"w","mountPath":"/a"}]}]}""", "initContainers[0].volumeMounts[1]", "'/a'", "volumeMounts[0]")]
    [TestCase("""{"imagePullSecrets":[{"name":"s"},{"name":"s"}]}""", "imagePullSecrets[1]", "'s'", "imagePullSecrets[0]")]
    [TestCase("""{"hostAliases":[{"ip":"1.2.3.4"},{"ip":"1.2.3.4"}]}""", "hostAliases[1]", "'1.2.3.4'", "hostAliases[0]")]
    public void A_key_that_stands_twice_is_named(string pod, string at, string key, string earlier)
    {
        var violation = RedisValidation.PodRules.Check(JsonFragment.Parse(pod), "spec.podTemplate.spec").Single();

        Assert.That((violation.Path, violation.Reason), Is.EqualTo(($"spec.podTemplate.spec.{at}", Reasons.DuplicateKey)));
        Assert.That(violation.Message, Does.StartWith(violation.Path).And.Contain(key).And.Contain(earlier));
    }

    [TestCase("""{"containers":[{"name":"c","ports":[{"containerPort":1},{"containerPort":1,"protocol":"UDP"}]},{"name":"d","ports":[{"containerPort":1}]}]}""")]
    [TestCase("""{"tolerations":[{"key":"a"},{"key":"a"}]}""")]
    public void What_may_stand_twice_is_no_violation(string pod) =>
        Assert.That(RedisValidation.PodRules.Check(JsonFragment.Parse(pod), "spec.podTemplate.spec"), Is.Empty);

    /// <summary>True when <paramref name="whole"/> holds everything of <paramref name="part"/>; objects of a list may be completed, others not.</summary>
    private static bool Contains(JsonNode? whole, JsonNode? part) => (whole, part) switch
    {
        (JsonObject w, JsonObject p) => p.All(m => w.TryGetPropertyValue(m.Key, out var value) && (m.Value is null || Contains(value, m.Value))),
        (JsonArray w, JsonArray p) => p.Count <= w.Count && p.Zip(w).All(pair => Contains(pair.Second, pair.First)),
        _ => JsonNode.DeepEquals(whole, part),
    };
}
