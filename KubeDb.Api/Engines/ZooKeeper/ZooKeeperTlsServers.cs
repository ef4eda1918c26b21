using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>
/// TLS of running members. What they speak to each other they take from their start; clients have a port for each protocol side by side. Certificates are
/// loaded anew from replaced files: among members in every version, for clients from 3.9 on.
/// </summary>
internal sealed class ZooKeeperTlsServers(ZooKeeperConnector connector) : ITlsEngine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public bool SwitchesByRestart => true;

    /// <summary>A server says of nobody whom it trusts, and refuses whom it does not only at the end of a handshake.</summary>
    public bool LoadsAuthorities => false;

    /// <inheritdoc/>
    public bool CanReload(IDatabase database, ICatalogVersion version) => ZooKeeperTls.CanReload(version);

    /// <inheritdoc/>
    public CertificateWish ServerCertificate(IDatabase database) => ZooKeeperTls.Server(database);

    /// <inheritdoc/>
    public Task<(ServedCertificate? Served, string? Failure)> ServedAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        connector.ServedAsync(instances, pod, ((ZooKeeperDatabase)instances.Database).Spec.ClientSecurePort ?? ZooKeeperDefaults.ClientSecurePort, Timeout, cancel);

    /// <inheritdoc/>
    public Task<Readiness> SwitchAsync(DatabaseInstances instances, bool toTls, CancellationToken cancel) =>
        throw new NotSupportedException("Members take from their start what they speak to each other.");

    /// <inheritdoc/>
    public Task<Readiness> TrustAsync(DatabaseInstances instances, CancellationToken cancel) =>
        throw new NotSupportedException("Of a running member it can not be seen whom it trusts.");

    /// <summary>
    /// Yes once every member shows its new certificate to a client whom it accepts. The start script replaces the files as soon as the volume has them,
    /// and the server notices by itself.
    /// </summary>
    public Task<Readiness> ReloadAsync(DatabaseInstances instances, CancellationToken cancel) => this.ShownAsync(instances, cancel);
}
