using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>What the parts of a ZooKeeper's blueprint share.</summary>
internal sealed class ZooKeeperDescription(DatabaseFacts facts) : DatabaseDescription(facts)
{
    private const string Data = "data";

    /// <summary>The ensemble.</summary>
    public ZooKeeperDatabase Ensemble { get; } = (ZooKeeperDatabase)facts.Database;

    /// <summary>Its catalog version.</summary>
    public ZooKeeperVersion Version { get; } = (ZooKeeperVersion)facts.Version;

    /// <summary>The spec.</summary>
    public ZooKeeperSpec Spec => Ensemble.Spec;

    /// <summary>Number of members.</summary>
    public int Replicas => Spec.Replicas ?? 1;

    /// <summary>Port of the AdminServer.</summary>
    public int AdminServerPort => Spec.AdminServerPort ?? ZooKeeperDefaults.AdminServerPort;

    /// <summary>Name of the service of the AdminServer.</summary>
    public string AdminService => ObjectNames.WithSuffix(Name, "admin-server");

    /// <summary>The domain of the members' names.</summary>
    public string Domain => $"{GoverningService}.{Namespace}.svc.cluster.local";

    /// <summary>
    /// Name of the data volume. A claim is named after it, and a claim can not be renamed: an ensemble whose claims have the name that older releases
    /// gave them keeps it.
    /// </summary>
    public string DataVolume { get; } = VolumeOf(facts);

    private static string VolumeOf(DatabaseFacts facts)
    {
        var name = facts.Database.Metadata.Name;
        var older = $"{name}-{Data}";
        return Has(older) && !Has(Data) ? older : Data;

        bool Has(string volume) => facts.Claims.Any(c => new PodGroup { PetSet = $"{volume}-{name}", Replicas = 0, Container = "" }.Has(c.Name));
    }
}
