using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Cluster;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Engines.Redis.Sentinel;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Redis and Valkey, in every mode.</summary>
public sealed class RedisEngine : IEngine
{
    private readonly RedisHealth _health;
    private readonly StandaloneMode _standalone;
    private readonly RedisInitialisation _initialisation;
    private readonly ClusterMaintenance _cluster;
    private readonly SentinelMode _sentinel;

    /// <summary>Talks to servers through the given dialer and clock.</summary>
    public RedisEngine(IEngineDialer dialer, TimeProvider time)
    {
        var connector = new RedisConnector(dialer, time);
        _health = new RedisHealth(connector, time);
        var alone = new RedisRestarts(connector, time);
        _standalone = new StandaloneMode(_health, alone);
        _initialisation = new RedisInitialisation(connector);
        _cluster = new ClusterMaintenance(connector, time, new ClusterRestarts(connector, time));
        _sentinel = new SentinelMode(connector, alone, time);
        Restarts = new ModeRestarts(Mode);
        Configuration = new RedisConfigurationEngine(connector);
        Tls = _sentinel.Tls;
    }

    /// <inheritdoc/>
    public EngineKinds Kinds { get; } = new(
        "Redis",
        RedisDatabase.Resource,
        RedisVersion.Resource,
        RedisOpsRequest.Resource,
        RedisDatabase.Decode,
        RedisVersion.Decode,
        RedisOpsRequest.Decode)
    {
        OlderVersions = [new RedisV1Alpha2()],
    };

    /// <inheritdoc/>
    public string DefaultUser => "default";

    /// <inheritdoc/>
    public IRestartStrategy Restarts { get; }

    /// <inheritdoc/>
    public IConfigurationEngine? Configuration { get; }

    /// <inheritdoc/>
    public ITlsEngine? Tls { get; }

    /// <inheritdoc/>
    public IDatabase Default(IDatabase database, ICatalogVersion? version) => RedisDefaults.Apply((RedisDatabase)database, version as RedisVersion);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(IDatabase database, ICatalogVersion? version)
    {
        var redis = (RedisDatabase)database;
        return [.. RedisValidation.Check(redis, version as RedisVersion), .. DatabaseRules.Name(redis.Metadata.Name, RedisShard.LongestName(redis.Spec)), .. Inline(redis.Spec, version), .. RedisUsers.Check(redis, version)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(IOpsRequest request, IDatabase? database, VersionLookup versions) => RedisOpsRequestValidation.Check(
        (RedisOpsRequest)request, database as RedisDatabase, name => versions(name) as RedisVersion);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(DatabaseFacts facts) =>
        [.. Configuration!.CheckSecret(facts), .. RedisUsers.Check(facts), .. SentinelReference.Check(facts)];

    /// <inheritdoc/>
    public IReadOnlyList<DatabaseReference> DatabaseReferences(IDatabase database) => SentinelReference.Of((RedisDatabase)database);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> CheckUpdate(IDatabase before, IDatabase after) =>
        RedisValidation.CheckUpdate((RedisDatabase)before, (RedisDatabase)after);

    /// <inheritdoc/>
    public IReadOnlyList<SpecWarning> Warnings(DatabaseFacts facts) =>
        [.. RedisSpecConf.Of(facts).SelectMany(c => c.Warnings()), .. RedisEndpoint.Warnings((RedisDatabase)facts.Database)];

    /// <inheritdoc/>
    public IReadOnlyList<SecretReference> References(IDatabase database) =>
    [
        .. database.Spec.Configuration?.SecretName is { Length: > 0 } name ? [new SecretReference(name, "spec.configuration.secretName", [])] : (SecretReference[])[],
        .. RedisUsers.References(database),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<CertificateWish> Certificates(IDatabase database) => RedisTls.Certificates(database);

    /// <inheritdoc/>
    public string? CredentialSecretName(IDatabase database) => DatabaseDescription.CredentialSecret(database);

    /// <inheritdoc/>
    public Blueprint Describe(DatabaseFacts facts) => RedisBlueprint.Describe(facts);

    /// <summary>
    /// The password, every argument that comes from the user's secret, those of directives that may hold a secret wherever they stand, and the
    /// values that rules for users take from a secret: a server that does not start quotes the line.
    /// </summary>
    public IEnumerable<string> Confidential(DatabaseFacts facts)
    {
        var conf = RedisBlueprint.UserConfiguration(facts);
        var arguments = conf.Secret.Directives.Concat(conf.Inline.Directives.Where(d => RedisDirectives.IsSecret(d.Name))).SelectMany(d => d.Arguments);
        var values = RedisUsers.Values(facts).Values.SelectMany(v => new[] { v, $">{v}" }).Select(ConfigWords.FromText);
        return ConfigWords.Written(arguments.Concat(values), facts.Credential);
    }

    /// <inheritdoc/>
    public Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel) => _health.ProbeAsync(instances, cancel);

    /// <inheritdoc/>
    public async Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var report = await Mode(instances.Database).MaintainAsync(instances, cancel);
        return report.Health.Failure is null && await _initialisation.PendingAsync(instances, cancel) is { } pending
            ? report with { Health = new(pending) }
            : report;
    }

    /// <inheritdoc/>
    public EngineSentences Sentences => RedisSentences.All;

    /// <inheritdoc/>
    public IReadOnlyList<PodGroup> Groups(IDatabase database)
    {
        var redis = (RedisDatabase)database;
        return
        [
            .. RedisShard.Of(redis).Select(shard => new PodGroup
            {
                PetSet = shard.PetSet,
                Replicas = shard.Replicas,
                Container = RedisNames.ServerContainer,
                Template = redis.Spec.PodTemplate,
                Storage = redis.Spec.StorageType == StorageTypes.Ephemeral ? null : redis.Spec.Storage,
            }),
        ];
    }

    /// <inheritdoc/>
    public SpecChange Change(IOpsRequest request, DatabaseFacts current, VersionLookup versions)
    {
        if (request is { Type: OpsRequestTypes.ReconfigureTls, Tls: { } tls })
            return Change((RedisTlsChange)tls, (RedisDatabase)current.Database);
        if (request.Type != OpsRequestTypes.Reconfigure)
            return SpecChange.None;

        // The older fields that defaulting moves into configuration are removed: left in place they would come back there.
        return SpecChange.Of(Configuration!.Plan(request, current), Groups(current.Database), "configSecret", "acl");
    }

    private static SpecChange Change(RedisTlsChange tls, RedisDatabase before)
    {
        var change = TlsChanges.Of(tls, before, RedisNames.Certificates);
        if (change.Violations.Count > 0)
            return change;
        if (SentinelChanges.Check(tls, before) is { } violation)
            return SpecChange.Refused(violation);
        if (SentinelChanges.PeerOf(tls, before) is not { After: var after })
            return change;
        var fields = change.Fields.ToDictionary(StringComparer.Ordinal);
        fields[SentinelChanges.Field] = new JsonObject { ["name"] = after.Name, ["namespace"] = after.Namespace };
        return change with { Fields = fields };
    }

    private IRedisMode Mode(IDatabase database) => ((RedisDatabase)database).Spec.Mode switch
    {
        RedisModes.Cluster => _cluster,
        RedisModes.Sentinel => _sentinel,
        _ => _standalone,
    };

    private IReadOnlyList<Violation> Inline(RedisSpec spec, ICatalogVersion? version) =>
        version is null ? [] : Configuration!.CheckInline(spec.Configuration, version);
}
