using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>The PetSet of a RedisSentinel, with the pods it makes. Pure.</summary>
internal static class RedisSentinelPods
{
    private const string DataVolume = "data";
    private const string ScriptVolume = "script-vol";
    private const int StartupSeconds = 300;

    /// <summary>The PetSet.</summary>
    public static DesiredObject PetSet(RedisSentinelDescription d, ICollection<SpecWarning> warnings) => PetSetObjects.Describe(
        d,
        new()
        {
            Name = d.Name,
            Replicas = d.Replicas,
            MainContainer = RedisSentinelNames.SentinelContainer,
            Template = d.Spec.PodTemplate,
            Pod = Pod(d, warnings),
            Claims = d.IsDurable ? [PetSetObjects.Claim(DataVolume, d.Spec.Storage)] : [],
        },
        warnings);

    private static JsonObject Pod(RedisSentinelDescription d, ICollection<SpecWarning> warnings)
    {
        var containers = new JsonArray(Manifests.ToJson(Server(d)));
        if (d.Monitor is not null)
        {
            var exporter = MonitoringObjects.Exporter(d, ExporterVariables(d), warnings);
            RedisTls.AddTo(exporter, d.Facts.Database);
            containers.Add((JsonNode)exporter);
        }

        return new()
        {
            ["containers"] = containers,
            ["initContainers"] = new JsonArray(Manifests.ToJson(Init(d))),
            ["terminationGracePeriodSeconds"] = 30,
            ["volumes"] = Volumes(d),
        };
    }

    private static V1Container Server(RedisSentinelDescription d)
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
            PodParts.Variable("GOVERNING_SERVICE", d.GoverningService),
            PodParts.Variable("DISTRIBUTION", d.Flavour.Distribution),
            PodParts.Variable("TLS", RedisTls.IsOn(d.Facts.Database) ? "ON" : "OFF"),
        ]);
        return new()
        {
            Name = RedisSentinelNames.SentinelContainer,
            Image = ((ICatalogVersion)d.Version).DatabaseImage,
            Command = ["sh", "/scripts/start.sh"],
            Env = env,
            Ports = [PodParts.Port(RedisSentinelBlueprint.Port, RedisConnector.SentinelPort)],
            ReadinessProbe = Probe(periodSeconds: 5, failureThreshold: 3),
            StartupProbe = Probe(periodSeconds: 1, failureThreshold: StartupSeconds),
            VolumeMounts = [PodParts.Mount(DataVolume, "/data"), .. Mounts(d), .. RedisTls.Mounts(d.Facts.Database)],
        };
    }

    private static V1Container Init(RedisSentinelDescription d) => new()
    {
        Name = RedisSentinelNames.InitContainer,
        Image = d.Version.Spec.InitContainer?.Image is { Length: > 0 } image ? image : ((ICatalogVersion)d.Version).DatabaseImage,
        Command = ["sh", "-c", RedisScripts.Install(d.Flavour)],
        Env =
        [
            PodParts.Variable("DISTRIBUTION", d.Flavour.Distribution),
            PodParts.Variable("REDIS_MODE", "Sentinel"),
            PodParts.Variable("MAJOR_REDIS_VERSION", d.Flavour.Major.ToString(CultureInfo.InvariantCulture)),
        ],
        VolumeMounts = Mounts(d),
    };

    private static List<V1EnvVar> ExporterVariables(RedisSentinelDescription d)
    {
        List<V1EnvVar> env =
        [
            .. RedisTls.ExporterVariables(d.Facts.Database, RedisConnector.SentinelPort),
            PodParts.Variable("REDIS_EXPORTER_WEB_LISTEN_ADDRESS", $":{d.ExporterPort}"),
            PodParts.Variable("REDIS_EXPORTER_WEB_TELEMETRY_PATH", MonitoringObjects.Path),
        ];
        if (d.AuthSecret is { } secret)
            env.Add(PodParts.FromSecret("REDIS_PASSWORD", secret, "password"));
        return env;
    }

    private static JsonArray Volumes(RedisSentinelDescription d)
    {
        var volumes = Manifests.ToJson(
            [PodParts.EmptyDirectory(ScriptVolume), PodParts.SecretVolume(d.Flavour.ConfigVolume, d.ConfigSecret)]);
        foreach (var volume in RedisTls.Volumes(d))
            volumes.Add((JsonNode)volume);
        if (!d.IsDurable)
            volumes.Insert(0, PodParts.EmptyDirectory(DataVolume, d.Spec.Storage));
        return volumes;
    }

    private static V1VolumeMount[] Mounts(RedisSentinelDescription d) =>
        [PodParts.Mount(ScriptVolume, "/scripts"), PodParts.Mount(d.Flavour.ConfigVolume, d.Flavour.ConfigPath)];

    private static V1Probe Probe(int periodSeconds, int failureThreshold) => new()
    {
        Exec = new() { Command = ["sh", "/scripts/ready.sh"] },
        FailureThreshold = failureThreshold,
        PeriodSeconds = periodSeconds,
        TimeoutSeconds = 5,
    };
}
