using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>
/// Whether a database with certificates is on its way between plain connections and TLS: its servers then serve both. An annotation of the
/// database says it, so that both processes describe the same servers, also after a kill.
/// </summary>
public static class TlsTransition
{
    /// <summary>
    /// The annotation; its value is the name of the request that changes TLS, and behind it <c>/tls</c> once servers that take their protocol from their
    /// start open TLS connections to each other.
    /// </summary>
    public const string Annotation = "kubedb.com/tls-transition";

    private const string TlsPeers = "/tls";

    /// <summary>True while servers serve both.</summary>
    public static bool IsOn(IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.Metadata.Annotations.ContainsKey(Annotation);
    }

    /// <summary>True while servers serve both and open TLS connections to each other.</summary>
    public static bool PeersUseTls(IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return WayOf(database.Metadata.Annotations.GetValueOrDefault(Annotation)) == TlsWay.TlsPeers;
    }

    /// <summary>What servers of the database that take their protocol from their start are to speak to each other.</summary>
    /// <param name="database">The database.</param>
    /// <param name="hasCertificates">Its spec asks for TLS.</param>
    public static PeerProtocol Protocol(IDatabase database, bool hasCertificates)
    {
        if (!hasCertificates)
            return PeerProtocol.Plain;
        if (!IsOn(database))
            return PeerProtocol.Tls;
        return PeersUseTls(database) ? PeerProtocol.TlsAcceptsPlain : PeerProtocol.PlainAcceptsTls;
    }

    /// <summary>How far a database is on its way by the value of its annotation; null where it has none.</summary>
    public static TlsWay WayOf(string? annotation) =>
        annotation is null ? TlsWay.None : annotation.EndsWith(TlsPeers, StringComparison.Ordinal) ? TlsWay.TlsPeers : TlsWay.PlainPeers;

    /// <summary>Name of the request that changes TLS; null for a database that is not on its way.</summary>
    public static string? RequestOf(IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.Metadata.Annotations.GetValueOrDefault(Annotation)?.Split('/')[0];
    }

    /// <summary>The annotation's value; null for a database that is not on its way.</summary>
    public static string? Mark(string request, TlsWay way) => way switch
    {
        TlsWay.None => null,
        TlsWay.TlsPeers => request + TlsPeers,
        _ => request,
    };

    /// <summary>
    /// The annotation that says which of two other databases, that before or that after a change of TLS, the servers belong to at present:
    /// namespace/name of that one, a comma, and of the other.
    /// </summary>
    public const string PeersAnnotation = "kubedb.com/tls-peers";

    /// <summary>The annotations that say how far a change of TLS is.</summary>
    public static IReadOnlyList<string> Annotations { get; } = [Annotation, PeersAnnotation];

    /// <summary>What <see cref="PeersAnnotation"/> says; null where there is none, or it says nothing of that form.</summary>
    public static (ObjectKey Present, ObjectKey Other)? Peers(IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.Metadata.Annotations.GetValueOrDefault(PeersAnnotation)?.Split(',') is [var present, var other] && Key(present) is { } first && Key(other) is { } second
            ? (first, second)
            : null;
    }

    /// <summary>The value of <see cref="PeersAnnotation"/>.</summary>
    public static string Text(ObjectKey present, ObjectKey other) => $"{present},{other}";

    private static ObjectKey? Key(string text) => text.Split('/') is [{ Length: > 0 } ns, { Length: > 0 } name] ? new ObjectKey(ns, name) : null;
}

/// <summary>How far a database is on its way between plain connections and TLS.</summary>
public enum TlsWay
{
    /// <summary>It is not on its way.</summary>
    None,

    /// <summary>Servers accept both, and open plain connections to each other unless they are moved while they run.</summary>
    PlainPeers,

    /// <summary>Servers accept both, and open TLS connections to each other.</summary>
    TlsPeers,
}
