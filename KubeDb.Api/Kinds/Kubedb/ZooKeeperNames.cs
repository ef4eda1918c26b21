namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>Names inside the pods of a ZooKeeper that users and the operator share.</summary>
public static class ZooKeeperNames
{
    /// <summary>Container of the server.</summary>
    public const string ServerContainer = "zookeeper";

    /// <summary>Init container.</summary>
    public const string InitContainer = "zookeeper-init";

    /// <summary>Alias of the members' certificate.</summary>
    public const string ServerCertificate = "server";

    /// <summary>Alias of the clients' certificate.</summary>
    public const string ClientCertificate = "client";

    /// <summary>The aliases of certificates, in the order in which they are filled in.</summary>
    public static IReadOnlyList<string> Certificates { get; } = [ServerCertificate, ClientCertificate];

    /// <summary>Volumes of the operator.</summary>
    public static IReadOnlyList<string> ReservedVolumes { get; } = ["data", "script-vol", "zookeeper-config", "temp-config", "server-certs", "client-certs"];

    /// <summary>Directories of the operator.</summary>
    public static IReadOnlyList<string> ReservedPaths { get; } = ["/data", "/scripts", "/conf", "/var/private/ssl"];

    /// <summary>Environment variables of the operator that would move a member, or tell its password.</summary>
    public static IReadOnlyList<string> ReservedVariables { get; } = ["ZK_USER", "ZK_PASSWORD"];
}
