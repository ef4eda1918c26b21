using System.Globalization;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>One PetSet of a database: a shard in the mode Cluster, all pods in the other modes. Pure.</summary>
/// <param name="PetSet">Name of the PetSet.</param>
/// <param name="Replicas">Number of its pods.</param>
/// <param name="Index">Number of the shard, from 0 on; null outside of the mode Cluster.</param>
internal sealed record RedisShard(string PetSet, int Replicas, int? Index)
{
    /// <summary>Label of everything that belongs to one shard; its value is the shard's number.</summary>
    public const string Label = "redis.kubedb.com/shard";

    /// <summary>The labels that tell the shard from the others; null where there are no others.</summary>
    public IReadOnlyDictionary<string, string>? Labels =>
        Index is { } index ? new Dictionary<string, string> { [Label] = index.ToString(CultureInfo.InvariantCulture) } : null;

    /// <summary>The names of its pods, by ordinal.</summary>
    public IEnumerable<string> Pods => Enumerable.Range(0, Replicas).Select(ordinal => string.Create(CultureInfo.InvariantCulture, $"{PetSet}-{ordinal}"));

    /// <summary>The PetSets of the (defaulted) database, in the order of shards.</summary>
    public static IReadOnlyList<RedisShard> Of(RedisDatabase database)
    {
        var spec = database.Spec;
        if (spec.Mode != RedisModes.Cluster)
            return [new(database.Metadata.Name, Math.Max(0, spec.Replicas ?? 1), null)];
        var replicas = Math.Max(0, spec.Cluster?.Replicas ?? RedisDefaults.ShardReplicas);
        return [.. Enumerable.Range(0, Shards(spec)).Select(i => new RedisShard(ObjectNames.WithSuffix(database.Metadata.Name, Suffix(i)), replicas, i))];
    }

    /// <summary>Longest name of a database whose PetSets can make pods.</summary>
    public static int LongestName(RedisSpec spec) => spec.Mode == RedisModes.Cluster
        ? DatabaseRules.LongestPetSetName - 1 - Suffix(Shards(spec) - 1).Length
        : DatabaseRules.LongestPetSetName;

    // Also asked for specs that break the rules, which may say anything.
    private static int Shards(RedisSpec spec) => Math.Clamp(spec.Cluster?.Shards ?? RedisDefaults.Shards, 1, RedisValidation.MostNodes);

    private static string Suffix(int index) => string.Create(CultureInfo.InvariantCulture, $"shard{index}");
}
