using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace KubeDb.Tests.Golden;

/// <summary>Compares rendered objects with a reviewed YAML file. With UPDATE_GOLDEN=1 the file is written instead.</summary>
internal static class GoldenFile
{
    private static readonly ISerializer Writer = new SerializerBuilder().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).WithIndentedSequences().DisableAliases().Build();

    private static readonly string[] First = ["apiVersion", "kind", "metadata", "name", "namespace", "image"];

    public static string Folder { get; } = Path.Combine(Root(), "KubeDb.Tests", "Golden");

    public static void Matches(string path, IEnumerable<JsonObject> objects)
    {
        var file = Path.Combine(Folder, path);
        var actual = Text(objects);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(file, actual);
        Assert.That(File.Exists(file), $"{path} does not exist; run once with UPDATE_GOLDEN=1 and review it.");
        Assert.That(
            actual.Split('\n'),
            Is.EqualTo(Text(Read(File.ReadAllText(file))).Split('\n')).AsCollection,
            $"{path} differs; if the change is meant, run with UPDATE_GOLDEN=1 and review it.");
    }

    // Fields in one order: which of them comes first means nothing, and would hide what differs.
    private static string Text(IEnumerable<JsonObject> objects) =>
        string.Join("---\n", objects.Select(o => Writer.Serialize(Plain(o)!).ReplaceLineEndings("\n")));

    private static int Rank(string field) => Array.IndexOf(First, field) is >= 0 and var rank ? rank : First.Length;

    /// <summary>The documents of a YAML text as JSON, scalars typed as YAML types them.</summary>
    public static IReadOnlyList<JsonObject> Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(d => ToJson(d.RootNode)!.AsObject())];
    }

    /// <summary>A secret with its values as text, so that people can review them; any other object as it is.</summary>
    public static JsonObject Readable(JsonObject manifest, IReadOnlyDictionary<string, string> placeholders)
    {
        var copy = manifest.DeepClone().AsObject();
        if (copy["kind"]!.GetValue<string>() != "Secret")
            return copy;
        var data = copy["data"]!.AsObject();
        copy.Remove("data");
        copy["data as text"] = new JsonObject(data.Select(p => KeyValuePair.Create<string, JsonNode?>(
            p.Key,
            placeholders.TryGetValue(p.Key, out var shown) ? shown : Lines(p.Value!.GetValue<string>()))));
        return copy;
    }

    private static JsonArray Lines(string base64) =>
        new([.. Encoding.UTF8.GetString(Convert.FromBase64String(base64)).Split('\n').Select(l => (JsonNode)l)]);

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, ToJson(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => scalar.Value switch
        {
            "true" => true,
            "false" => false,
            "null" or "~" or "" => null,
            var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
            var text => text,
        },
        YamlScalarNode scalar => scalar.Value,
        _ => throw new InvalidDataException(node.GetType().Name),
    };

    private static object? Plain(JsonNode? node) => node switch
    {
        JsonObject map => map.OrderBy(p => Rank(p.Key)).ThenBy(p => p.Key, StringComparer.Ordinal).ToDictionary(p => p.Key, p => Plain(p.Value)),
        JsonArray list => list.Select(Plain).ToList(),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => long.Parse(value.ToJsonString(), CultureInfo.InvariantCulture),
            _ => value.GetValue<string>(),
        },
        _ => null,
    };

    private static string Root()
    {
        var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "KubeDb.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("The checkout was not found above the test directory.");
    }
}
