using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>The sentinels that a database names, and whether they fit it. Pure.</summary>
internal static class SentinelReference
{
    private const string Path = "spec.sentinelRef";

    /// <summary>
    /// The sentinels that watch the database, and while it changes from some to others also those others. None in other modes, and while the name
    /// is missing, which a rule refuses.
    /// </summary>
    public static IReadOnlyList<DatabaseReference> Of(RedisDatabase redis)
    {
        if (Named(redis) is not { } named)
            return [];
        return TlsTransition.Peers(redis) is var (present, other)
            ? [new(RedisSentinel.Resource, present, Path, SentinelPeer.Role), new(RedisSentinel.Resource, other, Path, SentinelPeer.OtherRole) { IsOptional = true }]
            : [new(RedisSentinel.Resource, named, Path, SentinelPeer.Role)];
    }

    /// <summary>The sentinels that the spec names; null in other modes, and while the name is missing.</summary>
    public static ObjectKey? Named(RedisDatabase redis) => redis.Spec is { Mode: RedisModes.Sentinel, SentinelRef: { } reference } ? Key(redis, reference) : null;

    /// <summary>What a reference names; null while the name is missing.</summary>
    public static ObjectKey? Key(RedisDatabase redis, NamespacedReference reference) => string.IsNullOrEmpty(reference.Name)
        ? null
        : new(string.IsNullOrEmpty(reference.Namespace) ? redis.Metadata.Namespace : reference.Namespace, reference.Name);

    /// <summary>Sentinels and the servers that they watch are of one distribution, and speak TLS of one issuer or none of them does.</summary>
    public static IEnumerable<Violation> Check(DatabaseFacts facts)
    {
        // On the way from some sentinels to others each of them fits one end of the way.
        if (!facts.Peers.TryGetValue(SentinelPeer.Role, out var peer) || TlsTransition.Peers(facts.Database) is not null)
            yield break;
        var (own, others) = (facts.Version.Distribution, peer.Version.Distribution);
        if (own != others)
            yield return Differs($"RedisSentinel {peer.Database.Metadata.Key} is of distribution {others}, and this database of {own}. Name sentinels of the same distribution");
        if (CheckTls(facts.Database, peer.Database) is { } differing)
            yield return differing;
    }

    /// <summary>What is wrong with TLS of sentinels for a database; null when nothing is.</summary>
    public static Violation? CheckTls(IDatabase database, IDatabase sentinels)
    {
        var key = sentinels.Metadata.Key;
        var (issuer, theirs) = (database.Spec.Tls?.IssuerRef, sentinels.Spec.Tls?.IssuerRef);
        if (issuer is null != theirs is null)
            return Differs($"RedisSentinel {key} {(theirs is null ? "has no TLS" : "has TLS")}, and this database {(issuer is null ? "none" : "does")}. Both need it, or neither");
        return issuer is not null && (issuer.Kind, issuer.Name) != (theirs!.Kind, theirs.Name)
            ? Differs($"RedisSentinel {key} has certificates of {theirs.Kind} {theirs.Name}, and this database of {issuer.Kind} {issuer.Name}. Use one issuer for both")
            : null;
    }

    private static Violation Differs(string message) => new(Path, RedisReasons.SentinelDiffers, $"{message}.");
}
