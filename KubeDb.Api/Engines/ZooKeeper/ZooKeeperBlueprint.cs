using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.ZooKeeper.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>Describes every object of a ZooKeeper. Pure.</summary>
internal static class ZooKeeperBlueprint
{
    /// <summary>The objects in the order in which they are created: what others need comes first, and users see the contract's events in order.</summary>
    public static Blueprint Describe(DatabaseFacts facts)
    {
        var d = new ZooKeeperDescription(facts);
        var warnings = new List<SpecWarning>();
        var objects = Services(d).ToList();

        // A role of its own: one of the same name in every ensemble would go with the first that is deleted.
        objects.AddRange(AccessObjects.Describe(d, [AccessObjects.May(ZooKeeperDatabase.Resource, "get")]));
        objects.Add(BindingObjects.ConfigSecret(d, Files(d)));
        objects.AddRange(ZooKeeperTls.PasswordSecret(d));
        objects.AddRange(CertificateObjects.Describe(d, ZooKeeperTls.Certificates(d.Ensemble)));
        objects.Add(ZooKeeperPods.PetSet(d, warnings));
        if (PetSetObjects.DisruptionBudget(d, d.Name, d.Replicas) is { } budget)
            objects.Add(budget);
        objects.Add(BindingObjects.AppBinding(
            d,
            "kubedb.com/zookeeper",
            new AppClientConfig { Service = new() { Name = d.Name, Port = ZooKeeperPorts.Client, Scheme = "http" } },
            null,
            ZooKeeperTls.IsOn(d.Ensemble) ? ZooKeeperTls.Client(d.Ensemble).SecretName : null));
        if (MonitoringObjects.ServiceMonitor(d) is { } monitor)
            objects.Add(monitor);
        return new(objects) { Warnings = warnings };
    }

    private static IEnumerable<DesiredObject> Services(ZooKeeperDescription d)
    {
        var client = ServiceObjects.Port(ZooKeeperPods.ClientPort, ZooKeeperPorts.Client, ZooKeeperPods.ClientPort);
        var governing = ServiceObjects.Governing(
            d,
            client,
            ServiceObjects.Port(ZooKeeperPods.QuorumPort, ZooKeeperPorts.Quorum, ZooKeeperPods.QuorumPort),
            ServiceObjects.Port(ZooKeeperPods.ElectionPort, ZooKeeperPorts.Election, ZooKeeperPods.ElectionPort));
        yield return new(ResourceTypes.Service, governing) { CreatedEvent = "Successfully created governing service" };
        yield return new(ResourceTypes.Service, ServiceObjects.Client(d, ServiceAliases.Primary, d.Name, [client, .. SecureClient(d)])) { CreatedEvent = "Successfully created Service" };
        var admin = ServiceObjects.Port(ZooKeeperPods.AdminPort, d.AdminServerPort, ZooKeeperPods.AdminPort);
        yield return new(ResourceTypes.Service, ServiceObjects.Client(d, "admin-server", d.AdminService, [admin])) { CreatedEvent = "Successfully created admin-server service" };
        if (d.Monitor is not null)
            yield return new(ResourceTypes.Service, ServiceObjects.Stats(d)) { CreatedEvent = "Successfully created stats service" };
    }

    // The plain port stays: probes, the operator and other databases use it.
    private static V1ServicePort[] SecureClient(ZooKeeperDescription d) =>
        ZooKeeperTls.Settings(d.Facts) is { } tls ? [ServiceObjects.Port(ZooKeeperPods.SecureClientPort, tls.ClientPort, ZooKeeperPods.SecureClientPort)] : [];

    private static Dictionary<string, string> Files(ZooKeeperDescription d)
    {
        var file = ZooKeeperConfigurationRules.File(d.Facts.Version);
        var user = UserConfiguration.Of([file], d.Facts).Effective(file);
        var settings = new ZooKeeperSettings
        {
            AdminServerPort = d.AdminServerPort,
            HasAuthentication = d.AuthSecret is not null,
            MetricsPort = d.Monitor is null ? null : d.ExporterPort,
            Tls = ZooKeeperTls.Settings(d.Facts),
        };
        var files = new Dictionary<string, string>
        {
            [ZooKeeperConfig.Key] = ZooKeeperConfig.Render(file, settings, user),
            [ZooKeeperScripts.StartKey] = ZooKeeperScripts.Start,
            [ZooKeeperScripts.ReadyKey] = ZooKeeperScripts.Ready,
            [ZooKeeperScripts.LiveKey] = ZooKeeperScripts.Live,
        };
        if (d.Facts.WasProvisioned)
            files[ZooKeeperScripts.InitializedKey] = "true";
        return files;
    }
}
