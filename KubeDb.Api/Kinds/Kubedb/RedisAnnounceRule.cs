namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>How many endpoints a cluster announces.</summary>
public static class RedisAnnounceRule
{
    /// <summary>One list a shard, one endpoint a pod, none empty.</summary>
    public static IEnumerable<Violation> Check(RedisAnnounce announce, int shards, int replicas, string path) =>
        Check(announce, Enumerable.Repeat(replicas, Math.Max(0, shards)).ToArray(), path);

    /// <summary>Lists of the given lengths, no endpoint empty.</summary>
    public static IEnumerable<Violation> Check(RedisAnnounce announce, IReadOnlyList<int> lengths, string path)
    {
        if (announce.Shards.Count != lengths.Count)
        {
            yield return new($"{path}.shards", RedisReasons.AnnounceInvalid, $"{path}.shards has {announce.Shards.Count} entries, but {lengths.Count} are needed, one a shard");
            yield break;
        }

        for (var i = 0; i < lengths.Count; i++)
        {
            var endpoints = announce.Shards[i].Endpoints;
            var at = $"{path}.shards[{i}].endpoints";
            if (endpoints.Count != lengths[i])
                yield return new(at, RedisReasons.AnnounceInvalid, $"{at} has {endpoints.Count} endpoints, but {lengths[i]} are needed, one a pod");
            for (var j = 0; j < endpoints.Count; j++)
            {
                if (string.IsNullOrWhiteSpace(endpoints[j]))
                    yield return new($"{at}[{j}]", RedisReasons.AnnounceInvalid, $"{at}[{j}] is empty: give host:port@busport");
            }
        }
    }
}
