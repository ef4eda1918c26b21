using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>
/// To which sentinels a change of TLS moves a database. Sentinels reload no certificate, and speak either plain or TLS with the servers that they
/// watch: so whatever makes them differ from the database needs others. Pure.
/// </summary>
internal static class SentinelChanges
{
    private const string Path = "spec.tls.sentinel.ref";

    /// <summary>The field of a database that names its sentinels.</summary>
    public const string Field = "sentinelRef";

    /// <summary>What is wrong with the sentinels of the change; null when nothing is.</summary>
    public static Violation? Check(RedisTlsChange change, RedisDatabase before)
    {
        if (before.Spec.Mode != RedisModes.Sentinel)
            return change.Sentinel is null ? null : Refused($"spec.tls.sentinel is for the mode Sentinel, and the database is in mode {before.Spec.Mode}. Leave it out.");
        if (!NeedsOthers(change, before))
            return null;
        if (After(change, before) is not { } after)
            return Refused($"{Path} is missing: the sentinels of now, RedisSentinel {SentinelReference.Named(before)}, can not go along. Name others there; those that do not exist are made, as a copy.");
        return after == SentinelReference.Named(before) ? Refused($"{Path} names the sentinels of now, which can not go along. Name others; those that do not exist are made, as a copy.") : null;
    }

    /// <summary>The sentinels that the change moves the database to; null when those of now stay.</summary>
    public static TlsPeer? PeerOf(ITlsChangeSpec change, RedisDatabase before) =>
        change is RedisTlsChange redis && NeedsOthers(redis, before) && After(redis, before) is { } after && SentinelReference.Named(before) is { } now
            ? new(RedisSentinel.Resource, now, after, redis.Sentinel!.RemoveUnusedSentinel)
            : null;

    /// <summary>The spec of new sentinels, from those of now: the same, with the TLS of the database.</summary>
    public static JsonObject SpecOf(JsonObject stored, IDatabase changed)
    {
        var spec = (JsonObject)stored.DeepClone();
        spec.Remove("tls");
        spec.Remove("halted");

        // A secret that the operator made goes with the sentinels that it was made for.
        if (spec["authSecret"]?["externallyManaged"]?.GetValue<bool>() != true)
            spec.Remove("authSecret");
        if (changed.Spec.Tls is { IssuerRef: not null } tls)
            spec["tls"] = KindsJson.ToObject(tls with { Certificates = [.. tls.Certificates.Select(c => c with { SecretName = null, DnsNames = [], IpAddresses = [] })] });
        return spec;
    }

    private static bool NeedsOthers(RedisTlsChange change, RedisDatabase before) => before.Spec.Mode == RedisModes.Sentinel && TlsChanges.KindOf(change, before) switch
    {
        TlsChangeKind.Add or TlsChangeKind.Remove => true,
        TlsChangeKind.Change => change.IssuerRef is { } issuer && (issuer.Kind, issuer.Name) != (before.Spec.Tls!.IssuerRef!.Kind, before.Spec.Tls.IssuerRef.Name),
        _ => false,
    };

    private static ObjectKey? After(RedisTlsChange change, RedisDatabase before) =>
        change.Sentinel?.Ref is { } reference ? SentinelReference.Key(before, reference) : null;

    private static Violation Refused(string message) => new(Path, Reasons.ReconfigureTlsInvalid, message);
}
