namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>A role of servers: what it is called in specs, and what its process listens on.</summary>
/// <param name="Name">Name in specs, labels and files of users, such as middleManagers.</param>
/// <param name="Process">Name of the process, such as middleManager.</param>
/// <param name="Port">Port of plain connections.</param>
/// <param name="TlsPort">Port of TLS.</param>
public sealed record DruidRole(string Name, string Process, int Port, int TlsPort)
{
    /// <summary>What ends the names of its PetSet and service.</summary>
    public string Suffix => Name.ToLowerInvariant();

    /// <summary>A role that keeps data, or works on it, on a volume.</summary>
    public bool HasVolume => Name is DruidNames.MiddleManagers or DruidNames.Historicals;

    /// <summary>A role that a service of its own leads to.</summary>
    public bool HasService => !HasVolume;

    /// <summary>A role that every Druid has.</summary>
    public bool IsMandatory => Name is not (DruidNames.Overlords or DruidNames.Routers);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Names inside the pods of a Druid that users and the operator share.</summary>
public static class DruidNames
{
    /// <summary>Role of the coordinators.</summary>
    public const string Coordinators = "coordinators";

    /// <summary>Role of the overlords.</summary>
    public const string Overlords = "overlords";

    /// <summary>Role of the middle managers.</summary>
    public const string MiddleManagers = "middleManagers";

    /// <summary>Role of the historicals.</summary>
    public const string Historicals = "historicals";

    /// <summary>Role of the brokers.</summary>
    public const string Brokers = "brokers";

    /// <summary>Role of the routers.</summary>
    public const string Routers = "routers";

    /// <summary>The roles, in the order in which their pods are made and listed.</summary>
    public static IReadOnlyList<DruidRole> Roles { get; } =
    [
        new(Coordinators, "coordinator", 8081, 8281),
        new(Overlords, "overlord", 8090, 8290),
        new(MiddleManagers, "middleManager", 8091, 8291),
        new(Historicals, "historical", 8083, 8283),
        new(Brokers, "broker", 8082, 8282),
        new(Routers, "router", 8888, 9088),
    ];

    /// <summary>Container of the server.</summary>
    public const string ServerContainer = "druid";

    /// <summary>Init container.</summary>
    public const string InitContainer = "init-druid";

    /// <summary>User name of the credential: the only one that a new cluster has.</summary>
    public const string Admin = "admin";

    /// <summary>Alias of the servers' certificate.</summary>
    public const string ServerCertificate = "server";

    /// <summary>Alias of the clients' certificate.</summary>
    public const string ClientCertificate = "client";

    /// <summary>The aliases of certificates, in the order in which they are filled in.</summary>
    public static IReadOnlyList<string> Certificates { get; } = [ServerCertificate, ClientCertificate];

    /// <summary>Volumes of the operator in every pod.</summary>
    public static IReadOnlyList<string> ReservedVolumes { get; } =
        ["operator-config-volume", "main-config-volume", "custom-config", "mysql-metadata-storage", "metadata-tls-volume", "server-certs", "server-stores"];

    /// <summary>The volume of the roles that have one.</summary>
    public const string DataVolume = "data";

    /// <summary>Directory of the segments of a historical.</summary>
    public const string SegmentFolder = "/druid/data/segments";

    /// <summary>Directory of the tasks of a middle manager.</summary>
    public const string TaskFolder = "/var/druid/task";

    /// <summary>Directories of the operator.</summary>
    public static IReadOnlyList<string> ReservedPaths { get; } =
        ["/opt/druid/extensions/mysql-metadata-storage", "/tmp/config/operator-config", "/opt/druid/conf", "/tmp/config/custom-config", SegmentFolder, TaskFolder, "/opt/druid/ssl"];

    /// <summary>Environment variables of the operator.</summary>
    public static IReadOnlyList<string> ReservedVariables { get; } =
    [
        "DRUID_ADMIN_PASSWORD", "DRUID_INTERNAL_CLIENT_PASSWORD", "DRUID_METADATA_STORAGE_PASSWORD", "DRUID_ZK_SERVICE_PASSWORD", "DRUID_KEY_STORE_PASSWORD",
        "DRUID_COORDINATOR_AS_OVERLORD",
    ];
}
