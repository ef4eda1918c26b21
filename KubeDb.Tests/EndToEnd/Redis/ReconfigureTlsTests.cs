namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>The guide "Reconfigure TLS" on one server: added, rotated, issuer changed, removed.</summary>
[TestFixture(Redis8, "redis-cli"), TestFixture(Valkey8, "valkey-cli", Category = "Full")]
public sealed class ReconfigureTlsTests(string version, string cli) : TlsTest
{
    [Test]
    public async Task The_guide_from_plain_to_TLS_and_back()
    {
        using var first = await MakeIssuerAsync("redis-ca-issuer", "ca");
        using var second = await MakeIssuerAsync("rd-new-issuer", "ca-updated");
        await Apply(Redis("rd-sample", version));
        await WaitForPhase("rd-sample", "Ready");
        await KubectlHere("exec", "rd-sample-0", "--", cli, "set", "hello", "world");

        await Apply(ReconfigureTls(
            "rd-add-tls", "rd-sample", "issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: redis-ca-issuer}, certificates: [{alias: client, subject: {organizations: [redis], organizationalUnits: [client]}}]"));
        await WaitForSuccess("rd-add-tls");
        var plain = await TryKubectl("exec", "rd-sample-0", "--", cli, "get", "hello");
        using (var client = await CertificateAsync("rd-sample", "client"))
        {
            var labels = (await Secret("rd-sample-client-cert"))!.Metadata.Labels;
            Assert.Multiple(async () =>
            {
                Assert.That(await KubectlHere("exec", "rd-sample-0", "--", "ls", "/certs"), Is.EqualTo("ca.crt\nclient.crt\nclient.key\nserver.crt\nserver.key"));
                Assert.That(plain.Output, Does.Not.Contain("world"));
                Assert.That(plain.ExitCode, Is.Not.Zero, "a plain client is refused");
                Assert.That(await SecureCli("rd-sample-0", cli, "config", "get", "tls-cert-file"), Does.EndWith("/certs/server.crt"));
                Assert.That(await SecureCli("rd-sample-0", cli, "get", "hello"), Is.EqualTo("world"));
                Assert.That(client.Subject, Does.Contain("CN=default").And.Contain("O=redis").And.Contain("OU=client"));
                Assert.That(labels.Keys, Is.SupersetOf(new[] { "app.kubernetes.io/component", "app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "app.kubernetes.io/name" }));
                Assert.That((await Get("appbinding", "rd-sample"))!["spec"]!["clientConfig"]!["service"]!["scheme"]!.GetValue<string>(), Is.EqualTo("rediss"));
            });
        }

        var uid = await PodUid("rd-sample-0");
        using var before = await CertificateAsync("rd-sample", "server");
        await Apply(ReconfigureTls("rd-ops-rotate", "rd-sample", "rotateCertificates: true"));
        await WaitForSuccess("rd-ops-rotate");
        using var rotated = await CertificateAsync("rd-sample", "server");
        Assert.That(rotated.SerialNumber, Is.Not.EqualTo(before.SerialNumber));
        Assert.That((await RequestCondition("rd-ops-rotate", "RestartPods"))!, Does.Contain($"1 of 1 pods serve serial {rotated.SerialNumber}"));

        await Apply(ReconfigureTls("rd-change-issuer", "rd-sample", "issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: rd-new-issuer}"));
        await WaitForSuccess("rd-change-issuer");
        using var changed = await CertificateAsync("rd-sample", "server");
        Assert.Multiple(async () =>
        {
            Assert.That(changed.Issuer, Does.Contain("ca-updated"));
            Assert.That(await SecureCli("rd-sample-0", cli, "get", "hello"), Is.EqualTo("world"));
            Assert.That(await PodUid("rd-sample-0"), Is.EqualTo(uid), "neither needed a restart");
            Assert.That(await HandshakeFailuresAsync("rd-sample-0"), Is.Empty);
            Assert.That((await Get("rd", "rd-sample"))!["spec"]!["tls"]!["certificates"]![0]!["subject"], Is.Not.Null, "what the request does not mention stays");
        });

        await Apply(ReconfigureTls("rd-ops-remove", "rd-sample", "remove: true"));
        await WaitForSuccess("rd-ops-remove");
        Assert.Multiple(async () =>
        {
            Assert.That(await KubectlHere("exec", "rd-sample-0", "--", cli, "config", "get", "tls-cert-file"), Is.EqualTo("tls-cert-file"));
            Assert.That(await KubectlHere("exec", "rd-sample-0", "--", cli, "get", "hello"), Is.EqualTo("world"));
            Assert.That(await Exists("certificate/rd-sample-server-cert") || await Exists("secret/rd-sample-server-cert") || await Exists("secret/rd-sample-ca-bundle"), Is.False);
            Assert.That((await Get("rd", "rd-sample"))!["metadata"]!["annotations"]?["kubedb.com/tls-transition"], Is.Null);
        });
        await WaitForPhase("rd-sample", "Ready");
    }

    [Test]
    public async Task What_an_issuer_lacks_is_told_and_a_request_that_waits_for_it_is_undone()
    {
        using var authority = await MakeIssuerAsync("late", "ca");
        await Apply(Redis("born", version, "tls: {issuerRef: {kind: ClusterIssuer, name: absent}}"));
        await Apply(Redis("plain", version));
        await Eventually(
            async () => (await Condition("rd", "born", "DependenciesReady"))?["message"]?.GetValue<string>().Contains("ClusterIssuer absent, named by spec.tls.issuerRef, does not exist", StringComparison.Ordinal) == true,
            "the database says what it waits for");
        Assert.That(await Exists("petset/born"), Is.False, "no pod starts without its certificates");
        await KubectlHere("patch", "rd", "born", "--type=merge", "-p", """{"spec":{"tls":{"issuerRef":{"kind":"Issuer","name":"late"}}}}""");
        await WaitForPhase("born", "Ready");
        await WaitForPhase("plain", "Ready");
        Assert.That(await SecureCli("born-0", cli, "ping"), Is.EqualTo("PONG"));

        await Apply(ReconfigureTls("absent", "plain", "issuerRef: {kind: ClusterIssuer, name: absent}").Replace("timeout: 5m", "timeout: 8s", StringComparison.Ordinal));
        await WaitForRequestPhase("absent", "Failed");
        Assert.Multiple(async () =>
        {
            Assert.That((await Condition("rdops", "absent", "CertificateSynced"))!["message"]!.GetValue<string>(), Does.Contain("ClusterIssuer absent"));
            Assert.That((await Get("rd", "plain"))!["spec"]!["tls"], Is.Null, "the spec is as it was");
            Assert.That((await Get("rd", "plain"))!["metadata"]!["annotations"]?["kubedb.com/tls-transition"], Is.Null);
            Assert.That(await KubectlHere("exec", "plain-0", "--", cli, "ping"), Is.EqualTo("PONG"));
        });
        await WaitForPhase("plain", "Ready");
    }

    private async Task<string?> RequestCondition(string request, string type) => (await Condition("rdops", request, type))?["message"]?.GetValue<string>();
}
