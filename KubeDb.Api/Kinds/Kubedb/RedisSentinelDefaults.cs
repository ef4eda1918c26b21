using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>
/// Fills in what a user may leave out of a RedisSentinel. Pure and idempotent; what depends on the catalog version is filled in once that is known.
/// </summary>
public static class RedisSentinelDefaults
{
    /// <summary>The sentinels with every default; <paramref name="version"/> is null while it is not known.</summary>
    public static RedisSentinel Apply(RedisSentinel sentinel, RedisVersion? version)
    {
        var spec = sentinel.Spec;
        var user = (version as ICatalogVersion)?.RunAsUser;
        spec = spec with
        {
            Replicas = spec.Replicas ?? 1,
            StorageType = DatabaseDefaults.StorageType(spec),
            DeletionPolicy = DatabaseDefaults.DeletionPolicy(spec),
            HealthChecker = DatabaseDefaults.HealthChecker(spec.HealthChecker),
            AuthSecret = spec.DisableAuth ? spec.AuthSecret : DatabaseDefaults.AuthSecret(spec.AuthSecret),
            Monitor = DatabaseDefaults.Monitor(spec.Monitor, user),
            Tls = DatabaseDefaults.Certificates(spec.Tls, sentinel.Metadata.Name, RedisNames.Certificates),
        };
        return sentinel with { Spec = spec with { PodTemplate = PodTemplate(spec, sentinel.Metadata.Name, user) } };
    }

    private static PodTemplate PodTemplate(RedisSentinelSpec spec, string name, long? user) => DatabaseDefaults.PodTemplate(spec.PodTemplate, name, user, pod =>
    {
        if (Container(pod, "containers", RedisSentinelNames.SentinelContainer, user) is { } server)
            ContainerDefaults.Resources(server, cpu: "500m", memory: "1Gi");
        if (Container(pod, "initContainers", RedisSentinelNames.InitContainer, user) is { } init)
            ContainerDefaults.ResourcesIfNone(init, cpu: "200m", memory: "256Mi", memoryLimit: "512Mi");
    });

    private static JsonObject? Container(JsonObject pod, string list, string name, long? user) =>
        ContainerDefaults.Secured(pod, list, name, first: name == RedisSentinelNames.SentinelContainer, user);
}
