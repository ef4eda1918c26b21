using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>The rules that databases of every engine keep, judged from the (defaulted) object alone.</summary>
public static partial class DatabaseRules
{
    private static readonly string[] Agents = [MonitorAgents.PrometheusOperator, MonitorAgents.PrometheusBuiltin, MonitorAgents.Prometheus];

    /// <summary>Longest name of a PetSet: a pod's label carries it with a dash and the ten characters of its revision, 63 in all.</summary>
    public const int LongestPetSetName = 52;

    /// <summary>The name of a database that names services and PetSets.</summary>
    /// <param name="name">The name.</param>
    /// <param name="longest">Longest name, with what the engine appends to it taken off <see cref="LongestPetSetName"/>.</param>
    public static IEnumerable<Violation> Name(string name, int longest = LongestPetSetName)
    {
        if (name.Length > longest)
        {
            yield return new(
                "metadata.name",
                Reasons.NameTooLong,
                $"metadata.name has {name.Length} characters; pods can be made for names of at most {longest}. Choose a shorter name.");
        }

        if (name.Length > 0 && !ServiceName().IsMatch(name))
        {
            yield return new(
                "metadata.name",
                Reasons.NameInvalid,
                $"metadata.name \"{name}\" can not be that of a service: lower-case letters, digits and dashes, beginning with a letter. Choose another name.");
        }
    }

    /// <summary>The catalog version is there and usable.</summary>
    /// <param name="spec">The database's spec.</param>
    /// <param name="kind">The kind of catalog versions.</param>
    /// <param name="version">The version; null when the catalog has none of that name.</param>
    /// <param name="hasExporter">The engine runs an exporter, so that the version needs its image.</param>
    public static IEnumerable<Violation> Version(IDatabaseSpec spec, ResourceType kind, ICatalogVersion? version, bool hasExporter = true)
    {
        const string Path = "spec.version";
        if (spec.Version.Length == 0)
            yield return new(Path, Reasons.VersionMissing, "'spec.version' is missing");
        else if (version is null)
            yield return new(Path, Reasons.VersionNotFound, $"failed to get {kind.Kind}: {spec.Version}. The catalog has no version of that name: correct spec.version (kubectl get {kind.Plural} lists them) or install it");
        else if (SemanticVersion.Parse(version.Version) is null)
            yield return new(Path, Reasons.VersionUnusable, $"{kind.Kind} {spec.Version} can not be used: its spec.version '{version.Version}' is no version. Correct it");
        else if (version.DatabaseImage.Length == 0 || (hasExporter && version.ExporterImage.Length == 0))
            yield return new(Path, Reasons.VersionUnusable, $"{kind.Kind} {spec.Version} can not be used: it lacks the image of {(version.DatabaseImage.Length == 0 ? "db" : "exporter")}. Add it");
    }

    /// <summary>The storage of a group of pods.</summary>
    /// <param name="storageType">Durable or Ephemeral.</param>
    /// <param name="storage">The claim spec.</param>
    /// <param name="path">Field that holds the claim spec; that with the storage type has Type behind its name.</param>
    public static IEnumerable<Violation> Storage(string? storageType, JsonFragment? storage, string path = "spec.storage")
    {
        if (storageType is not (StorageTypes.Durable or StorageTypes.Ephemeral))
        {
            yield return new($"{path}Type", Reasons.StorageTypeInvalid, $"{path}Type \"{storageType}\" is invalid. Value must be Durable or Ephemeral");
            yield break;
        }

        if (storageType == StorageTypes.Ephemeral)
            yield break;
        var request = $"{path}.resources.requests.storage";
        if (storage is null)
            yield return new(path, Reasons.StorageMissing, $"{path} is missing for durable storage type");
        else if (VolumeClaims.RequestText(storage) is not { } text)
            yield return new(request, Reasons.StorageRequestInvalid, $"missing ResourceStorage request: set {request}");
        else if (Quantity.Parse(text) is not > 0)
            yield return new(request, Reasons.StorageRequestInvalid, $"{request} \"{text}\" is invalid. Value must be an amount above zero, such as 1Gi");
    }

    /// <summary>The directory that git-sync clones into is none of the operator's, and no variable of it is given twice.</summary>
    public static IEnumerable<Violation> Git(InitSpec? init, PodTemplateRules pods)
    {
        if (InitScript.Read(init?.Script)?.Git is not { } git)
            yield break;
        foreach (var violation in PodTemplateRules.Duplicates(git, "spec.init.script.git", "env"))
            yield return violation;
        if (git["args"] is not JsonArray args)
            yield break;
        for (var i = 0; i < args.Count; i++)
        {
            var text = args[i].AsText() ?? "";
            var root = text is "--root" or "-root" ? (i + 1 < args.Count ? args[i + 1].AsText() : null)
                : text.StartsWith("--root=", StringComparison.Ordinal) ? text["--root=".Length..]
                : text.StartsWith("-root=", StringComparison.Ordinal) ? text["-root=".Length..] : null;
            if (root is not null && pods.ReservedPathOf(root) is { } reserved)
                yield return new($"spec.init.script.git.args[{i}]", Reasons.ReservedMountPath, $"Cannot use mountPath {root} because of reservedMountPaths path {reserved}");
        }
    }

    /// <summary>The settings of health checks.</summary>
    public static IEnumerable<Violation> HealthChecker(HealthChecker? checker)
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

