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

    /// <summary>Selects everything that is managed.</summary>
    public const string Managed = ManagedBy + "=" + Manager;

    /// <summary>Selects everything else, also what has no labels.</summary>
    public const string NotManaged = ManagedBy + "!=" + Manager;

    /// <summary>Annotation of a credential secret: since when its content is valid (RFC 3339).</summary>
    public const string AuthActiveFrom = "kubedb.com/auth-active-from";

    /// <summary>Annotation that keeps a service while its database is halted, with the value <c>true</c>.</summary>
    public const string KeepOnHalt = "kubedb.com/keep-on-halt";

    /// <summary>The labels that make an object a child of the database.</summary>
    public static IReadOnlyDictionary<string, string> Of(IEngine engine, IDatabase database) => new Dictionary<string, string>
    {
        [Name] = engine.Kinds.FullName,
        [Instance] = database.Metadata.Name,
        [ManagedBy] = Manager,
    };

    /// <summary>True when the labels make the object a child of a database with that name, of any incarnation of it.</summary>
    public static bool AreOf(IEngine engine, string database, ObjectMeta child) =>
        child.Labels.GetValueOrDefault(Name) == engine.Kinds.FullName && child.Labels.GetValueOrDefault(Instance) == database;

    /// <summary>True when the labels say that the object belongs to another database, or to another kind of one.</summary>
    public static bool AreOfAnother(IEngine engine, string database, ObjectMeta child) =>
        child.Labels.GetValueOrDefault(ManagedBy) == Manager
        && child.Labels.TryGetValue(Instance, out var instance)
        && (instance != database || (child.Labels.TryGetValue(Name, out var name) && name != engine.Kinds.FullName));
}
