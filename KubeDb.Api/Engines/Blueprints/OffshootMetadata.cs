using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>Labels and annotations of everything that belongs to a database.</summary>
/// <param name="database">The database.</param>
/// <param name="fullName">Plural and group of its kind, the value of <c>app.kubernetes.io/name</c>.</param>
internal sealed class OffshootMetadata(IDatabase database, string fullName)
{
    private const string NameLabel = "app.kubernetes.io/name";
    private const string InstanceLabel = "app.kubernetes.io/instance";
    private const string ManagedByLabel = "app.kubernetes.io/managed-by";
    private const string ComponentLabel = "app.kubernetes.io/component";
    private const string VersionLabel = "app.kubernetes.io/version";

    /// <summary>The labels by which pods and children are selected.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; } = new Dictionary<string, string>
    {
        [NameLabel] = fullName,
        [InstanceLabel] = database.Metadata.Name,
        [ManagedByLabel] = "kubedb.com",
    };

    /// <summary>The selector as a fresh node.</summary>
    public JsonObject SelectorNode() => Node(Selector);

    /// <summary>Labels of a child: the database's own (but what KubeDB itself means by labels), the fixed ones, then the given.</summary>
    public JsonObject Labels(params IReadOnlyDictionary<string, string>?[] more)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(labels, database.Metadata.Labels.Where(l => Propagates(l.Key)));
        labels[ComponentLabel] = "database";
        foreach (var some in more)
            Add(labels, some ?? new Dictionary<string, string>());
        Add(labels, Selector);
        return Node(labels);
    }

    /// <summary>Annotations of the database that children carry on.</summary>
    public IReadOnlyDictionary<string, string> Annotations() => database.Metadata.Annotations
        .Where(a => !IsOf(a.Key, "kubedb.com") && !a.Key.StartsWith("kubectl.kubernetes.io/", StringComparison.Ordinal))
        .ToDictionary(a => a.Key, a => a.Value);

    /// <summary>Metadata of a child.</summary>
    public JsonObject Metadata(string name, JsonObject labels, params IReadOnlyDictionary<string, string>?[] annotations)
    {
        var metadata = new JsonObject { ["name"] = name, ["namespace"] = database.Metadata.Namespace, ["labels"] = labels };
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var some in annotations)
            Add(all, some ?? new Dictionary<string, string>());
        if (all.Count > 0)
            metadata["annotations"] = Node(all);
        return metadata;
    }

    /// <summary>The given texts as an object.</summary>
    public static JsonObject Node(IEnumerable<KeyValuePair<string, string>> texts) =>
        new(texts.Select(t => KeyValuePair.Create<string, JsonNode?>(t.Key, t.Value)));

    /// <summary>The template of a service; null when the user gave none.</summary>
    public ServiceTemplate? Service(string alias) => database.Spec.ServiceTemplates.FirstOrDefault(t => t.Alias == alias);

    private static bool Propagates(string key) =>
        !IsOf(key, "kubedb.com") && key is not (NameLabel or InstanceLabel or ManagedByLabel or VersionLabel);

    private static bool IsOf(string key, string domain)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && (key[..slash] == domain || key[..slash].EndsWith("." + domain, StringComparison.Ordinal));
    }

    private static void Add(SortedDictionary<string, string> to, IEnumerable<KeyValuePair<string, string>> from)
    {
        foreach (var (key, value) in from)
            to[key] = value;
    }
}
