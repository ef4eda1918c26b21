using System.Globalization;
using System.Text;
using k8s.Models;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Druid.Configuration;
using KubeDb.Api.Engines.Druid.Dependencies;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Api.Engines.Druid;

/// <summary>Describes every object of a Druid. Pure.</summary>
internal static class DruidBlueprint
{
    /// <summary>Key, in the config secret, of a metadata storage's password that no pod could read otherwise.</summary>
    public const string MetadataPasswordKey = "metadata-storage-password";

    /// <summary>Key, in the config secret, of a ZooKeeper's password that no pod could read otherwise.</summary>
    public const string ZooKeeperPasswordKey = "zookeeper-password";

    /// <summary>
    /// The objects in the order in which they are created: first what the servers depend on, and then, once that is there, they themselves. A database
    /// that was complete once is described whatever became of what it depends on.
    /// </summary>
    public static Blueprint Describe(DatabaseFacts facts)
    {
        var d = new DruidDescription(facts);
        var warnings = new List<SpecWarning>();
        var objects = new List<DesiredObject>();
        objects.AddRange(MadeDependencies.Describe(d));
        if (d.Metadata.Keeper == MetadataKeeper.BuiltIn)
            objects.AddRange(BuiltInMetadata.Describe(d, warnings));
        var own = Services(d).ToList();
        own.AddRange(AccessObjects.Describe(d, [AccessObjects.May(DruidDatabase.Resource, "get")]));
        own.Add(BindingObjects.ConfigSecret(d, Files(d)));
        own.AddRange(DruidTls.PasswordSecret(d));
        own.AddRange(CertificateObjects.Describe(d, DruidTls.Certificates(d.Druid)));
        own.AddRange(d.Roles.Select(role => DruidPods.PetSet(d, role, warnings)));
        own.AddRange(d.Roles.Select(role => PetSetObjects.DisruptionBudget(d, d.NameOf(role), d.Node(role).Replicas ?? 1, DruidDescription.LabelsOf(role))).OfType<DesiredObject>());
        own.Add(Binding(d));
        if (MonitoringObjects.ServiceMonitor(d) is { } monitor)
            own.Add(monitor);
        if (Pending(d) is { } pending)
            own[0] = own[0] with { Pending = pending };
        return new([.. objects, .. own]) { Warnings = warnings };
    }

    /// <summary>The application that the metadata is stored in; null while it is not there.</summary>
    public static ApplicationFacts? MetadataApplication(DruidDescription d) => d.Metadata.Keeper == MetadataKeeper.User
        ? d.Facts.Applications.GetValueOrDefault(DruidApplications.Metadata)
        : d.Facts.Applications.GetValueOrDefault(d.Metadata.Type == MetadataStorageTypes.MySql ? DruidApplications.MySqlMetadata : DruidApplications.PostgreSqlMetadata);

    // What is rendered without knowing where metadata is, or the ZooKeeper, would start no server.
    private static Outcome? Pending(DruidDescription d) =>
        d.Facts.WasProvisioned && d is { Metadata.Connection: not null, ZooKeeper: not null } ? null : d.Metadata.Pending ?? ZooKeeperConnection.Pending(d.Facts);

    private static IEnumerable<DesiredObject> Services(DruidDescription d)
    {
        var governing = ServiceObjects.Governing(d, [.. DruidNames.Roles.Select(r => Port(r.Suffix, d.Protocol == DruidProtocol.Tls ? r.TlsPort : r.Port))]);
        yield return new(ResourceTypes.Service, governing) { CreatedEvent = "Successfully created governing service" };
        foreach (var role in d.Roles.Where(r => r.HasService))
        {
            var service = ServiceObjects.Client(d, RoleService.Template(d, role), d.NameOf(role), [.. RoleService.Ports(d, role)], DruidDescription.LabelsOf(role));
            yield return new(ResourceTypes.Service, service) { CreatedEvent = "Successfully created Service" };
        }

        if (d.Monitor is not null)
            yield return new(ResourceTypes.Service, ServiceObjects.Stats(d)) { CreatedEvent = "Successfully created stats service" };
    }

