using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>Kafka, whose metadata its own controllers keep: nodes that are broker and controller, or nodes of each role.</summary>
public sealed class KafkaEngine : IEngine
{
    private readonly KafkaHealth _health;
    private readonly KafkaScramUser _scram;

    /// <summary>Talks to servers through the given dialer and clock.</summary>
    public KafkaEngine(IEngineDialer dialer, TimeProvider time)
    {
        var connector = new KafkaConnector(dialer, time);
        _health = new KafkaHealth(connector);
        _scram = new KafkaScramUser(connector);
        Restarts = new KafkaRestarts(connector);
        Configuration = new KafkaConfigurationEngine(connector);
        Tls = new KafkaTlsServers(connector);
    }

    /// <inheritdoc/>
    public EngineKinds Kinds { get; } = new(
        "Kafka",
        KafkaDatabase.Resource,
        KafkaVersion.Resource,
        KafkaOpsRequest.Resource,
        KafkaDatabase.Decode,
        KafkaVersion.Decode,
        KafkaOpsRequest.Decode);

    /// <inheritdoc/>
    public string DefaultUser => "admin";

    /// <inheritdoc/>
    public IRestartStrategy Restarts { get; }

    /// <inheritdoc/>
    public IConfigurationEngine? Configuration { get; }

    /// <inheritdoc/>
    public ITlsEngine? Tls { get; }

    /// <inheritdoc/>
    public EngineSentences Sentences => KafkaSentences.All;

    /// <inheritdoc/>
    public IDatabase Default(IDatabase database, ICatalogVersion? version) => KafkaDefaults.Apply((KafkaDatabase)database, version as KafkaVersion);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(IDatabase database, ICatalogVersion? version)
    {
        var kafka = (KafkaDatabase)database;
        var longest = KafkaNodes.Of(kafka).Max(n => n.PetSet.Length) - kafka.Metadata.Name.Length;
        return
        [
            .. KafkaValidation.Check(kafka, version as KafkaVersion),
            .. DatabaseRules.Name(kafka.Metadata.Name, DatabaseRules.LongestPetSetName - longest),
            .. version is null ? [] : Configuration!.CheckInline(kafka.Spec.Configuration, version),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Violation> CheckUpdate(IDatabase before, IDatabase after) => KafkaValidation.CheckUpdate((KafkaDatabase)before, (KafkaDatabase)after);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(IOpsRequest request, IDatabase? database, VersionLookup versions) => KafkaOpsRequestValidation.Check(
        (KafkaOpsRequest)request, database as KafkaDatabase, name => versions(name) as KafkaVersion);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(DatabaseFacts facts) => [.. Configuration!.CheckSecret(facts), .. KafkaIdentity.Check(facts)];

    /// <inheritdoc/>
    public IReadOnlyList<SpecWarning> Warnings(DatabaseFacts facts) =>
        [.. KafkaValidation.Warnings(((KafkaDatabase)facts.Database).Spec), .. Configuration!.OwnedWarnings(facts)];

    /// <inheritdoc/>
    public IEnumerable<UserFragment> Fragments(IDatabase database) =>
    [
        .. UserFragment.Of(database.Spec),
        .. from nodes in KafkaNodes.Of(database)
           where nodes.Role != PodGroup.OnlyRole && nodes.Template?.Spec is not null
           select new UserFragment($"{nodes.Path}.podTemplate.spec", FragmentShape.PodSpec, nodes.Template!.Spec!),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<SecretReference> References(IDatabase database) =>
        [.. database.Spec.Configuration?.SecretName is { Length: > 0 } name ? [new(name, "spec.configuration.secretName", [])] : (SecretReference[])[], .. KafkaTls.References(database)];

    /// <inheritdoc/>
    public IReadOnlyList<Certificates.CertificateWish> Certificates(IDatabase database) => KafkaTls.Certificates(database);

    /// <inheritdoc/>
    public string? CredentialSecretName(IDatabase database) => DatabaseDescription.CredentialSecret(database);

    /// <inheritdoc/>
    public Blueprint Describe(DatabaseFacts facts) => KafkaBlueprint.Describe(facts);

    /// <inheritdoc/>
    public Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel) => _health.ProbeAsync(instances, cancel);

    /// <inheritdoc/>
    public async Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var health = await _health.ProbeAsync(instances, cancel);
        if (health.Failure is null)
            await _scram.EnsureAsync(instances, cancel);
        return MaintenanceReport.Of(health);
    }

    /// <inheritdoc/>
    public IReadOnlyList<PodGroup> Groups(IDatabase database) => [.. KafkaNodes.Of(database).Select(n => n.Group)];

    /// <inheritdoc/>
    public SpecChange Change(IOpsRequest request, DatabaseFacts current, VersionLookup versions) => request.Type switch
    {
        OpsRequestTypes.Reconfigure => SpecChange.Of(Configuration!.Plan(request, current), Groups(current.Database), "configSecret"),
        OpsRequestTypes.ReconfigureTls when request.Tls is { } change => KafkaTls.Change(change, current.Database),
        _ => SpecChange.None,
    };
}
