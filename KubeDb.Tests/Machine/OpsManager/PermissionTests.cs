using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;
using static KubeDb.Tests.Support.World.TestWorld;

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
    public void A_missing_right_is_told_on_the_request_and_found_granted(string resource, string subresource) => Run(async world =>
    {
        await world.HaveRedisAsync();
        var refused = true;
        world.Ops.Last.Connection.Faults.On(
            e => refused && e.Does == RequestKind.Write && e.Type.Plural == resource && e.Subresource == subresource,
            Fault.Refused(new ApiError(ApiErrorKind.Forbidden, 403, "Forbidden", $"{resource} is forbidden: User \"{Account}\" cannot patch resource \"{resource}\"")),
            times: int.MaxValue);
        world.Ask("restart", "Restart");
        await world.PassAsync(20);

        var waiting = world.Request("restart").Status.Conditions.Of("Waiting");
        Assert.That(waiting?.Reason, Is.EqualTo("PermissionMissing"));
        Assert.That(waiting!.Message, Does.Contain(Account).And.Contain("Grant it"));
        refused = false;
        await world.EndedAsync();
        Assert.Multiple(() =>
        {
            Assert.That(world.Request("restart").Status.Phase, Is.EqualTo("Successful"));
            Assert.That(world.Request("restart").Status.Conditions.Of("Waiting"), Is.Null);
            Assert.That(Pause.IsPaused(world.Stored().Status), Is.False);
        });
    });
}