    /// <summary>The secret with the credential.</summary>
    public static IEnumerable<Violation> Authentication(IDatabaseSpec spec)
    {
        if (spec.DisableAuth && spec.AuthSecret is { Name.Length: > 0 })
            yield return new("spec.authSecret", Reasons.AuthSecretNotSupported, "auth Secret is not supported when disableAuth is true");
        if (!spec.DisableAuth && spec.AuthSecret is { ExternallyManaged: true, Name.Length: 0 })
            yield return new("spec.authSecret.name", Reasons.AuthSecretInvalid, "spec.authSecret.name is missing: an externally managed secret has to be named");
        if (spec.AuthSecret?.RotateAfter is { Length: > 0 } rotate && GoDuration.Parse(rotate) is null)
            yield return new("spec.authSecret.rotateAfter", Reasons.DurationInvalid, $"spec.authSecret.rotateAfter \"{rotate}\" is no duration such as 720h");
    }

    /// <summary>Deletion policy, and whether it fits halting and the storage.</summary>
    public static IEnumerable<Violation> Lifecycle(IDatabaseSpec spec)
    {
        if (spec.DeletionPolicy is not (DeletionPolicies.Halt or DeletionPolicies.Delete or DeletionPolicies.WipeOut or DeletionPolicies.DoNotTerminate))
            yield return new("spec.deletionPolicy", Reasons.DeletionPolicyInvalid, $"spec.deletionPolicy \"{spec.DeletionPolicy}\" is invalid. Value must be one of Halt, Delete, WipeOut, DoNotTerminate");
        if (spec is { StorageType: StorageTypes.Ephemeral, DeletionPolicy: DeletionPolicies.Halt })
            yield return new("spec.deletionPolicy", Reasons.DeletionPolicyInvalid, "spec.deletionPolicy cannot be Halt for Ephemeral storage: there is nothing to keep");
        if (spec is { Halted: true, DeletionPolicy: DeletionPolicies.DoNotTerminate })
            yield return new("spec.halted", Reasons.CannotHalt, "Can't halt, since termination policy is 'DoNotTerminate'");
    }

    /// <summary>Agent, port and interval of monitoring.</summary>
    public static IEnumerable<Violation> Monitor(MonitorSpec? monitor)
    {
        if (monitor is null)
            yield break;
        if (!Agents.Contains(monitor.Agent))
            yield return new("spec.monitor.agent", Reasons.MonitorInvalid, $"spec.monitor.agent \"{monitor.Agent}\" is invalid. Value must be one of {string.Join(", ", Agents)}");
        if (monitor.Prometheus?.Exporter?.Port is < 1024 or > 65535)
            yield return new("spec.monitor.prometheus.exporter.port", Reasons.MonitorInvalid, $"spec.monitor.prometheus.exporter.port \"{monitor.Prometheus.Exporter.Port}\" is invalid. Value must be between 1024 and 65535");
        if (monitor.Prometheus?.ServiceMonitor?.Interval is { Length: > 0 } interval && !PrometheusDuration().IsMatch(interval))
            yield return new("spec.monitor.prometheus.serviceMonitor.interval", Reasons.MonitorInvalid, $"spec.monitor.prometheus.serviceMonitor.interval \"{interval}\" is no duration such as 10s");
        var env = monitor.Prometheus?.Exporter?.Env ?? [];
        var exporter = new JsonObject { ["env"] = new JsonArray([.. env.Select(JsonNode (e) => new JsonObject { ["name"] = e.Name })]) };
        foreach (var violation in PodTemplateRules.Duplicates(exporter, "spec.monitor.prometheus.exporter", "env"))
            yield return violation;
    }

    /// <summary>Every rule that a change of the database breaks.</summary>
    public static IReadOnlyList<Violation> Update(IDatabaseSpec before, IDatabaseSpec after)
    {
        // Admission sees defaulted objects; an older stored one may not be, so that absent and the default have to count as equal.
        var (old, now) = (before.StorageType ?? StorageTypes.Durable, after.StorageType ?? StorageTypes.Durable);
        var violations = new List<Violation>();
        if (old != now)
            violations.Add(new("spec.storageType", Reasons.StorageTypeImmutable, Changed("storageType", $"\"{now}\"")));
        if (before.Init is { Initialized: true } init && init != after.Init)
            violations.Add(new("spec.init", Reasons.InitImmutable, Changed("init", "…")));
        return violations;
    }

    /// <summary>Every rule that the deletion of the database breaks.</summary>
    /// <param name="database">The database.</param>
    /// <param name="noun">What the sentence calls it; null for its kind in lower case.</param>
    public static IReadOnlyList<Violation> Delete(IDatabase database, string? noun = null) => database.Spec.DeletionPolicy == DeletionPolicies.DoNotTerminate
        ? [new("spec.deletionPolicy", Reasons.CannotTerminate, $"{noun ?? database.Type.Kind.ToLowerInvariant()} \"{database.Metadata.Key}\" can't be terminated. To delete, change spec.deletionPolicy")]
        : [];

    private static string Changed(string field, string value) =>
        "precondition failed for: {\"spec\":{\"" + field + "\":" + value + "}}.At least one of the following was changed: apiVersion kind name namespace spec." + field;

    [GeneratedRegex("^(0|(?=.)([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$")]
    private static partial Regex PrometheusDuration();

    [GeneratedRegex("^[a-z]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex ServiceName();
}
