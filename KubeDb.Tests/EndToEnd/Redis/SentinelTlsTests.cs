namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>
/// The guide "Reconfigure TLS" on a Redis with sentinels: sentinels of the TLS to come take over, and those that nobody uses any more go.
/// </summary>
[TestFixture(Redis8, "redis-cli")]
public sealed class SentinelTlsTests(string version, string cli) : TlsTest
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(6);

    [Test]
    public async Task The_guide_from_plain_to_TLS_and_back_with_sentinels()
    {
        using var first = await MakeIssuerAsync("redis-ca-issuer", "ca");
        using var second = await MakeIssuerAsync("other-issuer", "ca-updated");
        await Apply(RedisSentinel("sen-sample", version));
        await Apply(Many("rd-sample", version, "mode: Sentinel\nreplicas: 3\nsentinelRef: {name: sen-sample}"));
        await WaitForPhase("rd-sample", "Ready", Long);
        await KubectlHere("exec", await MasterAsync(), "--", cli, "set", "hello", "world");

        await Apply(ReconfigureTls("rd-refused", "rd-sample", "issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: redis-ca-issuer}"));
        await WaitForRequestPhase("rd-refused", "Failed");
        Assert.That((await Get("rdops", "rd-refused"))!.ToJsonString(), Does.Contain("spec.tls.sentinel.ref is missing"));

        await ChangeAsync("rd-add-tls", $"issuerRef: {{apiGroup: cert-manager.io, kind: Issuer, name: redis-ca-issuer}}, certificates: [{{alias: client, subject: {{organizations: [redis]}}}}], sentinel: {{ref: {{name: sen-demo-tls, namespace: {Namespace}}}, removeUnusedSentinel: true}}");
        await SecureAsync("sen-demo-tls", "ca");

        var before = await UidsAsync("rd-sample");
        await ChangeAsync("rd-ops-rotate", "rotateCertificates: true");
        Assert.That(await UidsAsync("rd-sample"), Is.EquivalentTo(before), "the servers load certificates without a restart");
        using var served = await CertificateAsync("sen-demo-tls", "server");
        var sentinels = await UidsAsync("sen-demo-tls");
        await Apply("""
            apiVersion: ops.kubedb.com/v1alpha1
            kind: RedisSentinelOpsRequest
            metadata: {name: sen-ops-rotate}
            spec: {type: ReconfigureTLS, databaseRef: {name: sen-demo-tls}, tls: {rotateCertificates: true}}
            """);
        await WaitAsync("--for=condition=Successful", "rdsops/sen-ops-rotate", Long);
        using var rotated = await CertificateAsync("sen-demo-tls", "server");
        Assert.That(rotated.SerialNumber, Is.Not.EqualTo(served.SerialNumber));
        Assert.That((await UidsAsync("sen-demo-tls")).Intersect(sentinels), Is.Empty, "sentinels load certificates only when they start");

        await ChangeAsync("rd-change-issuer", "issuerRef: {apiGroup: cert-manager.io, kind: Issuer, name: other-issuer}, sentinel: {ref: {name: sen-other}, removeUnusedSentinel: true}");
        await SecureAsync("sen-other", "ca-updated");

        await ChangeAsync("rd-ops-remove", $"remove: true, sentinel: {{ref: {{name: sen-sample, namespace: {Namespace}}}, removeUnusedSentinel: true}}");
        Assert.Multiple(async () =>
        {
            Assert.That(await KubectlHere("exec", await MasterAsync(), "--", cli, "get", "hello"), Is.EqualTo("world"));
            Assert.That(await KubectlHere("exec", "sen-sample-0", "-c", "redissentinel", "--", cli, "-p", "26379", "sentinel", "masters"), Does.Contain($"{Namespace}/rd-sample"));
            Assert.That((await Get("rd", "rd-sample"))!["metadata"]!["annotations"]?.AsObject().Select(a => a.Key), Has.None.StartsWith("kubedb.com/tls-"));
        });
        await OnlySentinelsAsync("sen-sample");
    }

    private async Task SecureAsync(string sentinels, string authority)
    {
        var master = await MasterAsync();
        using var client = await CertificateAsync("rd-sample", "client");
        Assert.Multiple(async () =>
        {
            Assert.That(client.Issuer, Is.EqualTo($"CN={authority}"));
            Assert.That(await SecureCli(master, cli, "get", "hello"), Is.EqualTo("world"));
            Assert.That((await TryKubectl("exec", master, "--", cli, "get", "hello")).ExitCode, Is.Not.Zero, "a plain client is refused");
            Assert.That(await KubectlHere("exec", $"{sentinels}-0", "-c", "redissentinel", "--", "ls", "/certs"), Does.Contain("client.crt").And.Contain("server.crt"));
            Assert.That(
                await KubectlHere("exec", $"{sentinels}-0", "-c", "redissentinel", "--", cli, "-p", "26379", "--tls", "--cert", "/certs/client.crt", "--key", "/certs/client.key", "--cacert", "/certs/ca.crt", "sentinel", "masters"),
                Does.Contain($"{Namespace}/rd-sample").And.Contain($"{master}.rd-sample-pods.{Namespace}.svc"));
        });
        await OnlySentinelsAsync(sentinels);
    }

    private async Task ChangeAsync(string name, string change)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Apply(ReconfigureTls(name, "rd-sample", change));
        await WaitForSuccess(name, Long);
        TestContext.Out.WriteLine($"{version}, {name}, 3 pods with sentinels: {clock.Elapsed.TotalSeconds:F1} s");
        await WaitForPhase("rd-sample", "Ready", Long);
    }

    private Task OnlySentinelsAsync(string name) => Eventually(
        async () => await KubectlHere("get", "redissentinel", "-o", "jsonpath={.items[*].metadata.name}") == name, $"{name} are the only sentinels", TimeSpan.FromMinutes(2));

    private async Task<string> MasterAsync() => (await Cluster.PodsAsync(Namespace, "app.kubernetes.io/instance=rd-sample,kubedb.com/role=primary"))[0].Metadata.Name;

    private async Task<IReadOnlyList<string>> UidsAsync(string database) => [.. (await Cluster.PodsAsync(Namespace, $"app.kubernetes.io/instance={database}")).Select(p => p.Metadata.Uid)];
}
