using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Druid.Configuration;
using KubeDb.Api.Engines.Druid.Dependencies;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Druid;

/// <summary>The PetSets of a Druid, one a role, with the pods they make. Pure.</summary>
internal static class DruidPods
{
    /// <summary>Name of the TLS port of pods that have a plain one beside it.</summary>
    public const string TlsPort = "tls";

    private const string OperatorVolume = "operator-config-volume";
    private const string MainVolume = "main-config-volume";
    private const string ConnectorVolume = "mysql-metadata-storage";
    private const string MetadataTlsVolume = "metadata-tls-volume";
    private const string ConfigFolder = "/opt/druid/conf";
    private const string ScriptPath = "/druid.sh";

    // A day: servers wait for each other and for what they depend on, and the health checks tell of one that is not ready.
    private const int StartupSeconds = 86_400;

    /// <summary>The PetSet of a role.</summary>
    public static DesiredObject PetSet(DruidDescription d, DruidRole role, ICollection<SpecWarning> warnings)
    {
        var node = d.Node(role);
        return PetSetObjects.Describe(
            d,
            new()
            {
                Name = d.NameOf(role),
                Replicas = node.Replicas ?? 1,
                MainContainer = DruidNames.ServerContainer,
                Template = node.PodTemplate,
                TemplatePath = $"spec.topology.{role}.podTemplate",
                Group = DruidDescription.LabelsOf(role),
                Pod = Pod(d, role),
                Claims = role.HasVolume && IsDurable(node) ? [PetSetObjects.Claim(d.VolumeOf(role), ((DruidDataNode)node).Storage)] : [],
            },
            warnings);
    }

    private static JsonObject Pod(DruidDescription d, DruidRole role) => new()
    {
        ["containers"] = new JsonArray(Manifests.ToJson(Server(d, role))),
        ["initContainers"] = new JsonArray(Manifests.ToJson(Init(d, role))),

        // A middle manager that goes takes its tasks along after this long; a request drains it before.
        ["terminationGracePeriodSeconds"] = role.Name == DruidNames.MiddleManagers ? 300 : 60,
        ["volumes"] = Volumes(d, role),
    };

    private static JsonArray Volumes(DruidDescription d, DruidRole role)
    {
        var volumes = new JsonArray
        {
            (JsonNode)Manifests.ToJson(PodParts.SecretVolume(OperatorVolume, d.ConfigSecret)),
            (JsonNode)Manifests.ToJson(PodParts.EmptyDirectory(MainVolume)),
        };
        if (NeedsConnector(d))
            volumes.Add((JsonNode)Manifests.ToJson(PodParts.EmptyDirectory(ConnectorVolume)));
        if (d.Metadata.Connection?.Tls is not null)
            volumes.Add((JsonNode)Manifests.ToJson(PodParts.EmptyDirectory(MetadataTlsVolume)));
        foreach (var volume in DruidTls.Volumes(d))
            volumes.Add((JsonNode)Manifests.ToJson(volume));
        if (role.HasVolume && !IsDurable(d.Node(role)))
            volumes.Add((JsonNode)Ephemeral(d.VolumeOf(role), ((DruidDataNode)d.Node(role)).EphemeralStorage));
        return volumes;
    }

    private static JsonObject Ephemeral(string name, EphemeralStorage? storage)
    {
        var volume = Manifests.ToJson(PodParts.EmptyDirectory(name));
        var directory = volume["emptyDir"]!.AsObject();
        if (!string.IsNullOrEmpty(storage?.Medium))
            directory["medium"] = storage.Medium;
        if (storage?.SizeLimit is { } limit)
            directory["sizeLimit"] = limit.Text;
        return volume;
    }

    private static V1Container Server(DruidDescription d, DruidRole role) => new()
    {
        Name = DruidNames.ServerContainer,
        Image = ((ICatalogVersion)d.Version).DatabaseImage,
        Command = [ScriptPath, role.Process],
        Env = [.. Variables(d, role)],
        Ports = [.. Ports(d, role)],
        LivenessProbe = Probe(d, role, "/status/health", periodSeconds: 10, failureThreshold: 6),
        ReadinessProbe = Probe(d, role, ReadyPath(role), periodSeconds: 5, failureThreshold: 3),
        StartupProbe = Probe(d, role, "/status/health", periodSeconds: 1, failureThreshold: StartupSeconds),
        VolumeMounts = [.. Mounts(d, role)],
    };

    private static IEnumerable<V1VolumeMount> Mounts(DruidDescription d, DruidRole role)
    {
        yield return PodParts.Mount(MainVolume, ConfigFolder);
        yield return new() { Name = MainVolume, MountPath = ScriptPath, SubPath = DruidScripts.StartKey };
        if (NeedsConnector(d))
            yield return PodParts.Mount(ConnectorVolume, "/opt/druid/extensions/mysql-metadata-storage");
        foreach (var mount in DruidTls.Mounts(d.Druid))
            yield return mount;
        if (d.Metadata.Connection?.Tls is not null)
            yield return PodParts.Mount(MetadataTlsVolume, DruidConfig.MetadataTlsFolder);
        if (role.HasVolume)
            yield return PodParts.Mount(d.VolumeOf(role), role.Name == DruidNames.Historicals ? DruidNames.SegmentFolder : DruidNames.TaskFolder);
    }

