using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>
/// Fills in what a user may leave out of a Druid. Pure and idempotent; what depends on the catalog version is filled in once that is known.
/// </summary>
public static class DruidDefaults
{
    /// <summary>Port on which the servers serve their metrics.</summary>
    public const int MetricsPort = 9104;

    /// <summary>Name of the database in the metadata storage.</summary>
    public const string LinkedDb = "druid";

    /// <summary>Node below which the servers keep theirs.</summary>
    public const string PathsBase = "/druid";

    /// <summary>Catalog version of an ensemble that the operator makes.</summary>
    public const string ZooKeeperVersion = "3.7.2";

    /// <summary>Size of a volume.</summary>
    public const string StorageSize = "1Gi";

    /// <summary>The cluster with every default; <paramref name="version"/> is null while it is not known.</summary>
    public static Druid Apply(Druid druid, DruidVersion? version)
    {
        ArgumentNullException.ThrowIfNull(druid);
        var (spec, name, ns) = (Configuration(druid.Spec), druid.Metadata.Name, druid.Metadata.Namespace);
        var user = (version as ICatalogVersion)?.RunAsUser;
        spec = spec with
        {
            DeletionPolicy = DatabaseDefaults.DeletionPolicy(spec),
            HealthChecker = DatabaseDefaults.HealthChecker(spec.HealthChecker ?? new() { PeriodSeconds = 30, TimeoutSeconds = 10, FailureThreshold = 3 }),
            AuthSecret = spec.DisableSecurity ? spec.AuthSecret : DatabaseDefaults.AuthSecret(spec.AuthSecret),
            KeystoreCredSecret = spec.EnableSsl ? DatabaseDefaults.AuthSecret(spec.KeystoreCredSecret) : spec.KeystoreCredSecret,
            Monitor = DatabaseDefaults.Monitor(spec.Monitor, user, MetricsPort),
            Tls = DatabaseDefaults.Certificates(spec.Tls, name, DruidNames.Certificates),
            MetadataStorage = MetadataStorage(spec.MetadataStorage ?? new(), name, ns),
            ZooKeeperRef = ZooKeeper(spec.ZooKeeperRef ?? new(), name, ns),
        };
        return druid with { Spec = spec with { Topology = spec.Topology is { } topology ? Topology(topology, name, user) : null } };
    }

    /// <summary>Name of a metadata storage of that kind that the operator makes.</summary>
    public static string MetadataStorageName(string druid, string type) =>
        ObjectNames.WithSuffix(druid, type == MetadataStorageTypes.MySql ? "mysql-metadata" : "pg-metadata");

    /// <summary>Catalog version of a metadata storage of that kind that the operator makes.</summary>
    public static string MetadataStorageVersion(string type) => type == MetadataStorageTypes.MySql ? "8.0.35" : "13.13";

    private static DruidSpec Configuration(DruidSpec spec)
    {
        var configuration = spec.Configuration;
        if (spec.ConfigSecret is { Name.Length: > 0 } secret && string.IsNullOrEmpty(configuration?.SecretName) && configuration?.Inline is null)
            configuration = (configuration ?? new()) with { SecretName = secret.Name };
        return spec with { Configuration = configuration, ConfigSecret = null };
    }

    // Of which kind one is that nobody chose depends on what is installed; its name and version depend on its kind.
    private static DruidMetadataStorage MetadataStorage(DruidMetadataStorage storage, string druid, string ns) => storage with
    {
        CreateTables = storage.CreateTables ?? true,
        ExternallyManaged = storage is { ExternallyManaged: true, Name.Length: > 0 },
        LinkedDb = string.IsNullOrEmpty(storage.LinkedDb) ? LinkedDb : storage.LinkedDb,
        Name = storage is { Name.Length: 0, Type.Length: > 0 } ? MetadataStorageName(druid, storage.Type) : storage.Name,
        Namespace = string.IsNullOrEmpty(storage.Namespace) ? ns : storage.Namespace,
    };

    private static DruidZooKeeper ZooKeeper(DruidZooKeeper reference, string druid, string ns) => reference with
    {
        ExternallyManaged = reference is { ExternallyManaged: true, Name.Length: > 0 },
        Name = reference.Name.Length == 0 ? ObjectNames.WithSuffix(druid, "zk") : reference.Name,
        Namespace = string.IsNullOrEmpty(reference.Namespace) ? ns : reference.Namespace,
        PathsBase = string.IsNullOrEmpty(reference.PathsBase) ? PathsBase : reference.PathsBase,
        Version = string.IsNullOrEmpty(reference.Version) ? ZooKeeperVersion : reference.Version,
    };

    private static DruidTopology Topology(DruidTopology topology, string name, long? user) => topology with
    {
        Brokers = Node(topology.Brokers ?? new(), DruidNames.Brokers, name, user),
        Coordinators = Node(topology.Coordinators ?? new(), DruidNames.Coordinators, name, user),
        Historicals = Stored(Node(topology.Historicals ?? new(), DruidNames.Historicals, name, user)),
        MiddleManagers = Stored(Node(topology.MiddleManagers ?? new(), DruidNames.MiddleManagers, name, user)),
        Overlords = topology.Overlords is { } overlords ? Node(overlords, DruidNames.Overlords, name, user) : null,
        Routers = topology.Routers is { } routers ? Node(routers, DruidNames.Routers, name, user) : null,
    };

    private static T Node<T>(T node, string role, string name, long? user)
        where T : DruidNode => node with
        {
            Replicas = node.Replicas ?? 1,
            PodTemplate = DatabaseDefaults.PodTemplate(node.PodTemplate, name, user, pod =>
            {
                if (ContainerDefaults.Secured(pod, "containers", DruidNames.ServerContainer, first: true, user) is { } server)
                    ContainerDefaults.Resources(server, cpu: "500m", memory: role == DruidNames.MiddleManagers ? "2560Mi" : "1Gi");
                if (ContainerDefaults.Secured(pod, "initContainers", DruidNames.InitContainer, first: false, user) is { } init)
                    ContainerDefaults.ResourcesIfNone(init, cpu: "200m", memory: "256Mi", memoryLimit: "512Mi");
            }),
        };

    private static DruidDataNode Stored(DruidDataNode node)
    {
        var type = string.IsNullOrEmpty(node.StorageType) ? StorageTypes.Durable : node.StorageType;
        return node with { StorageType = type, Storage = type == StorageTypes.Durable ? node.Storage ?? DefaultClaim() : node.Storage };
    }

    private static JsonFragment DefaultClaim() => JsonFragment.From(new JsonObject
    {
        ["accessModes"] = new JsonArray("ReadWriteOnce"),
        ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = StorageSize } },
    });
}
