using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The rules a Druid has to keep, judged from the (defaulted) object and its catalog version alone.</summary>
public static class DruidValidation
{
    /// <summary>Longest name of a Druid: that of the PetSet of its middle managers begins with it.</summary>
    public const int LongestName = DatabaseRules.LongestPetSetName - 15;

    private static readonly string[] DeepStorageTypes = ["s3", "google", "azure", "hdfs"];

    private static readonly PodTemplateRules PodRules = new(DruidNames.ReservedVolumes, DruidNames.ReservedPaths, DruidNames.ReservedVariables);

    private static readonly PodTemplateRules DataPodRules = PodRules with { Volumes = [.. DruidNames.ReservedVolumes, DruidNames.DataVolume] };

    /// <summary>Every rule that the cluster breaks; <paramref name="version"/> is null when the catalog has none of that name.</summary>
    public static IReadOnlyList<Violation> Check(Druid druid, DruidVersion? version)
    {
        ArgumentNullException.ThrowIfNull(druid);
        var spec = druid.Spec;
        return
        [
            .. DatabaseRules.Name(druid.Metadata.Name, LongestName),
            .. DatabaseRules.Version(spec, DruidVersion.Resource, version, hasExporter: false),
            .. DeepStorage(spec.DeepStorage),
            .. Topology(spec.Topology),
            .. References(spec),
            .. DatabaseRules.HealthChecker(spec.HealthChecker),
            .. DatabaseRules.Authentication(spec),
            .. DatabaseRules.Lifecycle(spec),
            .. Tls(spec),
            .. Init(spec.Init),
            .. DatabaseRules.Monitor(spec.Monitor),
        ];
    }

    /// <summary>Settings that are possible and do nothing.</summary>
    public static IEnumerable<SpecWarning> Warnings(DruidSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec is { EnableSsl: false, Tls.IssuerRef: not null })
            yield return new("spec.tls", DruidReasons.TlsWithoutEffect, "spec.tls names an issuer, but spec.enableSSL is not true, so that connections are plain. Make a DruidOpsRequest of type ReconfigureTLS, or remove spec.tls.");
        foreach (var role in DruidNames.Roles.Where(r => !string.IsNullOrEmpty(spec.Topology?.Of(r.Name)?.Suffix)))
            yield return new($"spec.topology.{role}.suffix", DruidReasons.SuffixWithoutEffect, $"spec.topology.{role}.suffix has no effect: objects are named after the role. Remove it.");
        const string Path = "spec.monitor.prometheus.exporter";
        if (spec.Monitor?.Prometheus?.Exporter is not { } exporter)
            yield break;
        (string, bool)[] fields = [("args", exporter.Args.Count > 0), ("env", exporter.Env.Count > 0), ("resources", exporter.Resources is not null)];
        foreach (var (name, _) in fields.Where(f => f.Item2))
            yield return new($"{Path}.{name}", DruidReasons.ExporterSettingsWithoutEffect, $"{Path}.{name} has no effect: the servers serve their metrics themselves, without an exporter container. Remove it.");
    }

    private static IEnumerable<Violation> DeepStorage(DruidDeepStorage? storage)
    {
        if (storage is null)
            yield return new("spec.deepStorage", DruidReasons.DeepStorageInvalid, "spec.deepStorage is missing");
        else if (storage.Type.Length == 0)
            yield return new("spec.deepStorage.type", DruidReasons.DeepStorageInvalid, "spec.deepStorage.type is missing");
        else if (!DeepStorageTypes.Contains(storage.Type))
            yield return new("spec.deepStorage.type", DruidReasons.DeepStorageInvalid, $"spec.deepStorage.type \"{storage.Type}\" is invalid. Value must be one of {string.Join(", ", DeepStorageTypes)}");
    }

    private static IEnumerable<Violation> Topology(DruidTopology? topology)
    {
        if (topology is null)
            return [new("spec.topology", DruidReasons.TopologyInvalid, "spec.topology can't be empty: name the roles, or write {} for one server of each")];
        return DruidNames.Roles.SelectMany(role => topology.Of(role.Name) is { } node ? Node(node, role, $"spec.topology.{role}") : []);
    }

    private static IEnumerable<Violation> Node(DruidNode node, DruidRole role, string path)
    {
        if (node.Replicas is not > 0)
            yield return new($"{path}.replicas", DruidReasons.TopologyInvalid, $"{path}.replicas \"{node.Replicas}\" invalid. Value must be greater than 0");
        foreach (var violation in (role.HasVolume ? DataPodRules : PodRules).Check(node.PodTemplate?.Spec, $"{path}.podTemplate.spec"))
            yield return violation;
        if (node is not DruidDataNode data)
            yield break;
        if (data is { StorageType: StorageTypes.Ephemeral, Storage: not null })
            yield return new($"{path}.storage", Reasons.StorageTypeInvalid, $"{path}.storage can not be set when storageType is Ephemeral: use ephemeralStorage, or set storageType to Durable");
        if (data is { StorageType: StorageTypes.Durable, EphemeralStorage: not null })
            yield return new($"{path}.ephemeralStorage", Reasons.StorageTypeInvalid, $"{path}.ephemeralStorage can not be set when storageType is Durable: use storage, or set storageType to Ephemeral");
        if (data is { StorageType: StorageTypes.Ephemeral })
        {
            if (data.EphemeralStorage?.SizeLimit is { Value: not > 0 } limit)
                yield return new($"{path}.ephemeralStorage.sizeLimit", Reasons.StorageRequestInvalid, $"{path}.ephemeralStorage.sizeLimit \"{limit}\" is invalid. Value must be an amount above zero, such as 1Gi");
            yield break;
        }

        foreach (var violation in DatabaseRules.Storage(data.StorageType, data.Storage, $"{path}.storage"))
            yield return violation;
    }

    private static IEnumerable<Violation> References(DruidSpec spec)
    {
        if (spec.ZooKeeperRef?.PathsBase is { } path && (!path.StartsWith('/') || path.Length == 1 || path.EndsWith('/')))
            yield return new("spec.zookeeperRef.pathsBase", DruidReasons.ZooKeeperUnusable, $"spec.zookeeperRef.pathsBase \"{path}\" is no path of a node such as /druid");
    }

    private static IEnumerable<Violation> Tls(DruidSpec spec)
    {
        if (spec.EnableSsl && spec.Tls?.IssuerRef is null)
            return [new("spec.tls.issuerRef", DruidReasons.IssuerMissing, "spec.tls.issuerRef is missing: spec.enableSSL needs the issuer of certificates. Name one, or set spec.enableSSL to false")];
        return CertificateRules.Check(spec.Tls?.IssuerRef, spec.Tls?.Certificates ?? []);
    }

    private static IEnumerable<Violation> Init(InitSpec? init)
    {
        if (init?.Script is not null)
            yield return new("spec.init.script", Reasons.NotOffered, "spec.init.script is not offered: nothing runs scripts against a new Druid. Remove it");
        if (init?.Archiver is not null)
            yield return new("spec.init.archiver", Reasons.NotOffered, "spec.init.archiver is not offered. Remove it, or restore from outside with spec.init.waitForInitialRestore");
    }
}
