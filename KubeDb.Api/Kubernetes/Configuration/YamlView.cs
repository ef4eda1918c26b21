using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>A mapping of a YAML file that knows where it stands, so that every complaint names file and field.</summary>
/// <param name="Node">The mapping.</param>
/// <param name="File">The file.</param>
/// <param name="Path">The field in it.</param>
internal sealed record YamlView(YamlMappingNode Node, string File, string Path)
{
    private const int LongestFile = 4 << 20;
    private const int DeepestNesting = 64;

    /// <summary>The directory that relative paths in the file start from.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(File))!;

    /// <summary>Reads a file; null when it is empty.</summary>
    /// <exception cref="KubernetesConfigurationException">The file is no YAML mapping.</exception>
    public static YamlView? Read(string file)
    {
        var stream = Parse(file, TextOf(file));
        if (stream.Documents.Count == 0 || IsNull(stream.Documents[0].RootNode))
            return null;
        return stream.Documents[0].RootNode is YamlMappingNode root
            ? new YamlView(root, file, "")
            : throw new KubernetesConfigurationException($"{file}: this is not a kubeconfig: expected 'apiVersion: v1', 'clusters:', 'users:' and 'contexts:' at the top.");
    }

    private static string TextOf(string file)
    {
        try
        {
            return new FileInfo(file).Length <= LongestFile
                ? System.IO.File.ReadAllText(file)
                : throw new KubernetesConfigurationException($"{file}: a file of more than {LongestFile >> 20} MiB is no kubeconfig. Name another.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigurationException($"{file}: the kubeconfig can not be read: {e.Message}", e);
        }
    }

    private static YamlStream Parse(string file, string text)
    {
        try
        {
            RefuseWhatIsNoConfiguration(file, text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream;
        }
        catch (YamlException e)
        {
            // Neither the parser's own words nor the exception goes on: they could quote the file, which holds secrets. The place is enough.
            throw new KubernetesConfigurationException($"{file}: this is not YAML: the mistake is at line {e.Start.Line}, column {e.Start.Column}. Correct the file, or name another.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or NullReferenceException or InvalidCastException)
        {
            throw new KubernetesConfigurationException($"{file}: this is not YAML ({e.GetType().Name} while reading it). Correct the file, or name another.");
        }
    }

    /// <summary>
    /// Files that would cost the reader of trees its stack or endless time: nested beyond all measure, and keys that are themselves trees, which
    /// are compared by their whole content.
    /// </summary>
    private static void RefuseWhatIsNoConfiguration(string file, string text)
    {
        var parser = new Parser(new StringReader(text));
        var open = new Stack<(bool IsMapping, bool KeyIsNext)>();
        while (parser.MoveNext())
        {
            var now = parser.Current!;
            if (now is MappingEnd or SequenceEnd)
                open.Pop();
            if (now is not (MappingStart or SequenceStart or MappingEnd or SequenceEnd or Scalar or AnchorAlias))
                continue;
            if (open.TryPeek(out var parent) && parent.IsMapping)
            {
                if (parent.KeyIsNext && now is (MappingStart or SequenceStart or AnchorAlias))
                    throw new KubernetesConfigurationException($"{file}: the key at line {now.Start.Line}, column {now.Start.Column} is not a text. Correct the file, or name another.");
                if (now is not (MappingStart or SequenceStart))
                    open.Push(open.Pop() with { KeyIsNext = !parent.KeyIsNext });
            }

            if (now is MappingStart or SequenceStart)
                open.Push((now is MappingStart, true));
            if (open.Count > DeepestNesting)
                throw new KubernetesConfigurationException($"{file}: line {now.Start.Line} nests deeper than {DeepestNesting}. Correct the file, or name another.");
        }
    }

    /// <summary>A text field; null when absent or empty.</summary>
    public string? Text(string key)
    {
        var node = Find(key);
        if (node is null || IsNull(node))
            return null;
        return node is YamlScalarNode { Value: var value } ? (string.IsNullOrEmpty(value) ? null : value) : throw Wrong(key, "a text", node);
    }

    /// <summary>A boolean field; false when absent.</summary>
    public bool Flag(string key) => Text(key) switch
    {
        null or "false" or "False" or "FALSE" => false,
        "true" or "True" or "TRUE" => true,
        var other => throw new KubernetesConfigurationException($"{File}: {Path}{key} is '{other}'; it has to be true or false."),
    };

    /// <summary>A mapping; null when absent.</summary>
    public YamlView? Map(string key)
    {
        var node = Find(key);
        if (node is null || IsNull(node))
            return null;
        return node is YamlMappingNode map ? new YamlView(map, File, $"{Path}{key}.") : throw Wrong(key, "a mapping", node);
    }

    /// <summary>A list of mappings; empty when absent.</summary>
    public IEnumerable<YamlView> Maps(string key) =>
        Items(key).Select((n, i) => n is YamlMappingNode map ? new YamlView(map, File, $"{Path}{key}[{i}].") : throw Wrong($"{key}[{i}]", "a mapping", n));

    /// <summary>A list of texts; empty when absent.</summary>
    public IReadOnlyList<string> Texts(string key) =>
        [.. Items(key).Select((n, i) => n is YamlScalarNode scalar ? scalar.Value ?? "" : throw Wrong($"{key}[{i}]", "a text", n))];

    /// <summary>The keys of the mapping.</summary>
    public IEnumerable<string> Keys => Node.Children.Keys.OfType<YamlScalarNode>().Select(k => k.Value ?? "");

    /// <summary>Does not show the content.</summary>
    public override string ToString() => $"{File}: {Path}";

    private IEnumerable<YamlNode> Items(string key)
    {
        var node = Find(key);
        if (node is null || IsNull(node))
            return [];
        return node is YamlSequenceNode list ? list.Children : throw Wrong(key, "a list", node);
    }

    private YamlNode? Find(string key) => Node.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private KubernetesConfigurationException Wrong(string key, string expected, YamlNode seen) =>
        new($"{File}: {Path}{key} (line {seen.Start.Line}) is {Name(seen)}; it has to be {expected}.");

    private static string Name(YamlNode node) => node switch
    {
        YamlMappingNode => "a mapping",
        YamlSequenceNode => "a list",
        _ => "a text",
    };
}
