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
        var common = Common(request, database).ToArray();
        if (database is null)
            return common;
        IEnumerable<Violation> own = spec.Type switch
        {
            OpsRequestTypes.UpdateVersion => UpdateVersion(spec, database, versions),
            OpsRequestTypes.HorizontalScaling => RedisScalingRule.Check(spec.HorizontalScaling, database),
            OpsRequestTypes.VerticalScaling => VerticalScaling(spec.VerticalScaling),
            OpsRequestTypes.VolumeExpansion => VolumeExpansion(spec.VolumeExpansion, database),
            OpsRequestTypes.Reconfigure => Reconfigure(spec.Configuration),
            OpsRequestTypes.ReconfigureTls => ReconfigureTls(spec.Tls, versions(database.Spec.Version)),
            OpsRequestTypes.ReplaceSentinel => ReplaceSentinel(spec.Sentinel, database),
            OpsRequestTypes.RotateAuth => RotateAuth(spec.Authentication, database),
            OpsRequestTypes.Announce => Announce(spec.Announce, database),
            OpsRequestTypes.StorageMigration => StorageMigration(spec, database),
            OpsRequestTypes.Restart => [],
            _ => [new("spec.type", Reasons.TypeNotSupported, $"spec.type \"{spec.Type}\" is not supported for a Redis")],
        };
        return [.. common, .. own];
    }

    /// <summary>A request never changes once it is made.</summary>
    public static IReadOnlyList<Violation> CheckUpdate(RedisOpsRequest before, RedisOpsRequest after) =>
        System.Text.Json.Nodes.JsonNode.DeepEquals(KindsJson.ToObject(before.Spec), KindsJson.ToObject(after.Spec))
            ? []
            : [new("spec", Reasons.OpsSpecImmutable, "spec can not be changed after creation: create another RedisOpsRequest")];

    private static IEnumerable<Violation> Common(RedisOpsRequest request, Redis? database)
    {
        var spec = request.Spec;
        if (database is null)
            yield return new("spec.databaseRef", Reasons.DatabaseNotFound, $"spec.databaseRef {request.Metadata.Namespace}/{spec.DatabaseRef?.Name}, is invalid or not found");
        if (!string.IsNullOrEmpty(spec.Timeout) && GoDuration.Parse(spec.Timeout) is not { Ticks: > 0 })
            yield return new("spec.timeout", Reasons.DurationInvalid, $"spec.timeout \"{spec.Timeout}\" is no duration such as 5m");
    }

    private static IEnumerable<Violation> UpdateVersion(RedisOpsRequestSpec spec, Redis database, Func<string, RedisVersion?> versions)
    {
        if (string.IsNullOrEmpty(spec.UpdateVersion?.TargetVersion))
            return [Missing("spec.updateVersion.targetVersion")];
        var (fromName, toName) = (database.Spec.Version, spec.UpdateVersion.TargetVersion);
        const string Path = "spec.updateVersion.targetVersion";
        if (versions(toName) is not { } target || SemanticVersion.Parse(target.Spec.Version) is not { } to)
            return [new(Path, Reasons.VersionNotFound, $"failed to get RedisVersion: {toName}. Name a version of the catalog (kubectl get redisversions lists them)")];
        if (versions(fromName) is not { } source || SemanticVersion.Parse(source.Spec.Version) is not { } from)
            return [new(Path, Reasons.VersionNotFound, $"failed to get RedisVersion: {fromName}, which the database runs. Put it back into the catalog")];

        var (fromMaker, toMaker) = (RedisDistributions.Normal(source.Spec.Distribution), RedisDistributions.Normal(target.Spec.Distribution));
        if (fromMaker != toMaker && from.Major != to.Major)
            return [new(Path, Reasons.UpdateNotAllowed, $"can't upgrade {fromMaker} to {toMaker} with a different major version")];
        // A deprecated version has no constraints; data of a newer server can not be read by an older one in any case.
        var listed = source.Spec.UpdateConstraints is { Allowlist.Count: > 0 };
        return VersionConstraint.Permits(source.Spec.UpdateConstraints, to) && (listed || to >= from)
            ? []
            : [new(Path, Reasons.UpdateNotAllowed, $"upgrade from version {fromName} to {toName} is not supported")];
    }

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

    private static IEnumerable<Violation> VolumeExpansion(RedisVolumeExpansion? expansion, Redis database)
    {
        const string Path = "spec.volumeExpansion.redis";
        if (expansion?.Redis is not { } size)
            return [Missing(Path)];
        if (database.Spec.StorageType == StorageTypes.Ephemeral)
            return [new("spec.volumeExpansion", Reasons.VolumeSizeInvalid, "a database with Ephemeral storage has no volumes to expand")];
        if (size.Value is not > 0)
            return [new(Path, Reasons.VolumeSizeInvalid, $"{Path} \"{size}\" is no amount above zero, such as 2Gi")];
        return VolumeClaims.Request(database.Spec.Storage) is { } present && size.Value <= present
            ? [new(Path, Reasons.VolumeSizeInvalid, $"{Path} {size} is not above the present size {VolumeClaims.RequestText(database.Spec.Storage)}")]
            : [];
    }

    private static IEnumerable<Violation> Reconfigure(RedisReconfigure? change)
    {
        if (change is null)
            return [Missing("spec.configuration")];
        return change is { RemoveCustomConfig: false, ApplyConfig: null or { Count: 0 }, Auth: null } && string.IsNullOrEmpty(change.ConfigSecret?.Name)
            ? [new("spec.configuration", Reasons.ReconfigureInvalid, "spec.configuration needs at least one of removeCustomConfig, configSecret, applyConfig, auth")]
            : [];
    }

    private static IEnumerable<Violation> ReconfigureTls(RedisTlsChange? change, RedisVersion? version)
    {
        if (change is null)
            return [Missing("spec.tls")];
        var wishes = (change.Remove ? 1 : 0) + (change.RotateCertificates ? 1 : 0) + (change.IssuerRef is not null || change.Certificates.Count > 0 ? 1 : 0);
        if (wishes != 1)
            return [new("spec.tls", Reasons.ReconfigureTlsInvalid, "spec.tls needs exactly one of remove, rotateCertificates, and issuerRef or certificates")];
        if (change.IssuerRef is not null && SemanticVersion.Parse(version?.Spec.Version) is { Major: < 6 } old)
            return [new("spec.tls", Reasons.TlsNotSupported, $"ssl support is available only from v6, and the version is {old}")];
        return CertificateRules.Check(change.Certificates, "spec.tls.certificates");
    }

    private static IEnumerable<Violation> ReplaceSentinel(RedisSentinelReplacement? replacement, Redis database)
    {
        if (database.Spec.Mode != RedisModes.Sentinel)
            return [new("spec.type", RedisReasons.ReplaceSentinelInvalid, $"ReplaceSentinel is not allowed for a redis in mode {database.Spec.Mode}")];
        return string.IsNullOrEmpty(replacement?.Ref?.Name) ? [Missing("spec.sentinel.ref.name")] : [];
    }

    private static IEnumerable<Violation> RotateAuth(AuthenticationSpec? authentication, Redis database)
    {
        if (database.Spec.DisableAuth)
            return [new("spec.type", Reasons.RotateAuthInvalid, "RotateAuth is not allowed: the database runs without authentication (spec.disableAuth)")];
        return authentication?.SecretRef is { Name.Length: 0 }
            ? [new("spec.authentication.secretRef.name", Reasons.RotateAuthInvalid, "spec.authentication.secretRef.name is empty: name a secret, or leave out secretRef to have a password generated")]
            : [];
    }

    private static IEnumerable<Violation> Announce(RedisAnnounce? announce, Redis database)
    {
        if (database.Spec.Mode != RedisModes.Cluster)
            return [new("spec.type", RedisReasons.AnnounceInvalid, $"Announce is not allowed for a redis in mode {database.Spec.Mode}")];
        return announce is null
            ? [Missing("spec.announce")]
            : RedisAnnounceRule.Check(announce, database.Spec.Cluster?.Shards ?? 0, database.Spec.Cluster?.Replicas ?? 0, "spec.announce");
    }

    private static IEnumerable<Violation> StorageMigration(RedisOpsRequestSpec spec, Redis database)
    {
        if (string.IsNullOrEmpty(spec.Migration?.StorageClassName))
            yield return Missing("spec.migration.storageClassName");
        if (string.IsNullOrEmpty(spec.Timeout))
            yield return new("spec.timeout", Reasons.MigrationInvalid, "spec.timeout is missing: a storage migration needs a bound, such as 30m");
        if (database.Spec.StorageType == StorageTypes.Ephemeral || string.IsNullOrEmpty(VolumeClaims.StorageClass(database.Spec.Storage)))
            yield return new("spec.migration", Reasons.MigrationInvalid, "the database names no storage class (spec.storage.storageClassName) to move from");
    }

    private static Violation Missing(string path) => new(path, Reasons.OpsBlockMissing, $"{path} is missing");
}
