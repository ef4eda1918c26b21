using System.Text;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Kubernetes.Configuration;

namespace KubeDb.Tests.Unit.Adversarial;

/// <summary>Whatever a credential plugin prints is a credential or a clear refusal without the token.</summary>
[TestFixture]
[Category("Unit")]
public sealed class CredentialPluginInputTests
{
    private const string Token = "CANARYtoken8d1e";
    private const string Answer = """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false},"status":{"expirationTimestamp":"2030-01-01T00:00:00Z","token":"CANARYtoken8d1e"}}""";

    [Test]
    public void The_undamaged_answer_is_a_credential() => Assert.That(Outcome(Answer), Is.EqualTo("Bearer " + Token));

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool A_damaged_answer(int[] damages) => Outcome(Encoding.UTF8.GetString(Mangle.Bytes(Encoding.UTF8.GetBytes(Answer), damages))).Length > 0;

    [TestCase("{\"kind\":\"ExecCredential\",\"kind\":\"ExecCredential\"}")]
    [TestCase("{\"kind\":{},\"status\":[]}")]
    [TestCase("null")]
    [TestCase("")]
    [TestCase("\ufeff{}")]
    public void A_strange_answer(string answer) => Assert.That(Outcome(answer), Does.Contain("plugin"));

    [TestCase("[", "")]
    [TestCase("{\"a\":", "")]
    [TestCase("[", "]")]
    public void A_bomb(string open, string close) =>
        Assert.That(Outcome(string.Concat(Enumerable.Repeat(open, 100_000)) + string.Concat(Enumerable.Repeat(close, 100_000))), Does.Contain("plugin"));

    /// <summary>An endless answer ends with the program, in bounded memory.</summary>
    [Test]
    public async Task More_than_can_be_a_credential_is_not_kept()
    {
        using var files = new Files();
        var plugin = files.WriteScript("plugin", "head -c 300000000 /dev/zero");
        var configuration = files.Load($$"""
            current-context: a
            contexts: [{name: a, context: {cluster: c, user: u} }]
            clusters: [{name: c, cluster: {server: "https://h"} }]
            users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: "{{plugin}}"} } }]
            """);
        var before = GC.GetTotalAllocatedBytes();

        var refusal = await Assert.ThrowsAsync<KubernetesConfigurationException>(async () => await configuration.Credentials.GetAsync(CancellationToken.None));

        Assert.That(refusal!.Message, Does.Contain("did not print a JSON object"));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(100_000_000));
    }

    private static string Outcome(string answer)
    {
        var command = new ExecPluginCommand { Program = "plugin", ApiVersion = "client.authentication.k8s.io/v1", Where = "here" };
        try
        {
            return ExecCredential.Parse(answer, command, null).Credential.Authorization ?? "a certificate";
        }
        catch (KubernetesConfigurationException e)
        {
            Assert.That(e.ToString(), Does.Not.Contain(Token[..10]));
            return e.Message;
        }
    }
}
