using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>
/// Fills in what a user may leave out of a Redis. Pure and idempotent; what depends on the catalog version is filled in once that is known.
/// </summary>
public static class RedisDefaults
{
    /// <summary>Masters of a cluster.</summary>
    public const int Shards = 3;

    /// <summary>Pods a shard, the master among them.</summary>
    public const int ShardReplicas = 2;

    /// <summary>The database with every default; <paramref name="version"/> is null while it is not known.</summary>
    public static Redis Apply(Redis redis, RedisVersion? version)
    {
        var spec = redis.Spec;
        spec = spec with { Mode = string.IsNullOrEmpty(spec.Mode) ? RedisModes.Standalone : spec.Mode };
        spec = Topology(spec, redis.Metadata.Namespace);
        spec = spec with
        {
            StorageType = DatabaseDefaults.StorageType(spec),
            DeletionPolicy = DatabaseDefaults.DeletionPolicy(spec),
            HealthChecker = DatabaseDefaults.HealthChecker(spec.HealthChecker),
        };
        spec = Authentication(spec, version);
        spec = Configuration(spec);
        spec = spec with
        {
            PodTemplate = PodTemplate(spec, redis.Metadata.Name, (version as ICatalogVersion)?.RunAsUser),
            Monitor = DatabaseDefaults.Monitor(spec.Monitor, (version as ICatalogVersion)?.RunAsUser),
            Tls = DatabaseDefaults.Certificates(spec.Tls, redis.Metadata.Name, RedisNames.Certificates),
        };
        return redis with { Spec = spec };
    }

    private static RedisSpec Topology(RedisSpec spec, string ns)
    {
        if (spec.Mode == RedisModes.Cluster)
        {
            var cluster = spec.Cluster ?? new RedisCluster();
            return spec with { Cluster = cluster with { Shards = cluster.Shards ?? Shards, Replicas = cluster.Replicas ?? ShardReplicas } };
        }

        spec = spec with { Replicas = spec.Replicas ?? 1 };
        return spec is { Mode: RedisModes.Sentinel, SentinelRef: { } sentinel } && string.IsNullOrEmpty(sentinel.Namespace)
            ? spec with { SentinelRef = sentinel with { Namespace = ns } }
            : spec;
    }

    private static RedisSpec Authentication(RedisSpec spec, RedisVersion? version)
    {
        // Redis 4 and older know a password but no users: the operator runs them without authentication.
        if (version is not null
            && RedisDistributions.Normal(version.Spec.Distribution) == RedisDistributions.Official
            && SemanticVersion.Parse(version.Spec.Version) is { Major: <= 4 })
            spec = spec with { DisableAuth = true };
        return spec.DisableAuth ? spec : spec with { AuthSecret = DatabaseDefaults.AuthSecret(spec.AuthSecret) };
    }

    private static RedisSpec Configuration(RedisSpec spec)
    {
        var configuration = spec.Configuration;
        if (spec.ConfigSecret is { Name.Length: > 0 } secret && string.IsNullOrEmpty(configuration?.SecretName) && configuration?.Inline is null)
            configuration = (configuration ?? new RedisConfiguration()) with { SecretName = secret.Name };
        if (spec.Acl is not null && configuration?.Acl is null)
            configuration = (configuration ?? new RedisConfiguration()) with { Acl = spec.Acl };
        return spec with { Configuration = configuration, ConfigSecret = null, Acl = null };
    }

    private static PodTemplate PodTemplate(RedisSpec spec, string name, long? user) => DatabaseDefaults.PodTemplate(spec.PodTemplate, name, user, pod =>
    {
        if (Container(pod, "containers", RedisNames.ServerContainer, user) is { } server)
            ContainerDefaults.Resources(server, cpu: "500m", memory: "1Gi");
        if (spec.Mode == RedisModes.Sentinel && Container(pod, "containers", RedisNames.CoordinatorContainer, user) is { } coordinator)
            ContainerDefaults.ResourcesIfNone(coordinator, cpu: "200m", memory: "256Mi", memoryLimit: "256Mi");
        if (Container(pod, "initContainers", RedisNames.InitContainer, user) is { } init)
            ContainerDefaults.ResourcesIfNone(init, cpu: "200m", memory: "256Mi", memoryLimit: "512Mi");
    });

    private static JsonObject? Container(JsonObject pod, string list, string name, long? user) =>
        ContainerDefaults.Secured(pod, list, name, first: name == RedisNames.ServerContainer, user);
}
