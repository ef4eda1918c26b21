using System.Text.Json.Nodes;
using KubeDb.Tests.EndToEnd;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.AfterEndToEnd;

/// <summary>No value of any secret of the end-to-end tests stands in what outlives them: logs, metrics, events, the audit log.</summary>
[TestFixture]
[Category("AfterEndToEnd")]
public sealed class LeakTests
{
    private SecretScan _scan = new([]);

    [SetUp]
    public void ReadWhatWasSeen()
    {
        var seen = Environment.GetEnvironmentVariable("KUBEDB_TEST_SEEN");
        if (seen is null || !File.Exists(seen))
            Assert.Ignore("No secrets of an end-to-end run: run hack/test e2e, without a filter.");
        _scan = new SecretScan(File.ReadLines(seen!).Distinct());
        Assert.That(_scan.Count, Is.GreaterThan(100), "the tests made secrets");
    }

    [Test]
    public async Task Operators_logs_and_metrics_hold_none()
    {
        var pods = (await ClusterReader.Shared.PodsAsync("kubedb")).Select(p => p.Metadata.Name).ToList();
        Assert.That(pods, Is.Not.Empty);
        foreach (var pod in pods)
        {
            var log = (await Tool.RunAsync("kubectl", ["-n", "kubedb", "logs", pod, "--tail=-1"])).OrFail();
            var before = (await Tool.RunAsync("kubectl", ["-n", "kubedb", "logs", pod, "--tail=-1", "--previous"])).Output;
            var metrics = (await Tool.RunAsync("kubectl", ["get", "--raw", $"/api/v1/namespaces/kubedb/pods/{pod}:8080/proxy/metrics"])).OrFail();
            Assert.Multiple(() =>
            {
                Assert.That(metrics, Does.Contain("kubedb_"));
                Assert.That(_scan.FoundIn(log + before), Is.Empty, $"log of {pod}");
                Assert.That(_scan.FoundIn(metrics), Is.Empty, $"metrics of {pod}");
            });
        }
    }

    [Test]
    public async Task Objects_and_events_that_are_still_there_hold_none()
    {
        var objects = (await Tool.RunAsync("kubectl", ["get", await SecretScan.KindsAsync(), "-A", "-o", "json", "--show-managed-fields"])).OrFail();
        Assert.That(_scan.FoundIn(JsonNode.Parse(objects)!), Is.Empty);
    }

    [Test]
    public void The_audit_log_holds_none()
    {
        if (Environment.GetEnvironmentVariable("KUBEDB_TEST_AUDIT") is not { Length: > 0 } folder)
        {
            Assert.Ignore("The audit log of another's cluster is not here.");
            return;
        }

        Assert.That(Directory.EnumerateFiles(folder, "audit*.log").SelectMany(File.ReadLines).Where(line => _scan.FoundIn(line).Count > 0), Is.Empty);
    }
}
