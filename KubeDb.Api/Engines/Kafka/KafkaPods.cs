using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>The PetSets of a Kafka, with the pods they make. Pure.</summary>
internal static class KafkaPods
{
    /// <summary>Name of the port of clients and brokers, in pods and services.</summary>
    public const string BrokerPort = "broker";

    /// <summary>Name of the port of controllers.</summary>
    public const string ControllerPort = "controller";

    /// <summary>Name of the port of tools in the pod.</summary>
    public const string LocalPort = "local";

    /// <summary>Home of the server in the official images.</summary>
    public const string Home = "/opt/kafka";

    /// <summary>Where the files of the server are that the pod may write: those of the image, and those that the start script makes.</summary>
    public const string ConfigFolder = Home + "/config";

    /// <summary>Where the rendered files are mounted.</summary>
    public const string RenderedFolder = ConfigFolder + "/temp-config";

    /// <summary>Where the scripts are that the pod started with.</summary>
    public const string ScriptFolder = Home + "/init-scripts";

    /// <summary>Where the data is.</summary>
    public const string DataFolder = "/var/log/kafka";

    /// <summary>Where the agent for metrics is that another image brought.</summary>
    public const string AgentFolder = Home + "/metrics-agent";

    /// <summary>
    /// The file that says where a broker stands, as <c>label=rack</c>: it is empty until the operator has said so, and then never changes. Only where the
    /// spec asks for racks.
    /// </summary>
    public const string MachineFile = MachineFolder + "/machine";

    private const string MachineFolder = "/etc/machine";
    private const string MachineVolume = "machine";
    private const string ConfigVolume = "kafkaconfig";
    private const string RenderedVolume = "temp-config";
    private const string ScriptVolume = "init-scripts";
    private const string ScriptSourceVolume = "scripts";
    private const string ScriptSource = "/scripts";
    private const string AgentVolume = "metrics-agent";
    private const string CopiedConfig = "/copied-config";

    // A day: a node that recovers its log after a loss of power, or waits for the others, is no failure, and the health checks tell of one that is not ready.
    private const int StartupSeconds = 86_400;

    // A broker hands over the partitions that it leads before it ends.
    private const int GraceSeconds = 120;

    /// <summary>The PetSet of a group of nodes.</summary>
    public static DesiredObject PetSet(KafkaDescription d, KafkaNodes nodes, ICollection<SpecWarning> warnings) => PetSetObjects.Describe(
        d,
        new()
        {
            Name = nodes.PetSet,
            Replicas = nodes.Replicas,
            MainContainer = KafkaNames.ServerContainer,
            Template = nodes.Template,
            TemplatePath = $"{nodes.Path}.podTemplate",
            Group = nodes.Labels,
            Pod = Pod(d, nodes),
            Claims = d.IsDurable ? [PetSetObjects.Claim(d.DataVolume, nodes.Storage, d.ClusterId)] : [],
        },
        warnings);

    private static JsonObject Pod(KafkaDescription d, KafkaNodes nodes) => new()
    {
        // Nodes ask the API server for nothing.
        ["automountServiceAccountToken"] = false,
        ["containers"] = new JsonArray(Manifests.ToJson(Server(d, nodes))),

        // Variables of services named after the engine would be taken for its own.
        ["enableServiceLinks"] = false,
        ["initContainers"] = new JsonArray([.. InitContainers(d).Select(c => (JsonNode)Manifests.ToJson(c))]),
        ["terminationGracePeriodSeconds"] = GraceSeconds,
        ["volumes"] = Volumes(d, nodes),
    };

    private static V1Container Server(KafkaDescription d, KafkaNodes nodes) => new()
    {
        Name = KafkaNames.ServerContainer,
        Image = ((ICatalogVersion)d.Version).DatabaseImage,
        Command = ["bash", $"{ScriptFolder}/{KafkaScripts.StartKey}"],
        Env = [.. Variables(d, nodes)],
        Ports = [.. Ports(d, nodes)],
        LivenessProbe = Probe(KafkaScripts.LiveKey, periodSeconds: 10, failureThreshold: 6),
        ReadinessProbe = Probe(KafkaScripts.ReadyKey, periodSeconds: 5, failureThreshold: 3),
        StartupProbe = Probe(KafkaScripts.ReadyKey, periodSeconds: 1, failureThreshold: StartupSeconds),
        VolumeMounts =
        [
            PodParts.Mount(d.DataVolume, DataFolder),
            PodParts.Mount(ConfigVolume, ConfigFolder),
            PodParts.Mount(RenderedVolume, RenderedFolder),
            PodParts.Mount(ScriptVolume, ScriptFolder),
            .. HasAgent(d) ? [PodParts.Mount(AgentVolume, AgentFolder)] : (V1VolumeMount[])[],
            .. nodes.RackLabel is null ? (V1VolumeMount[])[] : [PodParts.Mount(MachineVolume, MachineFolder)],
            .. KafkaTls.Mounts(d.Kafka),
        ],
        WorkingDir = Home,
    };

