using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>The sentinels that a database names, and whether they fit it. Pure.</summary>
internal static class SentinelReference
{
    private const string Path = "spec.sentinelRef";

    /// <summary>The reference; none in other modes, and while the name is missing, which a rule refuses.</summary>
    public static IReadOnlyList<DatabaseReference> Of(RedisDatabase redis) =>
        redis.Spec is { Mode: RedisModes.Sentinel, SentinelRef: { Name: { Length: > 0 } name } reference }
            ? [new(RedisSentinel.Resource, new(string.IsNullOrEmpty(reference.Namespace) ? redis.Metadata.Namespace : reference.Namespace, name), Path, SentinelObserver.Role)]
            : [];

    /// <summary>Sentinels and the servers that they watch are of one distribution, and speak TLS of one issuer or none of them does.</summary>
    public static IEnumerable<Violation> Check(DatabaseFacts facts)
    {
        if (!facts.Peers.TryGetValue(SentinelObserver.Role, out var peer))
            yield break;
        var key = peer.Database.Metadata.Key;
        var (own, others) = (facts.Version.Distribution, peer.Version.Distribution);
        if (own != others)
            yield return Differs($"RedisSentinel {key} is of distribution {others}, and this database of {own}. Name sentinels of the same distribution");
        var (issuer, theirs) = (facts.Database.Spec.Tls?.IssuerRef, peer.Database.Spec.Tls?.IssuerRef);
        if (issuer is null != theirs is null)
            yield return Differs($"RedisSentinel {key} {(theirs is null ? "has no TLS" : "has TLS")}, and this database {(issuer is null ? "none" : "does")}. Both need it, or neither");
        else if (issuer is not null && (issuer.Kind, issuer.Name) != (theirs!.Kind, theirs.Name))
            yield return Differs($"RedisSentinel {key} has certificates of {theirs.Kind} {theirs.Name}, and this database of {issuer.Kind} {issuer.Name}. Use one issuer for both");
    }

    private static Violation Differs(string message) => new(Path, RedisReasons.SentinelDiffers, $"{message}.");
}
