using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>Whether an issued certificate leads to the authority that comes with it. Pure.</summary>
/// <remarks>
/// Servers, and clients that check, go from the first certificate of <c>tls.crt</c> over the others there to a self-signed one of <c>ca.crt</c>. An issuer
/// that signs with another key than that of the authority it hands out, or hands out an intermediate alone, makes certificates that all of them refuse.
/// </remarks>
public static class IssuedChain
{
    private const X509ChainStatusFlags Broken =
        X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid | X509ChainStatusFlags.Cyclic;

    private static readonly ConditionalWeakTable<Secret, object> Whole = [];

    /// <summary>True where the certificate of the secret leads to an authority of it; false also for what is no certificate.</summary>
    public static bool IsWhole(Secret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return (bool)Whole.GetValue(secret, static s => Leads(s.Text(CertificateWish.CertificateKey), s.Text(CertificateWish.CaKey)));
    }

    private static bool Leads(X509Certificate2 certificate, X509Certificate2 authority, List<X509Certificate2> between)
    {
        using var chain = new X509Chain
        {
            ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
        };
        chain.ChainPolicy.ExtraStore.AddRange(between.ToArray());
        chain.ChainPolicy.CustomTrustStore.Add(authority);

        // One that is too old, or not valid yet by this clock, is told by others.
        return chain.Build(certificate) || !chain.ChainStatus.Any(s => (s.Status & Broken) != 0);
    }

    private static bool Leads(string? certificates, string? authorities)
    {
        var loaded = new List<X509Certificate2>();
        try
        {
            foreach (var der in TrustBundle.Certificates(certificates))
                loaded.Add(X509CertificateLoader.LoadCertificate(der));
            if (loaded.Count == 0)
                return false;
            var presented = loaded.Count;
            foreach (var der in TrustBundle.Certificates(authorities))
                loaded.Add(X509CertificateLoader.LoadCertificate(der));

            // One at a time: of two of the same name only one would be tried.
            return loaded.Skip(presented).Any(authority => Leads(loaded[0], authority, loaded));
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            loaded.ForEach(static c => c.Dispose());
        }
    }
}
