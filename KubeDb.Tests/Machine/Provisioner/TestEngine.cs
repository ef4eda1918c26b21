using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>A TEST DOUBLE of an engine with one child of every sort; its servers are well when the test says so.</summary>
internal sealed class TestEngine : IEngine
{
    /// <summary>What the health checks find; asked with the servers.</summary>
    public Func<DatabaseInstances, HealthReport> Health { get; set; } =
        static instances => instances.Pods.Any(p => p.IsReady) ? HealthReport.Healthy : new(new HealthFailure("ping", "no server answers", false));

    /// <summary>How long a check takes.</summary>
    public Func<CancellationToken, Task> Effort { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Times of checks, from a clock that the test sets.</summary>
    public List<TimeSpan> Probes { get; } = [];

    public Func<TimeSpan> Clock { get; set; } = static () => TimeSpan.Zero;

    /// <summary>Databases that are checked now, and the most that ever were.</summary>
    public (int Now, int Most) Running { get; private set; }

    public EngineKinds Kinds { get; } = new(
        "Redis", Redis.Resource, RedisVersion.Resource, RedisOpsRequest.Resource, Redis.Decode, RedisVersion.Decode, RedisOpsRequest.Decode);

    public string DefaultUser => "default";

    public IRestartStrategy Restarts => throw new InvalidOperationException("Nothing is restarted here.");

    public IConfigurationEngine? Configuration => null;

    public IDatabase Default(IDatabase database, ICatalogVersion? version) => RedisDefaults.Apply((Redis)database, (RedisVersion?)version);

    public IReadOnlyList<Violation> Check(IDatabase database, ICatalogVersion? version) => RedisValidation.Check((Redis)database, (RedisVersion?)version);

    public IReadOnlyList<Violation> Check(IOpsRequest request, IDatabase? database, ICatalogVersion? version) => [];

    public IReadOnlyList<SecretReference> References(IDatabase database) =>
        database.Spec.Configuration?.SecretName is { } name ? [new(name, "spec.configuration.secretName", ["redis.conf"])] : [];

    public string? CredentialSecretName(IDatabase database) => database.Spec.DisableAuth
        ? null
        : database.Spec.AuthSecret?.Name is { Length: > 0 } named ? named : database.Metadata.Name + "-auth";

    public StepText Text(string operation, string step) => new(step, step);

    public async Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        Probes.Add(Clock());
        Running = (Running.Now + 1, Math.Max(Running.Most, Running.Now + 1));
        try
        {
            await Effort(cancel);
            return Health(instances);
        }
        finally
        {
            Running = (Running.Now - 1, Running.Most);
        }
    }

    public Blueprint Describe(DatabaseFacts facts)
    {
        var name = facts.Database.Metadata.Name;
        var objects = new List<DesiredObject>();
        if (!facts.ForeignServiceAccount)
        {
            objects.Add(Object(facts, ResourceTypes.ServiceAccount, name, "{}"));
            objects.Add(Object(facts, ResourceTypes.Role, name, """{"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}"""));
            objects.Add(Object(
                facts, ResourceTypes.RoleBinding, name,
                $$"""{"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"{{name}}"},"subjects":[{"kind":"ServiceAccount","name":"{{name}}","namespace":"demo"}]}"""));
        }

        var text = string.Concat(facts.Secrets.Values.Select(s => s.Text("redis.conf"))) + facts.Credential?.Password;
        var config = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        objects.Add(Object(facts, ResourceTypes.Secret, name + "-config", $$$"""{"data":{"default.conf":"{{{config}}}"}}""") with { KeptWhileHalted = true });
        objects.Add(Object(facts, ResourceTypes.Service, name + "-pods", Service("None")) with { CreatedEvent = "Successfully created governing service" });
        objects.Add(Object(facts, ResourceTypes.Service, name, Service("")) with { CreatedEvent = "Successfully created Service" });
        if (facts.Database.Spec.Monitor is not null)
            objects.Add(Object(facts, ResourceTypes.Service, name + "-stats", Service("")));
        if (facts.Database.Spec.Monitor is not null && facts.Offers.ServiceMonitors)
            objects.Add(Object(facts, ResourceTypes.ServiceMonitor, name + "-stats", """{"spec":{"endpoints":[{"port":"metrics"}]}}""") with { Owner = (ResourceTypes.Service, name + "-stats") });
        objects.Add(PetSetOf(facts) with { CreatedEvent = "Successfully created PetSet" });
        objects.Add(Object(facts, ResourceTypes.PodDisruptionBudget, name, """{"spec":{"maxUnavailable":1}}""") with { Owner = (PetSet.Resource, name) });
        objects.Add(Object(facts, AppBinding.Resource, name, """{"spec":{"type":"kubedb.com/redis","clientConfig":{"service":{"name":"db","port":6379,"scheme":"redis"}}}}""") with { CreatedEvent = "Successfully created appbinding" });
        return new Blueprint(objects);
    }

    private static string Service(string address) =>
        $$$"""{"spec":{{{{(address.Length > 0 ? $"\"clusterIP\":\"{address}\"," : "")}}}"ports":[{"name":"db","port":6379,"protocol":"TCP","targetPort":"db"}]}}""";

    private DesiredObject PetSetOf(DatabaseFacts facts)
    {
        var spec = (Redis)facts.Database;
        var labels = string.Join(',', DatabaseLabels.Of(this, facts.Database).Select(l => $"\"{l.Key}\":\"{l.Value}\""));
        var claims = spec.Spec.Storage is { } storage ? $$$"""[{"metadata":{"name":"data"},"spec":{{{storage}}} }]""" : "[]";
        return Object(
            facts, PetSet.Resource, facts.Database.Metadata.Name,
            $$$"""
              {"spec":{"replicas":{{{spec.Spec.Replicas ?? 1}}},"serviceName":"{{{facts.Database.Metadata.Name}}}-pods","selector":{"matchLabels":{ {{{labels}}} } },
              "template":{"metadata":{"labels":{ {{{labels}}} } },"spec":{"containers":[{"name":"redis","image":"{{{facts.Version.DatabaseImage}}}"}]}},
              "volumeClaimTemplates":{{{claims}}} } }
              """);
    }

    private DesiredObject Object(DatabaseFacts facts, ResourceType type, string name, string body)
    {
        var manifest = new JsonObject
        {
            ["apiVersion"] = type.ApiVersion,
            ["kind"] = type.Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = facts.Database.Metadata.Namespace,
                ["labels"] = new JsonObject(DatabaseLabels.Of(this, facts.Database).Select(l => KeyValuePair.Create<string, JsonNode?>(l.Key, l.Value))),
            },
        };
        foreach (var (key, value) in (JsonObject)JsonNode.Parse(body)!)
            manifest[key] = value?.DeepClone();
        return new DesiredObject(type, manifest);
    }
}
