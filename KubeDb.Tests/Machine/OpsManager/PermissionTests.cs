using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.OpsManager;

/// <summary>The API server refuses the ops-manager something that it needs.</summary>
[TestFixture]
[Category("Machine")]
public sealed class PermissionTests
{
    private const string Account = "system:serviceaccount:kubedb:kubedb-ops-manager";

    [TestCase("redises", "status")]
    [TestCase("redisopsrequests", "")]
    [TestCase("pods", "eviction")]
    public void A_missing_right_is_told_on_the_request_and_found_granted(string resource, string subresource)
    {
        var bench = new OpsBench();
        bench.HaveDatabase(1);
        var process = bench.Start();
        var refused = true;
        process.Connection.Faults.On(
            e => refused && e.Does == RequestKind.Write && e.Type.Plural == resource && e.Subresource == subresource,
            Fault.Refused(new ApiError(ApiErrorKind.Forbidden, 403, "Forbidden", $"{resource} is forbidden: User \"{Account}\" cannot patch resource \"{resource}\"")),
            times: int.MaxValue);
        bench.Ask("restart", "Restart");
        bench.RunFor(20);

        var waiting = bench.Request("restart").Status.Conditions.Of("Waiting");
        Assert.That(waiting?.Reason, Is.EqualTo("PermissionMissing"));
        Assert.That(waiting!.Message, Does.Contain(Account).And.Contain("Grant it"));
        refused = false;
        bench.RunToEnd();
        Assert.Multiple(() =>
        {
            Assert.That(bench.Request("restart").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(bench.Request("restart").Status.Conditions.Of("Waiting"), Is.Null);
            Assert.That(Pause.IsPaused(bench.TheDatabase.Status), Is.False);
        });
    }
}
