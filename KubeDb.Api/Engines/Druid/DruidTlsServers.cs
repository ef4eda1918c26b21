using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Druid.Client;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Druid;

/// <summary>TLS of running servers. What they speak they take from their start; a key store that is replaced is loaded by every role, in every version.</summary>
internal sealed class DruidTlsServers(DruidClient client) : ITlsEngine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public bool SwitchesByRestart => true;

    /// <summary>A server says of nobody whom it trusts, and reads its trust store only when it starts.</summary>
    public bool LoadsAuthorities => false;

    /// <inheritdoc/>
    public bool CanReload(IDatabase database, ICatalogVersion version) => true;

    /// <inheritdoc/>
    public CertificateWish ServerCertificate(IDatabase database) => DruidTls.Server(database);

    /// <inheritdoc/>
    public Task<(ServedCertificate? Served, string? Failure)> ServedAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        client.ServedAsync(instances, pod, Timeout, cancel);

    /// <inheritdoc/>
    public Task<Readiness> SwitchAsync(DatabaseInstances instances, bool toTls, CancellationToken cancel) =>
        throw new NotSupportedException("Servers take from their start what they speak to each other.");

    /// <inheritdoc/>
    public Task<Readiness> TrustAsync(DatabaseInstances instances, CancellationToken cancel) =>
        throw new NotSupportedException("Of a running server it can not be seen whom it trusts.");

    /// <summary>Yes once every server shows its new certificate: the start script replaces the key store as soon as the volume has it.</summary>
    public Task<Readiness> ReloadAsync(DatabaseInstances instances, CancellationToken cancel) => this.ShownAsync(instances, cancel);
}
