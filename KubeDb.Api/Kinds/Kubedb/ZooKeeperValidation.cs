using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The rules a ZooKeeper has to keep, judged from the (defaulted) object and its catalog version alone.</summary>
public static class ZooKeeperValidation
{
    /// <summary>Rules for the pod template.</summary>
    public static PodTemplateRules PodRules { get; } = new(ZooKeeperNames.ReservedVolumes, ZooKeeperNames.ReservedPaths, ZooKeeperNames.ReservedVariables);

    // Clients, followers and elections.
    private static readonly int[] ServerPorts = [2181, 2888, 3888];

    /// <summary>Every rule that the ensemble breaks; <paramref name="version"/> is null when the catalog has none of that name.</summary>
    public static IReadOnlyList<Violation> Check(ZooKeeper ensemble, ZooKeeperVersion? version)
    {
        var spec = ensemble.Spec;
        return
        [
            .. DatabaseRules.Version(spec, ZooKeeperVersion.Resource, version, hasExporter: false),
            .. Size(spec.Replicas),
            .. DatabaseRules.Storage(StorageTypes.Durable, spec.Storage),
            .. Ports(spec),
            .. PodRules.Check(spec.PodTemplate?.Spec, "spec.podTemplate.spec"),
            .. DatabaseRules.HealthChecker(spec.HealthChecker),
            .. DatabaseRules.Authentication(spec),
            .. DatabaseRules.Lifecycle(spec),
            .. Tls(spec),
            .. DatabaseRules.Monitor(spec.Monitor),
        ];
    }

    /// <summary>Every rule that the deletion of the ensemble breaks.</summary>
    public static IReadOnlyList<Violation> CheckDelete(ZooKeeper ensemble) => DatabaseRules.Delete(ensemble);

    /// <summary>Settings that are possible and do nothing, or less than they seem to.</summary>
    public static IEnumerable<SpecWarning> Warnings(ZooKeeperSpec spec)
    {
        if (spec is { EnableSsl: false, Tls.IssuerRef: not null })
            yield return new("spec.tls", ZooKeeperReasons.TlsWithoutEffect, "spec.tls names an issuer, but spec.enableSSL is not true, so that connections are plain. Make a ZooKeeperOpsRequest of type ReconfigureTLS, or remove spec.tls.");
        if (spec.Replicas is > 2 and var replicas && replicas % 2 == 0)
            yield return new("spec.replicas", ZooKeeperReasons.EvenEnsemble, $"spec.replicas is {replicas}: an ensemble of {replicas} survives the loss of no more members than one of {replicas - 1}. Choose an odd number.");
        const string Path = "spec.monitor.prometheus.exporter";
        if (spec.Monitor?.Prometheus?.Exporter is not { } exporter)
            yield break;
        (string, bool)[] fields = [("args", exporter.Args.Count > 0), ("env", exporter.Env.Count > 0), ("resources", exporter.Resources is not null)];
        foreach (var (name, _) in fields.Where(f => f.Item2))
            yield return new($"{Path}.{name}", ZooKeeperReasons.ExporterSettingsWithoutEffect, $"{Path}.{name} has no effect: the servers serve their metrics themselves, without an exporter container. Remove it.");
    }

    private static IEnumerable<Violation> Size(int? replicas)
    {
        if (replicas == 2)
            yield return new("spec.replicas", ZooKeeperReasons.EnsembleSizeInvalid, "zookeeper ensemble should have 3 or more replicas");
        else if (replicas is not >= 1)
            yield return new("spec.replicas", ZooKeeperReasons.EnsembleSizeInvalid, $"spec.replicas \"{replicas}\" invalid. Value must be 1, or 3 or more");
    }

    // Each port is opened by the same process.
    private static IEnumerable<Violation> Ports(ZooKeeperSpec spec)
    {
        var taken = ServerPorts.ToDictionary(p => p, _ => "the servers themselves");
        List<(string Path, int? Port)> ports = [("spec.adminServerPort", spec.AdminServerPort), ("spec.clientSecurePort", spec.ClientSecurePort)];
        if (!string.IsNullOrEmpty(spec.Monitor?.Agent))
            ports.Add(("spec.monitor.prometheus.exporter.port", spec.Monitor.Prometheus?.Exporter?.Port));
        foreach (var (path, wish) in ports)
        {
            if (wish is not { } port)
                continue;
            if (port is < 1024 or > 65535)
                yield return new(path, ZooKeeperReasons.PortInvalid, $"{path} \"{port}\" is invalid. Value must be between 1024 and 65535");
            else if (!taken.TryAdd(port, path))
                yield return new(path, ZooKeeperReasons.PortInvalid, $"{path} \"{port}\" is taken by {taken[port]}. Choose another port");
        }
    }

    private static IEnumerable<Violation> Tls(ZooKeeperSpec spec)
    {
        if (spec.EnableSsl && spec.Tls?.IssuerRef is null)
            return [new("spec.tls.issuerRef", ZooKeeperReasons.IssuerMissing, "spec.tls.issuerRef is missing: spec.enableSSL needs the issuer of certificates. Name one, or set spec.enableSSL to false")];
        return CertificateRules.Check(spec.Tls?.IssuerRef, spec.Tls?.Certificates ?? []);
    }
}
