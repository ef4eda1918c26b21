using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>What the parts of a RedisSentinel's blueprint share.</summary>
internal sealed class RedisSentinelDescription(DatabaseFacts facts) : DatabaseDescription(facts)
{
    /// <summary>The sentinels.</summary>
    public RedisSentinel Sentinel { get; } = (RedisSentinel)facts.Database;

    /// <summary>Their catalog version.</summary>
    public RedisVersion Version { get; } = (RedisVersion)facts.Version;

    /// <summary>What differs between servers.</summary>
    public RedisFlavour Flavour { get; } = RedisFlavour.Of(facts.Version);

    /// <summary>The spec.</summary>
    public RedisSentinelSpec Spec => Sentinel.Spec;

    /// <summary>Number of sentinels.</summary>
    public int Replicas => Spec.Replicas ?? 1;

    /// <summary>The name of the sentinels alone, as the public kind has it.</summary>
    public override string ConfigSecret => Name;
}
