using System.Text;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;

namespace KubeDb.Tests.Unit.Kubernetes.Configuration;

[TestFixture]
[Category("Unit")]
public sealed class KubeconfigTests
{
    private Files _files = null!;

    [SetUp]
    public void MakeFiles() => _files = new Files();

    [TearDown]
    public void RemoveFiles() => _files.Dispose();

    [Test]
    public async Task The_current_context_is_used_unless_another_is_chosen()
    {
        _files.Environment["KUBECONFIG"] = _files.Write("config", Two);

        var current = KubernetesConfiguration.Load(_files.Source());
        var chosen = KubernetesConfiguration.Load(_files.Source() with { Context = "two" });

        Assert.That((current.Server.Host, current.Namespace, await Authorization(current)), Is.EqualTo(("one.example", "default", "Bearer t1")));
        Assert.That((chosen.Server.Host, chosen.Namespace, await Authorization(chosen)), Is.EqualTo(("two.example", "team", "Bearer t2")));
        Assert.That(chosen.Origin, Does.Contain("\"two\"").And.Contain(_files.Path("config")));
    }

    [Test]
    public async Task Several_files_are_merged_and_the_first_to_name_a_thing_wins()
    {
        var first = _files.Write("a/config", """
            contexts: [{name: one, context: {cluster: one, user: other}}]
            users: [{name: other, user: {token: from-a}}]
            """);
        var second = _files.Write("b/config", Two);
        _files.Environment["KUBECONFIG"] = $"{first}:{_files.Path("missing")}:{second}";

        var configuration = KubernetesConfiguration.Load(_files.Source());

        Assert.That((configuration.Server.Host, await Authorization(configuration)), Is.EqualTo(("one.example", "Bearer from-a")));
    }

    [Test]
    public void The_places_are_searched_in_order()
    {
        Assert.That(Refusal(() => KubernetesConfiguration.Load(_files.Source())), Does.Contain("KUBECONFIG is not set").And.Contain(_files.Path("home/.kube/config")));

        _files.Write("home/.kube/config", Two.Replace("one.example", "home.example", StringComparison.Ordinal));
        Assert.That(KubernetesConfiguration.Load(_files.Source()).Server.Host, Is.EqualTo("home.example"));

        MountServiceAccount();
        Assert.That(KubernetesConfiguration.Load(_files.Source()).Server.Host, Is.EqualTo("10.96.0.1"));

        _files.Environment["KUBECONFIG"] = _files.Write("env", Two.Replace("one.example", "env.example", StringComparison.Ordinal));
        Assert.That(KubernetesConfiguration.Load(_files.Source()).Server.Host, Is.EqualTo("env.example"));

        Assert.That(_files.Load(Two).Server.Host, Is.EqualTo("one.example"));
    }

    [Test]
    public void Paths_start_from_the_file_that_names_them()
    {
        var authority = TestCertificate.Authority();
        _files.Write("sub/pki/ca.crt", authority.Pem);
        var path = _files.Write("sub/config", One("certificate-authority: pki/ca.crt", "token: t"));

        var configuration = KubernetesConfiguration.Load(_files.Source() with { KubeconfigPath = path });

        Assert.That(configuration.CertificateAuthorities![0].Thumbprint, Is.EqualTo(authority.Certificate.Thumbprint));
    }

