using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Webhooks;

/// <summary>
/// The certificate that the webhook shows, and the authorities that API servers are told to trust for it: what the secret holds, all PEM. An
/// authority lives ten years and a certificate one; both are renewed after two thirds of that. A new authority is trusted beside the earlier ones
/// before anything is issued by it. What can not be read counts as missing. Pure but for the keys, which are random.
/// </summary>
/// <param name="Authorities">The authorities, the one that issues first.</param>
/// <param name="AuthorityKey">The key of the first.</param>
/// <param name="Certificate">The certificate.</param>
/// <param name="Key">Its key.</param>
internal sealed record ServingCertificates(string Authorities, string AuthorityKey, string Certificate, string Key)
{
    public const string AuthoritiesEntry = "ca.crt";
    public const string AuthorityKeyEntry = "ca.key";
    public const string CertificateEntry = "tls.crt";
    public const string KeyEntry = "tls.key";

    private const int EarlierAuthorities = 2;
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan CertificateLife = TimeSpan.FromDays(365);

    // For clocks that are behind.
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    public static ServingCertificates None { get; } = new("", "", "", "");

    /// <summary>What the secret holds; nothing where there is none.</summary>
    public static ServingCertificates Of(Secret? secret) => secret is null
        ? None
        : new(secret.Text(AuthoritiesEntry) ?? "", secret.Text(AuthorityKeyEntry) ?? "", secret.Text(CertificateEntry) ?? "", secret.Text(KeyEntry) ?? "");

    /// <summary>What a server shows; null while there is no whole certificate.</summary>
    public SslStreamCertificateContext? Context() =>
        Pair(Certificate, Key) is { } certificate ? SslStreamCertificateContext.Create(certificate, null, offline: true) : null;

    /// <summary>Whether a new authority is needed.</summary>
    public bool IsAuthorityDue(DateTimeOffset now)
    {
        using var issuer = Pair(Authorities, AuthorityKey);
        return issuer is null || now < issuer.NotBefore || now >= DueAt(issuer);
    }

    /// <summary>Whether a new certificate is needed.</summary>
    public bool IsCertificateDue(DateTimeOffset now, IReadOnlyList<string> names)
    {
        using var certificate = Pair(Certificate, Key);
        return certificate is null || now >= DueAt(certificate) || !IsFor(certificate, names) || !IsOf(certificate, FirstAuthority(), now);
    }

    /// <summary>Whether a client that trusts the authorities accepts the certificate for all names.</summary>
    public bool IsUsable(DateTimeOffset now, IReadOnlyList<string> names)
    {
        using var certificate = Pair(Certificate, Key);
        return certificate is not null && IsFor(certificate, names) && IsOf(certificate, Authorities, now);
    }

    /// <summary>When the first of the two is due.</summary>
    public DateTimeOffset DueAt()
    {
        using var issuer = Pair(Authorities, AuthorityKey);
        using var certificate = Pair(Certificate, Key);
        return new[] { issuer, certificate }.Min(c => c is null ? DateTimeOffset.MinValue : DueAt(c));
    }

    /// <summary>With a new authority first; those before that are still good stay trusted.</summary>
    public ServingCertificates WithAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=KubeDb webhook authority {now:yyyy-MM-dd}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var made = request.CreateSelfSigned(now - Slack, now + AuthorityLife);
        var earlier = Parse(Authorities).Where(a => a.NotBefore <= now && now < a.NotAfter).Take(EarlierAuthorities).Select(a => a.ExportCertificatePem());
        return this with
        {
            Authorities = string.Concat(earlier.Prepend(made.ExportCertificatePem()).Select(pem => pem + "\n")),
            AuthorityKey = key.ExportPkcs8PrivateKeyPem(),
        };
    }

    /// <summary>With a new certificate of the first authority.</summary>
    /// <param name="now">The time.</param>
    /// <param name="names">Host names.</param>
    public ServingCertificates WithCertificate(DateTimeOffset now, IReadOnlyList<string> names)
    {
        using var issuer = Pair(Authorities, AuthorityKey) ?? throw new InvalidOperationException("There is no authority to issue a certificate.");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=kubedb-webhook"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);

        request.CertificateExtensions.Add(alternatives.Build());
        var (from, to) = (now - Slack, now + CertificateLife);
        using var made = request.Create(
            issuer, from > issuer.NotBefore ? from : issuer.NotBefore, to < issuer.NotAfter ? to : issuer.NotAfter, RandomNumberGenerator.GetBytes(16));
        return this with { Certificate = made.ExportCertificatePem() + "\n", Key = key.ExportPkcs8PrivateKeyPem() };
    }

    private string FirstAuthority() => Parse(Authorities).FirstOrDefault()?.ExportCertificatePem() ?? "";

    private static DateTimeOffset DueAt(X509Certificate2 certificate) => certificate.NotBefore + ((certificate.NotAfter - certificate.NotBefore) * (2d / 3));

    private static bool IsFor(X509Certificate2 certificate, IReadOnlyList<string> names) =>
        names.All(n => certificate.MatchesHostname(n, allowWildcards: false, allowCommonName: false));

    private static bool IsOf(X509Certificate2 certificate, string authorities, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        chain.ChainPolicy.CustomTrustStore.AddRange(Parse(authorities).ToArray());
        return chain.Build(certificate);
    }

    private static IEnumerable<X509Certificate2> Parse(string pem)
    {
        foreach (var der in TrustBundle.Certificates(pem))
        {
            if (Try(() => X509CertificateLoader.LoadCertificate(der)) is { } certificate)
                yield return certificate;
        }
    }

    private static X509Certificate2? Pair(string certificate, string key) => Try(() => X509Certificate2.CreateFromPem(certificate, key));

    private static X509Certificate2? Try(Func<X509Certificate2> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
