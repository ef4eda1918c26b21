using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The rules a Redis has to keep, judged from the (defaulted) object and its catalog version alone.</summary>
public static partial class RedisValidation
{
    /// <summary>Rules for the pod template.</summary>
    public static PodTemplateRules PodRules { get; } = new(RedisNames.ReservedVolumes, RedisNames.ReservedPaths, RedisNames.ReservedVariables);

    /// <summary>Every rule that the database breaks; <paramref name="version"/> is null when the catalog has none of that name.</summary>
    public static IReadOnlyList<Violation> Check(Redis redis, RedisVersion? version)
    {
        var spec = redis.Spec;
        return
        [
            .. Version(spec, version),
            .. Topology(spec, SemanticVersion.Parse(version?.Spec.Version)),
            .. Announce(spec),
            .. Storage(spec),
            .. PodRules.Check(spec.PodTemplate?.Spec, "spec.podTemplate.spec"),
            .. GitRoot(spec),
            .. HealthChecker(spec.HealthChecker),
            .. Authentication(spec),
            .. Lifecycle(spec),
            .. Tls(spec, SemanticVersion.Parse(version?.Spec.Version)),
            .. Monitor(spec.Monitor),
        ];
    }

    /// <summary>Every rule that a change of the database breaks.</summary>
    public static IReadOnlyList<Violation> CheckUpdate(Redis before, Redis after)
    {
        // Admission sees defaulted objects; an older stored one may not be, so that absent and the default have to count as equal.
        var (old, now) = (before.Spec.StorageType ?? StorageTypes.Durable, after.Spec.StorageType ?? StorageTypes.Durable);
        var violations = new List<Violation>();
        if (old != now)
            violations.Add(new("spec.storageType", Reasons.StorageTypeImmutable, Changed("storageType", $"\"{now}\"")));
        if (before.Spec.Init is { Initialized: true } init && init != after.Spec.Init)
            violations.Add(new("spec.init", Reasons.InitImmutable, Changed("init", "…")));
        return violations;
    }

    /// <summary>Every rule that the deletion of the database breaks.</summary>
    public static IReadOnlyList<Violation> CheckDelete(Redis redis) => redis.Spec.DeletionPolicy == DeletionPolicies.DoNotTerminate
        ? [new("spec.deletionPolicy", Reasons.CannotTerminate, $"redis \"{redis.Metadata.Key}\" can't be terminated. To delete, change spec.deletionPolicy")]
        : [];

    private static string Changed(string field, string value) =>
        "precondition failed for: {\"spec\":{\"" + field + "\":" + value + "}}.At least one of the following was changed: apiVersion kind name namespace spec." + field;

    private static IEnumerable<Violation> Version(RedisSpec spec, RedisVersion? version)
    {
        if (spec.Version.Length == 0)
            yield return new("spec.version", Reasons.VersionMissing, "'spec.version' is missing");
        else if (version is null)
            yield return new("spec.version", Reasons.VersionNotFound, $"failed to get RedisVersion: {spec.Version}. The catalog has no version of that name: correct spec.version (kubectl get redisversions lists them) or install it");
        else if (SemanticVersion.Parse(version.Spec.Version) is null)
            yield return new("spec.version", Reasons.VersionUnusable, $"RedisVersion {spec.Version} can not be used: its spec.version '{version.Spec.Version}' is no version. Correct it");
        else if (string.IsNullOrEmpty(version.Spec.Db?.Image) || string.IsNullOrEmpty(version.Spec.Exporter?.Image))
            yield return new("spec.version", Reasons.VersionUnusable, $"RedisVersion {spec.Version} can not be used: it lacks the image of {(string.IsNullOrEmpty(version.Spec.Db?.Image) ? "db" : "exporter")}. Add it");
    }

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

    private static IEnumerable<Violation> Storage(RedisSpec spec)
    {
        if (spec.StorageType is not (StorageTypes.Durable or StorageTypes.Ephemeral))
        {
            yield return new("spec.storageType", Reasons.StorageTypeInvalid, $"spec.storageType \"{spec.StorageType}\" is invalid. Value must be Durable or Ephemeral");
            yield break;
        }

        if (spec.StorageType == StorageTypes.Ephemeral)
            yield break;
        const string Request = "spec.storage.resources.requests.storage";
        if (spec.Storage is null)
            yield return new("spec.storage", Reasons.StorageMissing, "spec.storage is missing for durable storage type");
        else if (VolumeClaims.RequestText(spec.Storage) is not { } text)
            yield return new(Request, Reasons.StorageRequestInvalid, $"missing ResourceStorage request: set {Request}");
        else if (Quantity.Parse(text) is not > 0)
            yield return new(Request, Reasons.StorageRequestInvalid, $"{Request} \"{text}\" is invalid. Value must be an amount above zero, such as 1Gi");
    }

