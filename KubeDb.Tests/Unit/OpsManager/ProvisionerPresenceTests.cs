using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Execution;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Controllers;

namespace KubeDb.Tests.Unit.OpsManager;

[TestFixture]
[Category("Unit")]
public sealed class ProvisionerPresenceTests
{
    private readonly VirtualTime _time = new();
    private readonly LeaseServer _server = new();

    [TestCase(null, 5, TestName = "A_lease_that_is_not_there_proves_absence_only_after_a_hand_over")]
    [TestCase("", 5, TestName = "A_lease_that_was_given_back_proves_absence_only_after_a_hand_over")]
    [TestCase("someone", 16, TestName = "A_lease_proves_absence_once_it_was_not_renewed_for_its_duration")]
    public async Task Absence(string? holder, int seconds)
    {
        var presence = new ProvisionerPresence(_server, new("kubedb", "kubedb-provisioner"), _time);
        _server.Lease = holder is null ? null : Lease(holder, "1");

        Assert.That(await presence.IsAbsentAsync(default), Is.False);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.That(await presence.IsAbsentAsync(default), Is.False);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await presence.IsAbsentAsync(default), Is.True);

        _server.Lease = Lease("another", "2");
        Assert.That(await presence.IsAbsentAsync(default), Is.False);
    }

    [Test]
    public async Task Without_a_lease_to_look_at_or_without_an_answer_nothing_is_proven()
    {
        _server.Fails = true;
        var unreachable = new ProvisionerPresence(_server, new("kubedb", "kubedb-provisioner"), _time);
        var leaseless = new ProvisionerPresence(_server, null, _time);
        for (var i = 0; i < 3; i++)
        {
            Assert.That(await unreachable.IsAbsentAsync(default), Is.False);
            Assert.That(await leaseless.IsAbsentAsync(default), Is.False);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    private static JsonObject Lease(string holder, string version) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "kubedb-provisioner", ["namespace"] = "kubedb", ["resourceVersion"] = version },
        ["spec"] = new JsonObject { ["holderIdentity"] = holder, ["leaseDurationSeconds"] = 15 },
    };

    private sealed class LeaseServer : FakeClient
    {
        public JsonObject? Lease { get; set; }

        public bool Fails { get; set; }

        protected override Task<ApiResult<JsonObject>> HandleAsync(ApiRequest request, CancellationToken cancel) => Task.FromResult<ApiResult<JsonObject>>(
            Fails ? new(ScriptedServer.Error(ApiErrorKind.ServerError, 500))
            : Lease is { } lease ? new(lease)
            : new(ScriptedServer.Error(ApiErrorKind.NotFound, 404)));
    }
}
