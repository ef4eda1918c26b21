using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Kubernetes.Configuration;

[TestFixture]
[Category("Unit")]
public sealed class CredentialTests
{
    private Files _files = null!;
    private VirtualTime _time = null!;

    [SetUp]
    public void MakeFiles() => (_files, _time) = (new Files(), new VirtualTime());

    [TearDown]
    public void RemoveFiles() => _files.Dispose();

    [Test]
    public async Task A_token_file_is_read_again_after_a_minute()
    {
        _files.Write("token", "one\n");
        var credentials = Load("tokenFile: token");
        Assert.That(await Authorization(credentials), Is.EqualTo("Bearer one"));

        _files.Write("token", "two\n");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(await Authorization(credentials), Is.EqualTo("Bearer one"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await Authorization(credentials), Is.EqualTo("Bearer two"));

        File.Delete(_files.Path("token"));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(await Authorization(credentials), Is.EqualTo("Bearer two"), "the last good one stays");
    }

    [Test]
    public async Task A_refused_token_is_read_again_at_once_and_the_request_sent_again()
    {
        _files.Write("token", "old");
        var seen = new List<string>();
        await using var server = await TestServer.StartAsync(c =>
        {
            seen.Add(c.Request.Headers.Authorization.ToString());
            return seen[^1] == "Bearer new" ? TestServer.Json(c, 200, "{}") : TestServer.Status(c, 401, "Unauthorized");
        });
        using var client = new HttpKubernetesClient(server.Configuration() with { Credentials = Load("tokenFile: token") });

        var stale = await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);
        _files.Write("token", "new");
        var fresh = await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);

