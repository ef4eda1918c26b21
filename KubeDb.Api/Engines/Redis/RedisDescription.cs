using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>What the parts of a Redis' blueprint share.</summary>
internal sealed class RedisDescription(DatabaseFacts facts) : DatabaseDescription(facts)
{
    /// <summary>The database.</summary>
    public RedisDatabase Database { get; } = (RedisDatabase)facts.Database;

    /// <summary>Its catalog version.</summary>
    public RedisVersion Version { get; } = (RedisVersion)facts.Version;

    /// <summary>What differs between servers.</summary>
    public RedisFlavour Flavour { get; } = RedisFlavour.Of(facts.Version);

    /// <summary>The spec.</summary>
    public RedisSpec Spec => Database.Spec;

    /// <summary>The PetSets, each a shard in the mode Cluster.</summary>
    public IReadOnlyList<RedisShard> Shards { get; } = RedisShard.Of((RedisDatabase)facts.Database);

    /// <summary>The users of the spec's rules, a line of the server's file each.</summary>
    public RedisConf Users => RedisUsers.Users(Facts);

    /// <summary>The secret with the rendered rules and the values that they took; null for no rules.</summary>
    public DesiredObject? AclSecret => RedisUsers.Files(Facts) is { } files ? BindingObjects.ConfigSecret(this, files, RedisUsers.SecretName(Database)) : null;

    /// <summary>The mode Cluster.</summary>
    public bool IsCluster => Spec.Mode == RedisModes.Cluster;

    /// <summary>The sentinels; null outside of the mode Sentinel.</summary>
    public SentinelPeer? Sentinels { get; } = SentinelPeer.Of(facts);
}
