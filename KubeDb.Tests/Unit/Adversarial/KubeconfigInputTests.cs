using System.Text;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Kubernetes;
using KubeDb.Tests.Unit.Kubernetes.Configuration;

namespace KubeDb.Tests.Unit.Adversarial;

/// <summary>A kubeconfig of any bytes is a usable configuration or a clear refusal, and no refusal quotes a secret of the file.</summary>
[TestFixture]
[Category("Unit")]
public sealed class KubeconfigInputTests
{
    private const string Secret = "CANARYtoken8d1e";

    private static readonly byte[] Valid = Encoding.UTF8.GetBytes($$"""
        apiVersion: v1
        kind: Config
        current-context: here
        clusters:
        - name: c
          cluster: {server: "https://10.0.0.1:6443", tls-server-name: api, certificate-authority-data: {{Base64(TestCertificate.Authority().Pem)}} }
        contexts:
        - name: here
          context: {cluster: c, user: u, namespace: ns}
        - {name: there, context: {cluster: c, user: p} }
        users:
        - name: u
          user:
            token: {{Secret}}
        - name: p
          user:
            exec: {apiVersion: client.authentication.k8s.io/v1, command: get-token, args: [--password, {{Secret}}], env: [{name: TOKEN, value: {{Secret}}}], interactiveMode: Never}
        - name: b
          user: {username: me, password: {{Secret}}}
        """);

    private Files _files = null!;

    [SetUp]
    public void MakeFiles() => _files = new Files();

    [TearDown]
    public void RemoveFiles() => _files.Dispose();

    [Test]
    public void The_undamaged_file_is_usable() => Assert.That(Outcome(Valid, null), Is.EqualTo("10.0.0.1"));

    [FsCheck.NUnit.Property(MaxTest = 400)]
    public bool A_damaged_file(int[] damages, bool other) => Outcome(Mangle.Bytes(Valid, damages), other ? "there" : null).Length > 0;

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool Any_bytes(byte[] bytes) => Outcome(bytes, null).Length > 0;

    /// <summary>What would take the reader's stack, its time or the memory.</summary>
    [TestCase("[", 200_000)]
    [TestCase("{a: ", 200_000)]
    [TestCase("- ", 50_000)]
    [TestCase("? ", 50_000)]
    [TestCase("&a [*a, ", 100)]
    [TestCase("\"", 1)]
    [TestCase("a: x\n", 1_000_000)]
    public void A_bomb(string token, int count) => Assert.That(Outcome(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(token, count))), null), Does.Contain("config"));

    /// <summary>Aliases of aliases are a tree of 9^9 leaves to whoever walks them.</summary>
    [TestCase("clusters: *l8")]
    [TestCase("? *l8\n: x")]
    [TestCase("current-context: *l8")]
    public void Laughter(string last)
    {
        var text = new StringBuilder("l0: &l0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 9; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"l{i}: &l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 9))}]\n");
        Assert.That(Outcome(Encoding.UTF8.GetBytes($"{text}{last}\n"), null), Does.Contain("config"));
    }

    /// <summary>The server that was found, or the refusal.</summary>
    private string Outcome(byte[] content, string? context)
    {
        var path = _files.Path("config");
        File.WriteAllBytes(path, content);
        try
        {
            var configuration = KubernetesConfiguration.Load(_files.Source() with { KubeconfigPath = path, Context = context });
            return configuration.Server.Host is { Length: > 0 } host ? host : "no host";
        }
        catch (KubernetesConfigurationException e)
        {
            Assert.That(e.ToString(), Does.Not.Contain(Secret[..10]));
            return e.Message;
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
