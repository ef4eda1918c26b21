using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>Sentinels of Redis and Valkey, which watch the masters of the databases that name them.</summary>
public sealed class RedisSentinelEngine : IEngine
{
    private readonly RedisSentinelMaintenance _maintenance;

    /// <summary>Talks to sentinels through the given dialer and clock.</summary>
    public RedisSentinelEngine(IEngineDialer dialer, TimeProvider time)
    {
        var connector = new RedisConnector(dialer, time);
        var sentinels = new SentinelConnector(connector);
        Tls = new SentinelTlsServers(connector);
        _maintenance = new RedisSentinelMaintenance(sentinels, time);
        Restarts = new RedisSentinelRestarts(sentinels);
        Configuration = new SentinelConfigurationEngine(sentinels);
        RoleFeed = new SentinelFeed(sentinels, time);
    }

    /// <inheritdoc/>
    public EngineKinds Kinds { get; } = new(
        "RedisSentinel",
        RedisSentinel.Resource,
        RedisVersion.Resource,
        RedisSentinelOpsRequest.Resource,
        RedisSentinel.Decode,
        RedisVersion.Decode,
        RedisSentinelOpsRequest.Decode)
    {
        OlderVersions = [new RedisSentinelV1Alpha2()],
    };

    /// <inheritdoc/>
    public string DefaultUser => "root";

    /// <inheritdoc/>
    public IRestartStrategy Restarts { get; }

    /// <inheritdoc/>
    public IConfigurationEngine? Configuration { get; }

    /// <inheritdoc/>
    public ITlsEngine? Tls { get; }

    /// <inheritdoc/>
    public IRoleFeed? RoleFeed { get; }

    /// <inheritdoc/>
    public EngineSentences Sentences => RedisSentinelSentences.All;

    /// <inheritdoc/>
    public IDatabase Default(IDatabase database, ICatalogVersion? version) => RedisSentinelDefaults.Apply((RedisSentinel)database, version as RedisVersion);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(IDatabase database, ICatalogVersion? version)
    {
        var sentinel = (RedisSentinel)database;
        return
        [
            .. RedisSentinelValidation.Check(sentinel, version as RedisVersion),
            .. DatabaseRules.Name(sentinel.Metadata.Name),
            .. version is null ? [] : Configuration!.CheckInline(sentinel.Spec.Configuration, version),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(IOpsRequest request, IDatabase? database, VersionLookup versions) => RedisSentinelOpsRequestValidation.Check(
        (RedisSentinelOpsRequest)request, database as RedisSentinel, name => versions(name) as RedisVersion);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(DatabaseFacts facts) => Configuration!.CheckSecret(facts);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> CheckUpdate(IDatabase before, IDatabase after) =>
        RedisSentinelValidation.CheckUpdate((RedisSentinel)before, (RedisSentinel)after);

    /// <inheritdoc/>
    public IReadOnlyList<SpecWarning> Warnings(DatabaseFacts facts) => [.. Configuration!.OwnedWarnings(facts)];

    /// <inheritdoc/>
    public IReadOnlyList<SecretReference> References(IDatabase database) =>
        database.Spec.Configuration?.SecretName is { Length: > 0 } name ? [new(name, "spec.configuration.secretName", [])] : [];

    /// <inheritdoc/>
    public IReadOnlyList<CertificateWish> Certificates(IDatabase database) => RedisTls.Certificates(database);

    /// <inheritdoc/>
    public string? CredentialSecretName(IDatabase database) => DatabaseDescription.CredentialSecret(database);

    /// <inheritdoc/>
    public Blueprint Describe(DatabaseFacts facts) => RedisSentinelBlueprint.Describe(facts);

    /// <summary>The password, and every argument of directives that may hold a secret: a server that does not start quotes the line.</summary>
    public IEnumerable<string> Confidential(DatabaseFacts facts)
    {
        var arguments = SentinelSettings.User(facts).Directives.Where(d => RedisDirectives.IsSecret(d.Name) && !SentinelSettings.IsMasterOption(d)).SelectMany(d => d.Arguments);
        return ConfigWords.Written(arguments, facts.Credential);
    }

    /// <inheritdoc/>
    public async Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel) =>
        _maintenance.Judge(instances, await _maintenance.ObserveAsync(instances, cancel));

    /// <inheritdoc/>
    public Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel) => _maintenance.MaintainAsync(instances, cancel);

    /// <inheritdoc/>
    public IReadOnlyList<PodGroup> Groups(IDatabase database)
    {
        var spec = ((RedisSentinel)database).Spec;
        return
        [
            new PodGroup
            {
                PetSet = database.Metadata.Name,
                Replicas = spec.Replicas ?? 1,
                Container = RedisSentinelNames.SentinelContainer,
                Template = spec.PodTemplate,
                Storage = spec.StorageType == StorageTypes.Ephemeral ? null : spec.Storage,
            },
        ];
    }

    /// <inheritdoc/>
    public SpecChange Change(IOpsRequest request, DatabaseFacts current, VersionLookup versions) => request switch
    {
        { Type: OpsRequestTypes.Reconfigure } => SpecChange.Of(Configuration!.Plan(request, current), Groups(current.Database)),
        { Type: OpsRequestTypes.ReconfigureTls, Tls: { } tls } => TlsChanges.Of(tls, current.Database, RedisNames.Certificates),
        _ => SpecChange.None,
    };
}
