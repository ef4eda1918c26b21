using System.Globalization;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>The nodes that one PetSet makes: all of one role, with ids that follow from their ordinals. Pure.</summary>
public sealed record KafkaNodes
{
    /// <summary>Id of the first controller, with topology.</summary>
    public const int FirstController = 1000;

    /// <summary>broker, controller, or <see cref="PodGroup.OnlyRole"/> for nodes that are both.</summary>
    public required string Role { get; init; }

    /// <summary>Name of the PetSet.</summary>
    public required string PetSet { get; init; }

    /// <summary>Number of nodes.</summary>
    public required int Replicas { get; init; }

    /// <summary>Field that describes them.</summary>
    public required string Path { get; init; }

    /// <summary>The user's template of the pods.</summary>
    public PodTemplate? Template { get; init; }

    /// <summary>Claim spec of the data volumes; null for ephemeral storage.</summary>
    public JsonFragment? Storage { get; init; }

    /// <summary>Label of machines that is the rack of the brokers on them; null for none.</summary>
    public string? RackLabel { get; init; }

    /// <summary>They keep records.</summary>
    public bool AreBrokers => Role != KafkaNames.Controller;

    /// <summary>They keep the metadata, and vote for their leader.</summary>
    public bool AreControllers => Role != KafkaNames.Broker;

    /// <summary>Value of <c>process.roles</c>.</summary>
    public string ProcessRoles => Role == PodGroup.OnlyRole ? $"{KafkaNames.Controller},{KafkaNames.Broker}" : Role;

    /// <summary>Id of the first node.</summary>
    public int FirstId => Role == KafkaNames.Controller ? FirstController : 0;

    /// <summary>Ids of the nodes.</summary>
    public IEnumerable<int> Ids => Enumerable.Range(FirstId, Replicas);

    /// <summary>Name of the pod of a node.</summary>
    public string PodOf(int id) => $"{PetSet}-{(id - FirstId).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Id of the node in a pod of the PetSet; null for a pod of another.</summary>
    public int? IdOf(string pod) => Group.Has(pod) && int.TryParse(pod.AsSpan(PetSet.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
        ? FirstId + ordinal
        : null;

    /// <summary>The labels that tell the nodes from those of another role; null for the only group.</summary>
    public IReadOnlyDictionary<string, string>? Labels =>
        Role == PodGroup.OnlyRole ? null : new Dictionary<string, string> { [PodRoles.Label] = Role, [$"{PodRoles.Label}-{Role}"] = "set" };

    /// <summary>The group of pods.</summary>
    public PodGroup Group => new()
    {
        PetSet = PetSet,
        Role = Role,
        Replicas = Replicas,
        Path = Path,
        Container = KafkaNames.ServerContainer,
        Template = Template,
        Storage = Storage,
        MachineLabel = RackLabel,
    };

    /// <summary>The nodes of the (defaulted) database: controllers first.</summary>
    public static IReadOnlyList<KafkaNodes> Of(IDatabase database)
    {
        var (spec, name) = (((KafkaDatabase)database).Spec, database.Metadata.Name);
        var isDurable = spec.StorageType != StorageTypes.Ephemeral;
        var rack = spec.BrokerRack?.TopologyKey is { Length: > 0 } label ? label : null;
        if (spec.Topology is { } topology)
            return [Of(topology.Controller ?? new(), KafkaNames.Controller), Of(topology.Broker ?? new(), KafkaNames.Broker)];
        return
        [
            new()
            {
                Role = PodGroup.OnlyRole,
                PetSet = name,
                Replicas = spec.Replicas ?? 1,
                Path = "spec",
                Template = spec.PodTemplate,
                Storage = isDurable ? spec.Storage : null,
                RackLabel = rack,
            },
        ];

        KafkaNodes Of(KafkaNode node, string role) => new()
        {
            Role = role,
            PetSet = $"{name}-{(string.IsNullOrEmpty(node.Suffix) ? role : node.Suffix)}",
            Replicas = node.Replicas ?? 1,
            Path = $"spec.topology.{role}",
            Template = node.PodTemplate,
            Storage = isDurable ? node.Storage : null,
            RackLabel = role == KafkaNames.Broker ? rack : null,
        };
    }
}
