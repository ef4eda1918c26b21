using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Druid;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Engines.Druid;

/// <summary>TLS of a real cluster: three rolls each way, in which queries go on, and certificates that change while servers run.</summary>
[Category("Full")]
[TestFixtureSource(typeof(DruidVersionsInFull))]
public sealed class ClusterTlsTests(EngineVersion version) : EngineFixture(version)
{
    private const string Precious = "precious";

    // The documented order.
    private static readonly string[] Order = [DruidNames.Historicals, DruidNames.MiddleManagers, DruidNames.Brokers, DruidNames.Routers, DruidNames.Coordinators];

    private readonly TestAuthority _authority = new("first");
    private RealDruid _druid = null!;

    [OneTimeSetUp]
    public async Task Form()
    {
        _druid = await RealDruid.MakeAsync(Version);
        await _druid.IssueAsync(_authority);
        await _druid.StartAsync(_druid.Roles);
        await _druid.SettleAsync();
        await _druid.RunTaskAsync(ClusterTests.Ingestion(Precious, 2));
        await _druid.UntilAsync(async () => await _druid.CountAsync(Precious) == 2 ? null : "the rows are not there yet");
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        if (_druid is not null)
            await _druid.DisposeAsync();
        _authority.Dispose();
    }

    [Test]
    public async Task Servers_understand_each_other_on_the_way_to_TLS_through_new_certificates_and_back()
    {
        await AddAsync();
        await RotateAsync();
        foreach (var protocol in new[] { DruidProtocol.Both, DruidProtocol.PlainTrusting, DruidProtocol.Plain })
            await RollAsync(protocol);
        Assert.That(await _druid.CountAsync(Precious), Is.EqualTo(3));
    }

    private async Task AddAsync()
    {
        foreach (var protocol in new[] { DruidProtocol.PlainTrusting, DruidProtocol.Both, DruidProtocol.Tls })
            await RollAsync(protocol);
        Assert.That((await _druid.Engine.Tls!.ShownAsync(_druid.Instances, CancellationToken.None)).Reason, Is.Empty);
        await _druid.RunTaskAsync(ClusterTests.Ingestion(Precious, 1));
        await _druid.UntilAsync(async () => await _druid.CountAsync(Precious) == 3 ? null : "the row that was written over TLS is not there yet");
    }

    // Every role shows a new certificate without a restart.
    private async Task RotateAsync()
    {
        await _druid.IssueAsync(_authority);
        Assert.That((await _druid.Engine.Tls!.ShownAsync(_druid.Instances, CancellationToken.None)).Reason, Does.Contain("does not show the new certificate yet"));
        await _druid.UntilAsync(() => _druid.Engine.Tls!.ReloadAsync(_druid.Instances, CancellationToken.None));
        Assert.That(await _druid.CountAsync(Precious), Is.EqualTo(3));
    }

    private async Task RollAsync(DruidProtocol protocol)
    {
        _druid.Protocol = protocol;
        foreach (var name in Order)
        {
            var role = _druid.Role(name);
            var pod = _druid.PodOf(role);
            await _druid.UntilAsync(() => _druid.Engine.Restarts.PrepareAsync(_druid.Instances, pod, CancellationToken.None));
            await _druid.StopAsync(role);
            await _druid.StartAsync(role);
            await _druid.UntilAsync(() => _druid.Engine.Restarts.CaughtUpAsync(_druid.Instances, pod, CancellationToken.None));
            Assert.That(await _druid.CountAsync(Precious), Is.GreaterThanOrEqualTo(2), $"{name} {protocol}");
        }
    }
}
