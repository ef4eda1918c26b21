using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Kinds.Conversion;

/// <summary>Objects to convert, and conversions that leave what they are given alone.</summary>
internal static class ConvertedSamples
{
    public const string V1 = "kubedb.com/v1", V1Alpha2 = "kubedb.com/v1alpha2";
    public const string KeptOfV1 = "kubedb.com/v1-fields", KeptOfV1Alpha2 = "kubedb.com/v1alpha2-fields";

    private static readonly string[] Names = ["redis", "rd-coordinator", "redissentinel", "exporter", "sidecar"];
    private static readonly string[] Flat = ["args", "env", "resources", "livenessProbe", "readinessProbe", "lifecycle", "containerSecurityContext", "volumeMounts"];

    public static JsonObject Object(string apiVersion, string kind, string spec, string annotations = "")
    {
        var result = (JsonObject)JsonNode.Parse($$"""{"apiVersion":"{{apiVersion}}","kind":"{{kind}}","metadata":{"name":"cache","namespace":"demo"},"spec":{{spec}}}""")!;
        if (annotations.Length > 0)
            result["metadata"]!["annotations"] = JsonNode.Parse(annotations);
        return result;
    }

    public static JsonObject Up(this KindConversion conversion, JsonObject older)
    {
        var result = (JsonObject)older.DeepClone();
        conversion.ToHub(result);
        return result;
    }

    public static JsonObject Down(this KindConversion conversion, JsonObject hub)
    {
        var result = (JsonObject)hub.DeepClone();
        conversion.FromHub(result);
        return result;
    }

    public static JsonNode? Kept(this JsonObject of, string annotation) => of["metadata"]!["annotations"]?[annotation] is { } text ? JsonNode.Parse((string)text!) : null;

    /// <summary>An object that the definition's schema admits, with what conversions look at more often than chance would have it.</summary>
    public static JsonObject Random(string definition, int seed, string version)
    {
        var result = AdmittedJson.Object(definition, seed, "cache", "demo", version);
        var random = new Random(seed);
        if (result["spec"] is not JsonObject spec)
            return result;
        if (version == "v1alpha2" && spec["cluster"] is JsonObject cluster && cluster["replicas"]?.ToJsonString() == "2147483647")
            cluster["replicas"] = 1; // One more can not be said in v1: refused.
        if (random.Next(2) == 0)
            spec["mode"] = random.Next(3) == 0 ? "Standalone" : "Cluster";
        if (random.Next(3) > 0)
        {
            if (spec["podTemplate"] is not JsonObject template)
                spec["podTemplate"] = template = [];
            if (template["spec"] is not JsonObject pod)
                template["spec"] = pod = [];
            var names = Names.Where(_ => random.Next(2) == 0).ToArray();
            random.Shuffle(names);
            if (random.Next(4) > 0)
                pod["containers"] = new JsonArray([.. names.Select(n => Container(random, n))]);
            foreach (var field in Flat.Where(_ => random.Next(3) == 0))
                pod[field] = RandomJson.Object(random, 2);
        }

        return result;
    }

    private static JsonObject Container(Random random, string name)
    {
        var container = random.Next(3) == 0 ? new JsonObject { ["name"] = name } : RandomJson.Container(random, name);
        foreach (var field in (string[])["args", "env", "image", "volumeMounts"])
        {
            if (random.Next(3) == 0)
                container[field] = new JsonArray(field, random.Next(3));
        }

        return container;
    }
}
