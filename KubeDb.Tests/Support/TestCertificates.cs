using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeDb.Tests.Support;

/// <summary>An authority that lives as long as a test, and what it issues.</summary>
internal sealed class TestAuthority : IDisposable
{
    // Before virtual time starts.
    private static readonly DateTimeOffset Earliest = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly X509Certificate2 _certificate;

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(Earliest, DateTimeOffset.UtcNow.AddDays(30));
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>Its private key, PEM.</summary>
    public string KeyPem => _certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    /// <summary>A certificate for servers and clients, and its key, PEM.</summary>
    public (string Certificate, string Key) Issue(string name, params string[] dnsNames) => Issue(name, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(7), dnsNames);

    /// <summary>The same, valid at a certain time.</summary>
    public (string Certificate, string Key) Issue(string name, DateTimeOffset notBefore, DateTimeOffset notAfter, IEnumerable<string> dnsNames)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var dns in dnsNames)
            names.AddDnsName(dns);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_certificate, notBefore, notAfter, RandomNumberGenerator.GetBytes(8));
        return (issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _certificate.Dispose();
}
