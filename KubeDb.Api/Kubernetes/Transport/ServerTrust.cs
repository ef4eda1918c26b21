using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KubeDb.Api.Kubernetes.Configuration;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>
/// Decides whether the server is the one that was configured: its certificate chains to one of the configured authorities (or, without
/// any, to the machine's), is in date, and names the host. Remembers in words why it last said no.
/// </summary>
internal sealed class ServerTrust(KubernetesConfiguration configuration)
{
    private volatile string? _problem;

    /// <summary>Why the last refused certificate was refused; null when none was.</summary>
    public string? Problem => _problem;

    /// <summary>TLS options for the server.</summary>
    public SslClientAuthenticationOptions Options(ClientIdentity? identity)
    {
        var options = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = Accept,
            ClientCertificateContext = identity?.Context,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (configuration.CertificateAuthorities is { Count: > 0 } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    private bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (configuration.SkipTlsVerify || errors == SslPolicyErrors.None)
            return true;
        if (errors == SslPolicyErrors.RemoteCertificateChainErrors && EndsAtTrustedIntermediate(chain))
            return true;
        _problem = Explain(certificate as X509Certificate2, chain, errors, (sender as SslStream)?.TargetHostName ?? configuration.Server.IdnHost);
        return false;
    }

    // An authority in a kubeconfig is a trust anchor even when it is not self-signed; .NET alone would report a partial chain.
    private bool EndsAtTrustedIntermediate(X509Chain? chain) =>
        configuration.CertificateAuthorities is { } authorities
        && chain is { ChainElements.Count: > 1 }
        && chain.ChainStatus.All(s => s.Status is X509ChainStatusFlags.PartialChain)
        && authorities.Any(a => a.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span));

    private string Explain(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (certificate is null)
            return "the server showed no certificate.";
        var reasons = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            reasons.Add($"it is for {NamesOf(certificate)}, not for {host} (tls-server-name in the kubeconfig sets the expected name)");
        foreach (var status in chain?.ChainStatus ?? [])
            reasons.Add(Reason(status.Status, certificate));
        return $"the certificate of {configuration.Server.Authority} ({certificate.Subject}) is not accepted: {string.Join("; ", reasons.Distinct())}.";
    }

    private string Reason(X509ChainStatusFlags status, X509Certificate2 certificate) => status switch
    {
        X509ChainStatusFlags.NotTimeValid =>
            $"it or its issuer is out of date (the server's is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u})",
        X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot =>
            configuration.CertificateAuthorities is { Count: > 0 }
                ? $"its issuer ({certificate.Issuer}) is not the certificate authority given by {configuration.Origin}"
                : $"its issuer ({certificate.Issuer}) is not trusted by this machine, and {configuration.Origin} gives no certificate authority",
        X509ChainStatusFlags.NotSignatureValid =>
            $"it is not signed by the certificate authority given by {configuration.Origin}, only by one of the same name ({certificate.Issuer})",
        _ => status.ToString(),
    };

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString())))
            .ToArray();
        return names.Length == 0 ? certificate.Subject : string.Join(", ", names);
    }
}
