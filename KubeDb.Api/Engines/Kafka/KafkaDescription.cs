using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>What the parts of a Kafka's blueprint share.</summary>
internal sealed class KafkaDescription(DatabaseFacts facts) : DatabaseDescription(facts)
{
    /// <summary>The cluster.</summary>
    public KafkaDatabase Kafka { get; } = (KafkaDatabase)facts.Database;

    /// <summary>Its catalog version.</summary>
    public KafkaVersion Version { get; } = (KafkaVersion)facts.Version;

    /// <summary>Version of the servers.</summary>
    public SemanticVersion ServerVersion { get; } = SemanticVersion.Parse(facts.Version.Version) ?? new SemanticVersion(0, 0, 0);

    /// <summary>The spec.</summary>
    public KafkaSpec Spec => Kafka.Spec;

    /// <summary>The groups of nodes, controllers first; one where each node is both.</summary>
    public IReadOnlyList<KafkaNodes> Nodes { get; } = KafkaNodes.Of(facts.Database);

    /// <summary>The nodes that vote for the leader of the metadata, by id, each with its host.</summary>
    public IReadOnlyList<(int Id, string Host)> Voters =>
        [.. from nodes in Nodes where nodes.AreControllers from id in nodes.Ids select (id, HostOf(nodes.PodOf(id)))];

    /// <summary>Number of brokers.</summary>
    public int Brokers => Nodes.Where(n => n.AreBrokers).Sum(n => n.Replicas);

    /// <summary>The domain of the nodes' names.</summary>
    public string Domain => $"{GoverningService}.{Namespace}.svc.cluster.local";

    /// <summary>The id that the nodes share.</summary>
    public string ClusterId { get; } = ClusterIdOf(facts);

    /// <summary>Name of the data volume, after which its claims are named.</summary>
    public string DataVolume => IsDurable ? $"{Name}-data" : "data";

    /// <summary>Name of the secret with the scripts.</summary>
    public string ScriptSecret => base.ConfigSecret;

    /// <summary>Host name of a pod.</summary>
    public string HostOf(string pod) => $"{pod}.{Domain}";

    /// <summary>Name of the secret with the files of a group of nodes.</summary>
    public string ConfigSecretOf(KafkaNodes nodes) => ObjectNames.WithSuffix(Name, nodes.Role == PodGroup.OnlyRole ? "config" : $"{nodes.Role}-config");

    /// <summary>The user's id where there is one, else that of the data that is there, else the one that follows from the UID.</summary>
    private static string ClusterIdOf(DatabaseFacts facts) =>
        KafkaClusterId.Given(((KafkaDatabase)facts.Database).Spec)[0].Id
        ?? facts.Claims.FirstOrDefault(c => c.DataOf is not null)?.DataOf
        ?? KafkaClusterId.Of(facts.Database.Metadata.Uid);
}
