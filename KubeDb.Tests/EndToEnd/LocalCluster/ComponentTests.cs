using KubeDb.Tests.EndToEnd.Faults;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.EndToEnd.LocalCluster;

/// <summary>What the other end-to-end tests take for granted of the local cluster's components.</summary>
[TestFixture]
public sealed class ComponentTests : ClusterTest
{
    /// <summary>kube-scheduler does it on purpose when an API server's restart made its cache contradict what it then reads.</summary>
    [TestCase("scheduler")]
    [TestCase("controller-manager")]
    [TestCase("proxy")]
    public async Task A_component_that_ends_is_started_again(string name)
    {
        if (HackCluster.LogFolder is not { } logs)
        {
            Assert.Ignore("The cluster is not one that hack/cluster made.");
            return;
        }

        var keeper = (await File.ReadAllTextAsync(Path.Combine(logs, "..", "run", $"{name}.pid"))).Split(' ')[0];
        var before = await ProcessAsync(keeper);
        (await Tool.RunAsync("kill", ["-9", before])).OrFail();
        await Eventually(async () => await ProcessAsync(keeper) is var now && now.Length > 0 && now != before, $"another {name} runs", TimeSpan.FromSeconds(20));
    }

    // Not the sleep between the two.
    private static async Task<string> ProcessAsync(string keeper) => (await Tool.RunAsync("pgrep", ["-P", keeper, "kube"])).Output.Trim();
}
