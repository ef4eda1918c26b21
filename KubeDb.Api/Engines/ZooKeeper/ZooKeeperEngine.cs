using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>ZooKeeper, one server or an ensemble.</summary>
public sealed class ZooKeeperEngine : IEngine
{
    private readonly ZooKeeperHealth _health;

    /// <summary>Talks to servers through the given dialer and clock.</summary>
    public ZooKeeperEngine(IEngineDialer dialer, TimeProvider time)
    {
        var connector = new ZooKeeperConnector(dialer, time);
        _health = new ZooKeeperHealth(connector);
        Restarts = new ZooKeeperRestarts(connector);
        Configuration = new ZooKeeperConfigurationEngine(connector);
        Tls = new ZooKeeperTlsServers(connector);
    }

    /// <inheritdoc/>
    public EngineKinds Kinds { get; } = new(
        "ZooKeeper",
        ZooKeeperDatabase.Resource,
        ZooKeeperVersion.Resource,
        ZooKeeperOpsRequest.Resource,
        ZooKeeperDatabase.Decode,
        ZooKeeperVersion.Decode,
        ZooKeeperOpsRequest.Decode);

    /// <inheritdoc/>
    public string DefaultUser => "super";

    /// <inheritdoc/>
    public IRestartStrategy Restarts { get; }

    /// <inheritdoc/>
    public IConfigurationEngine? Configuration { get; }

    /// <inheritdoc/>
    public ITlsEngine? Tls { get; }

    /// <inheritdoc/>
    public EngineSentences Sentences => ZooKeeperSentences.All;

    /// <inheritdoc/>
    public IDatabase Default(IDatabase database, ICatalogVersion? version) => ZooKeeperDefaults.Apply((ZooKeeperDatabase)database, version as ZooKeeperVersion);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(IDatabase database, ICatalogVersion? version)
    {
        var ensemble = (ZooKeeperDatabase)database;
        return
        [
            .. ZooKeeperValidation.Check(ensemble, version as ZooKeeperVersion),
            .. DatabaseRules.Name(ensemble.Metadata.Name),
            .. version is null ? [] : Configuration!.CheckInline(ensemble.Spec.Configuration, version),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(IOpsRequest request, IDatabase? database, VersionLookup versions) => ZooKeeperOpsRequestValidation.Check(
        (ZooKeeperOpsRequest)request, database as ZooKeeperDatabase, name => versions(name) as ZooKeeperVersion);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(DatabaseFacts facts) => Configuration!.CheckSecret(facts);

    /// <inheritdoc/>
    public IReadOnlyList<SpecWarning> Warnings(DatabaseFacts facts) =>
        [.. ZooKeeperValidation.Warnings(((ZooKeeperDatabase)facts.Database).Spec), .. Configuration!.OwnedWarnings(facts)];

    /// <inheritdoc/>
    public IReadOnlyList<SecretReference> References(IDatabase database) =>
        [.. database.Spec.Configuration?.SecretName is { Length: > 0 } name ? [new(name, "spec.configuration.secretName", [])] : (SecretReference[])[], .. ZooKeeperTls.References(database)];

    /// <inheritdoc/>
    public IReadOnlyList<Certificates.CertificateWish> Certificates(IDatabase database) => ZooKeeperTls.Certificates(database);

    /// <inheritdoc/>
    public string? CredentialSecretName(IDatabase database) => DatabaseDescription.CredentialSecret(database);

    /// <inheritdoc/>
    public Blueprint Describe(DatabaseFacts facts) => ZooKeeperBlueprint.Describe(facts);

    /// <inheritdoc/>
    public Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel) => _health.ProbeAsync(instances, cancel);

    /// <inheritdoc/>
    public IReadOnlyList<PodGroup> Groups(IDatabase database)
    {
        var spec = ((ZooKeeperDatabase)database).Spec;
        return
        [
            new PodGroup
            {
                PetSet = database.Metadata.Name,
                Replicas = spec.Replicas ?? 1,
                Container = ZooKeeperNames.ServerContainer,
                Template = spec.PodTemplate,
                Storage = spec.Storage,
            },
        ];
    }

    /// <inheritdoc/>
    public SpecChange Change(IOpsRequest request, DatabaseFacts current, VersionLookup versions) => request.Type switch
    {
        OpsRequestTypes.Reconfigure => SpecChange.Of(Configuration!.Plan(request, current), Groups(current.Database), "configSecret"),
        OpsRequestTypes.ReconfigureTls when request.Tls is { } change => ZooKeeperTls.Change(change, current.Database),
        _ => SpecChange.None,
    };
}
