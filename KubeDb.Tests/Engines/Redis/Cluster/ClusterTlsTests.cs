using System.Diagnostics;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Cluster;
using KubeDb.Api.Engines.Redis.Sentinel;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Engines.Redis.Cluster;

/// <summary>TLS of a running cluster: moved to it and back, and certificates that change, without a restart.</summary>
[TestFixtureSource(typeof(RedisVersions))]
public sealed class ClusterTlsTests(EngineVersion version) : EngineFixture(version)
{
    private readonly TestAuthority _authority = new("first");
    private RealCluster _cluster = null!;
    private RedisTlsServers _servers = null!;

    [SetUp]
    public async Task Form()
    {
        _cluster = await RealCluster.MakeAsync(Version);
        var sentinels = new SentinelConnector(_cluster.Connector);
        _servers = new(_cluster.Connector, sentinels, new(_cluster.Connector, sentinels));
        await _cluster.IssueAsync(_authority);
        _cluster.IsInBetween = true;
        await _cluster.StartAsync(RealCluster.Pods);
        await _cluster.SettleAsync();
    }

    [TearDown]
    public async Task Remove()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    [OneTimeTearDown]
    public void Forget() => _authority.Dispose();

    [Test]
    public async Task Every_node_tells_clients_the_port_that_they_use_in_either_protocol()
    {
        foreach (var toTls in (bool[])[true, false])
        {
            await UntilAsync(() => _servers.SwitchAsync(_cluster.Instances, toTls, CancellationToken.None));
            foreach (var pod in RealCluster.Pods)
            {
                var nodes = await NodesAsync(pod);
                Assert.That(ClusterNodes.Parse(nodes)!.Nodes.Select(n => n.Port), Is.All.EqualTo(RealCluster.Port), $"{pod}, TLS {toTls}\n{nodes}");
            }

            await _cluster.SettleAsync();
        }
    }

    [Test]
    public async Task Another_authority_is_trusted_and_its_certificates_are_shown_without_a_restart()
    {
        using var other = new TestAuthority("second");
        await UntilAsync(() => _servers.SwitchAsync(_cluster.Instances, true, CancellationToken.None));
        _cluster.IsInBetween = false;
        await _cluster.IssueAsync(_authority, other);
        await UntilAsync(() => _servers.TrustAsync(_cluster.Instances, CancellationToken.None));
        await _cluster.IssueAsync(other, _authority);
        await UntilAsync(() => _servers.ReloadAsync(_cluster.Instances, CancellationToken.None));
        foreach (var pod in RealCluster.Pods)
            Assert.That((await _servers.ServedAsync(_cluster.Instances, _cluster.PodOf(pod), CancellationToken.None)).Served?.Issuer, Is.EqualTo("CN=second"), pod);
        await _cluster.IssueAsync(other);
        await UntilAsync(() => _servers.TrustAsync(_cluster.Instances, CancellationToken.None));
        await _cluster.SettleAsync();
    }

    private async Task<string> NodesAsync(string pod)
    {
        var (client, failure) = await _cluster.Connector.OpenAsync(_cluster.Instances, _cluster.PodOf(pod), TimeSpan.FromSeconds(5), CancellationToken.None);
        Assert.That(failure?.Message, Is.Null);
        await using (client)
            return (await client!.SendAsync(CancellationToken.None, "CLUSTER", "NODES")).Text!;
    }

    private static async Task UntilAsync(Func<Task<Readiness>> ask)
    {
        var limit = Stopwatch.StartNew();
        while (await ask() is { IsReady: false } notYet)
        {
            Assert.That(limit.Elapsed, Is.LessThan(TimeSpan.FromSeconds(60)), notYet.Reason);
            await Task.Delay(100);
        }
    }
}
