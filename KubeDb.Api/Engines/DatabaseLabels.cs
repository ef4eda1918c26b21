using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines;

/// <summary>The labels by which everything that belongs to a database is found, and the annotations that the processes set.</summary>
public static class DatabaseLabels
{
    /// <summary>Full name of the database's kind, such as the engine's plural and <c>kubedb.com</c>.</summary>
    public const string Name = "app.kubernetes.io/name";

    /// <summary>Name of the database.</summary>
    public const string Instance = "app.kubernetes.io/instance";

    /// <summary>Who manages the object: <see cref="Manager"/>.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>The value of <see cref="ManagedBy"/>.</summary>
    public const string Manager = "kubedb.com";

    /// <summary>What part of an application the object is: always <c>database</c>. Not selected by.</summary>
    public const string Component = "app.kubernetes.io/component";

    /// <summary>Version of an application: a user's, which children do not carry on.</summary>
    public const string Version = "app.kubernetes.io/version";

    /// <summary>Selects everything that is managed.</summary>
    public const string Managed = ManagedBy + "=" + Manager;

    /// <summary>Selects everything else, also what has no labels.</summary>
    public const string NotManaged = ManagedBy + "!=" + Manager;

    /// <summary>Annotation of a credential secret: since when its content is valid (RFC 3339).</summary>
    public const string AuthActiveFrom = "kubedb.com/auth-active-from";

    /// <summary>Annotation of a claim: whose data is on its volume, for engines whose servers share an identity that data must not outlive.</summary>
    public const string DataOf = "kubedb.com/data-of";

    /// <summary>
    /// Annotation of a pod whose group asks for it: <c>label=value</c> of the machine that it is bound to, with nothing behind the sign where the machine
    /// has no such label.
    /// </summary>
    public const string Machine = "kubedb.com/machine";

    /// <summary>Annotation that keeps a service while its database is halted, with the value <see cref="OnHalt"/>.</summary>
    public const string KeepOn = "kubedb.com/resource-policy-keep-on";

    /// <summary>Value of <see cref="KeepOn"/>.</summary>
    public const string OnHalt = "halt";

    /// <summary>The labels by which the children of a database are selected.</summary>
    /// <param name="fullName">Plural and group of its kind.</param>
    /// <param name="database">Its name.</param>
    public static IReadOnlyDictionary<string, string> Selector(string fullName, string database) => new Dictionary<string, string>
    {
        [Name] = fullName,
        [Instance] = database,
        [ManagedBy] = Manager,
    };

    /// <summary>
    /// The labels of a child: those of the database itself (but what KubeDB means by labels), the component, then the given, and last those by
    /// which children are selected.
    /// </summary>
    /// <param name="database">The database.</param>
    /// <param name="fullName">Plural and group of its kind.</param>
    /// <param name="more">Labels of this child; of a key in several the last wins.</param>
    public static SortedDictionary<string, string> OfChild(IDatabase database, string fullName, params IReadOnlyDictionary<string, string>?[] more)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(database.Metadata.Labels.Where(l => Propagates(l.Key)));
        labels[Component] = "database";
        foreach (var some in more)
            Add(some ?? new Dictionary<string, string>());
        Add(Selector(fullName, database.Metadata.Name));
        return labels;

        void Add(IEnumerable<KeyValuePair<string, string>> from)
        {
            foreach (var (key, value) in from)
                labels[key] = value;
        }
    }

    /// <summary>True when the prefix of a label or annotation is the domain, or a part of it.</summary>
    public static bool IsOfDomain(string key, string domain)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && (key[..slash] == domain || key[..slash].EndsWith("." + domain, StringComparison.Ordinal));
    }

    /// <summary>True when the labels make the object a child of a database with that name, of any incarnation of it.</summary>
    public static bool AreOf(IEngine engine, string database, ObjectMeta child) =>
        child.Labels.GetValueOrDefault(Name) == engine.Kinds.FullName && child.Labels.GetValueOrDefault(Instance) == database;

    /// <summary>True when the labels say that the object belongs to another database, or to another kind of one.</summary>
    public static bool AreOfAnother(IEngine engine, string database, ObjectMeta child) =>
        child.Labels.GetValueOrDefault(ManagedBy) == Manager
        && child.Labels.TryGetValue(Instance, out var instance)
        && (instance != database || (child.Labels.TryGetValue(Name, out var name) && name != engine.Kinds.FullName));

    private static bool Propagates(string key) => !IsOfDomain(key, "kubedb.com") && key is not (Name or Instance or ManagedBy or Version);
}