    [TestCase(0)]
    [TestCase(1)]
    public async Task Every_authority_of_a_bundle_is_trusted(int which)
    {
        TestCertificate[] authorities = [TestCertificate.Authority("old"), TestCertificate.Authority("new")];
        var bundle = string.Concat(authorities.Select(a => a.Pem + "\n"));
        _files.Write("ca.crt", bundle);
        await using var server = await TestServer.StartAsync(c => TestServer.Json(c, 200, "{}"), authorities[which].Issue("localhost"));

        foreach (var given in (string[])["certificate-authority: ca.crt", $"certificate-authority-data: {Base64(bundle)}"])
        {
            using var client = new HttpKubernetesClient(_files.Load(One($"server: 'https://localhost:{server.Port}', {given}", "token: t")));
            var answer = await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);
            Assert.That(answer.Succeeded, answer.Error?.Message);
        }
    }

    [Test]
    public async Task Whom_to_act_as_is_told_with_every_request()
    {
        var told = new Dictionary<string, string>();
        await using var server = await TestServer.StartAsync(c =>
        {
            foreach (var (name, value) in c.Request.Headers.Where(h => h.Key.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase)))
                told[name.ToLowerInvariant()] = value.ToString();
            return TestServer.Json(c, 200, "{}");
        });
        using var client = new HttpKubernetesClient(_files.Load(One(
            $"server: 'http://localhost:{server.Port}'", "token: t, as: someone, as-uid: '7', as-groups: [a], as-user-extra: {scopes: [x]}")));

        await client.ReadDocumentAsync("/version", KubernetesVerbs.DecodeJson, CancellationToken.None);

        Assert.That(told, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["impersonate-user"] = "someone", ["impersonate-uid"] = "7", ["impersonate-group"] = "a", ["impersonate-extra-scopes"] = "x",
        }));
    }

    [Test]
    public async Task A_client_certificate_may_be_in_the_file_or_beside_it()
    {
        var client = TestCertificate.Authority().Issue("me");
        _files.Write("me.crt", client.Pem);
        _files.Write("me.key", client.KeyPem);

        foreach (var user in new[] { $"client-certificate-data: {Base64(client.Pem)}, client-key-data: {Base64(client.KeyPem)}", "client-certificate: me.crt, client-key: me.key" })
        {
            var credential = await _files.Load(One("tls-server-name: api", user)).Credentials.GetAsync(CancellationToken.None);
            Assert.That(credential.Identity?.Context.TargetCertificate.Thumbprint, Is.EqualTo(client.Certificate.Thumbprint));
        }
    }

    [Test]
    public async Task Everything_else_people_write_is_understood()
    {
        var configuration = _files.Load(One(
            "insecure-skip-tls-verify: true, tls-server-name: api.internal, proxy-url: 'socks5://u:p%40w@proxy:1080'",
            "username: admin, password: 'pä:ss', as: someone, as-uid: '7', as-groups: [a], as-user-extra: {scopes: [x]}"));

        Assert.That((configuration.SkipTlsVerify, configuration.TlsServerName), Is.EqualTo((true, "api.internal")));
        Assert.That(configuration.Proxy!.GetProxy(configuration.Server), Is.EqualTo(new Uri("socks5://proxy:1080")));
        Assert.That(configuration.Proxy.Credentials!.GetCredential(new Uri("socks5://proxy:1080"), "")!.Password, Is.EqualTo("p@w"));
        Assert.That(await Authorization(configuration), Is.EqualTo("Basic " + Base64("admin:pä:ss")));
        Assert.That((configuration.Impersonate!.User, configuration.Impersonate.Uid), Is.EqualTo(("someone", "7")));
        Assert.That(configuration.Impersonate.Groups, Is.EqualTo(new[] { "a" }));
        Assert.That(configuration.Impersonate.Extra["scopes"], Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public async Task A_user_without_credentials_is_anonymous_and_json_is_yaml()
    {
        var configuration = _files.Load("""{"current-context":"a","contexts":[{"name":"a","context":{"cluster":"a","user":"a"}}],"clusters":[{"name":"a","cluster":{"server":"http://[::1]:8080"}}],"users":[{"name":"a"}]}""");

        Assert.That((configuration.Server, await Authorization(configuration)), Is.EqualTo((new Uri("http://[::1]:8080"), (string?)null)));
    }

    [TestCase("a: [", "config", "line", "not YAML")]
    [TestCase("just text", "not a kubeconfig", "clusters:", "contexts:")]
    [TestCase("", "no current-context", "use-context", "none")]
    [TestCase("current-context: x", "no context \"x\"", "choose one of", "none")]
    [TestCase("clusters: {a: b}", "clusters", "a mapping", "a list")]
    [TestCase("clusters: [{cluster: {server: x}}]", "clusters[0].name is missing", "config", "")]
    [TestCase("current-context: x\ncontexts: [{name: x, context: {cluster: gone}}]", "no cluster \"gone\"", "context \"x\"", "none")]
    [TestCase("current-context: x\ncontexts: [{name: x, context: {}}]", "contexts[0].context.cluster is missing", "context \"x\"", "add it")]
    public void A_broken_file_is_told_with_place_and_remedy(string text, string one, string two, string three) =>
        Assert.That(Refusal(() => _files.Load(text)), Does.Contain(one).And.Contain(two).And.Contain(three));

    [TestCase("server: 'ftp://x'", "token: t", "clusters[0].cluster.server", "https://host:6443")]
    [TestCase("insecure-skip-tls-verify: maybe", "token: t", "insecure-skip-tls-verify", "true or false")]
    [TestCase("certificate-authority-data: '!!'", "token: t", "certificate-authority-data", "base64")]
    [TestCase("certificate-authority-data: aGFsbG8=", "token: t", "certificate-authority-data", "PEM")]
    [TestCase("certificate-authority: /does/not/exist", "token: t", "/does/not/exist", "certificate-authority")]
    [TestCase("proxy-url: 'ftp://x'", "token: t", "proxy-url", "socks5")]
    [TestCase("tls-server-name: [a]", "token: t", "tls-server-name", "has to be a text")]
    [TestCase("tls-server-name: a", "client-certificate-data: aGFsbG8=", "client-key", "give both")]
    [TestCase("tls-server-name: a", "client-certificate-data: aGFsbG8=, client-key-data: aGFsbG8=", "client certificate and key", "PEM")]
    [TestCase("tls-server-name: a", "client-certificate-data: aGFsbG8=, client-key-data: LS0tLS1CRUdJTiBFTkNSWVBURUQgUFJJVkFURSBLRVktLS0tLQ==", "encrypted", "passphrase")]
    [TestCase("tls-server-name: a", "auth-provider: {name: gcp}", "auth-provider (gcp)", "exec plugin")]
    [TestCase("tls-server-name: a", "as: someone, as-groups: [a, b]", "users[0].user.as-groups has 2 values", "leave the one")]
    [TestCase("tls-server-name: a", "as: someone, as-user-extra: {scopes: [x, y]}", "as-user-extra.scopes has 2 values", "leave the one")]
    [TestCase("tls-server-name: a", "exec: {apiVersion: client.authentication.k8s.io/v1}", "exec.command is missing", "name the program")]
    [TestCase("tls-server-name: a", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}", "v1alpha1", "v1beta1")]
    [TestCase("tls-server-name: a", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}", "interactiveMode", "no terminal")]
    public void A_field_that_is_not_usable_is_told_with_place_and_remedy(string cluster, string user, string one, string two) =>
        Assert.That(Refusal(() => _files.Load(One(cluster, user))), Does.Contain(_files.Path("config")).And.Contain(one).And.Contain(two));

    [Test]
    public void Skipping_the_check_and_an_authority_contradict_each_other()
    {
        var authority = Base64(TestCertificate.Authority().Pem);

        Assert.That(Refusal(() => _files.Load(One($"insecure-skip-tls-verify: true, certificate-authority-data: {authority}", "token: t"))), Does.Contain("remove insecure-skip-tls-verify"));
    }

    [Test]
    public void A_parser_error_does_not_quote_the_file() =>
        Assert.That(Refusal(() => _files.Load("users:\n- name: a\n  user: {token: hunter2 hunter2: [}")), Does.Not.Contain("hunter2"));

    [Test]
    public async Task In_a_pod_the_service_account_is_used()
    {
        MountServiceAccount();
        var v4 = KubernetesConfiguration.Load(_files.Source());
        _files.Environment["KUBERNETES_SERVICE_HOST"] = "fd00::1";
        var v6 = KubernetesConfiguration.Load(_files.Source());

        Assert.That((v4.Server, v6.Server), Is.EqualTo((new Uri("https://10.96.0.1:443"), new Uri("https://[fd00::1]:443"))));
        Assert.That((v4.Namespace, v4.CertificateAuthorities!.Count, await Authorization(v4)), Is.EqualTo(("operators", 1, "Bearer pod-token")));
    }

    [Test]
    public void A_pod_without_what_it_needs_is_told_so()
    {
        _files.Environment["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";
        Assert.That(Refusal(() => KubernetesConfiguration.Load(_files.Source())), Does.Contain("KUBERNETES_SERVICE_PORT"));
        _files.Environment["KUBERNETES_SERVICE_PORT"] = "443";
        Assert.That(Refusal(() => KubernetesConfiguration.Load(_files.Source())), Does.Contain("automountServiceAccountToken"));
        _files.Write("serviceaccount/token", "t");
        Assert.That(Refusal(() => KubernetesConfiguration.Load(_files.Source())), Does.Contain("ca.crt"));
    }

    private static string Two =>
        """
        apiVersion: v1
        kind: Config
        current-context: one
        clusters:
        - {name: one, cluster: {server: "https://one.example:6443"}}
        - {name: two, cluster: {server: two.example}}
        contexts:
        - {name: one, context: {cluster: one, user: one}}
        - name: two
          context:
            cluster: two
            namespace: team
            user: two
        users:
        - {name: one, user: {token: t1}}
        - {name: two, user: {token: t2}}
        preferences: {}
        extensions: [{name: x, extension: {y: z}}]
        """;

    internal static string One(string cluster, string user) =>
        $$"""
        current-context: a
        clusters:
        - name: a
          cluster: { {{(cluster.StartsWith("server:", StringComparison.Ordinal) ? "" : "server: 'https://api:6443', ")}}{{cluster}} }
        contexts: [{name: a, context: {cluster: a, user: a} }]
        users:
        - name: a
          user: { {{user}} }
        """;

    private void MountServiceAccount()
    {
        _files.Environment["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";
        _files.Environment["KUBERNETES_SERVICE_PORT"] = "443";
        _files.Write("serviceaccount/token", "pod-token\n");
        _files.Write("serviceaccount/namespace", "operators");
        _files.Write("serviceaccount/ca.crt", TestCertificate.Authority().Pem);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<string?> Authorization(KubernetesConfiguration configuration) =>
        (await configuration.Credentials.GetAsync(CancellationToken.None)).Authorization;

    private static string Refusal(Func<object> action) => Assert.Throws<KubernetesConfigurationException>(() => action())!.Message;
}
