using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>TLS of running sentinels: they load certificates, and open ports, only when they start.</summary>
internal sealed class SentinelTlsServers(RedisConnector connector) : ITlsEngine
{
    /// <inheritdoc/>
    public bool CanReload(IDatabase database, ICatalogVersion version) => false;

    /// <inheritdoc/>
    public CertificateWish ServerCertificate(IDatabase database) => RedisTls.Certificates(database).First(w => w.Alias == RedisNames.ServerCertificate);

    /// <inheritdoc/>
    public Task<(ServedCertificate? Served, string? Failure)> ServedAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        connector.ServedAsync(instances, pod, RedisConnector.SentinelPort, SentinelConnector.Timeout, cancel);

    /// <summary>Nothing to do: the pods that are restarted speak what the spec says, and nobody is watched meanwhile (<see cref="Objection"/>).</summary>
    public Task<Readiness> SwitchAsync(DatabaseInstances instances, bool toTls, CancellationToken cancel) => Task.FromResult(Readiness.Yes);

    /// <inheritdoc/>
    public Task<Readiness> TrustAsync(DatabaseInstances instances, CancellationToken cancel) => Task.FromResult(Readiness.Yes);

    /// <inheritdoc/>
    public Task<Readiness> ReloadAsync(DatabaseInstances instances, CancellationToken cancel) =>
        Task.FromResult(Readiness.NotYet("sentinels load certificates only when they start"));

    /// <summary>Sentinels have the issuer, or the lack of one, of the databases that they watch.</summary>
    public Violation? Objection(TlsChangeKind kind, ITlsChangeSpec change, DatabaseInstances instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        var issuer = instances.Database.Spec.Tls?.IssuerRef;
        var differs = kind is TlsChangeKind.Add or TlsChangeKind.Remove
            || (change.IssuerRef is { } other && (other.Kind, other.Name) != (issuer?.Kind, issuer?.Name));
        return differs && instances.Users.Count > 0
            ? new(
                "spec.tls",
                Reasons.ReconfigureTlsInvalid,
                $"These sentinels watch {string.Join(", ", instances.Users.Select(u => $"{u.Type.Kind} {u.Metadata.Key}"))}, and have to have the same issuer. "
                + "Create a RedisOpsRequest of type ReconfigureTLS for the database instead, and name other sentinels in its spec.tls.sentinel.ref; they are made where they do not exist.")
            : null;
    }
}
