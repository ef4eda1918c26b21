using System.Globalization;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Druid.Dependencies;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Api.Engines.Druid;

/// <summary>What the parts of a Druid's blueprint share.</summary>
internal sealed class DruidDescription : DatabaseDescription
{
    // Names that older releases gave to the volumes, behind the name of the database.
    private static readonly Dictionary<string, string> OlderVolumes = new() { [DruidNames.Historicals] = "segment-cache", [DruidNames.MiddleManagers] = "base-task-dir" };

    /// <summary>Takes the facts.</summary>
    public DruidDescription(DatabaseFacts facts)
        : base(facts)
    {
        Druid = (DruidDatabase)facts.Database;
        Version = (DruidVersion)facts.Version;
        Protocol = DruidTls.Protocol(Druid);
        Metadata = MetadataStorage.Of(facts);
        ZooKeeper = ZooKeeperConnection.Of(facts);
        Secrets = new(facts);
    }

    /// <summary>The cluster.</summary>
    public DruidDatabase Druid { get; }

    /// <summary>Its catalog version.</summary>
    public DruidVersion Version { get; }

    /// <summary>The spec.</summary>
    public DruidSpec Spec => Druid.Spec;

    /// <summary>What the servers speak.</summary>
    public DruidProtocol Protocol { get; }

    /// <summary>Where metadata is stored.</summary>
    public MetadataStorage Metadata { get; }

    /// <summary>The ZooKeeper; null while it is not known.</summary>
    public ZooKeeperConnection? ZooKeeper { get; }

    /// <summary>Passwords that the operator makes.</summary>
    public DruidSecrets Secrets { get; }

    /// <summary>The roles that the spec has.</summary>
    public IEnumerable<DruidRole> Roles => RolesOf(Druid);

    /// <summary>The coordinators do the work of overlords.</summary>
    public bool CoordinatorsAreOverlords => Spec.Topology?.Overlords is null;

    /// <summary>The domain of the servers' names.</summary>
    public string Domain => $"{GoverningService}.{Namespace}.svc.cluster.local";

    /// <summary>The roles of a cluster.</summary>
    public static IEnumerable<DruidRole> RolesOf(DruidDatabase druid) => DruidNames.Roles.Where(r => r.IsMandatory || druid.Spec.Topology?.Of(r.Name) is not null);

    /// <summary>What is said of a role.</summary>
    public DruidNode Node(DruidRole role) => Spec.Topology?.Of(role.Name) ?? new();

    /// <summary>Name of the PetSet, and of the service, of a role.</summary>
    public string NameOf(DruidRole role) => NameOf(Druid, role);

    /// <summary>Name of the PetSet, and of the service, of a role.</summary>
    public static string NameOf(DruidDatabase druid, DruidRole role) => ObjectNames.WithSuffix(druid.Metadata.Name, role.Suffix);

    /// <summary>The labels that tell a role from the others.</summary>
    public static IReadOnlyDictionary<string, string> LabelsOf(DruidRole role) => new Dictionary<string, string> { [PodRoles.Label] = role.Name };

    /// <summary>
    /// Name of the volume of a role. A claim is named after it, and a claim can not be renamed: a cluster whose claims have the name that older releases
    /// gave them keeps it.
    /// </summary>
    public string VolumeOf(DruidRole role)
    {
        var older = $"{Name}-{OlderVolumes[role.Name]}";
        return Has(older) && !Has(DruidNames.DataVolume) ? older : DruidNames.DataVolume;

        bool Has(string volume) => Facts.Claims.Any(c => new PodGroup { PetSet = $"{volume}-{NameOf(role)}", Replicas = 0, Container = "" }.Has(c.Name));
    }

    /// <summary>Memory that the servers of a role may have, in MiB.</summary>
    public int MemoryOf(DruidRole role)
    {
        var container = (Node(role).PodTemplate?.Spec?.ToNode()).Member("containers").Objects().FirstOrDefault(c => c["name"].AsText() == DruidNames.ServerContainer);
        return Quantity.Parse(container.Member("resources").Member("limits").Member("memory").AsScalar()) is > 0 and var bytes
            ? (int)Math.Min(bytes / (1 << 20), int.MaxValue)
            : DruidMemory.DefaultLimit;
    }

    /// <summary>Bytes of the volume of a role, as the servers count them: a little less than there is room for.</summary>
    public static string SizeOf(DruidNode node)
    {
        var data = node as DruidDataNode;
        var bytes = data?.StorageType == StorageTypes.Ephemeral ? data.EphemeralStorage?.SizeLimit?.Value : VolumeClaims.Request(data?.Storage);
        const decimal Gi = 1 << 30, Mi = 1 << 20;
        var size = bytes is not { } given ? 1e9m
            : given % Gi == 0 ? given / Gi * 1e9m
            : given >= Mi ? decimal.Floor(given / Mi) * 1e6m
            : given;
        return decimal.Floor(size).ToString(CultureInfo.InvariantCulture);
    }
}