        Assert.That((stale.Error?.Kind, fresh.Succeeded), Is.EqualTo((ApiErrorKind.Unauthorized, true)));
        Assert.That(seen, Is.EqualTo(new[] { "Bearer old", "Bearer old", "Bearer new" }), "without a new token nothing is sent again");
    }

    [Test]
    public async Task A_missing_token_file_is_an_error_of_the_request_that_names_it()
    {
        await using var server = await TestServer.StartAsync(c => TestServer.Json(c, 200, "{}"));
        using var client = new HttpKubernetesClient(server.Configuration() with { Credentials = Load("tokenFile: token") });

        var result = await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);

        Assert.That((result.Error?.Kind, result.Error?.Reason), Is.EqualTo((ApiErrorKind.Unauthorized, "NoCredentials")));
        Assert.That(result.Error!.Message, Does.Contain(_files.Path("token")));
    }

    [Test]
    public async Task A_client_certificate_that_is_replaced_is_shown_from_then_on()
    {
        var authority = TestCertificate.Authority();
        var shown = new List<string>();
        await using var server = await TestServer.StartAsync(
            c =>
            {
                shown.Add(c.Connection.ClientCertificate?.Subject ?? "none");
                return TestServer.Json(c, 200, "{}");
            },
            authority.Issue("localhost"));
        Place(authority.Issue("first"));
        using var client = new HttpKubernetesClient(server.Configuration(authority: authority.Certificate, tls: true) with
        {
            Credentials = Load("client-certificate: me.crt, client-key: me.key"),
        });

        await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);
        Place(authority.Issue("second"));
        _time.Advance(TimeSpan.FromMinutes(1));
        await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);

        Assert.That(shown, Is.EqualTo(new[] { "CN=first", "CN=second" }));
    }

    [Test]
    public async Task A_plugin_is_run_once_until_its_credential_expires()
    {
        var credentials = Plugin("""
            echo run >> "$DIR/runs"
            echo "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"t$(wc -l < "$DIR/runs")\",\"expirationTimestamp\":\"$EXPIRES\"}}"
            """, $"{{name: EXPIRES, value: '{VirtualTime.Start.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}'}}");

        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Authorization(credentials)));
        Assert.That(together.Distinct(), Is.EqualTo(new[] { "Bearer t1" }));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.That(await Authorization(credentials), Is.EqualTo("Bearer t1"));
        _time.Advance(TimeSpan.FromSeconds(51));
        Assert.That(await Authorization(credentials), Is.EqualTo("Bearer t2"));
    }

    [Test]
    public async Task A_refused_credential_is_asked_of_the_plugin_again()
    {
        var credentials = Plugin("""
            echo run >> "$DIR/runs"
            echo "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"t$(wc -l < "$DIR/runs")\"}}"
            """);
        await using var server = await TestServer.StartAsync(c =>
            c.Request.Headers.Authorization == "Bearer t2" ? TestServer.Json(c, 200, "{}") : TestServer.Status(c, 401, "Unauthorized"));
        using var client = new HttpKubernetesClient(server.Configuration() with { Credentials = credentials });

        Assert.That((await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None)).Succeeded, Is.True);
    }

    [Test]
    public async Task A_plugin_is_told_the_cluster_and_gets_its_arguments()
    {
        var credentials = Plugin(
            """printf '%s' "$KUBERNETES_EXEC_INFO" > "$DIR/info"; echo "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"$1\"}}" """,
            extra: "args: ['a b'], provideClusterInfo: true, interactiveMode: IfAvailable");

        Assert.That(await Authorization(credentials), Is.EqualTo("Bearer a b"));
        Assert.That(
            await File.ReadAllTextAsync(_files.Path("info")),
            Is.EqualTo("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://api:6443","tls-server-name":"api"}}}"""));
    }

    [Test]
    public async Task A_plugin_may_bring_a_client_certificate()
    {
        var client = TestCertificate.Authority().Issue("from-plugin");
        var status = System.Text.Json.JsonSerializer.Serialize(new { clientCertificateData = client.Pem, clientKeyData = client.KeyPem });
        _files.Write("answer", $$"""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{status}}}""");

        var credential = await Plugin("cat \"$DIR/answer\"").GetAsync(CancellationToken.None);

        Assert.That((credential.Authorization, credential.Identity?.Context.TargetCertificate.Subject), Is.EqualTo(((string?)null, "CN=from-plugin")));
    }

    [TestCase("echo 'log in first' >&2; exit 3", "exit code 3", "log in first")]
    [TestCase("echo secret-token", "did not print a JSON object", "standard output")]
    [TestCase("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"secret-token"}}'""", "v1beta1", "make the plugin and exec.apiVersion agree")]
    [TestCase("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'""", "neither status.token", "clientCertificateData")]
    [TestCase("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"secret-token","expirationTimestamp":"soon"}}'""", "soon", "RFC 3339")]
    public async Task A_plugin_that_fails_is_told_without_its_secrets(string script, string one, string two)
    {
        var credentials = Plugin(script);

        var refusal = await Assert.ThrowsAsync<KubernetesConfigurationException>(async () => await credentials.GetAsync(CancellationToken.None));

        Assert.That(refusal!.Message, Does.Contain(one).And.Contain(two).And.Contain(_files.Path("plugin")).And.Contain("context \"a\"").And.Not.Contain("secret-token"));
    }

    [Test]
    public async Task A_plugin_that_is_not_installed_is_told_with_the_hint()
    {
        var credentials = Load("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: no-such-plugin-here, installHint: 'Get it from the shop.'}");

        var refusal = await Assert.ThrowsAsync<KubernetesConfigurationException>(async () => await credentials.GetAsync(CancellationToken.None));

        Assert.That(refusal!.Message, Does.Contain("no-such-plugin-here").And.EndWith("Get it from the shop."));
    }

    [Test]
    public async Task For_a_request_that_was_cancelled_no_plugin_is_started()
    {
        var credentials = Load("exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin-here, interactiveMode: Never}");

        await Assert.CatchAsync<OperationCanceledException>(async () => await credentials.GetAsync(new CancellationToken(canceled: true)));
    }

    [Test]
    public async Task A_plugin_that_hangs_is_stopped()
    {
        var credentials = Plugin("echo $$ > \"$DIR/pid\"; exec sleep 600");
        var asked = credentials.GetAsync(CancellationToken.None).AsTask();
        while (!File.Exists(_files.Path("pid")) || new FileInfo(_files.Path("pid")).Length == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.That(async () => await asked, Throws.InstanceOf<KubernetesConfigurationException>().With.Message.Contains("within 60 s"));
        var pid = (await File.ReadAllTextAsync(_files.Path("pid"))).Trim();
        for (var i = 0; i < 100 && Runs(pid); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        Assert.That(Runs(pid), Is.False);
    }

    [TestCase("HTTPS_PROXY=http://proxy:3128", "https://api.example:6443", "http://proxy:3128/")]
    [TestCase("https_proxy=proxy:3128", "https://api.example:6443", "http://proxy:3128/")]
    [TestCase("HTTP_PROXY=http://proxy:3128", "https://api.example:6443", null)]
    [TestCase("HTTPS_PROXY=http://proxy:3128", "https://127.0.0.1:6443", null)]
    [TestCase("HTTPS_PROXY=http://proxy:3128 NO_PROXY=10.0.0.0/8,other", "https://10.96.0.1:443", null)]
    [TestCase("HTTPS_PROXY=http://proxy:3128 NO_PROXY=10.0.0.0/8", "https://11.0.0.1:443", "http://proxy:3128/")]
    [TestCase("HTTPS_PROXY=http://proxy:3128 NO_PROXY=fd00::/8", "https://[fd00::1]:443", null)]
    [TestCase("HTTPS_PROXY=http://proxy:3128 NO_PROXY=.example", "https://api.example", null)]
    [TestCase("HTTPS_PROXY=http://proxy:3128 NO_PROXY=example", "https://notexample", "http://proxy:3128/")]
    [TestCase("HTTPS_PROXY=http://proxy:3128 NO_PROXY=api.example:443", "https://api.example:6443", "http://proxy:3128/")]
    [TestCase("HTTPS_PROXY=http://proxy:3128 NO_PROXY=*", "https://api.example", null)]
    public void The_environments_proxy_is_used_where_it_applies(string environment, string server, string? proxy)
    {
        var variables = environment.Split(' ').Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);

        Assert.That(EnvironmentProxy.For(new Uri(server), variables.GetValueOrDefault)?.Address?.AbsoluteUri, Is.EqualTo(proxy));
    }

    private ICredentialSource Load(string user) => _files.Load(KubeconfigTests.One("tls-server-name: api", user), _time).Credentials;

    private ICredentialSource Plugin(string script, string? environment = null, string extra = "interactiveMode: Never")
    {
        _files.WriteScript("plugin", script);
        var variables = $"{{name: DIR, value: '{_files.Directory}'}}{(environment is null ? "" : ", " + environment)}";
        return Load($"exec: {{apiVersion: client.authentication.k8s.io/v1, command: ./plugin, {extra}, env: [{variables}]}}");
    }

    // A killed process that nobody has waited for yet is a zombie, and a process may vanish while it is looked at.
    private static bool Runs(string pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(" Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Place(TestCertificate certificate)
    {
        _files.Write("me.crt", certificate.Pem);
        _files.Write("me.key", certificate.KeyPem);
    }

    private static async Task<string?> Authorization(ICredentialSource credentials) => (await credentials.GetAsync(CancellationToken.None)).Authorization;
}