    /// <summary>A port that leads to the same number.</summary>
    public static V1ServicePort Port(string name, int port) => new() { Name = name, Port = port, Protocol = "TCP", TargetPort = port };

    private static DesiredObject Binding(DruidDescription d)
    {
        var isTls = d.Protocol == DruidProtocol.Tls;
        var scheme = isTls ? "https" : "http";
        string[] order = [DruidNames.Coordinators, DruidNames.Overlords, DruidNames.MiddleManagers, DruidNames.Historicals, DruidNames.Brokers, DruidNames.Routers];
        var urls = order.Select(name => d.Roles.FirstOrDefault(r => r.Name == name)).OfType<DruidRole>()
            .Select(r => string.Create(CultureInfo.InvariantCulture, $"{scheme}://{d.NameOf(r)}-0.{d.Domain}:{(isTls ? r.TlsPort : r.Port)}"));
        var router = DruidNames.Roles.First(r => r.Name == DruidNames.Routers);
        var authorities = DatabaseCertificates.Trusted(d.Facts, DruidTls.Certificates(d.Druid));
        return BindingObjects.AppBinding(
            d,
            "kubedb.com/druid",
            new AppClientConfig
            {
                CaBundle = isTls && !authorities.IsEmpty ? Encoding.UTF8.GetBytes(authorities.Text) : null,
                Service = new() { Name = d.GoverningService, Port = isTls ? router.TlsPort : router.Port, Scheme = scheme },
                Url = string.Join(',', urls),
            },
            null,
            isTls ? DruidTls.Client(d.Druid).SecretName : null);
    }

    private static Dictionary<string, string> Files(DruidDescription d)
    {
        var files = new Dictionary<string, string>
        {
            [DruidFiles.Common] = DruidConfig.Common(d),
            [DruidScripts.InitKey] = DruidScripts.Init,
            [DruidScripts.StartKey] = DruidScripts.Start,
            [DruidScripts.FactsKey] = StartFacts(d),
            ["log4j2.xml"] = DruidScripts.Logging,
        };
        foreach (var role in d.Roles)
        {
            files[DruidFiles.Properties(role.Name)] = DruidConfig.OfRole(d, role);
            files[DruidFiles.Options(role.Name)] = DruidConfig.Options(d, role);
        }

        foreach (var (name, text) in DruidConfig.DeepStorage(d.Facts).Files)
            files[DruidScripts.FilePrefix + name] = text;
        if (d.AuthSecret is not null)
            files[DruidSecrets.InternalClientKey] = d.Secrets.InternalClientPassword;
        AddMetadata(files, d);
        if (d.ZooKeeper?.Password is { } keeper && d.Facts.Applications[DruidApplications.ZooKeeper].Secret?.Metadata.Namespace != d.Namespace)
            files[ZooKeeperPasswordKey] = keeper;
        return files;
    }

    private static void AddMetadata(Dictionary<string, string> files, DruidDescription d)
    {
        if (d.Metadata.Connection is not { } connection)
            return;
        if (MetadataApplication(d)?.Secret?.Metadata.Namespace != d.Namespace)
            files[MetadataPasswordKey] = connection.Password;
        if (connection.Tls is not { } tls)
            return;
        files[DruidScripts.MetadataPrefix + "ca.crt"] = tls.Authority;
        if (tls.Certificate is not null)
            files[DruidScripts.MetadataPrefix + "tls.crt"] = tls.Certificate;
        if (tls.Key is not null)
            files[DruidScripts.MetadataPrefix + "tls.pk8"] = tls.Key;
    }

    private static string StartFacts(DruidDescription d)
    {
        var lines = new List<string> { $"protocol={d.Protocol}", $"extensions={string.Join(' ', DruidConfig.RequiredExtensions(d))}" };
        if (d.ZooKeeper is { } keeper)
            lines.Add($"zookeeper={keeper.Place}");
        if (d.Metadata.Connection is { } storage)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"metadata={storage.Host}:{storage.Port}"));
        return string.Concat(lines.Select(l => l + "\n"));
    }
}
