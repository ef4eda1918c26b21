using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>
/// How the running servers of a database change what they speak and show. Every method looks first and does what is missing, so that it can be
/// killed anywhere and called again.
/// </summary>
public interface ITlsEngine
{
    /// <summary>
    /// Moves clients and peers to TLS, or back to plain connections, on all servers at once. The database is in transition
    /// (<see cref="TlsTransition"/>): each server accepts both before, and the side that is left is closed, or moved out of the way, last.
    /// </summary>
    /// <param name="instances">The servers; all of them are Ready.</param>
    /// <param name="toTls">To TLS; otherwise to plain connections.</param>
    /// <param name="cancel">Cancels the calls.</param>
    Task<Readiness> SwitchAsync(DatabaseInstances instances, bool toTls, CancellationToken cancel);

    /// <summary>
    /// Makes every server trust the authorities of the bundle as its secret holds it. Yes only when each has loaded this very bundle.
    /// </summary>
    Task<Readiness> TrustAsync(DatabaseInstances instances, CancellationToken cancel);

    /// <summary>
    /// Makes every server show the certificate that its secret holds. Yes only when a handshake with each shows it, and it took the certificate of
    /// clients.
    /// </summary>
    Task<Readiness> ReloadAsync(DatabaseInstances instances, CancellationToken cancel);

    /// <summary>False when servers of the database, in this version, load certificates only when they start.</summary>
    bool CanReload(IDatabase database, ICatalogVersion version);

    /// <summary>
    /// False when it can not be proven that a running server trusts an authority: it is restarted then, before any certificate of that authority is issued.
    /// </summary>
    bool LoadsAuthorities => true;

    /// <summary>
    /// True when servers take from their start what they speak to each other. They are then restarted once more before and after they all open the other
    /// protocol, so that each always understands its peers (<see cref="TlsTransition.PeersUseTls"/>), and <see cref="SwitchAsync"/> is not called.
    /// </summary>
    bool SwitchesByRestart => false;

    /// <summary>The certificate that the servers are to show.</summary>
    CertificateWish ServerCertificate(IDatabase database);

    /// <summary>Why the servers can not be taken through the change as they are used; null when they can.</summary>
    /// <param name="kind">Which way it goes.</param>
    /// <param name="change">The change.</param>
    /// <param name="instances">The servers as they are.</param>
    Violation? Objection(TlsChangeKind kind, ITlsChangeSpec change, DatabaseInstances instances) => null;

    /// <summary>The other databases from and to which the change moves this one; null when it moves it nowhere.</summary>
    /// <param name="change">The change, which breaks no rule.</param>
    /// <param name="before">The (defaulted) database before it.</param>
    TlsPeer? PeerOf(ITlsChangeSpec change, IDatabase before) => null;

    /// <summary>The spec of the database that takes over, as a copy of the one that is left.</summary>
    /// <param name="stored">The spec of the one that is left.</param>
    /// <param name="changed">This database after the change.</param>
    JsonObject PeerSpec(JsonObject stored, IDatabase changed) => throw new NotSupportedException();

    /// <summary>Why the database that takes over does not fit this one; null when it does.</summary>
    Violation? CheckPeer(IDatabase peer, IDatabase changed) => null;

    /// <summary>Has the database that is left let go of the servers (<see cref="TlsTransition.Peers"/> names the other one by now).</summary>
    Task<Readiness> LeaveAsync(DatabaseInstances instances, CancellationToken cancel) => Task.FromResult(Readiness.Yes);

    /// <summary>Yes once the database that takes over has.</summary>
    Task<Readiness> JoinedAsync(DatabaseInstances instances, CancellationToken cancel) => Task.FromResult(Readiness.Yes);

    /// <summary>The certificate that a server shows; the second result says why none is seen.</summary>
    Task<(ServedCertificate? Served, string? Failure)> ServedAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel);
}
