using System.Diagnostics;
using System.Text.Json.Nodes;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>What an operation or the provisioning works on is deleted under it.</summary>
[TestFixture]
public sealed class DeletionFaultTests : FaultTest
{
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(60);

    /// <summary>What kubectl waits for before the namespace is deleted: at once, and at each step of the provisioning.</summary>
    private static readonly string[][] Provisioning =
    [
        [],
        ["--for=condition=ProvisioningStarted", "rd/db"],
        ["--for=create", "secret/db-auth"],
        ["--for=create", "petset/db"],
        ["--for=create", "statefulset/db"],
        ["--for=create", "pod/db-0"],
        ["--for=condition=ReplicaReady", "rd/db"],
        ["--for=jsonpath={.status.phase}=Ready", "rd/db"],
    ];

    /// <summary>The same for a Reconfigure with a restart, and for a Restart.</summary>
    private static readonly string[][] Operating =
    [
        [],
        ["--for=condition=Paused", "rd/db"],
        ["--for=condition=Reconfigure", "rdops/change"],
        ["--for=condition=patchedSecret", "rdops/change"],
        ["--for=condition=UpdatePetSets", "rdops/change"],
        ["--for=condition=EvictPod--db-0", "rdops/change"],
        ["--for=condition=IsPodReady--db-0", "rdops/change"],
        ["--for=condition=RestartPods", "rdops/change"],
        ["--for=condition=Restart", "rdops/again"],
    ];

    [Test]
    public async Task A_namespace_deleted_at_any_step_is_gone_within_a_minute_and_quietly()
    {
        await Operators.SettledAsync();
        var began = DateTimeOffset.UtcNow;
        var namespaces = new List<string>();
        using var few = new SemaphoreSlim(8);
        await Task.WhenAll([.. Provisioning.Select(s => OneAsync(s, operate: false)), .. Operating.Select(s => OneAsync(s, operate: true))]);
        Assert.That(await ComplaintsAsync(began, namespaces), Is.Empty, "warnings of the operators about namespaces that were being deleted");

        async Task OneAsync(string[] step, bool operate)
        {
            await few.WaitAsync();
            try
            {
                var ns = $"gone-{Guid.NewGuid().ToString("N")[..8]}";
                lock (namespaces)
                    namespaces.Add(ns);
                await DeleteAtAsync(ns, step, operate);
            }
            finally
            {
                few.Release();
            }
        }
    }

    [TestCase("Restart")]
    [TestCase("patchedSecret")]
    [TestCase("EvictPod--doomed-0")]
    public async Task A_database_deleted_under_a_request_is_gone_and_the_request_says_so(string condition)
    {
        await Operators.SettledAsync();
        await Apply(Redis("doomed", more: "deletionPolicy: WipeOut"));
        await WaitForPhase("doomed", "Ready");
        await Apply(condition == "patchedSecret" ? Reconfigure("last", "doomed", "applyConfig: {redis.conf: \"databases 21\"}") : Restart("last", "doomed"));
        await KubectlHere("wait", $"--for=condition={condition}", "rdops/last", "--timeout=60s");
        await KubectlHere("delete", "rd/doomed", $"--timeout={Gone.TotalSeconds}s");

        await WaitForRequestPhase("last", "Failed", Gone);
        var failed = await Condition("rdops", "last", "Failed");
        Assert.That(failed!["reason"]!.GetValue<string>(), Is.AnyOf("DatabaseDeleting", "DatabaseNotFound"));
        await KubectlHere("delete", "rdops/last", $"--timeout={Gone.TotalSeconds}s");
        await Eventually(async () => await LeftOfAsync("doomed") == 0, "nothing is left of it", Gone);
    }

    private async Task<int> LeftOfAsync(string database)
    {
        var labels = $"app.kubernetes.io/instance={database}";
        return (await Cluster.JsonListAsync("petset", Namespace, labels)).Count + (await Cluster.JsonListAsync("statefulset", Namespace, labels)).Count
            + (await Cluster.PodsAsync(Namespace, labels)).Count + (await Cluster.ClaimsAsync(Namespace, labels)).Count
            + (await Cluster.SecretsAsync(Namespace, labels)).Count;
    }

    private static async Task DeleteAtAsync(string ns, string[] step, bool operate)
    {
        await Kubectl("create", "namespace", ns);
        (await Tool.RunAsync("kubectl", ["-n", ns, "apply", "-f", "-"], Redis("db"))).OrFail();
        if (operate)
        {
            await Kubectl("-n", ns, "wait", "--for=jsonpath={.status.phase}=Ready", "rd/db", "--timeout=120s");
            var requests = step is [_, "rdops/again"] ? Restart("again", "db") : Reconfigure("change", "db", "applyConfig: {redis.conf: \"databases 21\"}");
            (await Tool.RunAsync("kubectl", ["-n", ns, "apply", "-f", "-"], requests)).OrFail();
        }

        if (step.Length > 0)
            await Kubectl(["-n", ns, "wait", .. step, "--timeout=120s"]);
        var clock = Stopwatch.StartNew();
        var deleted = await Tool.RunAsync("kubectl", ["delete", "namespace", ns, $"--timeout={Gone.TotalSeconds}s"]);
        if (deleted.ExitCode != 0)
            Told((await Tool.RunAsync("kubectl", ["get", "namespace", ns, "-o", "jsonpath={.status.conditions}"])).Everything);
        Assert.That(deleted.ExitCode, Is.Zero, $"{ns} at {(step.Length > 0 ? step[0] + " " + step[1] : "once")}: {deleted.Everything}");
        Told($"{ns} gone {clock.Elapsed.TotalSeconds:F0} s after {string.Join(' ', step)}");
    }

    private static async Task<IReadOnlyList<string>> ComplaintsAsync(DateTimeOffset since, List<string> namespaces)
    {
        var complaints = new List<string>();
        foreach (var name in (string[])[Operators.Provisioner, Operators.OpsManager])
        {
            var log = await Operators.KubectlAsync("logs", "-l", $"app.kubernetes.io/name={name}", "--tail=-1", $"--since-time={since:yyyy-MM-ddTHH:mm:ssZ}");
            complaints.AddRange(log.OrFail().Split('\n').Where(l => IsWarning(l) && namespaces.Exists(l.Contains)));
        }

        return complaints;
    }

    private static bool IsWarning(string line)
    {
        try
        {
            return JsonNode.Parse(line)?["LogLevel"]?.GetValue<string>() is "Warning" or "Error" or "Critical";
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }
}
