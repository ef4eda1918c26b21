using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeDb.Tests.Unit.Kubernetes;

/// <summary>A certificate made for a test, with its key and those between it and its root.</summary>
internal sealed class TestCertificate
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly ECDsa _key;

    private TestCertificate(X509Certificate2 certificate, ECDsa key, X509Certificate2Collection chain)
    {
        Certificate = certificate;
        _key = key;
        Chain = chain;
    }

    public X509Certificate2 Certificate { get; }

    public X509Certificate2 WithKey => Certificate.CopyWithPrivateKey(_key);

    public X509Certificate2Collection Chain { get; }

    public string Pem => Certificate.ExportCertificatePem();

    public string KeyPem => _key.ExportPkcs8PrivateKeyPem();

    public static TestCertificate Authority(string name = "test authority")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = AuthorityRequest(name, key);
        return new(request.CreateSelfSigned(Now.AddDays(-2), Now.AddDays(10)), key, []);
    }

    /// <summary>An authority below this one.</summary>
    public TestCertificate Intermediate(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Sign(AuthorityRequest(name, key), key, Now.AddDays(-2), Now.AddDays(9));
    }

    /// <summary>A certificate for a host name or address, or for a client's name.</summary>
    public TestCertificate Issue(string host, int fromDays = -1, int toDays = 5)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        return Sign(request, key, Now.AddDays(fromDays), Now.AddDays(toDays));
    }

    private TestCertificate Sign(CertificateRequest request, ECDsa key, DateTimeOffset from, DateTimeOffset to)
    {
        var generator = X509SignatureGenerator.CreateForECDsa(_key);
        var certificate = request.Create(Certificate.SubjectName, generator, from, to, RandomNumberGenerator.GetBytes(8));
        X509Certificate2Collection chain = Certificate.Subject == Certificate.Issuer ? [] : [Certificate, .. Chain];
        return new(certificate, key, chain);
    }

    private static CertificateRequest AuthorityRequest(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request;
    }
}
