using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>The PetSet of a ZooKeeper, with the pods it makes. Pure.</summary>
internal static class ZooKeeperPods
{
    /// <summary>Name of the port of clients, in pods and services.</summary>
    public const string ClientPort = "client";

    /// <summary>Name of the port of clients with TLS, in pods and services.</summary>
    public const string SecureClientPort = "secure-client";

    /// <summary>Name of the port of followers.</summary>
    public const string QuorumPort = "quorum";

    /// <summary>Name of the port of elections.</summary>
    public const string ElectionPort = "leader-election";

    /// <summary>Name of the port of the AdminServer.</summary>
    public const string AdminPort = "admin-server";

    private const string ScriptVolume = "script-vol";
    private const string ConfigVolume = "zookeeper-config";
    private const string JaasFile = "/data/jaas.conf";

    // A day: a member that takes its data over from the leader, or waits for one, is no failure, and the health checks tell of one that is not ready.
    private const int StartupSeconds = 86_400;

    /// <summary>The PetSet.</summary>
    public static DesiredObject PetSet(ZooKeeperDescription d, ICollection<SpecWarning> warnings) => PetSetObjects.Describe(
        d,
        new()
        {
            Name = d.Name,
            Replicas = d.Replicas,
            MainContainer = ZooKeeperNames.ServerContainer,
            Template = d.Spec.PodTemplate,
            Pod = Pod(d),
            Claims = [PetSetObjects.Claim(d.DataVolume, d.Spec.Storage)],
        },
        warnings);

    private static JsonObject Pod(ZooKeeperDescription d) => new()
    {
        ["containers"] = new JsonArray(Manifests.ToJson(Server(d))),
        ["initContainers"] = new JsonArray(Manifests.ToJson(Init(d))),
        ["terminationGracePeriodSeconds"] = 60,
        ["volumes"] = Manifests.ToJson([PodParts.EmptyDirectory(ScriptVolume), PodParts.SecretVolume(ConfigVolume, d.ConfigSecret), .. ZooKeeperTls.Volumes(d)]),
    };

    private static V1Container Server(ZooKeeperDescription d) => new()
    {
        Name = ZooKeeperNames.ServerContainer,
        Image = ((ICatalogVersion)d.Version).DatabaseImage,
        Command = ["bash", $"/scripts/{ZooKeeperScripts.StartKey}"],
        Env = [.. Variables(d)],
        Ports = [.. Ports(d)],
        LivenessProbe = Probe(ZooKeeperScripts.LiveKey, periodSeconds: 10, failureThreshold: 6),
        ReadinessProbe = Probe(ZooKeeperScripts.ReadyKey, periodSeconds: 5, failureThreshold: 3),
        StartupProbe = Probe(ZooKeeperScripts.ReadyKey, periodSeconds: 1, failureThreshold: StartupSeconds),
        VolumeMounts = [PodParts.Mount(d.DataVolume, "/data"), .. Mounts, .. ZooKeeperTls.Mounts(d.Ensemble)],
    };

    // The scripts are copied: a pod goes on with those that it started with when the secret brings newer ones.
    private static V1Container Init(ZooKeeperDescription d) => new()
    {
        Name = ZooKeeperNames.InitContainer,
        Image = d.Version.Spec.InitContainer?.Image is { Length: > 0 } image ? image : ((ICatalogVersion)d.Version).DatabaseImage,
        Command = ["sh", "-c", "cp /conf/*.sh /scripts/ && chmod 0755 /scripts/*.sh"],
        VolumeMounts = Mounts,
    };

    private static V1VolumeMount[] Mounts => [PodParts.Mount(ScriptVolume, "/scripts"), PodParts.Mount(ConfigVolume, "/conf")];

    private static IEnumerable<V1ContainerPort> Ports(ZooKeeperDescription d)
    {
        yield return PodParts.Port(ClientPort, ZooKeeperPorts.Client);
        yield return PodParts.Port(QuorumPort, ZooKeeperPorts.Quorum);
        yield return PodParts.Port(ElectionPort, ZooKeeperPorts.Election);
        yield return PodParts.Port(AdminPort, d.AdminServerPort);
        if (ZooKeeperTls.Settings(d.Facts) is { } tls)
            yield return PodParts.Port(SecureClientPort, tls.ClientPort);
        if (d.Monitor is not null)
            yield return PodParts.Port(MonitoringObjects.Port, d.ExporterPort);
    }

    private static IEnumerable<V1EnvVar> Variables(ZooKeeperDescription d)
    {
        yield return PodParts.FromField("POD_NAME", "metadata.name");
        yield return PodParts.Variable("DOMAIN", d.Domain);
        yield return PodParts.Variable("QUORUM_PORT", Text(ZooKeeperPorts.Quorum));
        yield return PodParts.Variable("LEADER_PORT", Text(ZooKeeperPorts.Election));
        yield return PodParts.Variable("CLIENT_HOST", d.Name);
        yield return PodParts.Variable("CLIENT_PORT", Text(ZooKeeperPorts.Client));
        yield return PodParts.Variable("ADMIN_SERVER_HOST", d.AdminService);
        yield return PodParts.Variable("ADMIN_SERVER_PORT", Text(d.AdminServerPort));
        yield return PodParts.Variable("CLUSTER_NAME", d.Name);
        yield return PodParts.Variable("CLUSTER_SIZE", Text(d.Replicas));
        foreach (var variable in ZooKeeperTls.Variables(d.Ensemble))
            yield return variable;
        if (d.AuthSecret is not { } secret)
            yield break;
        yield return PodParts.FromSecret("ZK_USER", secret, "username");
        yield return PodParts.FromSecret("ZK_PASSWORD", secret, "password");
        yield return PodParts.Variable("ZK_JAAS_FILE_PATH", JaasFile);
        yield return PodParts.Variable("JVMFLAGS", $"-Djava.security.auth.login.config={JaasFile}");
    }

    private static V1Probe Probe(string script, int periodSeconds, int failureThreshold) => new()
    {
        Exec = new() { Command = ["bash", $"/scripts/{script}"] },
        FailureThreshold = failureThreshold,
        PeriodSeconds = periodSeconds,
        TimeoutSeconds = 10,
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
