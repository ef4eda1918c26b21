using KubeDb.Api.Engines;
using KubeDb.Api.Engines.ZooKeeper;
using KubeDb.Api.Engines.ZooKeeper.Client;

namespace KubeDb.Tests.Engines.ZooKeeper;

/// <summary>Health checks and restarts of a real ensemble.</summary>
[TestFixtureSource(typeof(ZooKeeperVersionsInFull))]
public sealed class EnsembleHealthTests(EngineVersion version) : EngineFixture(version)
{
    private RealEnsemble _ensemble = null!;

    [SetUp]
    public async Task Form()
    {
        _ensemble = await RealEnsemble.MakeAsync(Version);
        await _ensemble.StartAsync(_ensemble.Pods);
        await _ensemble.SettleAsync();
    }

    [TearDown]
    public async Task Remove()
    {
        if (_ensemble is not null)
            await _ensemble.DisposeAsync();
    }

    [Test]
    public async Task Losses_are_told_by_name_and_by_what_they_mean()
    {
        var leader = await _ensemble.LeaderAsync();
        var followers = _ensemble.Pods.Where(p => p != leader).ToList();
        await _ensemble.KillAsync(followers[0]);
        var silent = await ProbeAsync(_ensemble.Instances with { Pods = [.. _ensemble.Pods.Select(_ensemble.PodOf)] });
        Assert.That((silent.Label, silent.AcceptsConnections), Is.EqualTo(("client creation", true)));
        Assert.That(silent.Message, Does.StartWith($"No connection to pod demo/{followers[0]}: "));
        await _ensemble.KillAsync(followers[1]);
        HealthFailure? lost = null;
        await _ensemble.UntilAsync(async () => (lost = (await _ensemble.Health.ProbeAsync(_ensemble.Instances, CancellationToken.None)).Failure)?.Label == "leader" ? null : "The leader still leads.");
        Assert.That(lost, Is.EqualTo(new HealthFailure("leader", $"No member of demo/{_ensemble.Name} leads, so nobody is served; {leader} runs.", AcceptsConnections: false)));
    }

    [Test]
    public async Task A_password_that_is_not_the_servers_is_told()
    {
        _ensemble.Credential = new("super", "canary");
        var failure = await ProbeAsync(_ensemble.Instances);
        Assert.That((failure.Label, failure.AcceptsConnections), Is.EqualTo(("write", true)));
        Assert.That(failure.Message, Does.Contain("does not take the user name or password of the auth secret").And.Not.Contain("canary"));
    }

    [Test]
    public async Task What_was_written_belongs_to_the_superuser()
    {
        await using var client = await ZooKeeperClient.OpenAsync(
            await new TcpDialer().ConnectAsync(_ensemble.PodOf(_ensemble.Pods[0]).Status.PodIP, RealEnsemble.Port, CancellationToken.None), TimeProvider.System, new(), CancellationToken.None);
        Assert.That((await client.GetAsync(ZooKeeperHealth.ProbeNode, CancellationToken.None)).Error, Is.EqualTo(ZooKeeperError.NoAuth));
    }

    [Test]
    public async Task All_members_are_restarted_followers_first_and_no_acknowledged_write_is_lost()
    {
        var leader = await _ensemble.LeaderAsync();
        var left = _ensemble.Pods.ToList();
        var order = new List<string>();
        var written = 0;
        while (left.Count > 0)
        {
            var pod = await _ensemble.Restarts.NextAsync(_ensemble.Instances, [.. left.Select(_ensemble.PodOf)], RestartReason.RestartRequested, CancellationToken.None);
            var name = pod.Metadata.Name;
            await _ensemble.UntilAsync(() => _ensemble.Restarts.PrepareAsync(_ensemble.Instances, pod, CancellationToken.None));
            await _ensemble.StopAsync(name);
            await _ensemble.UntilAsync(async () => await WriteAsync(++written) ? null : "Nobody takes writes.");
            await _ensemble.StartAsync(name);
            await _ensemble.UntilAsync(() => _ensemble.Restarts.CaughtUpAsync(_ensemble.Instances, pod, CancellationToken.None));
            left.Remove(name);
            order.Add(name);
        }

        Assert.That(order, Is.EqualTo(_ensemble.Pods.Where(p => p != leader).Append(leader)), "followers by ordinal, then the leader");
        foreach (var pod in _ensemble.Pods)
        {
            await using var client = await _ensemble.ClientAsync(pod);
            await client.SyncAsync("/", CancellationToken.None);
            Assert.That((await client.GetChildrenAsync("/", CancellationToken.None)).Value!.Count(c => c.StartsWith("write-", StringComparison.Ordinal)), Is.EqualTo(_acknowledged), pod);
        }
    }

    [Test]
    public async Task A_member_that_the_quorum_needs_is_left_alone_and_one_that_does_not_run_is_not()
    {
        var leader = await _ensemble.LeaderAsync();
        var (down, other) = (_ensemble.Pods.First(p => p != leader), _ensemble.Pods.Last(p => p != leader));
        await _ensemble.KillAsync(down);
        await _ensemble.UntilAsync(async () => (await _ensemble.ViewAsync()).SyncedFollowers == 1 ? null : "The leader counts two followers.");
        var readiness = await _ensemble.Restarts.PrepareAsync(_ensemble.Instances, _ensemble.PodOf(other), CancellationToken.None);
        Assert.That(readiness, Is.EqualTo(Readiness.NotYet($"{other} is left alone: without it the ensemble would lose its quorum of 2: beside it only {leader} serves")));
        Assert.That((await _ensemble.Restarts.PrepareAsync(_ensemble.Instances, _ensemble.PodOf(leader), CancellationToken.None)).IsReady, Is.False);
        Assert.That((await _ensemble.Restarts.PrepareAsync(_ensemble.Instances, _ensemble.PodOf(down), CancellationToken.None)).IsReady, Is.True);
        var next = await _ensemble.Restarts.NextAsync(_ensemble.Instances, [.. _ensemble.Pods.Select(_ensemble.PodOf)], RestartReason.RestartRequested, CancellationToken.None);
        Assert.That(next.Metadata.Name, Is.EqualTo(down), "what serves nobody goes first");
    }

    private int _acknowledged;

    // Through whichever member takes it, as a client with all addresses does.
    private async Task<bool> WriteAsync(int number)
    {
        foreach (var pod in _ensemble.Instances.Pods)
        {
            try
            {
                await using var client = await _ensemble.ClientAsync(pod.Metadata.Name);
                if ((await client.CreateAsync($"/write-{number}", default, ZooKeeperAcl.Open, ZooKeeperNodeKind.Persistent, CancellationToken.None)).IsOk)
                {
                    _acknowledged++;
                    return true;
                }
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                // The next one.
            }
        }

        return false;
    }

    private async Task<HealthFailure> ProbeAsync(DatabaseInstances instances) => (await _ensemble.Health.ProbeAsync(instances, CancellationToken.None)).Failure!;
}
