using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis;

/// <summary>The PetSets of a Redis or Valkey, with the pods they make. Pure.</summary>
internal static class RedisPods
{
    /// <summary>Name of the port of the cluster bus, in pods and in the governing service.</summary>
    public const string BusPort = "gossip";

    private const string DataVolume = "data";
    private const string ScriptVolume = "script-vol";
    private const int TerminationSeconds = 60;

    // A day: a start that replays a large data set is no failure, and a pod that is not ready is seen by the health checks anyway.
    private const int StartupSeconds = 86_400;

    /// <summary>The PetSet of a shard, or of the whole database.</summary>
    public static DesiredObject PetSet(RedisDescription d, RedisShard shard, ICollection<SpecWarning> warnings) => PetSetObjects.Describe(
        d,
        new()
        {
            Name = shard.PetSet,
            Replicas = shard.Replicas,
            Group = shard.Labels,
            MainContainer = RedisNames.ServerContainer,
            Template = Template(d),
            Pod = Pod(d, warnings),
            Claims = d.IsDurable ? [PetSetObjects.Claim(DataVolume, d.Spec.Storage)] : [],
        },
        warnings);

    // What the coordinator did beside the server is the operator's own work. Admission still fills the container in, as the public API says.
    private static PodTemplate? Template(RedisDescription d)
    {
        if (d.Sentinels is null || d.Spec.PodTemplate is not { Spec: { } spec } template || spec.ToNode() is not JsonObject pod)
            return d.Spec.PodTemplate;
        foreach (var container in pod["containers"].Objects().Where(c => c["name"].AsText() == RedisNames.CoordinatorContainer).ToList())
            pod["containers"]!.AsArray().Remove(container);
        return template with { Spec = JsonFragment.From(pod) };
    }

    private static JsonObject Pod(RedisDescription d, ICollection<SpecWarning> warnings)
    {
        var script = InitScript.Read(d.Spec.Init?.Script);
        var containers = new JsonArray(Manifests.ToJson(Server(d, script)));
        if (d.Monitor is not null)
            containers.Add((JsonNode)Exporter(d, warnings));
        var inits = new JsonArray(Manifests.ToJson(Init(d)));
        if (script?.Git is { } git)
            inits.Add((JsonNode)InitObjects.GitSync(git, d.Version.Spec.GitSyncer?.Image ?? "", ((ICatalogVersion)d.Version).RunAsUser));
        return new()
        {
            ["containers"] = containers,
            ["initContainers"] = inits,
            ["terminationGracePeriodSeconds"] = TerminationSeconds,
            ["volumes"] = Volumes(d, script),
        };
    }

    private static V1Container Server(RedisDescription d, InitScript? script)
    {
        var env = new List<V1EnvVar>();
        if (d.AuthSecret is { } secret)
        {
            env.Add(PodParts.FromSecret("REDISCLI_AUTH", secret, "password"));
            if (d.Flavour.IsValkey)
                env.Add(PodParts.FromSecret("VALKEYCLI_AUTH", secret, "password"));
        }

        env.AddRange(
        [
            PodParts.FromField("NAMESPACE", "metadata.namespace"),
            PodParts.FromField("HOSTNAME", "metadata.name"),
            PodParts.FromField("POD_IP", "status.podIP"),
            PodParts.Variable("DATABASE_NAME", d.Name),
            PodParts.Variable("DATABASE_GOVERNING_SERVICE", d.GoverningService),
            PodParts.Variable("DISTRIBUTION", d.Flavour.Distribution),
            .. RedisTls.IsOn(d.Database) ? [PodParts.Variable("TLS", "ON")] : (V1EnvVar[])[],
            .. ModeVariables(d),
        ]);
        if (script is { ScriptPath: { Length: > 0 } path })
            env.Add(PodParts.Variable("INIT_SCRIPT_PATH", path));
        return new()
        {
            Name = RedisNames.ServerContainer,
            Image = ((ICatalogVersion)d.Version).DatabaseImage,
            Command = ["sh", "/scripts/start.sh"],
            Env = env,
            Ports = [PodParts.Port("db", RedisConnector.Port), .. d.IsCluster ? [PodParts.Port(BusPort, RedisEndpoint.OwnBusPort)] : (V1ContainerPort[])[]],
            ReadinessProbe = Probe(periodSeconds: 5, failureThreshold: 3),
            StartupProbe = Probe(periodSeconds: 1, failureThreshold: StartupSeconds),
            VolumeMounts = [PodParts.Mount(DataVolume, "/data"), .. Mounts(d), .. RedisTls.Mounts(d.Database), .. script is null ? (V1VolumeMount[])[] : [InitObjects.Mount]],
        };
    }

