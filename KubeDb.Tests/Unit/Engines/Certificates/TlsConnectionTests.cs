using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Certificates;

/// <summary>Handshakes with a real server on loopback, which asks clients for a certificate.</summary>
[TestFixture, Category("Unit")]
public sealed class TlsConnectionTests
{
    private const string Name = "rd-0.rd-pods.demo.svc";
    private TestAuthority _own = null!;
    private TestAuthority _other = null!;

    [OneTimeSetUp]
    public void Make() => (_own, _other) = (new("own"), new("other"));

    [OneTimeTearDown]
    public void End()
    {
        _own.Dispose();
        _other.Dispose();
    }

    [Test]
    public async Task TheCertificateThatIsShownIsTold()
    {
        var server = _own.Issue("server", "*.rd-pods.demo.svc");
        var served = await ShakeAsync(server, _own.Pem, Facts(_own, _own.Pem));
        Assert.That(served, Is.EqualTo(ServedCertificate.OfPem(server.Certificate)));
    }

    [Test]
    public async Task AServerOfAnotherNameIsRefused() => await Assert.ThatAsync(
        () => ShakeAsync(_own.Issue("server", "*.other-pods.demo.svc"), _own.Pem, Facts(_own, _own.Pem)), Throws.InstanceOf<IOException>());

    [Test]
    public async Task AServerOfAnotherAuthorityIsRefused() => await Assert.ThatAsync(
        () => ShakeAsync(_other.Issue("server", "*.rd-pods.demo.svc"), _own.Pem, Facts(_own, _own.Pem)), Throws.InstanceOf<IOException>());

    [Test]
    public async Task EveryAuthorityOfTheBundleIsTrusted()
    {
        var facts = Facts(_own, _own.Pem + "\n" + _other.Pem);
        foreach (var authority in new[] { _own, _other })
            Assert.That(await ShakeAsync(authority.Issue("server", "*.rd-pods.demo.svc"), _own.Pem, facts), Is.Not.Null);
    }

    [Test]
    public async Task AServerThatDoesNotTakeOurCertificateIsNoConnection() => await Assert.ThatAsync(
        () => ShakeAsync(_own.Issue("server", "*.rd-pods.demo.svc"), _other.Pem, Facts(_own, _own.Pem)), Throws.InstanceOf<IOException>());

    [Test]
    public void SecretsWithoutAWholePairGiveNoIdentity()
    {
        var facts = Facts(_own, _own.Pem);
        var broken = new Secret { Data = facts.Secrets["rd-client-cert"].Data.ToDictionary(d => d.Key, d => d.Key == CertificateWish.PrivateKey ? Bytes("no key") : d.Value) };
        Assert.That(RedisTls.Identity(facts with { Secrets = new Dictionary<string, Secret> { ["rd-client-cert"] = broken } }), Is.Null);
        Assert.That(RedisTls.Identity(facts with { Secrets = new Dictionary<string, Secret>() }), Is.Null);
    }

    [Test]
    public void AnIdentityIsMadeOnceAStateOfTheSecrets()
    {
        var facts = Facts(_own, _own.Pem);
        var first = RedisTls.Identity(facts);
        Assert.That(RedisTls.Identity(facts), Is.SameAs(first));
        var other = facts with { Secrets = facts.Secrets.ToDictionary(s => s.Key, s => s.Key == "rd-ca-bundle" ? new Secret { Data = s.Value.Data } : s.Value) };
        Assert.That(RedisTls.Identity(other), Is.Not.SameAs(first));
    }

    internal static DatabaseFacts Facts(TestAuthority clients, string bundle)
    {
        var (certificate, key) = clients.Issue("default");
        return new()
        {
            Database = new RedisDatabase
            {
                Metadata = new() { Namespace = "demo", Name = "rd" },
                Spec = new() { Mode = RedisModes.Standalone, Tls = DatabaseDefaults.Certificates(new() { IssuerRef = new() { Kind = "Issuer", Name = "ca" } }, "rd", RedisNames.Certificates) },
            },
            Version = new RedisVersion { Spec = new() { Version = "8.0.2" } },
            Offers = new(PolicyV1: true, ServiceMonitors: true, CertManager: true),
            Secrets = new Dictionary<string, Secret>
            {
                ["rd-client-cert"] = new()
                {
                    Data = new Dictionary<string, ReadOnlyMemory<byte>>
                    {
                        [CertificateWish.CaKey] = Bytes(clients.Pem), [CertificateWish.CertificateKey] = Bytes(certificate), [CertificateWish.PrivateKey] = Bytes(key),
                    },
                },
                ["rd-ca-bundle"] = new() { Data = new Dictionary<string, ReadOnlyMemory<byte>> { [CertificateWish.CaKey] = Bytes(bundle) } },
            },
        };
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task<ServedCertificate> ShakeAsync((string Certificate, string Key) server, string trusted, DatabaseFacts facts)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, server, trusted);
        var connection = await ((IEngineDialer)new TcpDialer()).ConnectTlsAsync(
            "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, RedisTls.Identity(facts)!, Name, CancellationToken.None);
        await using (connection.Stream)
        {
            // With TLS 1.3 only an answer tells that our certificate was taken.
            await connection.Stream.WriteAsync("x"u8.ToArray());
            if (await connection.Stream.ReadAsync(new byte[1]) != 1)
                throw new IOException("the server hung up");
        }

        await serving;
        return connection.Served;
    }

    private static async Task ServeAsync(TcpListener listener, (string Certificate, string Key) server, string trusted)
    {
        using var client = await listener.AcceptTcpClientAsync();
        using var certificate = X509Certificate2.CreateFromPem(server.Certificate, server.Key);
        await using var stream = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(trusted);
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, ClientCertificateRequired = true, CertificateChainPolicy = policy });
            _ = await stream.ReadAsync(new byte[1]);
            await stream.WriteAsync("y"u8.ToArray());
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // What the client is told is the test's affair.
        }
    }
}
