using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

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
            StorageType = string.IsNullOrEmpty(spec.StorageType) ? StorageTypes.Durable : spec.StorageType,
            DeletionPolicy = DeletionPolicy(spec),
            HealthChecker = HealthChecker(spec.HealthChecker),
        };
        spec = Authentication(spec, version);
        spec = Configuration(spec);
        spec = spec with
        {
            PodTemplate = PodTemplate(spec, redis.Metadata.Name, (version as ICatalogVersion)?.RunAsUser),
            Monitor = Monitor(spec.Monitor, (version as ICatalogVersion)?.RunAsUser),
            Tls = Tls(spec.Tls, redis.Metadata.Name),
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

    // A halted database keeps its data whatever the policy says; only DoNotTerminate stays, so that validation can refuse the halt.
    private static string DeletionPolicy(RedisSpec spec)
    {
        var policy = string.IsNullOrEmpty(spec.DeletionPolicy) ? DeletionPolicies.Delete : spec.DeletionPolicy;
        return spec.Halted && policy != DeletionPolicies.DoNotTerminate ? DeletionPolicies.Halt : policy;
    }

    private static HealthChecker HealthChecker(HealthChecker? checker)
    {
        checker ??= new HealthChecker();
        return checker with
        {
            PeriodSeconds = checker.PeriodSeconds ?? 10,
            TimeoutSeconds = checker.TimeoutSeconds ?? 10,
            FailureThreshold = checker.FailureThreshold ?? 1,
        };
    }

    private static RedisSpec Authentication(RedisSpec spec, RedisVersion? version)
    {
        // Redis 4 and older know a password but no users: the operator runs them without authentication.
        if (version is not null
            && RedisDistributions.Normal(version.Spec.Distribution) == RedisDistributions.Official
            && SemanticVersion.Parse(version.Spec.Version) is { Major: <= 4 })
            spec = spec with { DisableAuth = true };
        if (spec.DisableAuth)
            return spec;
        var secret = spec.AuthSecret ?? new AuthSecret();
        return spec with { AuthSecret = secret.Kind.Length == 0 ? secret with { Kind = "Secret" } : secret };
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

    private static PodTemplate? PodTemplate(RedisSpec spec, string name, long? user)
    {
        var template = spec.PodTemplate ?? new PodTemplate();
        if ((template.Spec?.ToNode() ?? new JsonObject()) is not JsonObject pod)
            return template;
        ContainerDefaults.Fill(pod, "serviceAccountName", name);
        if (ContainerDefaults.EnsureObject(pod, "podPlacementPolicy") is { } placement)
            ContainerDefaults.Fill(placement, "name", "default");
        if (user is not null && ContainerDefaults.EnsureObject(pod, "securityContext") is { } context)
            ContainerDefaults.Fill(context, "fsGroup", user);

        if (Container(pod, "containers", RedisNames.ServerContainer, user) is { } server)
            ContainerDefaults.Resources(server, cpu: "500m", memory: "1Gi");
        if (spec.Mode == RedisModes.Sentinel && Container(pod, "containers", RedisNames.CoordinatorContainer, user) is { } coordinator)
            ContainerDefaults.ResourcesIfNone(coordinator, cpu: "200m", memory: "256Mi", memoryLimit: "256Mi");
        if (Container(pod, "initContainers", RedisNames.InitContainer, user) is { } init)
            ContainerDefaults.ResourcesIfNone(init, cpu: "200m", memory: "256Mi", memoryLimit: "512Mi");
        foreach (var container in pod["containers"].Objects().Concat(pod["initContainers"].Objects()))
            ContainerDefaults.ResizePolicy(container);
        return template with { Spec = JsonFragment.From(pod) };
    }

    private static JsonObject? Container(JsonObject pod, string list, string name, long? user)
    {
        var container = ContainerDefaults.Ensure(pod, list, name, first: name == RedisNames.ServerContainer);
        if (container is not null && ContainerDefaults.EnsureObject(container, "securityContext") is { } context)
            ContainerDefaults.SecurityContext(context, user);
        return container;
    }

    private static MonitorSpec? Monitor(MonitorSpec? monitor, long? user)
    {
        if (monitor is null)
            return null;
        var prometheus = monitor.Prometheus ?? new PrometheusSpec();
        var exporter = prometheus.Exporter ?? new ExporterSpec();
        exporter = exporter with { Port = exporter.Port ?? ExporterSpec.DefaultPort };
        if ((exporter.SecurityContext?.ToNode() ?? new JsonObject()) is JsonObject context)
        {
            ContainerDefaults.SecurityContext(context, user);
            exporter = exporter with { SecurityContext = JsonFragment.From(context) };
        }

        return monitor with { Prometheus = prometheus with { Exporter = exporter } };
    }

    private static TlsSpec? Tls(TlsSpec? tls, string name)
    {
        if (tls?.IssuerRef is null)
            return tls;
        var certificates = tls.Certificates.ToList();
        foreach (var alias in RedisNames.Certificates)
        {
            if (!certificates.Exists(c => c.Alias == alias))
                certificates.Add(new CertificateSpec { Alias = alias });
        }

        return tls with
        {
            Certificates =
            [
                .. certificates.Select(c => string.IsNullOrEmpty(c.SecretName) ? c with { SecretName = ObjectNames.Certificate(name, c.Alias) } : c),
            ],
        };
    }
}
