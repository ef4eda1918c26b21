using System.Diagnostics;
using System.Text.Json.Nodes;
using KubeDb.Tests.EndToEnd.Redis;
using KubeDb.Tests.Support.Writers;
using static KubeDb.Tests.EndToEnd.Faults.FaultStage;

namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>A test on the common stage: operations are begun, something is broken, and in the end everything is as if nothing had been.</summary>
public abstract class FaultTest : ClusterTest
{
    private static readonly string[] Databases = [Live, Changed, Restarted];
    private static int _round;

    /// <summary>Random points of this test: the same seed gives the same points, whichever tests run beside it.</summary>
    protected Random Chance { get; private set; } = new(0);

    [SetUp]
    public void NeedsOurCluster()
    {
        if (HackCluster.LogFolder is null)
            Assert.Ignore("Faults are made by hack/cluster, on a cluster of its own only.");
        Chance = new Random(Seed + TestContext.CurrentContext.Test.Name.Sum(c => c));
    }

    protected override Task<string> MakeNamespaceAsync() => Task.FromResult(FaultStage.Namespace);

    protected override Task LeaveNamespaceAsync() => Task.CompletedTask;

    /// <summary>Waits until the operators and the three databases are well; makes those at the first call.</summary>
    private protected async Task HaveDatabasesAsync()
    {
        await Operators.SettledAsync();
        if (await Get("rd", Live) is null)
            await Apply(string.Join("\n---\n", Databases.Select(d => Redis(d))));
        foreach (var database in Databases)
            await WaitForPhase(database, "Ready");
    }

    /// <summary>
    /// Begins a Reconfigure that is applied live, one that needs a restart, and a Restart, with writers on all three databases. A disruption
    /// budget keeps the Restart in its middle until it is let go, so that a fault meets an operation however fast the machine is.
    /// </summary>
    private protected async Task<Operations> BeginAsync()
    {
        await HaveDatabasesAsync();
        await Apply(Budget(Restarted));
        var before = await SnapshotAsync();
        var writers = new Dictionary<string, NumberedWriter>();
        foreach (var database in Databases)
            writers[database] = await RedisWriters.ThroughServiceAsync(Namespace, database, perSecond: 50, TimeSpan.FromSeconds(90));
        var operations = new Operations { Round = Interlocked.Increment(ref _round), Began = DateTimeOffset.UtcNow, Before = before, Writers = writers };
        await Apply(string.Join(
            "\n---\n",
            Reconfigure(operations.Request(Live), Live, $"applyConfig: {{redis.conf: \"timeout {operations.Timeout}\"}}"),
            Reconfigure(operations.Request(Changed), Changed, $"applyConfig: {{redis.conf: \"databases {operations.Databases}\"}}"),
            Restart(operations.Request(Restarted), Restarted)));
        return operations;
    }

    /// <summary>Waits for the condition of the request on a database, so that what follows meets the operation there.</summary>
    private protected Task WhenAsync(Operations operations, string database, string condition) =>
        KubectlHere("wait", $"--for=condition={condition}", $"rdops/{operations.Request(database)}", "--timeout=60s");

    /// <summary>Takes the budget away that keeps the Restart in its middle.</summary>
    private protected Task LetGoAsync() => LetGo(Restarted);

