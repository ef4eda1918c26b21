namespace KubeDb.Api.Kubernetes.Configuration;

/// <summary>
/// One or several kubeconfig files, merged as kubectl does: a name that is in several files is the first one's, as a whole; so is
/// <c>current-context</c>. Relative paths start from the file that they are in.
/// </summary>
internal sealed class Kubeconfig
{
    private readonly Dictionary<string, YamlView> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlView> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlView> _contexts = new(StringComparer.Ordinal);

    private Kubeconfig(string files) => Files = files;

    /// <summary>The files, for messages.</summary>
    public string Files { get; }

    /// <summary>The context chosen by the files; null without one.</summary>
    public string? CurrentContext { get; private set; }

    /// <summary>Names of the contexts.</summary>
    public IEnumerable<string> ContextNames => _contexts.Keys.Order(StringComparer.Ordinal);

    /// <summary>Reads and merges the files; one that does not exist is passed over as long as another does.</summary>
    /// <param name="paths">The files, the most important first.</param>
    /// <param name="namedBy">Who named them, for messages.</param>
    /// <exception cref="KubernetesConfigurationException">None exists, or one is not a kubeconfig.</exception>
    public static Kubeconfig Load(IReadOnlyList<string> paths, string namedBy)
    {
        var existing = paths.Where(File.Exists).ToArray();
        if (existing.Length == 0)
            throw new KubernetesConfigurationException($"{string.Join(", ", paths)} (named by {namedBy}) does not exist; name a kubeconfig file that does.");
        var merged = new Kubeconfig(string.Join(", ", existing));
        foreach (var root in existing.Select(YamlView.Read).OfType<YamlView>())
            merged.Add(root);
        return merged;
    }

    /// <summary>A context by name.</summary>
    /// <exception cref="KubernetesConfigurationException">There is none of that name.</exception>
    public YamlView Context(string name) => Find(_contexts, "context", name, $"choose one of: {Join(ContextNames)}");

    /// <summary>A cluster by name.</summary>
    /// <exception cref="KubernetesConfigurationException">There is none of that name.</exception>
    public YamlView Cluster(string name, string context) =>
        Find(_clusters, "cluster", name, $"context \"{context}\" names it; the files have: {Join(_clusters.Keys)}");

    /// <summary>A user by name.</summary>
    /// <exception cref="KubernetesConfigurationException">There is none of that name.</exception>
    public YamlView User(string name, string context) =>
        Find(_users, "user", name, $"context \"{context}\" names it; the files have: {Join(_users.Keys)}");

    private void Add(YamlView root)
    {
        CurrentContext ??= root.Text("current-context");
        Add(root, "clusters", "cluster", _clusters);
        Add(root, "users", "user", _users);
        Add(root, "contexts", "context", _contexts);
    }

    private static void Add(YamlView root, string list, string field, Dictionary<string, YamlView> into)
    {
        foreach (var entry in root.Maps(list))
        {
            var name = entry.Text("name") ?? throw new KubernetesConfigurationException($"{entry.File}: {entry.Path}name is missing; every entry of {list} needs one.");

            // "user: {}" and an absent user both mean: anonymous.
            var content = entry.Map(field) ?? new YamlView(new YamlDotNet.RepresentationModel.YamlMappingNode(), entry.File, $"{entry.Path}{field}.");
            into.TryAdd(name, content);
        }
    }

    private YamlView Find(Dictionary<string, YamlView> entries, string kind, string name, string hint) =>
        entries.TryGetValue(name, out var entry)
            ? entry
            : throw new KubernetesConfigurationException($"{Files}: there is no {kind} \"{name}\"; {hint}.");

    private static string Join(IEnumerable<string> names) => string.Join(", ", names.DefaultIfEmpty("none"));
}
