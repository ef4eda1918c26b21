using KubeDb.Api.Engines;

namespace KubeDb.Tests.Machine.OpsManager;

/// <summary>
/// Each scenario runs once unharmed, to count the writes of the ops-manager; then once per write, killed before it and killed after it, and
/// started again. The end must be the same, and no pod may have been restarted twice.
/// </summary>
[TestFixture]
[Category("Machine")]
public sealed class CrashMatrixTests
{
    private static readonly Dictionary<string, Action<OpsBench>> Scenarios = new()
    {
        ["restart"] = b => b.Ask("op", "Restart"),
        ["reconfigure live"] = b => b.AskFor("op", "live-clients 2000"),
        ["reconfigure with restart"] = b => b.AskFor("op", "databases 12"),
        ["reconfigure without restart"] = b => b.AskFor("op", "databases 12", "\"restart\":\"false\""),
        ["reconfigure refused"] = b => b.AskFor("op", "live-clients refused"),
        ["reconfigure that crashes"] = b => b.AskFor("op", "crash yes"),
        ["bad input"] = b => b.AskFor("op", "unknown 1"),
        ["two reconfigures"] = b =>
        {
            b.AskFor("op", "live-clients 2000");
            b.AskFor("op2", "live-memory 7");
        },
        ["two restarts"] = b =>
        {
            b.Ask("op", "Restart");
            b.Ask("op2", "Restart");
        },
        ["restart and reconfigure"] = b =>
        {
            b.Ask("op", "Restart");
            b.AskFor("op2", "databases 12");
        },
    };

    private static IEnumerable<string> Names => Scenarios.Keys;

    [TestCaseSource(nameof(Names))]
    public void Killed_before_or_after_any_write_it_ends_the_same(string scenario)
    {
        var unharmed = Run(scenario, 0, false);
        var tried = 0;
        Assert.Multiple(() =>
        {
            for (var write = 1; write <= unharmed.Writes; write++)
            {
                foreach (var before in new[] { true, false })
                {
                    var killed = Run(scenario, write, before);
                    tried++;
                    Assert.That(killed.End, Is.EqualTo(unharmed.End), $"{scenario}, killed {(before ? "before" : "after")} write {write}");
                }
            }
        });
        Assert.That(tried, Is.GreaterThan(2));
        TestContext.Out.WriteLine($"{scenario}: {tried} kills.");
    }

    private static (string End, int Writes) Run(string scenario, int write, bool before)
    {
        var bench = new OpsBench();
        bench.HaveDatabase(2, "databases 10\nlive-clients 500");
        Scenarios[scenario](bench);
        var first = bench.Start("first");
        if (write > 0 && before)
            first.Connection.KillBeforeWrite(write);
        else if (write > 0)
            first.Connection.KillAfterWrite(write);
        if (write > 0)
        {
            bench.RunUntil(() => first.Connection.Killed.IsCancellationRequested);
            bench.Start("second");
        }

        bench.RunToEnd();
        return (Describe(bench), first.Connection.Journal.WriteCount);
    }

    /// <summary>All that a user can tell of the end, without times and UIDs.</summary>
    private static string Describe(OpsBench bench)
    {
        var requests = bench.Requests.Select(r => r["metadata"]!["name"]!.GetValue<string>()).Select(n =>
        {
            var request = bench.Request(n);
            var conditions = request.Status.Conditions.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}");
            return $"{n} {request.Status.Phase} [{string.Join(", ", request.Metadata.Finalizers)}]\n  {string.Join("\n  ", conditions)}";
        });
        return string.Join(
            '\n',
            [
                .. requests,
                $"paused: {Pause.IsPaused(bench.TheDatabase.Status)}",
                $"configuration: {bench.TheDatabase.Spec.Configuration?.Inline?.GetValueOrDefault(DoubleServers.File)}",
                $"running: {bench.Running}",
                $"pods made: {string.Join(' ', bench.Cluster.Made.Select(m => m.Name))}",
                $"most down: {bench.Cluster.MostDown}",
            ]);
    }
}
