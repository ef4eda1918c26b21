using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The rules a RedisSentinel has to keep, judged from the (defaulted) object and its catalog version alone.</summary>
public static class RedisSentinelValidation
{
    /// <summary>What a refused deletion calls the object.</summary>
    public const string Noun = "sentinel";

    private const string TooOld = "minimum version needed to use kubedb managed redis sentinel is 6.2.5";

    /// <summary>Every rule that the sentinels break; <paramref name="version"/> is null when the catalog has none of that name.</summary>
    public static IReadOnlyList<Violation> Check(RedisSentinel sentinel, RedisVersion? version)
    {
        var spec = sentinel.Spec;
        return
        [
            .. DatabaseRules.Version(spec, RedisVersion.Resource, version),
            .. Topology(spec, SemanticVersion.Parse(version?.Spec.Version)),
            .. DatabaseRules.Storage(spec.StorageType, spec.Storage),
            .. RedisValidation.PodRules.Check(spec.PodTemplate?.Spec, "spec.podTemplate.spec"),
            .. DatabaseRules.HealthChecker(spec.HealthChecker),
            .. DatabaseRules.Authentication(spec),
            .. DatabaseRules.Lifecycle(spec),
            .. Tls(spec, SemanticVersion.Parse(version?.Spec.Version)),
            .. DatabaseRules.Monitor(spec.Monitor),
        ];
    }

    /// <summary>Every rule that a change of the sentinels breaks.</summary>
    public static IReadOnlyList<Violation> CheckUpdate(RedisSentinel before, RedisSentinel after) => DatabaseRules.Update(before.Spec, after.Spec);

    /// <summary>Every rule that the deletion of the sentinels breaks.</summary>
    public static IReadOnlyList<Violation> CheckDelete(RedisSentinel sentinel) => DatabaseRules.Delete(sentinel, Noun);

    private static IEnumerable<Violation> Topology(RedisSentinelSpec spec, SemanticVersion? version)
    {
        if (spec.Replicas is not >= 1)
            yield return new("spec.replicas", RedisReasons.ReplicasInvalid, $"spec.replicas \"{spec.Replicas}\" invalid. Value must be >= 1");
        if (version is not null && version < new SemanticVersion(6, 2, 0))
            yield return new("spec.version", RedisReasons.SentinelNotSupported, TooOld);
    }

    private static IEnumerable<Violation> Tls(RedisSentinelSpec spec, SemanticVersion? version)
    {
        if (spec.Tls is null)
            return [];
        return version is { Major: < 6 }
            ? [new("spec.tls", Reasons.TlsNotSupported, $"ssl support is available only from v6, and the version is {version}. Choose another version or remove spec.tls")]
            : CertificateRules.Check(spec.Tls.IssuerRef, spec.Tls.Certificates);
    }
}
