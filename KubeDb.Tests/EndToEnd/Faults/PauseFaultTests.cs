using static KubeDb.Tests.EndToEnd.Faults.FaultStage;

namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>A pause whose request is not there.</summary>
[TestFixture]
public sealed class PauseFaultTests : FaultTest
{
    private static readonly TimeSpan Released = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_pause_forged_for_a_request_that_does_not_exist_is_removed()
    {
        await HaveDatabasesAsync();
        var forged = $$$"""
            [{"op":"add","path":"/status/conditions/-","value":{"type":"Paused","status":"True","reason":"RedisOpsRequest","lastTransitionTime":"2020-01-01T00:00:00Z",
            "message":"The database is held by RedisOpsRequest {{{Namespace}}}/nobody (uid 00000000-0000-0000-0000-000000000000)."}}]
            """;
        await KubectlHere("patch", $"rd/{Live}", "--subresource=status", "--type=json", "-p", forged);
        await Eventually(async () => await Condition("rd", Live, "Paused") is null && await Condition("rd", Live, "PauseAcknowledged") is null, "the pause is removed", Released);
        await WaitForPhase(Live, "Ready");
    }

    [Test]
    public async Task A_request_taken_away_by_force_leaves_no_pause()
    {
        await HaveDatabasesAsync();
        var pod = await PodUid($"{Restarted}-0");
        await Apply(Restart("torn", Restarted));
        await KubectlHere("wait", $"--for=condition=EvictPod--{Restarted}-0", "rdops/torn", "--timeout=60s");
        await KubectlHere("delete", "rdops/torn", "--wait=false");
        await TryKubectl("patch", "rdops/torn", "--type=merge", "-p", """{"metadata":{"finalizers":null}}""");

        await Eventually(async () => await Get("rdops", "torn") is null, "the request is gone", Released);
        await Eventually(
            async () => await Condition("rd", Restarted, "Paused") is null && await Condition("rd", Restarted, "PauseAcknowledged") is null, "the pause is removed", Released);
        await WaitForPhase(Restarted, "Ready");
        Assert.That(await PodUid($"{Restarted}-0"), Is.Not.EqualTo(pod));
    }
}
