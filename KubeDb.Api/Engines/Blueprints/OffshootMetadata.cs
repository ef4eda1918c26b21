using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>Labels and annotations of everything that belongs to a database.</summary>
/// <param name="database">The database.</param>
/// <param name="fullName">Plural and group of its kind, the value of <c>app.kubernetes.io/name</c>.</param>
internal sealed class OffshootMetadata(IDatabase database, string fullName)
{
    /// <summary>The labels by which pods and children are selected.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; } = DatabaseLabels.Selector(fullName, database.Metadata.Name);

    /// <summary>The selector with the labels of a group of pods; null adds none.</summary>
    public IReadOnlyDictionary<string, string> SelectorWith(IReadOnlyDictionary<string, string>? group) =>
        group is null ? Selector : Selector.Concat(group).ToDictionary();

    /// <summary>Labels of a child: the database's own (but what KubeDB itself means by labels), the fixed ones, then the given.</summary>
    public SortedDictionary<string, string> Labels(params IReadOnlyDictionary<string, string>?[] more) =>
        DatabaseLabels.OfChild(database, fullName, more);

    /// <summary>Annotations of the database that children carry on.</summary>
    public IReadOnlyDictionary<string, string> Annotations() => database.Metadata.Annotations
        .Where(a => !DatabaseLabels.IsOfDomain(a.Key, "kubedb.com") && !a.Key.StartsWith("kubectl.kubernetes.io/", StringComparison.Ordinal))
        .ToDictionary(a => a.Key, a => a.Value);

    /// <summary>Metadata of a child with the labels that all children have.</summary>
    public V1ObjectMeta Metadata(string name) => Metadata(name, Labels());

    /// <summary>Metadata of a child.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="annotations">Its annotations; of a key in several the last wins.</param>
    public V1ObjectMeta Metadata(string name, SortedDictionary<string, string> labels, params IReadOnlyDictionary<string, string>?[] annotations)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in annotations.SelectMany(some => some ?? new Dictionary<string, string>()))
            all[key] = value;
        return new() { Name = name, NamespaceProperty = database.Metadata.Namespace, Labels = labels, Annotations = all.Count > 0 ? all : null };
    }

    /// <summary>The given texts as an object.</summary>
    public static JsonObject Node(IEnumerable<KeyValuePair<string, string>> texts) =>
        new(texts.Select(t => KeyValuePair.Create<string, JsonNode?>(t.Key, t.Value)));

    /// <summary>The template of a service; null when the user gave none.</summary>
    public ServiceTemplate? Service(string alias) => database.Spec.ServiceTemplates.FirstOrDefault(t => t.Alias == alias);
}