    // The configuration is copied: a pod goes on with what it started with when the secret brings something newer.
    private static V1Container Init(DruidDescription d, DruidRole role)
    {
        var type = d.Metadata.Type;
        var mounts = new List<V1VolumeMount> { PodParts.Mount(OperatorVolume, "/tmp/config/operator-config"), PodParts.Mount(MainVolume, ConfigFolder) };
        if (NeedsConnector(d))
            mounts.Add(PodParts.Mount(ConnectorVolume, "/mysql-metadata-storage"));
        if (d.Metadata.Connection?.Tls is not null)
            mounts.Add(PodParts.Mount(MetadataTlsVolume, "/metadata-tls"));
        return new()
        {
            Name = DruidNames.InitContainer,
            Image = d.Version.Spec.InitContainer?.Image is { Length: > 0 } image ? image : ((ICatalogVersion)d.Version).DatabaseImage,
            Command = ["sh", $"/tmp/config/operator-config/{DruidScripts.InitKey}"],
            Env =
            [
                PodParts.Variable("DRUID_METADATA_STORAGE_TYPE", type.Length > 0 ? type : MetadataStorageTypes.PostgreSql),
                PodParts.Variable("DRUID_METADATA_TLS_ENABLE", d.Metadata.Connection?.Tls is null ? "false" : "true"),
                PodParts.Variable("DRUID_PROTOCOL", d.Protocol.ToString()),
                PodParts.Variable("DRUID_ROLE", role.Process),
            ],
            VolumeMounts = mounts,
        };
    }

    private static IEnumerable<V1ContainerPort> Ports(DruidDescription d, DruidRole role)
    {
        yield return PodParts.Port(role.Suffix, d.Protocol == DruidProtocol.Tls ? role.TlsPort : role.Port);
        if (d.Protocol == DruidProtocol.Both)
            yield return PodParts.Port(TlsPort, role.TlsPort);
        if (d.Monitor is not null)
            yield return PodParts.Port(MonitoringObjects.Port, d.ExporterPort);
    }

    private static IEnumerable<V1EnvVar> Variables(DruidDescription d, DruidRole role)
    {
        yield return PodParts.FromField("POD_NAME", "metadata.name");
        yield return PodParts.Variable("DOMAIN", d.Domain);
        yield return PodParts.Variable("DRUID_PROTOCOL", d.Protocol.ToString());
        if (role.Name == DruidNames.Coordinators)
            yield return PodParts.Variable("DRUID_COORDINATOR_AS_OVERLORD", d.CoordinatorsAreOverlords ? "true" : "false");
        if (d.AuthSecret is { } secret)
        {
            yield return PodParts.FromSecret(DruidConfig.AdminVariable, secret, "password");
            yield return PodParts.FromSecret(DruidConfig.InternalClientVariable, d.ConfigSecret, DruidSecrets.InternalClientKey);
        }

        if (d.Metadata.Connection is not null)
            yield return Password(d, DruidConfig.MetadataVariable, DruidBlueprint.MetadataPasswordKey, DruidBlueprint.MetadataApplication(d));
        if (d.ZooKeeper?.User is not null)
            yield return Password(d, DruidConfig.ZooKeeperVariable, DruidBlueprint.ZooKeeperPasswordKey, d.Facts.Applications[DruidApplications.ZooKeeper]);
        if (DruidConfig.DeepStorage(d.Facts) is { Extension: "druid-google-extensions" } storage && storage.Files.Keys.FirstOrDefault(f => f.EndsWith(".json", StringComparison.Ordinal)) is { } account)
            yield return PodParts.Variable("GOOGLE_APPLICATION_CREDENTIALS", $"{DruidConfig.CommonFolder}/{account}");
        foreach (var variable in DruidTls.Variables(d.Druid))
            yield return variable;
    }

    // From its own secret where a pod can name that; a secret of another namespace is copied into the config secret.
    private static V1EnvVar Password(DruidDescription d, string variable, string key, ApplicationFacts? application) =>
        application?.Secret is { } secret && secret.Metadata.Namespace == d.Namespace
            ? PodParts.FromSecret(variable, secret.Metadata.Name, "password")
            : PodParts.FromSecret(variable, d.ConfigSecret, key);

    private static string ReadyPath(DruidRole role) => role.Name switch
    {
        DruidNames.Historicals => "/druid/historical/v1/readiness",
        DruidNames.Brokers => "/druid/broker/v1/readiness",
        _ => "/status/health",
    };

    private static V1Probe Probe(DruidDescription d, DruidRole role, string path, int periodSeconds, int failureThreshold) => new()
    {
        HttpGet = new() { Path = path, Port = role.Suffix, Scheme = d.Protocol == DruidProtocol.Tls ? "HTTPS" : "HTTP" },
        FailureThreshold = failureThreshold,
        PeriodSeconds = periodSeconds,
        TimeoutSeconds = 5,
    };

    private static bool NeedsConnector(DruidDescription d) => d.Metadata.Type == MetadataStorageTypes.MySql;

    private static bool IsDurable(DruidNode node) => node is DruidDataNode { StorageType: not StorageTypes.Ephemeral };
}
