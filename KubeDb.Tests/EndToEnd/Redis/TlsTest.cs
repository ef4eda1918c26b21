namespace KubeDb.Tests.EndToEnd.Redis;

/// <summary>What tests of TLS share: requests, and what servers show.</summary>
[Parallelizable(ParallelScope.Self)]
public abstract class TlsTest : ClusterTest
{
    /// <summary>A test is skipped where no cert-manager runs.</summary>
    [SetUp]
    public Task NeedsCertManager() => RequireCertManagerAsync();

    /// <summary>A request that changes TLS.</summary>
    protected static string ReconfigureTls(string name, string database, string change) => $$"""
        apiVersion: ops.kubedb.com/v1alpha1
        kind: RedisOpsRequest
        metadata: {name: {{name}}}
        spec: {type: ReconfigureTLS, databaseRef: {name: {{database}}}, timeout: 5m, apply: IfReady, tls: { {{change}} } }
        """;

    /// <summary>Runs the client in a pod as the guide does, over TLS.</summary>
    private protected Task<string> SecureCli(string pod, string cli, params string[] arguments) =>
        KubectlHere(["exec", pod, "--", cli, "--tls", "--cert", "/certs/client.crt", "--key", "/certs/client.key", "--cacert", "/certs/ca.crt", .. arguments]);

    /// <summary>Messages of a server about handshakes that failed, but those of clients that tried a plain connection.</summary>
    private protected async Task<IReadOnlyList<string>> HandshakeFailuresAsync(string pod) =>
        [.. (await KubectlHere("logs", pod)).Split('\n').Where(l =>
            (l.Contains("Error accepting a client connection", StringComparison.Ordinal) || l.Contains("certificate verify failed", StringComparison.Ordinal))
            && !l.Contains("wrong version number", StringComparison.Ordinal))];
}
