using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Certificates;

/// <summary>Who the operator is to the servers of a database, and which authorities it trusts. Made once a state of the secrets.</summary>
public sealed class TlsIdentity
{
    private static readonly ConditionalWeakTable<Secret, TlsIdentity> Known = [];
    private readonly SslStreamCertificateContext _client;
    private readonly X509Certificate2Collection _authorities;
    private readonly Secret? _bundle;

    private TlsIdentity(SslStreamCertificateContext client, X509Certificate2Collection authorities, Secret? bundle) =>
        (_client, _authorities, _bundle) = (client, authorities, bundle);

    /// <summary>The identity of the secrets; null while there is no whole one.</summary>
    /// <param name="facts">The database.</param>
    /// <param name="client">The certificate that clients show.</param>
    public static TlsIdentity? Of(DatabaseFacts facts, CertificateWish client)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(client);
        if (!facts.Secrets.TryGetValue(client.SecretName, out var secret))
            return null;
        var bundle = facts.Secrets.GetValueOrDefault(DatabaseCertificates.BundleName(facts.Database.Metadata.Name));
        if (Known.TryGetValue(secret, out var known) && ReferenceEquals(known._bundle, bundle))
            return known;
        if (Make(secret, bundle) is not { } made)
            return null;
        Known.AddOrUpdate(secret, made);
        return made;
    }

    /// <summary>The handshake with a server of this name, which its certificate has to have.</summary>
    public SslClientAuthenticationOptions Options(string serverName)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        return new()
        {
            TargetHost = serverName,
            ClientCertificateContext = _client,
            CertificateChainPolicy = policy,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
    }

    private static TlsIdentity? Make(Secret secret, Secret? bundle)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            foreach (var der in TrustBundle.Certificates(secret.Text(CertificateWish.CertificateKey)))
                chain.Add(X509CertificateLoader.LoadCertificate(der));
            if (chain.Count == 0)
                return null;
            var own = X509Certificate2.CreateFromPem(secret.Text(CertificateWish.CertificateKey), secret.Text(CertificateWish.PrivateKey));
            chain.RemoveAt(0);
            var authorities = new X509Certificate2Collection();
            foreach (var der in TrustBundle.Of([secret.Text(CertificateWish.CaKey), bundle?.Text(CertificateWish.CaKey)]).Authorities)
                authorities.Add(X509CertificateLoader.LoadCertificate(der));
            return new(SslStreamCertificateContext.Create(own, chain, offline: true), authorities, bundle);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
