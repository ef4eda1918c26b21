using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Support.SecondEngine;

/// <summary>
/// The second engine, so that no seam has one user: two groups of pods, a quorum with a leader, two configuration files of which one changes
/// in running servers, and words of its own.
/// </summary>
internal sealed class LedgerEngine : IEngine
{
    private readonly LedgerConnector _connector;

    public LedgerEngine(IEngineDialer dialer, TimeProvider time)
    {
        _connector = new LedgerConnector(dialer, time);
        Restarts = new LedgerRestarts(_connector);
        Configuration = new TwoFileConfiguration(_connector);
    }

    public EngineKinds Kinds => LedgerKinds;

    public static EngineKinds LedgerKinds { get; } = new(
        "Ledger", Ledger.Resource, LedgerVersion.Resource, LedgerOpsRequest.Resource, Ledger.Decode, LedgerVersion.Decode, LedgerOpsRequest.Decode);

    public string DefaultUser => "";

    public IRestartStrategy Restarts { get; }

    public IConfigurationEngine? Configuration { get; }

    public EngineSentences Sentences => LedgerSentences.All;

    public IDatabase Default(IDatabase database, ICatalogVersion? version)
    {
        var ledger = (Ledger)database;
        var topology = ledger.Spec.Topology;
        return ledger with
        {
            Spec = ledger.Spec with
            {
                DeletionPolicy = DatabaseDefaults.DeletionPolicy(ledger.Spec),
                HealthChecker = DatabaseDefaults.HealthChecker(ledger.Spec.HealthChecker),
                Topology = new() { Controller = Nodes(topology.Controller, 3), Worker = Nodes(topology.Worker, 2) },
            },
        };

        LedgerNodes Nodes(LedgerNodes? nodes, int replicas) => (nodes ?? new()) with
        {
            Replicas = nodes?.Replicas ?? replicas,
            PodTemplate = DatabaseDefaults.PodTemplate(nodes?.PodTemplate, "default", version?.RunAsUser, static _ => { }),
        };
    }

    public IReadOnlyList<Violation> Check(IDatabase database, ICatalogVersion? version) =>
    [
        .. DatabaseRules.Version(database.Spec, LedgerVersion.Resource, version, hasExporter: false),
        .. DatabaseRules.Name(database.Metadata.Name, DatabaseRules.LongestPetSetName - "-controller".Length),
        .. DatabaseRules.HealthChecker(database.Spec.HealthChecker),
        .. DatabaseRules.Lifecycle(database.Spec),
        .. version is null ? [] : Configuration!.CheckInline(database.Spec.Configuration, version),
    ];

    public IReadOnlyList<Violation> Check(DatabaseFacts facts) => Configuration!.CheckSecret(facts);

    public IReadOnlyList<Violation> Check(IOpsRequest request, IDatabase? database, VersionLookup versions) =>
    [
        .. OpsRequestRules.Common(request, database, ((LedgerOpsRequest)request).Spec.Timeout),
        .. request.Type switch
        {
            OpsRequestTypes.Restart => [],
            OpsRequestTypes.Reconfigure => OpsRequestRules.Reconfigure(request.Configuration),
            _ => [OpsRequestRules.TypeNotSupported(request.Type, Kinds.Name)],
        },
    ];

    public SpecChange Change(IOpsRequest request, DatabaseFacts current, VersionLookup versions) => request.Type == OpsRequestTypes.Reconfigure
        ? SpecChange.Of(Configuration!.Plan(request, current), Groups(current.Database))
        : SpecChange.None;

    public IReadOnlyList<PodGroup> Groups(IDatabase database)
    {
        var topology = ((Ledger)database).Spec.Topology;
        return [Group(TwoFileConfiguration.Controller, topology.Controller!), Group(TwoFileConfiguration.Worker, topology.Worker!)];

        PodGroup Group(string role, LedgerNodes nodes) => new()
        {
            PetSet = $"{database.Metadata.Name}-{role}",
            Role = role,
            Replicas = nodes.Replicas ?? 1,
            Path = $"spec.topology.{role}",
            Container = LedgerBlueprint.Container,
            Template = nodes.PodTemplate,
        };
    }

    public IReadOnlyList<SecretReference> References(IDatabase database) =>
        database.Spec.Configuration?.SecretName is { Length: > 0 } name ? [new(name, "spec.configuration.secretName", [])] : [];

    public string? CredentialSecretName(IDatabase database) => null;

    public Blueprint Describe(DatabaseFacts facts) => LedgerBlueprint.Describe(facts, Groups(facts.Database));

    /// <summary>A majority of the controllers answers, and every worker.</summary>
    public async Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var silent = new List<string>();
        foreach (var pod in instances.Pods.Where(p => !p.Metadata.IsDeleting))
        {
            if (!(await Restarts.CaughtUpAsync(instances, pod, cancel)).IsReady)
                silent.Add(pod.Metadata.Name);
        }

        var controllers = instances.PodsOf(TwoFileConfiguration.Controller).ToList();
        var votes = controllers.Count(p => !p.Metadata.IsDeleting && !silent.Contains(p.Metadata.Name));
        if (votes <= controllers.Count / 2)
            return new(new HealthFailure("quorum", $"{votes} of {controllers.Count} controllers answer", AcceptsConnections: false));
        return silent.Count == 0 ? HealthReport.Healthy : new(new HealthFailure("ping", $"{string.Join(", ", silent)} does not answer", AcceptsConnections: true));
    }
}
