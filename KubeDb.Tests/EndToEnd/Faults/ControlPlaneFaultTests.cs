namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>Something happens to the API server or its store in mid-operation.</summary>
[TestFixture]
public sealed class ControlPlaneFaultTests : FaultTest
{
    [TestCase("apiserver")]
    [TestCase("apiserver", "--kill")]
    [TestCase("etcd")]
    [TestCase("etcd", "--kill")]
    public async Task The_control_plane_is_restarted(params string[] what)
    {
        await using var operations = await BeginAsync();
        await AtRandom(5);
        Told($"restart at {await WhereAsync(operations)}");
        await HackCluster.RunAsync(["restart", .. what]);
        Told("restarted");
        await EndsWellAsync(operations);
    }
}
