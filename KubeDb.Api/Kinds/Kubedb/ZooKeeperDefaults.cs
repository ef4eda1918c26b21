using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>
/// Fills in what a user may leave out of a ZooKeeper. Pure and idempotent; what depends on the catalog version is filled in once that is known.
/// </summary>
public static class ZooKeeperDefaults
{
    /// <summary>Port of the AdminServer.</summary>
    public const int AdminServerPort = 8080;

    /// <summary>Port for clients with TLS.</summary>
    public const int ClientSecurePort = 2182;

    /// <summary>Port on which the servers serve their metrics.</summary>
    public const int MetricsPort = 7000;

    /// <summary>The ensemble with every default; <paramref name="version"/> is null while it is not known.</summary>
    public static ZooKeeper Apply(ZooKeeper ensemble, ZooKeeperVersion? version)
    {
        var spec = ensemble.Spec;
        var user = (version as ICatalogVersion)?.RunAsUser;
        spec = Configuration(spec) with
        {
            AdminServerPort = spec.AdminServerPort ?? AdminServerPort,
            ClientSecurePort = spec.ClientSecurePort ?? ClientSecurePort,
            Replicas = spec.Replicas ?? 1,
            DeletionPolicy = DatabaseDefaults.DeletionPolicy(spec),
            HealthChecker = DatabaseDefaults.HealthChecker(spec.HealthChecker ?? new() { PeriodSeconds = 20, TimeoutSeconds = 10, FailureThreshold = 3 }),
            AuthSecret = spec.DisableAuth ? spec.AuthSecret : DatabaseDefaults.AuthSecret(spec.AuthSecret),
            Monitor = DatabaseDefaults.Monitor(spec.Monitor, user, MetricsPort),
            Tls = DatabaseDefaults.Certificates(spec.Tls, ensemble.Metadata.Name, ZooKeeperNames.Certificates),
        };
        return ensemble with { Spec = spec with { PodTemplate = PodTemplate(spec, ensemble.Metadata.Name, user) } };
    }

    private static ZooKeeperSpec Configuration(ZooKeeperSpec spec)
    {
        var configuration = spec.Configuration;
        if (spec.ConfigSecret is { Name.Length: > 0 } secret && string.IsNullOrEmpty(configuration?.SecretName) && configuration?.Inline is null)
            configuration = (configuration ?? new()) with { SecretName = secret.Name };
        return spec with { Configuration = configuration, ConfigSecret = null };
    }

    private static PodTemplate PodTemplate(ZooKeeperSpec spec, string name, long? user) => DatabaseDefaults.PodTemplate(spec.PodTemplate, name, user, pod =>
    {
        if (ContainerDefaults.Secured(pod, "containers", ZooKeeperNames.ServerContainer, first: true, user) is { } server)
            ContainerDefaults.Resources(server, cpu: "500m", memory: "1Gi");
        if (ContainerDefaults.Secured(pod, "initContainers", ZooKeeperNames.InitContainer, first: false, user) is { } init)
            ContainerDefaults.ResourcesIfNone(init, cpu: "200m", memory: "256Mi", memoryLimit: "512Mi");
    });
}
