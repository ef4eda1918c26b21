using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeDb.Tests.EndToEnd.LocalCluster;

/// <summary>What tests of TLS take for granted: cert-manager issues certificates by an authority of the namespace's own.</summary>
[TestFixture]
public sealed class CertificateTests : ClusterTest
{
    [Test]
    public async Task An_authority_signs_itself_and_then_a_servers_certificate_with_a_keystore()
    {
        if ((await TryKubectl("get", "crd", "certificates.cert-manager.io")).ExitCode != 0)
            Assert.Ignore("This cluster has no cert-manager; hack/cluster runs it where the artifacts have it.");
        await Apply("""
            apiVersion: cert-manager.io/v1
            kind: Issuer
            metadata: {name: self}
            spec: {selfSigned: {}}
            ---
            apiVersion: cert-manager.io/v1
            kind: Certificate
            metadata: {name: authority}
            spec: {isCA: true, commonName: authority, secretName: authority, issuerRef: {name: self}}
            ---
            apiVersion: cert-manager.io/v1
            kind: Issuer
            metadata: {name: authority}
            spec: {ca: {secretName: authority}}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: keystore-password}
            stringData: {password: changeit}
            ---
            apiVersion: cert-manager.io/v1
            kind: Certificate
            metadata: {name: server}
            spec:
              secretName: server
              dnsNames: [server.example]
              usages: [server auth, client auth]
              issuerRef: {name: authority}
              keystores: {pkcs12: {create: true, passwordSecretRef: {name: keystore-password, key: password}}}
            """);
        await KubectlHere("wait", "--for=condition=Ready", "issuer/self", "issuer/authority", "certificate/authority", "certificate/server", "--timeout=60s");

        var data = (await Cluster.SecretAsync(Namespace, "server"))!.Data;
        using var authority = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(data["ca.crt"]));
        using var server = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(data["tls.crt"]), Encoding.UTF8.GetString(data["tls.key"]));
        var stored = X509CertificateLoader.LoadPkcs12Collection(data["keystore.p12"], "changeit");
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck } };
        Assert.Multiple(() =>
        {
            Assert.That(chain.Build(server), Is.True);
            Assert.That(server.MatchesHostname("server.example"), Is.True);
            Assert.That(stored.Any(c => c.HasPrivateKey && c.Thumbprint == server.Thumbprint), Is.True);
        });
    }
}