    private static IEnumerable<V1Container> InitContainers(KafkaDescription d)
    {
        // The scripts are copied: a pod goes on with those that it started with when the secret brings newer ones. The files of the image are, because
        // the server's user may not write among them.
        yield return new()
        {
            Name = KafkaNames.InitContainer,
            Image = ((ICatalogVersion)d.Version).DatabaseImage,
            Command = ["sh", "-c", $"cp {ScriptSource}/*.sh {ScriptFolder}/ && chmod 0755 {ScriptFolder}/*.sh && cp -R {ConfigFolder}/. {CopiedConfig}/"],
            VolumeMounts = [PodParts.Mount(ScriptVolume, ScriptFolder), PodParts.Mount(ScriptSourceVolume, ScriptSource), PodParts.Mount(ConfigVolume, CopiedConfig)],
        };
        if (HasAgent(d))
        {
            yield return new()
            {
                Name = KafkaNames.AgentContainer,
                Image = KafkaDefaults.AgentImage(d.Version),
                Command = ["sh", "-c", $"find / -xdev -name 'jmx_prometheus*.jar' -not -name '*httpserver*' -exec cp {{}} {AgentFolder}/ \\;"],
                VolumeMounts = [PodParts.Mount(AgentVolume, AgentFolder)],
            };
        }
    }

    // Where the catalog names an image for it; else that of the server has it.
    private static bool HasAgent(KafkaDescription d) => d.Spec.Monitor is not null && KafkaDefaults.AgentImage(d.Version) is not null;

    private static JsonArray Volumes(KafkaDescription d, KafkaNodes nodes)
    {
        var volumes = Manifests.ToJson(
        [
            PodParts.EmptyDirectory(ConfigVolume),
            PodParts.SecretVolume(RenderedVolume, d.ConfigSecretOf(nodes)),
            PodParts.EmptyDirectory(ScriptVolume),
            PodParts.SecretVolume(ScriptSourceVolume, d.ScriptSecret),
            .. HasAgent(d) ? [PodParts.EmptyDirectory(AgentVolume)] : (V1Volume[])[],
            .. nodes.RackLabel is null ? (V1Volume[])[] : [PodParts.Annotation(MachineVolume, DatabaseLabels.Machine, Path.GetFileName(MachineFile))],
            .. KafkaTls.Volumes(d),
        ]);
        if (!d.IsDurable)
            volumes.Add((JsonNode)PodParts.EmptyDirectory(d.DataVolume, nodes.Storage));
        return volumes;
    }

    private static IEnumerable<V1ContainerPort> Ports(KafkaDescription d, KafkaNodes nodes)
    {
        if (nodes.AreBrokers)
            yield return PodParts.Port(BrokerPort, KafkaPorts.Broker);
        if (nodes.AreControllers)
            yield return PodParts.Port(ControllerPort, KafkaPorts.Controller);
        if (nodes.AreBrokers)
            yield return PodParts.Port(LocalPort, KafkaPorts.Local);
        if (d.Monitor is not null)
            yield return PodParts.Port(MonitoringObjects.Port, KafkaPorts.Metrics);
    }

    private static IEnumerable<V1EnvVar> Variables(KafkaDescription d, KafkaNodes nodes)
    {
        // Guides run tools by their bare names, and look for files under $HOME/config.
        yield return PodParts.Variable("HOME", Home);
        yield return PodParts.Variable("PATH", $"{Home}/bin:/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        yield return PodParts.FromField("POD_NAME", "metadata.name");
        yield return PodParts.Variable("DOMAIN", d.Domain);
        yield return PodParts.Variable("NODE_ROLES", nodes.ProcessRoles);
        yield return PodParts.Variable("FIRST_NODE_ID", Text(nodes.FirstId));
        yield return PodParts.Variable("SERVER_HEAP", $"{Text(Heap(nodes))}m");
        yield return PodParts.Variable(KafkaNames.ClusterIdVariable, d.ClusterId);
        if (nodes.RackLabel is not null)
            yield return PodParts.Variable("MACHINE_FILE", MachineFile);
        if (d.Monitor is not null)
            yield return PodParts.Variable("METRICS_PORT", Text(KafkaPorts.Metrics));
        foreach (var variable in KafkaTls.Variables(d.Kafka))
            yield return variable;
        if (d.AuthSecret is not { } secret)
            yield break;
        yield return PodParts.FromSecret("KAFKA_USER", secret, "username");
        yield return PodParts.FromSecret("KAFKA_PASSWORD", secret, "password");
    }

    /// <summary>
    /// MiB of the server's heap: half of what the container may have. The rest is for what the server has beside its heap, for the page cache, and for
    /// tools that are run in the pod: too little, and the kernel would end the server for them.
    /// </summary>
    private static int Heap(KafkaNodes nodes)
    {
        const int None = 768;
        const decimal Mebibyte = 1024 * 1024;
        var server = (nodes.Template?.Spec?.ToNode()).Member("containers").Objects().FirstOrDefault(c => c["name"].AsText() == KafkaNames.ServerContainer);
        return Quantity.Parse(server.Member("resources").Member("limits").Member("memory").AsScalar()) is { } limit and > 0
            ? (int)Math.Clamp(limit / Mebibyte / 2, 64, 31 * 1024)
            : None;
    }

    private static V1Probe Probe(string script, int periodSeconds, int failureThreshold) => new()
    {
        Exec = new() { Command = ["bash", $"{ScriptFolder}/{script}"] },
        FailureThreshold = failureThreshold,
        PeriodSeconds = periodSeconds,
        TimeoutSeconds = 10,
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
