using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Druid.Dependencies;

/// <summary>
/// The metadata storage where nobody else provides one: a PostgreSQL server with a volume, beside the cluster's own servers and labelled as an instance
/// of its own. One server: what it holds is not copied anywhere. Pure.
/// </summary>
internal static class BuiltInMetadata
{
    /// <summary>Image where the catalog names none.</summary>
    public const string DefaultImage = "docker.io/library/postgres:16";

    private const string Container = "postgres";
    private const string Volume = "data";
    private const string Folder = "/var/pv";
    private const int Port = 5432;

    // That of the official image.
    private const long User = 999;

    /// <summary>Its objects. How clients reach it comes last, when there is something to reach.</summary>
    public static IEnumerable<DesiredObject> Describe(DruidDescription d, ICollection<SpecWarning> warnings)
    {
        warnings.Add(new(
            "spec.metadataStorage",
            DruidReasons.MetadataStorageBuiltIn,
            $"The metadata is stored in one PostgreSQL server, PetSet {d.Metadata.Key}, because neither MySQL nor Postgres is installed in this cluster and spec.metadataStorage names no database: "
            + "it has one volume, no replica and no backup, and while its pod is away no task can be given out and no segment be published. For production, name a database of your own in spec.metadataStorage (externallyManaged)."));
        var name = d.Metadata.Key.Name;
        yield return BindingObjects.ConfigSecret(
            d, new Dictionary<string, string> { ["username"] = DruidDefaults.LinkedDb, ["password"] = d.Secrets.MetadataPassword }, DruidSecrets.MetadataSecretName(d.Name));
        yield return DesiredObject.Of(ResourceTypes.Service, new V1Service
        {
            Metadata = d.Offshoot.Metadata(name),
            Spec = new() { ClusterIP = "None", Ports = [DruidBlueprint.Port(Container, Port)], Selector = Labels(name), Type = "ClusterIP" },
        });
        yield return PetSet(d, name);
        yield return Binding(d, name);
    }

    private static Dictionary<string, string> Labels(string name) => new(DatabaseLabels.Selector("postgreses.kubedb.com", name));

    private static DesiredObject PetSet(DruidDescription d, string name)
    {
        var labels = Labels(name);
        labels[DatabaseLabels.Component] = "database";
        var spec = new PetSetSpec
        {
            PodManagementPolicy = "Parallel",
            PodPlacementPolicy = new() { Name = "default" },
            Replicas = 1,
            Selector = JsonFragment.From(new JsonObject { ["matchLabels"] = OffshootMetadata.Node(Labels(name)) }),
            ServiceName = name,
            Template = JsonFragment.From(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = OffshootMetadata.Node(labels.OrderBy(l => l.Key, StringComparer.Ordinal)) }, ["spec"] = Pod(d) }),
            UpdateStrategy = JsonFragment.From(new JsonObject { ["type"] = "OnDelete" }),
            VolumeClaimTemplates = [JsonFragment.From(PetSetObjects.Claim(Volume, JsonFragment.From(MadeDependencies.Claim(d))))],
        };
        return new(Kinds.Apps.PetSet.Resource, new()
        {
            ["apiVersion"] = Kinds.Apps.PetSet.Resource.ApiVersion,
            ["kind"] = Kinds.Apps.PetSet.Resource.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = d.Namespace, ["labels"] = OffshootMetadata.Node(labels.OrderBy(l => l.Key, StringComparer.Ordinal)) },
            ["spec"] = KindsJson.ToObject(spec),
        }) { CreatedEvent = "Successfully created PetSet of the metadata storage" };
    }

    private static JsonObject Pod(DruidDescription d)
    {
        var secret = DruidSecrets.MetadataSecretName(d.Name);
        var server = Manifests.ToJson(new V1Container
        {
            Name = Container,
            Image = d.Version.Spec.MetadataStorage?.Image is { Length: > 0 } image ? image : DefaultImage,
            Env =
            [
                PodParts.FromSecret("POSTGRES_USER", secret, "username"),
                PodParts.FromSecret("POSTGRES_PASSWORD", secret, "password"),
                PodParts.Variable("POSTGRES_DB", d.Spec.MetadataStorage?.LinkedDb is { Length: > 0 } database ? database : DruidDefaults.LinkedDb),
                PodParts.Variable("PGDATA", $"{Folder}/data"),
            ],
            Ports = [PodParts.Port(Container, Port)],
            ReadinessProbe = Probe(periodSeconds: 5, failureThreshold: 3),
            LivenessProbe = Probe(periodSeconds: 10, failureThreshold: 6),
            StartupProbe = Probe(periodSeconds: 1, failureThreshold: 600),
            VolumeMounts = [PodParts.Mount(Volume, Folder)],
        });
        ContainerDefaults.Resources(server, cpu: "100m", memory: "256Mi");
        ContainerDefaults.SecurityContext(ContainerDefaults.EnsureObject(server, "securityContext")!, User);
        return new()
        {
            ["automountServiceAccountToken"] = false,
            ["containers"] = new JsonArray(server),
            ["securityContext"] = new JsonObject { ["fsGroup"] = User },
            ["terminationGracePeriodSeconds"] = 60,
        };
    }

    // Over TCP: while the official image prepares the data, the server listens on its socket alone.
    private static V1Probe Probe(int periodSeconds, int failureThreshold) => new()
    {
        Exec = new() { Command = ["sh", "-c", "pg_isready -q -h 127.0.0.1 -U \"$POSTGRES_USER\" -d \"$POSTGRES_DB\""] },
        FailureThreshold = failureThreshold,
        PeriodSeconds = periodSeconds,
        TimeoutSeconds = 5,
    };

    private static DesiredObject Binding(DruidDescription d, string name) => new(AppBinding.Resource, new()
    {
        ["apiVersion"] = AppBinding.Resource.ApiVersion,
        ["kind"] = AppBinding.Resource.Kind,
        ["metadata"] = Manifests.ToJson(d.Offshoot.Metadata(name)),
        ["spec"] = KindsJson.ToObject(new AppBindingSpec
        {
            ClientConfig = new() { Service = new() { Name = name, Port = Port, Scheme = "postgresql" } },
            Secret = new() { Kind = "Secret", Name = DruidSecrets.MetadataSecretName(d.Name) },
            Type = "kubedb.com/postgres",
        }),
    });
}
