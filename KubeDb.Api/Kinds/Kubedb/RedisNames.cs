namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>Names inside the pods of a Redis that users and the operator share.</summary>
public static class RedisNames
{
    /// <summary>Container of the server, also for Valkey.</summary>
    public const string ServerContainer = "redis";

    /// <summary>Container of the coordinator, in the mode Sentinel.</summary>
    public const string CoordinatorContainer = "rd-coordinator";

    /// <summary>Init container.</summary>
    public const string InitContainer = "redis-init";

    /// <summary>Alias of the server's certificate.</summary>
    public const string ServerCertificate = "server";

    /// <summary>Alias of the clients' certificate.</summary>
    public const string ClientCertificate = "client";

    /// <summary>Alias of the exporter's certificate.</summary>
    public const string ExporterCertificate = "metrics-exporter";

    /// <summary>The aliases of certificates, in the order in which they are filled in.</summary>
    public static IReadOnlyList<string> Certificates { get; } = [ServerCertificate, ClientCertificate, ExporterCertificate];

    /// <summary>Volumes of the operator.</summary>
    public static IReadOnlyList<string> ReservedVolumes { get; } =
        ["data", "script-vol", "tls-volume", "exporter-tls-volume", "redis-config", "valkey-config", "git-secret"];

    /// <summary>Directories of the operator.</summary>
    public static IReadOnlyList<string> ReservedPaths { get; } =
        ["/data", "/scripts", "/certs", "/usr/local/etc/redis/", "/usr/local/etc/valkey/", "/etc/git-secret"];

    /// <summary>Environment variables of the operator.</summary>
    public static IReadOnlyList<string> ReservedVariables { get; } = ["REDISCLI_AUTH", "VALKEYCLI_AUTH", "SENTINEL_PASSWORD"];
}