    private static IEnumerable<Violation> GitRoot(RedisSpec spec)
    {
        if (InitScript.Read(spec.Init?.Script)?.Git?["args"] is not JsonArray args)
            yield break;
        for (var i = 0; i < args.Count; i++)
        {
            var text = args[i].AsText() ?? "";
            var root = text is "--root" or "-root" ? (i + 1 < args.Count ? args[i + 1].AsText() : null)
                : text.StartsWith("--root=", StringComparison.Ordinal) ? text["--root=".Length..]
                : text.StartsWith("-root=", StringComparison.Ordinal) ? text["-root=".Length..] : null;
            if (root is not null && PodRules.ReservedPathOf(root) is { } reserved)
                yield return new($"spec.init.script.git.args[{i}]", Reasons.ReservedMountPath, $"Cannot use mountPath {root} because of reservedMountPaths path {reserved}");
        }
    }

    private static IEnumerable<Violation> HealthChecker(HealthChecker? checker)
    {
        if (checker is null)
            yield break;
        (string, int?)[] values = [("periodSeconds", checker.PeriodSeconds), ("timeoutSeconds", checker.TimeoutSeconds), ("failureThreshold", checker.FailureThreshold)];
        foreach (var (name, value) in values)
        {
            if (value < 1)
                yield return new($"spec.healthChecker.{name}", Reasons.HealthCheckerInvalid, $"spec.healthChecker.{name} \"{value}\" is invalid. Value must be >= 1");
        }
    }

    private static IEnumerable<Violation> Authentication(RedisSpec spec)
    {
        if (spec.DisableAuth && spec.AuthSecret is { Name.Length: > 0 })
            yield return new("spec.authSecret", Reasons.AuthSecretNotSupported, "auth Secret is not supported when disableAuth is true");
        if (!spec.DisableAuth && spec.AuthSecret is { ExternallyManaged: true, Name.Length: 0 })
            yield return new("spec.authSecret.name", Reasons.AuthSecretInvalid, "spec.authSecret.name is missing: an externally managed secret has to be named");
        if (spec.AuthSecret?.RotateAfter is { Length: > 0 } rotate && GoDuration.Parse(rotate) is null)
            yield return new("spec.authSecret.rotateAfter", Reasons.DurationInvalid, $"spec.authSecret.rotateAfter \"{rotate}\" is no duration such as 720h");
    }

    private static IEnumerable<Violation> Lifecycle(RedisSpec spec)
    {
        if (spec.DeletionPolicy is not (DeletionPolicies.Halt or DeletionPolicies.Delete or DeletionPolicies.WipeOut or DeletionPolicies.DoNotTerminate))
            yield return new("spec.deletionPolicy", Reasons.DeletionPolicyInvalid, $"spec.deletionPolicy \"{spec.DeletionPolicy}\" is invalid. Value must be one of Halt, Delete, WipeOut, DoNotTerminate");
        if (spec is { StorageType: StorageTypes.Ephemeral, DeletionPolicy: DeletionPolicies.Halt })
            yield return new("spec.deletionPolicy", Reasons.DeletionPolicyInvalid, "spec.deletionPolicy cannot be Halt for Ephemeral storage: there is nothing to keep");
        if (spec is { Halted: true, DeletionPolicy: DeletionPolicies.DoNotTerminate })
            yield return new("spec.halted", Reasons.CannotHalt, "Can't halt, since termination policy is 'DoNotTerminate'");
    }

    private static IEnumerable<Violation> Tls(RedisSpec spec, SemanticVersion? version)
    {
        if (spec.Tls is null)
            return [];
        return version is { Major: < 6 }
            ? [new("spec.tls", Reasons.TlsNotSupported, $"ssl support is available only from v6, and the version is {version}. Choose another version or remove spec.tls")]
            : CertificateRules.Check(spec.Tls.Certificates, "spec.tls.certificates");
    }

    private static IEnumerable<Violation> Monitor(MonitorSpec? monitor)
    {
        if (monitor is null)
            yield break;
        if (monitor.Agent is not (MonitorAgents.PrometheusOperator or MonitorAgents.PrometheusBuiltin or MonitorAgents.Prometheus))
            yield return new("spec.monitor.agent", Reasons.MonitorInvalid, $"spec.monitor.agent \"{monitor.Agent}\" is invalid. Value must be one of {MonitorAgents.PrometheusOperator}, {MonitorAgents.PrometheusBuiltin}, {MonitorAgents.Prometheus}");
        if (monitor.Prometheus?.Exporter?.Port is < 1024 or > 65535)
            yield return new("spec.monitor.prometheus.exporter.port", Reasons.MonitorInvalid, $"spec.monitor.prometheus.exporter.port \"{monitor.Prometheus.Exporter.Port}\" is invalid. Value must be between 1024 and 65535");
        if (monitor.Prometheus?.ServiceMonitor?.Interval is { Length: > 0 } interval && !PrometheusDuration().IsMatch(interval))
            yield return new("spec.monitor.prometheus.serviceMonitor.interval", Reasons.MonitorInvalid, $"spec.monitor.prometheus.serviceMonitor.interval \"{interval}\" is no duration such as 10s");
    }

    [GeneratedRegex("^(0|(?=.)([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$")]
    private static partial Regex PrometheusDuration();
}
