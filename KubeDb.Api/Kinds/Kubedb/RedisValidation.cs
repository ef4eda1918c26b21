using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The rules a Redis has to keep, judged from the (defaulted) object and its catalog version alone.</summary>
public static class RedisValidation
{
    /// <summary>Most pods of a cluster: what its protocol is made for. Every node talks to every other one.</summary>
    public const int MostNodes = 1000;

    /// <summary>Rules for the pod template.</summary>
    public static PodTemplateRules PodRules { get; } = new(RedisNames.ReservedVolumes, RedisNames.ReservedPaths, RedisNames.ReservedVariables);

    /// <summary>Every rule that the database breaks; <paramref name="version"/> is null when the catalog has none of that name.</summary>
    public static IReadOnlyList<Violation> Check(Redis redis, RedisVersion? version)
    {
        var spec = redis.Spec;
        return
        [
            .. DatabaseRules.Version(spec, RedisVersion.Resource, version),
            .. Topology(spec, SemanticVersion.Parse(version?.Spec.Version)),
            .. Announce(spec),
            .. DatabaseRules.Storage(spec.StorageType, spec.Storage),
            .. PodRules.Check(spec.PodTemplate?.Spec, "spec.podTemplate.spec"),
            .. DatabaseRules.Git(spec.Init, PodRules),
            .. DatabaseRules.HealthChecker(spec.HealthChecker),
            .. DatabaseRules.Authentication(spec),
            .. DatabaseRules.Lifecycle(spec),
            .. Tls(spec, SemanticVersion.Parse(version?.Spec.Version)),
            .. DatabaseRules.Monitor(spec.Monitor),
        ];
    }

    /// <summary>Every rule that a change of the database breaks.</summary>
    public static IReadOnlyList<Violation> CheckUpdate(Redis before, Redis after) => DatabaseRules.Update(before.Spec, after.Spec);

    /// <summary>Every rule that the deletion of the database breaks.</summary>
    public static IReadOnlyList<Violation> CheckDelete(Redis redis) => DatabaseRules.Delete(redis);

    private static IEnumerable<Violation> Topology(RedisSpec spec, SemanticVersion? version)
    {
        switch (spec.Mode)
        {
            case RedisModes.Standalone:
                if (spec.Replicas is not 1)
                    yield return new("spec.replicas", RedisReasons.ReplicasInvalid, $"spec.replicas \"{spec.Replicas}\" invalid for standalone mode. Value must be one");
                break;
            case RedisModes.Cluster:
                if (spec.Cluster?.Shards is not >= 3)
                    yield return new("spec.cluster.shards", RedisReasons.ReplicasInvalid, $"spec.cluster.shards \"{spec.Cluster?.Shards}\" invalid. Value must be >= 3");
                if (spec.Cluster?.Replicas is not > 1)
                    yield return new("spec.cluster.replicas", RedisReasons.ReplicasInvalid, $"spec.cluster.replicas \"{spec.Cluster?.Replicas}\" invalid. Value must be > 1");
                if (spec.Cluster is { Shards: { } shards, Replicas: { } pods } && (long)shards * pods > MostNodes)
                    yield return new("spec.cluster", RedisReasons.ReplicasInvalid, $"spec.cluster asks for {shards} shards of {pods} pods. A cluster has at most {MostNodes} pods: ask for fewer");
                break;
            case RedisModes.Sentinel:
                if (string.IsNullOrEmpty(spec.SentinelRef?.Name) || string.IsNullOrEmpty(spec.SentinelRef.Namespace))
                    yield return new("spec.sentinelRef", RedisReasons.SentinelRefMissing, "need to provide sentinelRef name and namespace in mode Sentinel");
                if (spec.Replicas is not >= 1)
                    yield return new("spec.replicas", RedisReasons.ReplicasInvalid, $"spec.replicas \"{spec.Replicas}\" invalid. Value must be >= 1");
                if (version is not null && version < new SemanticVersion(6, 2, 0))
                    yield return new("spec.version", RedisReasons.SentinelNotSupported, "minimum version needed to use kubedb managed redis sentinel is 6.2.5");
                break;
            default:
                yield return new("spec.mode", RedisReasons.ModeInvalid, $"spec.mode \"{spec.Mode}\" invalid. Value must be one of {RedisModes.Standalone}, {RedisModes.Cluster}, {RedisModes.Sentinel}");
                break;
        }
    }

    private static IEnumerable<Violation> Announce(RedisSpec spec)
    {
        if (spec.Cluster?.Announce is not { } announce)
            return [];
        return spec.Mode != RedisModes.Cluster
            ? [new("spec.cluster.announce", RedisReasons.AnnounceInvalid, $"spec.cluster.announce is invalid in mode {spec.Mode}: only a cluster announces endpoints. Remove it")]
            : RedisAnnounceRule.Check(announce, spec.Cluster.Shards ?? 0, spec.Cluster.Replicas ?? 0, "spec.cluster.announce");
    }

    private static IEnumerable<Violation> Tls(RedisSpec spec, SemanticVersion? version)
    {
        if (spec.Tls is null)
            return [];
        return version is { Major: < 6 }
            ? [new("spec.tls", Reasons.TlsNotSupported, $"ssl support is available only from v6, and the version is {version}. Choose another version or remove spec.tls")]
            : CertificateRules.Check(spec.Tls.IssuerRef, spec.Tls.Certificates);
    }
}
