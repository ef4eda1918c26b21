namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>Names inside the pods of a Kafka that users and the operator share.</summary>
public static class KafkaNames
{
    /// <summary>Role of the nodes that keep records, and the end of the names of their pods unless the user names another.</summary>
    public const string Broker = "broker";

    /// <summary>Role of the nodes that keep the metadata, and the end of the names of their pods unless the user names another.</summary>
    public const string Controller = "controller";

    /// <summary>Container of the server.</summary>
    public const string ServerContainer = "kafka";

    /// <summary>Init container.</summary>
    public const string InitContainer = "kafka-init";

    /// <summary>Init container that brings the agent for metrics, where the image of the server has none.</summary>
    public const string AgentContainer = "kafka-metrics-agent";

    /// <summary>The variable that names the cluster to its nodes, and by which users may choose the name.</summary>
    public const string ClusterIdVariable = "KAFKA_CLUSTER_ID";

    /// <summary>Alias of the nodes' certificate.</summary>
    public const string ServerCertificate = "server";

    /// <summary>Alias of the clients' certificate.</summary>
    public const string ClientCertificate = "client";

    /// <summary>The aliases of certificates, in the order in which they are filled in.</summary>
    public static IReadOnlyList<string> Certificates { get; } = [ServerCertificate, ClientCertificate];

    /// <summary>Volumes of the operator.</summary>
    public static IReadOnlyList<string> ReservedVolumes { get; } =
        ["data", "kafkaconfig", "temp-config", "init-scripts", "scripts", "machine", "metrics-agent", "server-certs", "server-stores", "client-certs"];

    /// <summary>Directories of the operator.</summary>
    public static IReadOnlyList<string> ReservedPaths { get; } =
        ["/opt/kafka/config/kafkaconfig", "/opt/kafka/config/temp-config", "/opt/kafka/init-scripts", "/var/log/kafka", "/var/private"];

    /// <summary>Environment variables of the operator that tell a password; the id of the cluster is the user's to choose.</summary>
    public static IReadOnlyList<string> ReservedVariables { get; } = ["KAFKA_USER", "KAFKA_PASSWORD"];
}