    private static JsonObject Exporter(RedisDescription d, ICollection<SpecWarning> warnings)
    {
        var exporter = MonitoringObjects.Exporter(d, ExporterVariables(d), warnings);
        RedisTls.AddTo(exporter, d.Database);
        return exporter;
    }

    private static V1Container Init(RedisDescription d) => new()
    {
        Name = RedisNames.InitContainer,
        Image = d.Version.Spec.InitContainer?.Image is { Length: > 0 } image ? image : ((ICatalogVersion)d.Version).DatabaseImage,
        Command = ["sh", "-c", RedisScripts.Install(d.Flavour)],
        Env =
        [
            PodParts.Variable("DISTRIBUTION", d.Flavour.Distribution),
            Mode(d),
            Major(d),
        ],
        VolumeMounts = Mounts(d),
    };

    // What the start script does beyond starting one server.
    private static V1EnvVar[] ModeVariables(RedisDescription d) => d.IsCluster || d.Sentinels is not null ? [Mode(d), Major(d), .. SentinelVariables(d)] : [];

    // How many sentinels there are stands in a file instead: another number must not be another template. Their password is out of reach where
    // its secret is in another namespace; they then refuse to say who the master is, and the operator does.
    private static IEnumerable<V1EnvVar> SentinelVariables(RedisDescription d)
    {
        if (d.Sentinels is not { } sentinels)
            yield break;
        yield return PodParts.Variable("SENTINEL_NAME", sentinels.Key.Name);
        yield return PodParts.Variable("SENTINEL_NAMESPACE", sentinels.Key.Namespace);
        yield return PodParts.Variable("SENTINEL_GOVERNING_SERVICE", sentinels.GoverningService);
        yield return PodParts.Variable("SENTINEL_TLS", sentinels.HasTls ? "ON" : "OFF");
        if (sentinels.AuthSecret is { } secret && sentinels.Key.Namespace == d.Namespace)
            yield return PodParts.FromSecret("SENTINEL_PASSWORD", secret, "password");
        yield return PodParts.Variable("REDIS_CLUSTER_REGISTERED_NAME", $"{d.Namespace}/{d.Name}");
        if (d.Flavour.IsValkey)
            yield return PodParts.Variable("VALKEY_CLUSTER_REGISTERED_NAME", $"{d.Namespace}/{d.Name}");
    }

    private static V1EnvVar Mode(RedisDescription d) => PodParts.Variable("REDIS_MODE", d.Spec.Mode ?? RedisModes.Standalone);

    private static V1EnvVar Major(RedisDescription d) =>
        PodParts.Variable("MAJOR_REDIS_VERSION", d.Flavour.Major.ToString(CultureInfo.InvariantCulture));

    private static List<V1EnvVar> ExporterVariables(RedisDescription d)
    {
        List<V1EnvVar> env =
        [
            .. RedisTls.ExporterVariables(d.Database, RedisConnector.Port),
            PodParts.Variable("REDIS_EXPORTER_WEB_LISTEN_ADDRESS", $":{d.ExporterPort}"),
            PodParts.Variable("REDIS_EXPORTER_WEB_TELEMETRY_PATH", MonitoringObjects.Path),
        ];
        if (d.AuthSecret is { } secret)
            env.Add(PodParts.FromSecret("REDIS_PASSWORD", secret, "password"));
        return env;
    }

    private static JsonArray Volumes(RedisDescription d, InitScript? script)
    {
        var volumes = Manifests.ToJson(
            [PodParts.EmptyDirectory(ScriptVolume), PodParts.SecretVolume(d.Flavour.ConfigVolume, d.ConfigSecret)]);
        if (!d.IsDurable)
            volumes.Insert(0, PodParts.EmptyDirectory(DataVolume, d.Spec.Storage));
        foreach (var volume in RedisTls.Volumes(d))
            volumes.Add((JsonNode)volume);
        foreach (var volume in script is null ? [] : InitObjects.Volumes(script))
            volumes.Add((JsonNode)volume);
        return volumes;
    }

    private static V1VolumeMount[] Mounts(RedisDescription d) =>
        [PodParts.Mount(ScriptVolume, "/scripts"), PodParts.Mount(d.Flavour.ConfigVolume, d.Flavour.ConfigPath)];

    private static V1Probe Probe(int periodSeconds, int failureThreshold) => new()
    {
        Exec = new() { Command = ["sh", "/scripts/ready.sh"] },
        FailureThreshold = failureThreshold,
        PeriodSeconds = periodSeconds,
        TimeoutSeconds = 5,
    };
}
