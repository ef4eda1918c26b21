using System.Text.Json.Nodes;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>
/// The wall clock of one replica of each operator is five minutes off, one ahead and one behind. The replica is a pod made of the
/// deployment's template in which libfaketime answers for the wall clock, and leaves the monotonic one alone, as a machine's wrong clock would.
/// </summary>
[TestFixture]
public sealed class ClockFaultTests : FaultTest
{
    private const string Kept = "kept", Late = "late";
    private static readonly string Library = Directory.GetDirectories("/usr/lib", "*-linux-gnu").Select(d => $"{d}/faketime").FirstOrDefault(Directory.Exists) ?? "";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [TestCase(300)]
    [TestCase(-300)]
    public async Task A_wrong_clock_changes_neither_leadership_nor_deadlines(int seconds)
    {
        var skews = new Dictionary<string, int> { [Operators.OpsManager] = seconds, [Operators.Provisioner] = -seconds };
        await HaveDatabasesAsync();
        await Apply(Redis(Kept) + "\n---\n" + Budget(Kept));
        try
        {
            foreach (var (name, skew) in skews)
                await StartSkewedAsync(name, skew);
            foreach (var name in skews.Keys)
                (await Operators.KubectlAsync("wait", "--for=condition=Ready", $"pod/{Skewed(name)}", "--timeout=60s")).OrFail();
            await WaitForPhase(Kept, "Ready");
            await MeetTakeOversAsync(skews);
        }
        finally
        {
            foreach (var name in skews.Keys)
            {
                await Operators.ScaleAsync(name, "2");
                await Operators.KubectlAsync("delete", $"pod/{Skewed(name)}", "--force", "--grace-period=0", "--ignore-not-found");
            }

            await TryKubectl("delete", $"pdb/{Kept}", $"rdops/{Late}", "--ignore-not-found", "--timeout=30s");
        }
    }

    private async Task MeetTakeOversAsync(Dictionary<string, int> skews)
    {
        var pod = await PodUid($"{Kept}-0");
        await using var operations = await BeginAsync();
        await AtRandom(3);
        Told($"the replicas with wrong clocks take over at {await WhereAsync(operations)}");
        foreach (var name in skews.Keys)
            await Operators.ScaleAsync(name, "0");
        var wrong = new Dictionary<string, Replica>();
        foreach (var (name, skew) in skews)
            wrong[name] = await LeadsAsync(name, skew);

        var asked = DateTimeOffset.UtcNow;
        await Apply(Restart(Late, Kept) + $"\n  timeout: {Deadline.TotalSeconds}s\n");
        await KubectlHere("wait", "--for=condition=Restart", $"rdops/{Late}", "--timeout=60s");
        foreach (var name in skews.Keys)
            await Operators.ScaleAsync(name, "2");
        Told($"and are killed at {await WhereAsync(operations)}");
        foreach (var (name, replica) in wrong)
            await HackCluster.RunAsync("kill", replica.Container);
        foreach (var (name, replica) in wrong)
            Told($"{(await Operators.LeaderAfterAsync(name, replica)).Pod} leads");

        await EndsWellAsync(operations);
        await WaitForRequestPhase(Late, "Failed", TimeSpan.FromMinutes(1));
        var took = DateTimeOffset.UtcNow - asked;
        Told($"{Late} failed after {took.TotalSeconds:F0} s");
        var told = (await Condition("rdops", Late, "Failed"))!["message"]!.GetValue<string>();
        await WaitForPhase(Kept, "Ready");
        Assert.Multiple(async () =>
        {
            Assert.That(took, Is.InRange(Deadline, TimeSpan.FromMinutes(2)), "a deadline is neither over at once nor after five minutes");
            Assert.That(told, Does.Contain("It took longer than 10 s"));
            Assert.That(await PodUid($"{Kept}-0"), Is.EqualTo(pod), "the pod that the budget protects");
            Assert.That(await Condition("rd", Kept, "Paused"), Is.Null);
        });
    }

    /// <summary>The replica with the wrong clock, once it leads; its lease shows the clock.</summary>
    private static async Task<Replica> LeadsAsync(string name, int skew)
    {
        var leader = await Operators.LeaderAsync(name);
        await Eventually(async () => (leader = await Operators.LeaderAsync(name)).Pod == Skewed(name), $"{Skewed(name)} leads");
        var renewed = (await Cluster.LeaseAsync(Operators.Namespace, name))!.Spec.RenewTime!.Value;
        var off = renewed - DateTime.UtcNow;
        Assert.That(off.TotalSeconds, Is.EqualTo(skew).Within(60), $"the clock of {leader.Pod}");
        return leader;
    }

    private static string Skewed(string name) => $"{name}-wrong-clock";

    private static async Task StartSkewedAsync(string name, int seconds)
    {
        var deployment = (await Cluster.JsonAsync("deployment", Operators.Namespace, name))!;
        var template = deployment["spec"]!["template"]!;
        var spec = template["spec"]!.DeepClone();
        spec["restartPolicy"] = "Never";
        spec["volumes"]!.AsArray().Add(new JsonObject { ["name"] = "faketime", ["hostPath"] = new JsonObject { ["path"] = Library, ["type"] = "Directory" } });
        var container = spec["containers"]![0]!;
        container["volumeMounts"]!.AsArray().Add(new JsonObject { ["name"] = "faketime", ["mountPath"] = Library, ["readOnly"] = true });
        foreach (var (variable, value) in new[]
        {
            ("LD_PRELOAD", $"{Library}/libfaketimeMT.so.1"), ("FAKETIME", $"{seconds:+0;-0}s"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("FAKETIME_DONT_RESET", "1"),
        })
            container["env"]!.AsArray().Add(new JsonObject { ["name"] = variable, ["value"] = value });
        var pod = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = Skewed(name), ["labels"] = template["metadata"]!["labels"]!.DeepClone() },
            ["spec"] = spec,
        };
        (await Tool.RunAsync("kubectl", ["-n", Operators.Namespace, "apply", "-f", "-"], pod.ToJsonString())).OrFail();
    }
}
