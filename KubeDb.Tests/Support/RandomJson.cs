using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support;

/// <summary>Arbitrary JSON from a seed.</summary>
internal static class RandomJson
{
    private static readonly string[] Texts = ["", "a", "ü ✓ \"quoted\"", "$(POD)", "{{ x }}", "1Gi", "true", "\u0001\n\t\\"];

    public static JsonObject Object(Random random, int depth)
    {
        var result = new JsonObject();
        for (var i = random.Next(5); i >= 0; i--)
            result[$"f{random.Next(100)}"] = Value(random, depth - 1);
        return result;
    }

    public static JsonObject Container(Random random, string name)
    {
        var container = Object(random, depth: 2);
        container["name"] = name;
        if (random.Next(2) == 0)
            container["securityContext"] = new JsonObject { ["runAsUser"] = random.Next(5000), ["runAsNonRoot"] = random.Next(2) == 0 };
        if (random.Next(2) == 0)
            container["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "100m" } };
        return container;
    }

    private static JsonNode? Value(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(),
        3 => random.NextDouble(),
        4 => Texts[random.Next(Texts.Length)],
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))]),
        _ => Object(random, depth),
    };
}
