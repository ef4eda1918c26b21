using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Engines.Redis;

/// <summary>A process that no longer leads, or does not lead yet, changes no running server.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Category("Unit")]
public sealed class FencedDialerTests
{
    private readonly FakeServers _servers = new();
    private readonly List<string> _heard = [];

    [SetUp]
    public void SetUp()
    {
        var parameters = new FakeParameters(7) { Values = { ["maxclients"] = "500" } };
        _servers.Servers["10.0.0.1"] = words =>
        {
            _heard.Add(string.Join(' ', words));
            Heard?.Invoke();
            return parameters.Answer(words);
        };
    }

    private Action? Heard { get; set; }

    [Test]
    public async Task Leadership_that_ends_after_the_look_leaves_the_server_as_it_is()
    {
        using var leadership = new ManualLeadership();
        leadership.Begin();
        Heard = () =>
        {
            if (_heard[^1].StartsWith("CONFIG GET", StringComparison.Ordinal))
                leadership.End();
        };

        var problem = (await Assert.ThrowsAsync<ApiException>(() => ApplyAsync(leadership)))!;

        Assert.That(problem.Error.Kind, Is.EqualTo(ApiErrorKind.NotLeader));
        Assert.That(_heard, Has.Some.StartsWith("CONFIG GET").And.None.StartsWith("CONFIG SET"));
    }

    [Test]
    public async Task Who_does_not_lead_does_not_even_connect()
    {
        using var leadership = new ManualLeadership();

        await Assert.ThrowsAsync<ApiException>(() => ApplyAsync(leadership));
        Assert.That(_heard, Is.Empty);
    }

    [Test]
    public async Task Who_leads_is_heard()
    {
        using var leadership = new ManualLeadership();
        leadership.Begin();

        Assert.That((await ApplyAsync(leadership)).Kind, Is.EqualTo(LiveChangeKind.Applied));
        Assert.That(_heard, Has.Some.EqualTo("CONFIG SET maxclients 600"));
    }

    private Task<LiveChange> ApplyAsync(ManualLeadership leadership) =>
        new RedisEngine(new FencedDialer(_servers, leadership), TimeProvider.System).Configuration!.ApplyLiveAsync(
            FakeServers.Instances(addresses: "10.0.0.1"), RedisConfigurationEngineTests.Plan("7.2.4", "maxclients 500", "maxclients 600"), CancellationToken.None);
}
