using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Kubernetes.Configuration;

namespace KubeDb.Tests.Unit.Kubernetes;

/// <summary>
/// Why the operators do not speak to the API server with KubernetesClient: what docs/dependencies.md says of it, seen here. When one of these
/// fails with a newer version, that reason is gone: take it off the page, and the more of them go the more of our client can go.
/// </summary>
[TestFixture]
[Category("Unit")]
public sealed class KubernetesClientTests
{
    private static readonly TestCertificate Authority = TestCertificate.Authority();
    private Files _files = null!;

    [SetUp]
    public void MakeFiles() => _files = new Files();

    [TearDown]
    public void RemoveFiles() => _files.Dispose();

    [TestCase("other.example", "")]
    [TestCase("localhost", ", tls-server-name: other.example")]
    public async Task The_library_takes_a_certificate_for_another_host(string certified, string more)
    {
        await using var server = await ServeAsync(certificate: Authority.Issue(certified));
        using var client = Connect($"server: 'https://localhost:{server.Port}', certificate-authority-data: {Base64(Authority.Pem)}{more}");

        Assert.That((await client.Version.GetCodeAsync()).Major, Is.EqualTo("1"));
    }

    [Test]
    public async Task The_library_trusts_one_authority_of_a_bundle_of_two()
    {
        TestCertificate[] authorities = [TestCertificate.Authority("old"), TestCertificate.Authority("new")];
        var bundle = Base64(string.Concat(authorities.Select(a => a.Pem + "\n")));
        var trusted = 0;
        foreach (var authority in authorities)
        {
            await using var server = await ServeAsync(certificate: authority.Issue("localhost"));
            using var client = Connect($"server: 'https://localhost:{server.Port}', certificate-authority-data: {bundle}");
            try
            {
                await client.Version.GetCodeAsync();
                trusted++;
            }
            catch (HttpRequestException)
            {
                // Not trusted.
            }
        }

        Assert.That(trusted, Is.EqualTo(1));
    }

    [Test]
    public async Task The_library_goes_past_the_proxy_of_the_kubeconfig_and_acts_as_nobody()
    {
        var headers = new List<string>();
        await using var server = await ServeAsync(headers);
        using var client = Connect($"server: 'http://localhost:{server.Port}', proxy-url: 'http://127.0.0.1:1'", "token: t, as: someone, as-groups: [a]");

        Assert.That((await client.Version.GetCodeAsync()).Major, Is.EqualTo("1"));
        Assert.That(headers, Has.Member("Authorization").And.None.StartsWith("Impersonate-"));
    }

    [Test]
    public void The_library_refuses_a_token_file_without_a_token()
    {
        _files.Write("token", "t");

        Assert.That(() => Connect("server: 'http://localhost:1'", "tokenFile: token"), Throws.Exception);
    }

    [Test]
    public async Task The_library_keeps_a_secret_that_it_could_not_write_in_the_exception()
    {
        await using var server = await TestServer.StartAsync(c => TestServer.Status(c, 403, "Forbidden"));
        using var client = Connect($"server: 'http://localhost:{server.Port}'");
        var secret = new V1Secret { Metadata = new V1ObjectMeta { Name = "x" }, StringData = new Dictionary<string, string> { ["password"] = "hunter2" } };

        var thrown = await Assert.ThrowsAsync<HttpOperationException>(() => client.CoreV1.CreateNamespacedSecretAsync(secret, "ns"));

        Assert.That(ObjectTexts.Of(thrown!), Has.Some.Contains("hunter2"));
    }

    [Test]
    public async Task The_library_does_not_ask_again()
    {
        var asked = 0;
        await using var server = await TestServer.StartAsync(c =>
        {
            asked++;
            return TestServer.Status(c, 429, "TooManyRequests");
        });
        using var client = Connect($"server: 'http://localhost:{server.Port}'");

        await Assert.ThrowsAsync<HttpOperationException>(() => client.CoreV1.ReadNamespacedPodAsync("x", "ns"));

        Assert.That(asked, Is.EqualTo(1));
    }

    [Test]
    public void The_library_in_this_flavour_has_no_watch_and_no_election()
    {
        var types = typeof(k8s.Kubernetes).Assembly.GetExportedTypes().Select(t => t.Name).ToList();

        Assert.That(types, Has.Member("Kubernetes").And.None.StartsWith("Watcher").And.None.StartsWith("LeaderElect"));
    }

    private static Task<TestServer> ServeAsync(List<string>? headers = null, TestCertificate? certificate = null) => TestServer.StartAsync(
        c =>
        {
            headers?.AddRange(c.Request.Headers.Keys);
            return TestServer.Json(c, 200, """{"major":"1","minor":"36"}""");
        },
        certificate);

    private k8s.Kubernetes Connect(string cluster, string user = "token: t") =>
        new(KubernetesClientConfiguration.BuildConfigFromConfigFile(_files.Write("config", KubeconfigTests.One(cluster, user))));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
