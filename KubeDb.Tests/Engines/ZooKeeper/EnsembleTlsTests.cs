using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.ZooKeeper;
using KubeDb.Api.Engines.ZooKeeper.Client;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Engines.ZooKeeper;

/// <summary>TLS of a real ensemble: three rolls each way, in which writes go on, and certificates that change while members run.</summary>
[TestFixtureSource(typeof(ZooKeeperVersionsInFull))]
public sealed class EnsembleTlsTests(EngineVersion version) : EngineFixture(version)
{
    private readonly TestAuthority _authority = new("first");
    private RealEnsemble _ensemble = null!;
    private ZooKeeperTlsServers _servers = null!;
    private int _written;

    [SetUp]
    public async Task Form()
    {
        _ensemble = await RealEnsemble.MakeAsync(Version);
        _servers = new(_ensemble.Connector);
        _written = 0;
        await _ensemble.IssueAsync(_authority);
    }

    [TearDown]
    public async Task Remove()
    {
        if (_ensemble is not null)
            await _ensemble.DisposeAsync();
    }

    [OneTimeTearDown]
    public void Forget() => _authority.Dispose();

    [Test]
    public async Task Three_rolls_each_way_keep_the_quorum()
    {
        await _ensemble.StartAsync(_ensemble.Pods);
        await _ensemble.SettleAsync();
        foreach (var protocol in new[] { PeerProtocol.PlainAcceptsTls, PeerProtocol.TlsAcceptsPlain, PeerProtocol.Tls })
            await RollAsync(protocol);
        foreach (var pod in _ensemble.Pods)
        {
            Assert.That((await ServedAsync(pod)).Served, Is.Not.Null, pod);
            Assert.That((await _ensemble.AmongMembersAsync(pod)).Served, Is.EqualTo((await ServedAsync(pod)).Served), pod);
        }

        await _ensemble.SettleAsync();
        foreach (var protocol in new[] { PeerProtocol.TlsAcceptsPlain, PeerProtocol.PlainAcceptsTls, PeerProtocol.Plain })
            await RollAsync(protocol);
        Assert.That((await ServedAsync(_ensemble.Pods[0])).Served, Is.Null);
        await _ensemble.SettleAsync();
        await using var client = await _ensemble.ClientAsync(_ensemble.Pods[0]);
        Assert.That((await client.GetChildrenAsync("/", CancellationToken.None)).Value!.Count(c => c.StartsWith("write-", StringComparison.Ordinal)), Is.EqualTo(_written));
    }

    [Test]
    public async Task A_new_certificate_is_shown_without_a_restart_among_members_always_and_to_clients_where_the_version_can()
    {
        await FormWithTlsAsync();
        var before = (await ServedAsync(_ensemble.Pods[0])).Served;
        await _ensemble.IssueAsync(_authority);
        foreach (var pod in _ensemble.Pods)
            await _ensemble.UntilAsync(async () => (await _ensemble.AmongMembersAsync(pod)).Served is { } served && served != before ? null : $"{pod} shows other members its old certificate.");
        if (_servers.CanReload(_ensemble.Instances.Database, _ensemble.Instances.Version))
            await _ensemble.UntilAsync(() => _servers.ReloadAsync(_ensemble.Instances, CancellationToken.None));
        else
            Assert.That((await ServedAsync(_ensemble.Pods[0])).Served, Is.EqualTo(before));
        await _ensemble.SettleAsync();
    }

    [Test]
    public async Task Another_authority_is_trusted_before_its_certificates_are_shown()
    {
        using var other = new TestAuthority("second");
        await FormWithTlsAsync();
        await _ensemble.IssueAsync(_authority, other);
        await RollAsync(PeerProtocol.Tls);
        await _ensemble.IssueAsync(other, _authority);
        if (!_servers.CanReload(_ensemble.Instances.Database, _ensemble.Instances.Version))
            await RollAsync(PeerProtocol.Tls);
        await _ensemble.UntilAsync(() => _servers.ReloadAsync(_ensemble.Instances, CancellationToken.None));
        Assert.That((await ServedAsync(_ensemble.Pods[1])).Served!.Issuer, Is.EqualTo("CN=second"));
        foreach (var pod in _ensemble.Pods)
            await _ensemble.UntilAsync(async () => (await _ensemble.AmongMembersAsync(pod)).Served?.Issuer == "CN=second" ? null : $"{pod} shows other members its old certificate.");
        await RollAsync(PeerProtocol.Tls);
        await _ensemble.SettleAsync();
    }

    [Test]
    public async Task A_member_waits_for_a_file_of_its_own_protocol()
    {
        var pod = _ensemble.Pods[0];
        await _ensemble.StartAsync(pod);
        await _ensemble.UntilAsync(async () => (await _ensemble.ViewAsync()).Leader is null ? "It does not lead." : null);
        await _ensemble.StopAsync(pod);
        _ensemble.Protocol = PeerProtocol.Tls;
        await _ensemble.StartAsync(pod, staleFile: true);
        await _ensemble.SaysAsync(pod, "waiting until");
        Assert.That(await _ensemble.RunsAsync(pod, "live.sh"), Is.True);
        await _ensemble.RefreshFileAsync(pod);
        await _ensemble.UntilAsync(async () => (await _ensemble.AmongMembersAsync(pod)).Failure);
    }

    private async Task FormWithTlsAsync()
    {
        _ensemble.Protocol = PeerProtocol.Tls;
        await _ensemble.StartAsync(_ensemble.Pods);
        await _ensemble.SettleAsync();
    }

    /// <summary>Restarts every member as the roller does, and writes while each is down.</summary>
    private async Task RollAsync(PeerProtocol protocol)
    {
        _ensemble.Protocol = protocol;
        var left = _ensemble.Pods.ToList();
        while (left.Count > 0)
        {
            var pod = await _ensemble.Restarts.NextAsync(_ensemble.Instances, [.. left.Select(_ensemble.PodOf)], RestartReason.CertificatesChanged, CancellationToken.None);
            await _ensemble.UntilAsync(() => _ensemble.Restarts.PrepareAsync(_ensemble.Instances, pod, CancellationToken.None));
            await _ensemble.StopAsync(pod.Metadata.Name);
            await _ensemble.UntilAsync(async () => await WriteAsync() ? null : $"Nobody takes writes while {pod.Metadata.Name} goes to {protocol}.");
            await _ensemble.StartAsync(pod.Metadata.Name);
            await _ensemble.UntilAsync(() => _ensemble.Restarts.CaughtUpAsync(_ensemble.Instances, pod, CancellationToken.None));
            left.Remove(pod.Metadata.Name);
        }
    }

    private async Task<bool> WriteAsync()
    {
        if ((await _ensemble.ViewAsync()).Leader is not { } leader)
            return false;
        try
        {
            await using var client = await _ensemble.ClientAsync(leader.Pod);
            var written = await client.CreateAsync($"/write-{_written}", default, ZooKeeperAcl.Open, ZooKeeperNodeKind.Persistent, CancellationToken.None);

            // It may have been written by an attempt of which the answer was lost.
            if (written.Error is not (ZooKeeperError.None or ZooKeeperError.NodeExists))
                return false;
            _written++;
            return true;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return false;
        }
    }

    private Task<(ServedCertificate? Served, string? Failure)> ServedAsync(string pod) => _servers.ServedAsync(_ensemble.Instances, _ensemble.PodOf(pod), CancellationToken.None);
}
