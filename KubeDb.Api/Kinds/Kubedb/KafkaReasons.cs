using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The reasons that only a Kafka has. Ids are part of the interface: never renamed.</summary>
public static class KafkaReasons
{
#pragma warning disable CS1591 // Each is explained in the table below, which the documentation prints.
    public const string NodeCountInvalid = "NodeCountInvalid";
    public const string TopologyInvalid = "TopologyInvalid";
    public const string SuffixInvalid = "SuffixInvalid";
    public const string SslWithoutTls = "SSLWithoutTLS";
    public const string ClusterIdInvalid = "ClusterIDInvalid";
    public const string ClusterIdChanged = "ClusterIDChanged";
    public const string NodesChanged = "NodesChanged";
    public const string RackKeyMissing = "RackKeyMissing";
    public const string FileWithoutReader = "FileWithoutReader";
    public const string EvenQuorum = "EvenQuorum";
    public const string TemplateWithoutEffect = "TemplateWithoutEffect";
    public const string AgentSettingsWithoutEffect = "AgentSettingsWithoutEffect";
#pragma warning restore CS1591

    /// <summary>Every reason of a Kafka with its explanation.</summary>
    public static IReadOnlyList<ReasonEntry> All { get; } =
    [
        new(NodeCountInvalid, "A number of nodes is below 1 or above 1000.", "Set it to 1 or more; to at most 1000."),
        new(TopologyInvalid, "spec.topology lacks a role, or stands beside a field of nodes that are both broker and controller.", "Give both roles, and move the named field below spec.topology."),
        new(SuffixInvalid, "The suffix of a role can not end the name of a workload, or is that of the other role.", "Choose lower-case letters, digits and dashes, different for each role."),
        new(SslWithoutTls, "spec.enableSSL and spec.tls do not go together: one of them is set alone.", "Set both, or none."),
        new(ClusterIdInvalid, "KAFKA_CLUSTER_ID of a pod template is no id of a cluster, or not the same for both roles.", "Leave it out: the operator chooses one. Or set the same 22 characters for both roles."),
        new(ClusterIdChanged, "KAFKA_CLUSTER_ID of a pod template is another than that of the data.", "Remove the variable, or set it to the id that the message names."),
        new(NodesChanged, "Nodes were taken away, or controllers added, by hand: partitions would lose replicas, or votes would be counted wrong.", "Set the number back to the one that the message names."),
        new(RackKeyMissing, "spec.brokerRack has no topologyKey.", "Name a label of the machines, such as topology.kubernetes.io/zone, or remove spec.brokerRack."),
        new(FileWithoutReader, "A configuration file is given that no node reads.", "Use server.properties without topology, and broker.properties and controller.properties with it."),
        new(EvenQuorum, "An even number of controllers survives the loss of no more of them than one fewer would; of two, none.", "Choose an odd number, such as 3."),
        new(TemplateWithoutEffect, "A template is given for something that a Kafka does not have.", "Remove the named field."),
        new(AgentSettingsWithoutEffect, "spec.monitor sets up an exporter container; the servers serve their metrics themselves.", "Remove the named field."),
    ];
}
