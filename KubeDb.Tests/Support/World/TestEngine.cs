using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Support.World;

/// <summary>What a test changes about the engine of all processes of a world, and what it sees of it.</summary>
internal sealed class EngineHooks
{
    /// <summary>Databases may have more than one pod, which Standalone does not allow: for what concerns the order of pods alone.</summary>
    public bool Plural { get; set; }

    /// <summary>The kinds of another engine; null for those of the real one.</summary>
    public EngineKinds? Kinds { get; init; }

    /// <summary>What the health checks find instead of asking the servers; null to ask them.</summary>
    public Func<DatabaseInstances, HealthReport>? Health { get; set; }

    /// <summary>What a round of maintenance does instead of the engine's own; null for that one.</summary>
    public Func<DatabaseInstances, MaintenanceReport>? Maintenance { get; set; }

    /// <summary>The databases that one names; null for those that the engine says.</summary>
    public Func<IDatabase, IReadOnlyList<DatabaseReference>>? DatabaseReferences { get; set; }

    /// <summary>Where changes of roles are announced; null for where the engine says.</summary>
    public IRoleFeed? RoleFeed { get; set; }

    /// <summary>What the engine says before a pod is restarted; null to ask the servers.</summary>
    public Func<Pod, Readiness>? Prepare { get; set; }

    /// <summary>What the engine says of a restarted pod that is Ready; null to ask the servers.</summary>
    public Func<Pod, Readiness>? CaughtUp { get; set; }

    /// <summary>How long a check takes.</summary>
    public Func<CancellationToken, Task> Effort { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Kinds that databases own beside the common ones.</summary>
    public IReadOnlyList<OwnedKind> OwnedKinds { get; set; } = [];

    /// <summary>Objects that each database has beside those of the real engine.</summary>
    public Func<DatabaseFacts, IEnumerable<DesiredObject>> More { get; set; } = static _ => [];

    /// <summary>Number of checks.</summary>
    public int Probes { get; set; }

    /// <summary>Databases that are checked now, and the most that ever were.</summary>
    public (int Now, int Most) Running { get; set; }
}

/// <summary>
/// A real engine, of which a test can see the health checks, decide their result, and allow several pods (<see cref="EngineHooks"/>). Those go
/// from the last to the first.
/// </summary>
internal sealed class TestEngine(IEngine real, EngineHooks hooks) : IEngine, IRestartStrategy
{
    public EngineKinds Kinds => hooks.Kinds ?? real.Kinds;

    public IReadOnlyList<OwnedKind> OwnedKinds => hooks.OwnedKinds;

    public string DefaultUser => real.DefaultUser;

    public IRestartStrategy Restarts => this;

    public IConfigurationEngine? Configuration => real.Configuration;

    public IDatabase Default(IDatabase database, ICatalogVersion? version) => real.Default(database, version);

    public IReadOnlyList<Violation> Check(IDatabase database, ICatalogVersion? version) =>
        [.. real.Check(database, version).Where(v => !hooks.Plural || v.Path != "spec.replicas")];

    public IReadOnlyList<Violation> Check(IOpsRequest request, IDatabase? database, VersionLookup versions) => real.Check(request, database, versions);

    public IReadOnlyList<PodGroup> Groups(IDatabase database) => real.Groups(database);

    public SpecChange Change(IOpsRequest request, DatabaseFacts current, VersionLookup versions) => real.Change(request, current, versions);

    public IReadOnlyList<Violation> Check(DatabaseFacts facts) => real.Check(facts);

    public IReadOnlyList<Violation> CheckUpdate(IDatabase before, IDatabase after) => real.CheckUpdate(before, after);

    public IReadOnlyList<SpecWarning> Warnings(DatabaseFacts facts) => real.Warnings(facts);

    public IEnumerable<UserFragment> Fragments(IDatabase database) => real.Fragments(database);

    public IReadOnlyList<SecretReference> References(IDatabase database) => real.References(database);

    public IReadOnlyList<CertificateWish> Certificates(IDatabase database) => real.Certificates(database);

    public ITlsEngine? Tls => real.Tls;

    public string? CredentialSecretName(IDatabase database) => real.CredentialSecretName(database);

    public EngineSentences Sentences => real.Sentences;

    public Blueprint Describe(DatabaseFacts facts)
    {
        var blueprint = real.Describe(facts);
        blueprint = blueprint with { Objects = [.. blueprint.Objects, .. hooks.More(facts)] };
        if (!hooks.Plural)
            return blueprint;
        var name = facts.Database.Metadata.Name;
        var set = blueprint.Objects.Single(o => o.Type == PetSet.Resource);
        set.Manifest["spec"]!["replicas"] = ((Api.Kinds.Kubedb.Redis)facts.Database).Spec.Replicas ?? 1;
        var budget = new JsonObject
        {
            ["apiVersion"] = ResourceTypes.PodDisruptionBudget.ApiVersion,
            ["kind"] = ResourceTypes.PodDisruptionBudget.Kind,
            ["metadata"] = set.Manifest["metadata"]!.DeepClone(),
            ["spec"] = new JsonObject { ["maxUnavailable"] = 1, ["selector"] = set.Manifest["spec"]!["selector"]!.DeepClone() },
        };
        return blueprint with
        {
            Objects = [.. blueprint.Objects, new DesiredObject(ResourceTypes.PodDisruptionBudget, budget) { Owner = (PetSet.Resource, name) }],
        };
    }

    public Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel) => real.ProbeAsync(instances, cancel);

    public IReadOnlyList<DatabaseReference> DatabaseReferences(IDatabase database) => hooks.DatabaseReferences?.Invoke(database) ?? real.DatabaseReferences(database);

    public IRoleFeed? RoleFeed => hooks.RoleFeed ?? real.RoleFeed;

    public async Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        hooks.Probes++;
        hooks.Running = (hooks.Running.Now + 1, Math.Max(hooks.Running.Most, hooks.Running.Now + 1));
        try
        {
            await hooks.Effort(cancel);
            return hooks.Maintenance is { } maintain ? maintain(instances)
                : hooks.Health is { } health ? MaintenanceReport.Of(health(instances))
                : await real.MaintainAsync(instances, cancel);
        }
        finally
        {
            hooks.Running = (hooks.Running.Now - 1, hooks.Running.Most);
        }
    }

    Task<Pod> IRestartStrategy.NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel) =>
        real.Restarts.NextAsync(instances, [.. old.Reverse()], reason, cancel);

    Task<Readiness> IRestartStrategy.PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        hooks.Prepare is { } prepare ? Task.FromResult(prepare(pod)) : real.Restarts.PrepareAsync(instances, pod, cancel);

    Task<Readiness> IRestartStrategy.CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        hooks.CaughtUp is { } caughtUp ? Task.FromResult(caughtUp(pod)) : real.Restarts.CaughtUpAsync(instances, pod, cancel);
}
