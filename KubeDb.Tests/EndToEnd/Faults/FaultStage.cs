using KubeDb.Tests.Support;

namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>What all tests of faults stand on, made once: two replicas of each operator, and three databases.</summary>
[SetUpFixture]
public sealed class FaultStage
{
    /// <summary>The databases: one is reconfigured live, one with a restart, one restarted.</summary>
    public const string Live = "live", Changed = "changed", Restarted = "restarted";

    private const string SeedVariable = "KUBEDB_FAULT_SEED";
    private readonly Dictionary<string, string> _replicas = [];

    /// <summary>Namespace of the databases.</summary>
    public static string Namespace { get; private set; } = "";

    /// <summary>Where the random points come from; the environment's KUBEDB_FAULT_SEED repeats a run.</summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out var seed) ? seed : Random.Shared.Next(1_000_000);

    [OneTimeSetUp]
    public async Task PrepareAsync()
    {
        if (HackCluster.LogFolder is null)
            return;
        TestContext.Progress.WriteLine($"Random points: {SeedVariable}={Seed}");
        foreach (var name in (string[])[Operators.Provisioner, Operators.OpsManager])
        {
            _replicas[name] = await Operators.DesiredAsync(name);
            await Operators.ScaleAsync(name, "2");
        }

        var ns = $"faults-{Guid.NewGuid().ToString("N")[..5]}";
        (await Tool.RunAsync("kubectl", ["create", "namespace", ns])).OrFail();
        Namespace = ns;
        await Operators.SettledAsync();
    }

    [OneTimeTearDown]
    public async Task LeaveAsync()
    {
        foreach (var (name, replicas) in _replicas)
            await Operators.ScaleAsync(name, replicas);
        if (Namespace.Length > 0)
            await Tool.RunAsync("kubectl", ["delete", "namespace", Namespace, "--wait=false"]);
        if (_replicas.Count > 0)
            await Operators.SettledAsync();
    }
}
