using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture]
[Category("Unit")]
public sealed class ServerTrustTests
{
    private static readonly TestCertificate Authority = TestCertificate.Authority();

    [Test]
    public async Task The_right_authority_and_name_are_accepted()
    {
        Assert.That(await Error(Authority.Issue("localhost"), Authority), Is.Null);
        Assert.That(await Error(Authority.Issue("127.0.0.1"), Authority, host: "127.0.0.1"), Is.Null);
    }

    [TestCase("localhost", "other.example")]
    [TestCase("127.0.0.1", "localhost")]
    public async Task A_certificate_for_another_host_is_refused_and_both_names_are_said(string host, string named)
    {
        var error = await Error(Authority.Issue(named), Authority, host: host);

        Assert.That(error, Is.Not.Null);
        Assert.That((error!.Kind, error.Reason), Is.EqualTo((ApiErrorKind.Unreachable, "TlsFailed")));
        Assert.That(error.Message, Does.Contain($"it is for {named}, not for {host}"));
    }

    [Test]
    public async Task The_configured_server_name_takes_the_place_of_the_host()
    {
        Assert.That(await Error(Authority.Issue("other.example"), Authority, c => c with { TlsServerName = "other.example" }), Is.Null);
        Assert.That(
            (await Error(Authority.Issue("localhost"), Authority, c => c with { TlsServerName = "other.example" }))?.Message,
            Does.Contain("it is for localhost, not for other.example"));
    }

    [Test]
    public async Task Another_authority_is_refused_even_under_the_same_name()
    {
        var error = await Error(TestCertificate.Authority().Issue("localhost"), Authority);

        Assert.That(error?.Reason, Is.EqualTo("TlsFailed"));
        Assert.That(error!.Message, Does.Contain("the test"), "the message says where the authority came from");
    }

    [Test]
    public async Task A_certificate_out_of_date_is_refused()
    {
        var expired = await Error(Authority.Issue("localhost", fromDays: -2, toDays: -1), Authority);
        var early = await Error(Authority.Issue("localhost", fromDays: 1, toDays: 2), Authority);

        Assert.That(expired?.Message, Does.Contain("out of date"));
        Assert.That(early?.Message, Does.Contain("out of date"));
    }

    [Test]
    public async Task Without_a_configured_authority_the_machine_decides()
    {
        var error = await Error(Authority.Issue("localhost"), null);

        Assert.That(error?.Message, Does.Contain("not trusted by this machine"));
    }

    [Test]
    public async Task An_intermediate_authority_is_a_trust_anchor()
    {
        var intermediate = Authority.Intermediate("middle");

        Assert.That(await Error(intermediate.Issue("localhost"), intermediate), Is.Null);
        Assert.That(await Error(intermediate.Issue("localhost"), Authority), Is.Null, "the root with the intermediate sent along");
        Assert.That((await Error(intermediate.Issue("other.example"), intermediate))?.Message, Does.Contain("not for localhost"));
    }

    [Test]
    public async Task An_impostor_of_the_intermediate_authority_is_refused()
    {
        var intermediate = Authority.Intermediate("middle");
        var impostor = TestCertificate.Authority().Intermediate("middle");
        var sibling = Authority.Intermediate("middle");

        Assert.That((await Error(impostor.Issue("localhost"), intermediate))?.Reason, Is.EqualTo("TlsFailed"));
        Assert.That((await Error(sibling.Issue("localhost"), intermediate))?.Reason, Is.EqualTo("TlsFailed"));
    }

    [Test]
    public async Task Skipping_the_check_accepts_anything()
    {
        Assert.That(await Error(TestCertificate.Authority().Issue("other.example", -2, -1), null, c => c with { SkipTlsVerify = true }), Is.Null);
    }

    private static async Task<ApiError?> Error(
        TestCertificate shown, TestCertificate? trusted, Func<KubernetesConfiguration, KubernetesConfiguration>? change = null, string host = "localhost")
    {
        await using var server = await TestServer.StartAsync(c => TestServer.Json(c, 200, "{}"), shown);
        var configuration = server.Configuration(host, trusted?.Certificate, tls: true);
        using var client = new HttpKubernetesClient(change?.Invoke(configuration) ?? configuration);
        var result = await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);
        return result.Error;
    }
}
