using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
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

    /// <summary>True when <paramref name="whole"/> holds everything of <paramref name="part"/>; objects of a list may be completed, others not.</summary>
    private static bool Contains(JsonNode? whole, JsonNode? part) => (whole, part) switch
    {
        (JsonObject w, JsonObject p) => p.All(m => w.TryGetPropertyValue(m.Key, out var value) && (m.Value is null || Contains(value, m.Value))),
        (JsonArray w, JsonArray p) => p.Count <= w.Count && p.Zip(w).All(pair => Contains(pair.Second, pair.First)),
        _ => JsonNode.DeepEquals(whole, part),
    };
}
