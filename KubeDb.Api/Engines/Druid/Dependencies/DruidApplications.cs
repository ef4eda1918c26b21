using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Api.Engines.Druid.Dependencies;

/// <summary>The applications that a Druid needs: its metadata storage and its ZooKeeper, the user's or made for it.</summary>
internal static class DruidApplications
{
    /// <summary>Role of a metadata storage of the user's, or of a name that the user chose.</summary>
    public const string Metadata = "metadata";

    /// <summary>Role of a MySQL that is made.</summary>
    public const string MySqlMetadata = "metadata-mysql";

    /// <summary>Role of a PostgreSQL that is made.</summary>
    public const string PostgreSqlMetadata = "metadata-postgresql";

    /// <summary>Role of the ZooKeeper.</summary>
    public const string ZooKeeper = "zookeeper";

    /// <summary>MySQL, of another operator.</summary>
    public static ResourceType MySql { get; } = new("kubedb.com", "v1", "mysqls", "MySQL");

    /// <summary>PostgreSQL, of another operator.</summary>
    public static ResourceType Postgres { get; } = new("kubedb.com", "v1", "postgreses", "Postgres");

    /// <summary>The kinds that a Druid has made for itself.</summary>
    public static IReadOnlyList<OwnedKind> Kinds { get; } =
    [
        new(ZooKeeperDatabase.Resource, KeptOnHalt: true) { IsDatabase = true },
        new(MySql, KeptOnHalt: true, Optional: true) { IsDatabase = true, ProbeInterval = TimeSpan.FromMinutes(10) },
        new(Postgres, KeptOnHalt: true, Optional: true) { IsDatabase = true, ProbeInterval = TimeSpan.FromMinutes(10) },
    ];

    /// <summary>The applications of the (defaulted) cluster.</summary>
    public static IReadOnlyList<ApplicationReference> Of(DruidDatabase druid)
    {
        ArgumentNullException.ThrowIfNull(druid);
        var (storage, zooKeeper, ns) = (druid.Spec.MetadataStorage ?? new(), druid.Spec.ZooKeeperRef ?? new(), druid.Metadata.Namespace);
        var keeper = new ApplicationReference(new(Or(zooKeeper.Namespace, ns), zooKeeper.Name), "spec.zookeeperRef", ZooKeeper);
        return
        [
            .. MetadataOf(storage, druid.Metadata.Name, ns),
            zooKeeper.ExternallyManaged ? keeper : keeper with { IsOptional = true, Made = ZooKeeperDatabase.Resource },
        ];
    }

    private static IEnumerable<ApplicationReference> MetadataOf(DruidMetadataStorage storage, string druid, string ns)
    {
        const string Path = "spec.metadataStorage";
        if (storage.ExternallyManaged)
            return [new(new(Or(storage.Namespace, ns), storage.Name), Path, Metadata)];
        return
        [
            .. Made(MySqlMetadata, MetadataStorageTypes.MySql, MySql),
            .. Made(PostgreSqlMetadata, MetadataStorageTypes.PostgreSql, Postgres),
        ];

        // Which kind it is going to be, where the user chose none, depends on what is installed.
        IEnumerable<ApplicationReference> Made(string role, string type, ResourceType kind) => storage.Type is null or "" || storage.Type == type
            ? [new(new(Or(storage.Namespace, ns), storage.Name.Length > 0 ? storage.Name : DruidDefaults.MetadataStorageName(druid, type)), Path, role) { IsOptional = true, Made = kind }]
            : [];
    }

    private static string Or(string? text, string other) => string.IsNullOrEmpty(text) ? other : text;
}
