using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>The rules an ops request on a Redis has to keep, judged from the objects alone.</summary>
public static class RedisOpsRequestValidation
{
    /// <summary>Every rule that the request breaks.</summary>
    /// <param name="request">The request.</param>
    /// <param name="database">The (defaulted) database; null when there is none of that name.</param>
    /// <param name="versions">The catalog: the version of a name, or null.</param>
    public static IReadOnlyList<Violation> Check(RedisOpsRequest request, Redis? database, Func<string, RedisVersion?> versions)
    {
        var spec = request.Spec;
        var common = OpsRequestRules.Common(request, database, spec.Timeout).ToArray();
        if (database is null)
            return common;
        IEnumerable<Violation> own = spec.Type switch
        {
            OpsRequestTypes.UpdateVersion => OpsRequestRules.UpdateVersion(spec.UpdateVersion, database, RedisVersion.Resource, versions),
            OpsRequestTypes.HorizontalScaling => RedisScalingRule.Check(spec.HorizontalScaling, database),
            OpsRequestTypes.VerticalScaling => VerticalScaling(spec.VerticalScaling),
            OpsRequestTypes.VolumeExpansion => OpsRequestRules.VolumeSize(spec.VolumeExpansion?.Redis, "spec.volumeExpansion.redis", database.Spec.StorageType, database.Spec.Storage),
            OpsRequestTypes.Reconfigure => OpsRequestRules.Reconfigure(spec.Configuration, ("auth", spec.Configuration?.Auth is not null)),
            OpsRequestTypes.ReconfigureTls => ReconfigureTls(spec.Tls, versions(database.Spec.Version)),
            OpsRequestTypes.ReplaceSentinel => ReplaceSentinel(spec.Sentinel, database),
            OpsRequestTypes.RotateAuth => OpsRequestRules.RotateAuth(spec.Authentication, database.Spec),
            OpsRequestTypes.Announce => Announce(spec.Announce, database),
            OpsRequestTypes.StorageMigration => OpsRequestRules.StorageMigration(spec.Migration, spec.Timeout, database.Spec),
            OpsRequestTypes.Restart => [],
            _ => [OpsRequestRules.TypeNotSupported(spec.Type, "Redis")],
        };
        return [.. common, .. own];
    }

    /// <summary>A request never changes once it is made.</summary>
    public static IReadOnlyList<Violation> CheckUpdate(RedisOpsRequest before, RedisOpsRequest after) =>
        OpsRequestRules.Update(KindsJson.ToObject(before.Spec), KindsJson.ToObject(after.Spec), RedisOpsRequest.Resource.Kind);

    private static IEnumerable<Violation> VerticalScaling(RedisVerticalScaling? scaling)
    {
        if (scaling is not ({ Redis: not null } or { Exporter: not null } or { Coordinator: not null }))
            return [new("spec.verticalScaling", scaling is null ? Reasons.OpsBlockMissing : Reasons.ScalingInvalid, "spec.verticalScaling needs at least one of redis, exporter, coordinator")];
        return
        [
            .. PodTemplateRules.ContainerResources(scaling.Redis?.Resources?.ToNode(), "spec.verticalScaling.redis.resources"),
            .. PodTemplateRules.ContainerResources(scaling.Exporter?.Resources?.ToNode(), "spec.verticalScaling.exporter.resources"),
            .. PodTemplateRules.ContainerResources(scaling.Coordinator?.Resources?.ToNode(), "spec.verticalScaling.coordinator.resources"),
        ];
    }

    private static IEnumerable<Violation> ReconfigureTls(RedisTlsChange? change, RedisVersion? version) =>
        change is { IssuerRef: not null, Remove: false, RotateCertificates: false } && SemanticVersion.Parse(version?.Spec.Version) is { Major: < 6 } old
            ? [new("spec.tls", Reasons.TlsNotSupported, $"ssl support is available only from v6, and the version is {old}")]
            : OpsRequestRules.ReconfigureTls(change);

    private static IEnumerable<Violation> ReplaceSentinel(RedisSentinelReplacement? replacement, Redis database)
    {
        if (database.Spec.Mode != RedisModes.Sentinel)
            return [new("spec.type", RedisReasons.ReplaceSentinelInvalid, $"ReplaceSentinel is not allowed for a redis in mode {database.Spec.Mode}")];
        return string.IsNullOrEmpty(replacement?.Ref?.Name) ? [OpsRequestRules.Missing("spec.sentinel.ref.name")] : [];
    }

    private static IEnumerable<Violation> Announce(RedisAnnounce? announce, Redis database)
    {
        if (database.Spec.Mode != RedisModes.Cluster)
            return [new("spec.type", RedisReasons.AnnounceInvalid, $"Announce is not allowed for a redis in mode {database.Spec.Mode}")];
        return announce is null
            ? [OpsRequestRules.Missing("spec.announce")]
            : RedisAnnounceRule.Check(announce, database.Spec.Cluster?.Shards ?? 0, database.Spec.Cluster?.Replicas ?? 0, "spec.announce");
    }
}
