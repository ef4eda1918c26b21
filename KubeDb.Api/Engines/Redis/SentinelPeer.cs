using System.Globalization;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis;

/// <summary>The sentinels of a database, as its pods know them. Pure.</summary>
internal sealed record SentinelPeer
{
    /// <summary>The key of the sentinels in <see cref="DatabaseFacts.Peers"/>.</summary>
    public const string Role = "sentinel";

    /// <summary>The key of the sentinels that watch the servers no more, or not yet.</summary>
    public const string OtherRole = "other-sentinel";

    private const int Port = 26_379;

    /// <summary>Namespace and name of the RedisSentinel.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>The headless service that gives the sentinels their names.</summary>
    public required string GoverningService { get; init; }

    /// <summary>Number of sentinels; 0 while they are not known.</summary>
    public required int Replicas { get; init; }

    /// <summary>The secret with their password, in their namespace; null when their authentication is off, or they are not known.</summary>
    public required string? AuthSecret { get; init; }

    /// <summary>They speak TLS.</summary>
    public required bool HasTls { get; init; }

    /// <summary>The lines of the file that the pods read: host and port of each sentinel.</summary>
    public IEnumerable<string> Lines => Enumerable.Range(0, Replicas).Select(ordinal => string.Create(
        CultureInfo.InvariantCulture, $"{Key.Name}-{ordinal}.{GoverningService}.{Key.Namespace}.svc {Port}"));

    /// <summary>The sentinels of the (defaulted) database; null in other modes.</summary>
    public static SentinelPeer? Of(DatabaseFacts facts)
    {
        var redis = (RedisDatabase)facts.Database;
        if (redis.Spec is not { Mode: RedisModes.Sentinel, SentinelRef: { Name: { Length: > 0 } name } reference })
            return null;
        var key = new ObjectKey(string.IsNullOrEmpty(reference.Namespace) ? redis.Metadata.Namespace : reference.Namespace, name);
        var peer = facts.Peers.Values.Select(p => p.Database).OfType<RedisSentinel>().FirstOrDefault(s => s.Metadata.Key == key);
        return new()
        {
            Key = key,
            GoverningService = ObjectNames.WithSuffix(name, "pods"),
            HasTls = peer is not null && RedisTls.IsOn(peer),
            Replicas = peer is null ? 0 : peer.Spec.Replicas ?? 1,
            AuthSecret = peer is null ? null : DatabaseDescription.CredentialSecret(peer),
        };
    }
}