    /// <summary>Demands that all three come to the end that they come to when nothing breaks.</summary>
    private protected async Task EndsWellAsync(Operations operations)
    {
        await LetGoAsync();
        foreach (var database in Databases)
            await UntilSuccessful(operations.Request(database));
        var after = await SnapshotAsync();
        await Eventually(
            async () => (after = await SnapshotAsync()).Values.All(d => d is { Phase: "Ready", Held: false }), "every database is Ready and not held");
        var reports = new Dictionary<string, WriterReport>();
        foreach (var database in Databases)
            reports[database] = await operations.Writers[database].StopAsync();
        var timeout = await ConfigGet($"{Live}-0", "timeout");
        var databases = await ConfigGet($"{Changed}-0", "databases");
        var evictions = HackCluster.CallsOf(Operators.OpsManager, operations.Began)
            .Where(c => c is { Resource: "pods/eviction", Succeeded: true } && c.Namespace == Namespace).ToList();

        Told($"acknowledged {string.Join(", ", reports.Select(r => $"{r.Key} {r.Value.Acknowledged}"))}; took {DateTimeOffset.UtcNow - operations.Began:mm\\:ss}");
        Assert.Multiple(() =>
        {
            Assert.That((timeout, databases), Is.EqualTo((operations.Timeout, operations.Databases)), "the settings are in effect");
            foreach (var database in Databases)
            {
                var (was, now) = (operations.Before[database], after[database]);
                Assert.That(reports[database].Lost, Is.Zero, $"lost writes on {database}");
                Assert.That(now.Generation - was.Generation, Is.EqualTo(database == Restarted ? 0 : 1), $"changes of the spec of {database}");
                Assert.That(now.Pods.Count - was.Pods.Count, Is.EqualTo(database == Live ? 0 : 1), $"pods that {database} was given");
                Assert.That(now.Pod, database == Live ? Is.EqualTo(was.Pod) : Is.Not.EqualTo(was.Pod), $"pod of {database}");
                Assert.That(now.Crashes, Is.EqualTo(database == Live ? was.Crashes : 0), $"container starts of {database}");
                Assert.That(
                    evictions.Count(e => e.Name == $"{database}-0"), Is.LessThanOrEqualTo(database == Live ? 0 : 1), $"evictions on {database}");
            }
        });
    }

    /// <summary>Says what was done when, so that a failure can be understood.</summary>
    protected static void Told(string what) => TestContext.Out.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {what}");

    /// <summary>Waits for a random while.</summary>
    private protected Task AtRandom(double seconds) => Task.Delay(TimeSpan.FromSeconds(Chance.NextDouble() * seconds));

    /// <summary>Where the requests are, in a word each.</summary>
    private protected async Task<string> WhereAsync(Operations operations)
    {
        var requests = await Cluster.JsonListAsync("rdops", Namespace);
        var asked = Databases.Select(operations.Request).ToHashSet();
        return string.Join(", ", requests.Where(r => asked.Contains(Name(r))).Select(r => $"{Name(r)}={r["status"]?["phase"]}"));
    }

    /// <summary>Waits for success over failures of the API server itself.</summary>
    private async Task UntilSuccessful(string request)
    {
        var clock = Stopwatch.StartNew();
        var waited = await TryKubectl("wait", "--for=condition=Successful", $"rdops/{request}", "--timeout=60s");
        while (waited.ExitCode != 0 && clock.Elapsed < TimeSpan.FromMinutes(2))
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            waited = await TryKubectl("wait", "--for=condition=Successful", $"rdops/{request}", "--timeout=30s");
        }

        Assert.That(waited.ExitCode, Is.Zero, waited.Everything);
    }

    private async Task<IReadOnlyDictionary<string, DatabaseSnapshot>> SnapshotAsync()
    {
        var databases = await Cluster.JsonListAsync("rd", Namespace);
        var pods = await Cluster.PodsAsync(Namespace);
        // Any event of a pod: a single one can be lost while etcd is down.
        var events = await Cluster.EventsAsync(Namespace, "involvedObject.kind=Pod");
        return Databases.ToDictionary(d => d, name =>
        {
            var database = databases.First(d => Name(d) == name);
            var pod = pods.FirstOrDefault(p => p.Metadata.Name == $"{name}-0");
            var uids = events.Where(e => e.InvolvedObject.Name == $"{name}-0").Select(e => e.InvolvedObject.Uid);
            var conditions = database["status"]!["conditions"]!.AsArray().Select(c => c!["type"]!.GetValue<string>());
            return new DatabaseSnapshot(
                database["status"]!["phase"]!.GetValue<string>(),
                database["metadata"]!["generation"]!.GetValue<long>(),
                conditions.Any(c => c is "Paused" or "PauseAcknowledged"),
                pod?.Metadata.Uid ?? "",
                pod?.Status.ContainerStatuses?.Sum(c => c.RestartCount) ?? 0,
                (pod is null ? uids : uids.Append(pod.Metadata.Uid)).ToHashSet());
        });
    }

    private static string Name(JsonNode node) => node["metadata"]!["name"]!.GetValue<string>();
}
