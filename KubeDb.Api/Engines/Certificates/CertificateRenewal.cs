using System.Globalization;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>
/// Has the running servers of one database load what cert-manager renewed by itself, once every one of them trusts its authority, and knows by
/// handshake which certificates they show. Asks the servers only when pods or secrets changed. While a request holds the database, the request does this.
/// </summary>
public sealed class CertificateRenewal
{
    private string? _seen;
    private IReadOnlyDictionary<string, ServedCertificate>? _served;
    private string? _refusal;
    private string? _renewBefore;
    private bool _isBehind;

    /// <summary>One round. What was done; null when nothing was missing, or it can not be done yet.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="instances">The servers.</param>
    /// <param name="cancel">Cancels the calls.</param>
    public async Task<MaintenanceAction?> RunAsync(IEngine engine, DatabaseInstances instances, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(instances);
        var (database, secrets) = (instances.Database, instances.Facts.Secrets);
        if (engine.Tls is not { } tls || database.Spec.Tls?.IssuerRef is null)
        {
            (_seen, _served) = (null, null);
            return null;
        }

        if (IsChanging(instances))
        {
            (_seen, _isBehind, _refusal) = (null, false, null);
            return null;
        }

        var wish = tls.ServerCertificate(database);
        if (!secrets.TryGetValue(wish.SecretName, out var secret) || !secrets.TryGetValue(DatabaseCertificates.BundleName(database.Metadata.Name), out var bundle))
            return null;
        var state = string.Join(' ', instances.Pods.Select(p => p.Metadata.Uid).Prepend(secret.Metadata.ResourceVersion).Prepend(bundle.Metadata.ResourceVersion));
        if (state == _seen || instances.Pods.Count == 0 || instances.Pods.Any(p => !p.IsReady || p.Metadata.IsDeleting))
            return null;
        if (tls.Wanted(instances.Facts) is not { } wanted)
            return null;
        _renewBefore = wish.Spec.RenewBefore;
        if (await LookAsync(tls, instances, wanted, cancel))
        {
            _seen = state;
            return null;
        }

        if (!tls.CanReload(database, instances.Version))
        {
            _seen = state;
            _refusal = "Its servers load certificates only when they start: a Restart request brings the renewed one.";
            return null;
        }

        if (await ReloadAsync(engine, tls, instances, cancel) is { } refusal)
        {
            _refusal = refusal;
            return null;
        }

        if (!await LookAsync(tls, instances, wanted, cancel))
            return null;
        _seen = state;
        return new(Reasons.CertificateRenewed, string.Create(CultureInfo.InvariantCulture, $"{instances.Pods.Count} of {instances.Pods.Count} pods show the renewed certificate, serial {wanted.SerialNumber}."));
    }

    /// <summary>What is known of the certificates that the servers show; null before they were seen, and without TLS.</summary>
    public CertificateReport? Report(DateTimeOffset now)
    {
        if (_served is not { Count: > 0 } served)
            return null;
        var (pod, certificate) = served.MinBy(s => (s.Value.NotAfter, s.Key));
        var warning = now < certificate.RenewedBy(GoDuration.Parse(_renewBefore)) ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"Pod {pod} shows a certificate, serial {certificate.SerialNumber}, that ends {certificate.NotAfter:yyyy-MM-dd'T'HH:mm:ss'Z'} and was not renewed in time. {_refusal ?? "See what cert-manager says of it: kubectl describe certificate."}");
        return new(certificate.NotAfter, _isBehind, warning);
    }

    /// <summary>Makes a handshake with each server; true when all show the wanted certificate.</summary>
    private async Task<bool> LookAsync(ITlsEngine tls, DatabaseInstances instances, ServedCertificate wanted, CancellationToken cancel)
    {
        var seen = new Dictionary<string, ServedCertificate>(StringComparer.Ordinal);
        foreach (var pod in instances.Pods)
        {
            if ((await tls.ServedAsync(instances, pod, cancel)).Served is { } served)
                seen[pod.Metadata.Name] = served;
        }

        var all = seen.Count == instances.Pods.Count && seen.Values.All(s => s.Thumbprint == wanted.Thumbprint);
        (_served, _isBehind) = (seen, !all);
        if (all)
            _refusal = null;
        return all;
    }

    /// <summary>Null once the servers loaded their certificate; else what keeps them from it.</summary>
    private static async Task<string?> ReloadAsync(IEngine engine, ITlsEngine tls, DatabaseInstances instances, CancellationToken cancel)
    {
        // The reconcile that saw the secret adds its authority to the bundle; a server that shows the certificate before all trust it is refused by its peers.
        if (!DatabaseCertificates.Present(instances.Facts).Covers(DatabaseCertificates.Issued(instances.Facts, engine.Certificates(instances.Database))))
            return "The authority of the renewed certificate is not among those that the servers trust yet.";
        if (tls.LoadsAuthorities && await tls.TrustAsync(instances, cancel) is { IsReady: false } untrusted)
            return Sentence(untrusted);
        return await tls.ReloadAsync(instances, cancel) is { IsReady: false } notLoaded ? Sentence(notLoaded) : null;
    }

    private static string Sentence(Readiness notYet) => $"The renewed one is not loaded: {notYet.Reason.TrimEnd('.')}.";

    private static bool IsChanging(DatabaseInstances instances) =>
        Pause.IsPaused(instances.Database.Status) || TlsTransition.IsOn(instances.Database) || TlsTransition.Peers(instances.Database) is not null;
}

/// <summary>What is known of the certificates that the servers of a database show.</summary>
/// <param name="Ends">When the first of them ends.</param>
/// <param name="IsBehind">Servers show another certificate than their secret holds.</param>
/// <param name="Warning">Which one was not renewed in time, and why; null when none.</param>
public sealed record CertificateReport(DateTimeOffset Ends, bool IsBehind, string? Warning);
