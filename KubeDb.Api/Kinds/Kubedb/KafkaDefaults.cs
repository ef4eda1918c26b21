using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>
/// Fills in what a user may leave out of a Kafka. Pure and idempotent; what depends on the catalog version is filled in once that is known.
/// </summary>
public static class KafkaDefaults
{
    /// <summary>The cluster with every default; <paramref name="version"/> is null while it is not known.</summary>
    public static Kafka Apply(Kafka kafka, KafkaVersion? version)
    {
        var spec = kafka.Spec;
        var (name, user) = (kafka.Metadata.Name, (version as ICatalogVersion)?.RunAsUser);
        spec = Configuration(spec) with
        {
            StorageType = DatabaseDefaults.StorageType(spec),
            DeletionPolicy = DatabaseDefaults.DeletionPolicy(spec),
            HealthChecker = DatabaseDefaults.HealthChecker(spec.HealthChecker ?? new() { FailureThreshold = 3 }),
            AuthSecret = spec.DisableSecurity ? spec.AuthSecret : DatabaseDefaults.AuthSecret(spec.AuthSecret),
            Monitor = DatabaseDefaults.Monitor(spec.Monitor, user),
            Tls = DatabaseDefaults.Certificates(spec.Tls, name, KafkaNames.Certificates),
        };
        return kafka with { Spec = Nodes(spec, new(name, user, spec.Monitor is not null && AgentImage(version) is not null)) };
    }

    /// <summary>The image that brings the agent for metrics; null where that of the server has it, or while the version is not known.</summary>
    public static string? AgentImage(KafkaVersion? version) =>
        version?.Spec is { InitContainer.Image: { Length: > 0 } image } spec && image != spec.Db?.Image ? image : null;

    private static KafkaSpec Configuration(KafkaSpec spec)
    {
        var configuration = spec.Configuration;
        if (spec.ConfigSecret is { Name.Length: > 0 } secret && string.IsNullOrEmpty(configuration?.SecretName) && configuration?.Inline is null)
            configuration = (configuration ?? new()) with { SecretName = secret.Name };
        return spec with { Configuration = configuration, ConfigSecret = null };
    }

    private static KafkaSpec Nodes(KafkaSpec spec, Pods pods) => spec.Topology is not { } topology
        ? spec with { Replicas = spec.Replicas ?? 1, PodTemplate = PodTemplate(spec.PodTemplate, pods) }
        : spec with
        {
            Topology = topology with
            {
                Broker = Node(topology.Broker, KafkaNames.Broker, pods),
                Controller = Node(topology.Controller, KafkaNames.Controller, pods),
            },
        };

    // A role that is missing stays so, for validation to name.
    private static KafkaNode? Node(KafkaNode? node, string role, Pods pods) => node is null
        ? null
        : node with
        {
            Replicas = node.Replicas ?? 1,
            Suffix = string.IsNullOrEmpty(node.Suffix) ? role : node.Suffix,
            PodTemplate = PodTemplate(WithOlderFields(node), pods),

            // They are in the template now.
            Resources = null,
            NodeSelector = null,
            Tolerations = null,
        };

    /// <summary>The template with what the older version of the kind has beside it; what the template says itself stays.</summary>
    private static PodTemplate? WithOlderFields(KafkaNode node)
    {
        if (node is { Resources: null, NodeSelector: null, Tolerations: null })
            return node.PodTemplate;
        if ((node.PodTemplate?.Spec?.ToNode() ?? new JsonObject()) is not JsonObject pod)
            return node.PodTemplate;
        if (node.Resources?.ToNode() is { } resources && ContainerDefaults.Ensure(pod, "containers", KafkaNames.ServerContainer, first: true) is { } server)
            ContainerDefaults.Fill(server, "resources", resources);
        if (node.NodeSelector is { } labels)
            ContainerDefaults.Fill(pod, "nodeSelector", new JsonObject(labels.Select(l => KeyValuePair.Create<string, JsonNode?>(l.Key, l.Value))));
        if (node.Tolerations is { } tolerations)
            ContainerDefaults.Fill(pod, "tolerations", new JsonArray([.. tolerations.Select(KindsJson.ToObject)]));
        return (node.PodTemplate ?? new()) with { Spec = JsonFragment.From(pod) };
    }

    private static PodTemplate PodTemplate(PodTemplate? template, Pods pods) => DatabaseDefaults.PodTemplate(template, pods.ServiceAccount, pods.User, pod =>
    {
        if (ContainerDefaults.Secured(pod, "containers", KafkaNames.ServerContainer, first: true, pods.User) is { } server)
            ContainerDefaults.Resources(server, cpu: "500m", memory: "1536Mi");
        foreach (var name in pods.HasAgent ? (string[])[KafkaNames.InitContainer, KafkaNames.AgentContainer] : [KafkaNames.InitContainer])
        {
            if (ContainerDefaults.Secured(pod, "initContainers", name, first: false, pods.User) is { } init)
                ContainerDefaults.ResourcesIfNone(init, cpu: "200m", memory: "256Mi", memoryLimit: "512Mi");
        }
    });

    /// <summary>What the pods of every role have in common.</summary>
    /// <param name="ServiceAccount">Their account.</param>
    /// <param name="User">User the containers run as; null while it is not known.</param>
    /// <param name="HasAgent">An init container brings the agent for metrics.</param>
    private sealed record Pods(string ServiceAccount, long? User, bool HasAgent);
}
