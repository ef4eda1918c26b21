using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Machine.OpsManager;

/// <summary>A TEST DOUBLE of an engine: a config secret and a PetSet, and the servers of <see cref="DoubleServers"/>.</summary>
internal sealed class DoubleEngine(DoubleServers servers) : IEngine
{
    public EngineKinds Kinds { get; } = new(
        "Redis", Redis.Resource, RedisVersion.Resource, RedisOpsRequest.Resource, Redis.Decode, RedisVersion.Decode, RedisOpsRequest.Decode);

    public string DefaultUser => "default";

    public IRestartStrategy Restarts => servers;

    public IConfigurationEngine? Configuration => servers;

    public IDatabase Default(IDatabase database, ICatalogVersion? version) => database;

    public IReadOnlyList<Violation> Check(IDatabase database, ICatalogVersion? version) => [];

    public IReadOnlyList<Violation> Check(IOpsRequest request, IDatabase? database, ICatalogVersion? version) =>
        request is { Type: "Reconfigure", Configuration: null } ? [new Violation("spec.configuration", "NothingToDo", "A Reconfigure needs a configuration block.")] : [];

    public IReadOnlyList<SecretReference> References(IDatabase database) =>
        database.Spec.Configuration?.SecretName is { } name ? [new SecretReference(name, "spec.configuration.secretName", [DoubleServers.File])] : [];

    public string? CredentialSecretName(IDatabase database) => null;

    public Blueprint Describe(DatabaseFacts facts)
    {
        var name = facts.Database.Metadata.Name;
        var labels = DatabaseLabels.Of(this, facts.Database);
        var text = DoubleServers.Effective(facts.Database.Spec.Configuration, facts.Secrets);
        return new Blueprint(
        [
            new DesiredObject(ResourceTypes.Secret, new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = Metadata(facts, $"{name}-config", labels),
                ["data"] = new JsonObject { [DoubleServers.File] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) },
            }),
            new DesiredObject(PetSet.Resource, new JsonObject
            {
                ["apiVersion"] = PetSet.Resource.ApiVersion,
                ["kind"] = "PetSet",
                ["metadata"] = Metadata(facts, name, labels),
                ["spec"] = new JsonObject { ["replicas"] = ((Redis)facts.Database).Spec.Replicas ?? 1, ["template"] = new JsonObject { ["lines"] = text.Length } },
            }),
        ]);
    }

    public Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel) => Task.FromResult(HealthReport.Healthy);

    public StepText Text(string operation, string step) => (operation, step) switch
    {
        ("Restart", "Restart") => new("Restart", "Redis ops request is restarting the database nodes"),
        ("Restart", "RestartPods") => new("RestartPods", "Successfully restarted pods"),
        ("Restart", "Successful") => new("Successful", "Successfully Restarted Database"),
        ("Reconfigure", "Reconfigure") => new("Reconfigure", "Redis ops request is reconfiguring the cluster"),
        ("Reconfigure", "patchedSecret") => new("patchedSecret", "reconfiguring new secret"),
        ("Reconfigure", "UpdatePetSets") => new("UpdatePetSets", "reconfiguring redis"),
        ("Reconfigure", "RestartPods") => new("RestartPods", "Restarted pods after reconfiguration"),
        ("Reconfigure", "Successful") => new("Successful", "Successfully completed the modification process.", "Successfully Reconfigured Database"),
        _ => throw new ArgumentException($"The contract documents no step {step} of {operation}."),
    };

    private static JsonObject Metadata(DatabaseFacts facts, string name, IReadOnlyDictionary<string, string> labels) => new()
    {
        ["namespace"] = facts.Database.Metadata.Namespace,
        ["name"] = name,
        ["labels"] = new JsonObject(labels.Select(l => KeyValuePair.Create<string, JsonNode?>(l.Key, l.Value))),
    };
}
