using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>Which horizontal scalings of a Redis are possible.</summary>
internal static class RedisScalingRule
{
    private const string Path = "spec.horizontalScaling";

    /// <summary>What is wrong with the numbers asked for.</summary>
    public static IEnumerable<Violation> Check(RedisHorizontalScaling? scaling, Redis database)
    {
        if (database.Spec.Mode == RedisModes.Standalone)
            return [Invalid(Path, "horizontal scaling is not allowed for standalone redis")];
        if (scaling is null)
            return [new(Path, Reasons.OpsBlockMissing, $"{Path} is missing")];
        return database.Spec.Mode == RedisModes.Sentinel ? Sentinel(scaling) : Cluster(scaling, database.Spec.Cluster ?? new RedisCluster());
    }

    private static IEnumerable<Violation> Sentinel(RedisHorizontalScaling scaling)
    {
        if (scaling.Shards is not null)
            yield return Invalid($"{Path}.shards", $"{Path}.shards is not allowed in mode Sentinel: give replicas");
        if (scaling.Replicas is not >= 1)
            yield return Invalid($"{Path}.replicas", $"{Path}.replicas \"{scaling.Replicas}\" invalid. Value must be >= 1");
    }

    private static IEnumerable<Violation> Cluster(RedisHorizontalScaling scaling, RedisCluster cluster)
    {
        if (scaling.Shards is null && scaling.Replicas is null)
            return [Invalid(Path, $"{Path} needs at least one of shards and replicas")];
        var violations = new List<Violation>();
        if (scaling.Shards < 3)
            violations.Add(Invalid($"{Path}.shards", $"{Path}.shards \"{scaling.Shards}\" invalid. Value must be >= 3"));
        if (scaling.Replicas < 2)
            violations.Add(Invalid($"{Path}.replicas", $"{Path}.replicas \"{scaling.Replicas}\" invalid. Value must be > 1"));
        var (oldShards, oldReplicas) = (cluster.Shards ?? RedisDefaults.Shards, cluster.Replicas ?? RedisDefaults.ShardReplicas);
        var (shards, replicas) = (scaling.Shards ?? oldShards, scaling.Replicas ?? oldReplicas);
        if (Math.Sign(shards - oldShards) * Math.Sign(replicas - oldReplicas) < 0)
            violations.Add(Invalid(Path, "can't scale down and up at the same time"));
        return violations.Count > 0 || cluster.Announce is null ? violations : Announce(scaling, oldShards, oldReplicas, shards, replicas);
    }

    /// <summary>Only the endpoints that are added: first those of existing shards that grow, then those of each new shard.</summary>
    private static IEnumerable<Violation> Announce(RedisHorizontalScaling scaling, int oldShards, int oldReplicas, int shards, int replicas)
    {
        var lengths = new List<int>();
        if (replicas > oldReplicas)
            lengths.AddRange(Enumerable.Repeat(replicas - oldReplicas, Math.Min(oldShards, shards)));
        if (shards > oldShards)
            lengths.AddRange(Enumerable.Repeat(replicas, shards - oldShards));
        if (lengths.Count == 0)
            return [];
        return scaling.Announce is null
            ? [new($"{Path}.announce", RedisReasons.AnnounceInvalid, $"{Path}.announce is missing: the database announces endpoints, so that those of the added pods are needed")]
            : RedisAnnounceRule.Check(scaling.Announce, lengths, $"{Path}.announce");
    }

    private static Violation Invalid(string path, string message) => new(path, Reasons.ScalingInvalid, message);
}
