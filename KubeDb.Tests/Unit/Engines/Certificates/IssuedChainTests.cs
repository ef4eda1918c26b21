using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Engines.Certificates;

[TestFixture]
[Category("Unit")]
public sealed class IssuedChainTests
{
    [Test]
    public void A_certificate_leads_to_the_authority_that_signed_it_and_to_no_other()
    {
        using var authority = new TestAuthority("ca");
        using var namesake = new TestAuthority("ca");
        var leaf = authority.Issue("db", "db.demo.svc").Certificate;
        Assert.Multiple(() =>
        {
            Assert.That(IsWhole(leaf, authority.Pem), Is.True);
            Assert.That(IsWhole(leaf, namesake.Pem + "\n" + authority.Pem), Is.True);
            Assert.That(IsWhole(leaf, namesake.Pem), Is.False, "another key under the same name");
            Assert.That(IsWhole("nonsense", authority.Pem), Is.False);
        });
    }

    [Test]
    public void One_that_is_too_old_leads_there_all_the_same()
    {
        using var authority = new TestAuthority("ca");
        var old = authority.Issue("db", DateTimeOffset.UtcNow.AddDays(-3), DateTimeOffset.UtcNow.AddDays(-2), ["db"]).Certificate;
        Assert.That(IsWhole(old, authority.Pem), Is.True);
    }

    [Test]
    public void An_intermediate_stands_beside_the_certificate_and_is_no_authority_by_itself()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("root", rootKey).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middle = Authority("middle", middleKey).Create(root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(20), [1, 2, 3]);
        using var signer = middle.CopyWithPrivateKey(middleKey);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = new CertificateRequest("CN=db", leafKey, HashAlgorithmName.SHA256).Create(signer, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(7), [4, 5, 6]);
        Assert.Multiple(() =>
        {
            Assert.That(IsWhole(leaf.ExportCertificatePem() + "\n" + middle.ExportCertificatePem(), root.ExportCertificatePem()), Is.True);
            Assert.That(IsWhole(leaf.ExportCertificatePem(), root.ExportCertificatePem()), Is.False, "a link is missing");
            Assert.That(IsWhole(leaf.ExportCertificatePem(), middle.ExportCertificatePem()), Is.False, "servers take no intermediate for an authority");
        });
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private static bool IsWhole(string certificates, string authorities) => IssuedChain.IsWhole(new Secret
    {
        Metadata = new() { Name = "db-server-cert" },
        Data = new Dictionary<string, ReadOnlyMemory<byte>>
        {
            [CertificateWish.CertificateKey] = Encoding.UTF8.GetBytes(certificates),
            [CertificateWish.CaKey] = Encoding.UTF8.GetBytes(authorities),
        },
    });
}
