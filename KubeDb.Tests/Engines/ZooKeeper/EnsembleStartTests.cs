using System.Text;
using KubeDb.Api.Engines.ZooKeeper.Client;
using KubeDb.Api.Engines.ZooKeeper.Ensemble;

namespace KubeDb.Tests.Engines.ZooKeeper;

/// <summary>What the start script makes of volumes: who forms an ensemble, who joins, and whose data counts.</summary>
[TestFixtureSource(typeof(ZooKeeperVersionsInFull))]
public sealed class EnsembleStartTests(EngineVersion version) : EngineFixture(version)
{
    private RealEnsemble _ensemble = null!;

    [SetUp]
    public async Task Make() => _ensemble = await RealEnsemble.MakeAsync(Version);

    [TearDown]
    public async Task Remove() => await _ensemble.DisposeAsync();

    [Test]
    public async Task Three_empty_volumes_become_an_ensemble_in_which_all_vote()
    {
        await _ensemble.StartAsync(_ensemble.Pods);
        await _ensemble.SettleAsync();
        var view = await _ensemble.ViewAsync();
        Assert.That(view.Membership!.Members.Select(m => (m.Id, m.Votes)), Is.EqualTo(new[] { (1, true), (2, true), (3, true) }));
        Assert.That(view.Membership.Members[1].Host, Is.EqualTo($"{_ensemble.Pods[1]}.{_ensemble.Name}-pods.demo.svc.cluster.local"));
        foreach (var pod in _ensemble.Pods)
            Assert.That((await _ensemble.RunsAsync(pod, "ready.sh"), await _ensemble.RunsAsync(pod, "live.sh")), Is.EqualTo((true, true)), pod);
        Assert.That(await LogsAsync(), Does.Not.Contain(RealEnsemble.Password));
    }

    [Test]
    public async Task A_member_that_lost_its_volume_has_the_data_before_it_votes_again()
    {
        await FormAsync();
        await WriteAsync(_ensemble.Pods[0], "kept");
        foreach (var pod in new[] { _ensemble.Pods[2], _ensemble.Pods[0] })
        {
            await _ensemble.KillAsync(pod);
            await _ensemble.LoseVolumeAsync(pod);
            await _ensemble.StartAsync(pod);
            await _ensemble.SettleAsync();
            Assert.That(await ReadAsync(pod), Is.EqualTo("kept"), pod);
            Assert.That(await _ensemble.LogAsync(pod), Does.Contain("having it removed").And.Contain("without a vote"));
        }
    }

    [Test]
    public async Task An_empty_volume_and_an_old_one_are_no_quorum()
    {
        await FormAsync();
        var (newest, lost, old) = (_ensemble.Pods[0], _ensemble.Pods[1], _ensemble.Pods[2]);
        await _ensemble.KillAsync(old);
        await WriteAsync(lost, "acknowledged");
        await _ensemble.KillAsync(newest, lost);
        await _ensemble.LoseVolumeAsync(lost);
        await _ensemble.StartAsync(lost, old);
        await _ensemble.SaysAsync(lost, "waiting for the leader");
        await _ensemble.SaysAsync(old, "LOOKING");

        // Long enough for the two to elect one of them, if they could.
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.That((await _ensemble.ViewAsync()).Leaders, Is.Empty);
        Assert.That((await _ensemble.RunsAsync(lost, "live.sh"), await _ensemble.RunsAsync(lost, "ready.sh"), await _ensemble.RunsAsync(old, "ready.sh")), Is.EqualTo((true, false, false)));
        await _ensemble.StartAsync(newest);
        await _ensemble.SettleAsync();
        foreach (var pod in _ensemble.Pods)
            Assert.That(await ReadAsync(pod), Is.EqualTo("acknowledged"), pod);
    }

    [Test]
    public async Task After_a_full_stop_the_newest_data_wins()
    {
        await FormAsync();
        var old = _ensemble.Pods[2];
        await _ensemble.KillAsync(old);
        await WriteAsync(_ensemble.Pods[0], "newest");
        await _ensemble.StopAsync(_ensemble.Pods[0], _ensemble.Pods[1]);

        // The higher number would win a vote among equals.
        await _ensemble.StartAsync(old, _ensemble.Pods[0]);
        await _ensemble.UntilAsync(async () => (await _ensemble.ViewAsync()).Leader is null ? "Nobody leads." : null);
        Assert.That(await _ensemble.LeaderAsync(), Is.EqualTo(_ensemble.Pods[0]));
        await _ensemble.StartAsync(_ensemble.Pods[1]);
        await _ensemble.SettleAsync();
        Assert.That(await ReadAsync(old), Is.EqualTo("newest"));
    }

    [Test]
    public async Task The_first_member_forms_no_second_ensemble_once_there_was_one()
    {
        var first = _ensemble.Pods[0];
        await _ensemble.MarkInitializedAsync(first);
        await _ensemble.StartAsync(first);
        await _ensemble.SaysAsync(first, "waiting for the leader");
        Assert.That(await _ensemble.ShellAsync($"ls {first}/data"), Does.Not.Contain("dynamic"));
    }

    [Test]
    public async Task A_volume_of_another_member_is_refused()
    {
        var first = _ensemble.Pods[0];
        await _ensemble.ShellAsync($"mkdir -p {first}/data && echo 3 >{first}/data/myid");
        await _ensemble.StartAsync(first);
        await _ensemble.SaysAsync(first, "myid says 3, and this is member 1: the volume belongs to another member");
        await _ensemble.UntilAsync(async () => await _ensemble.HasEndedAsync(first) ? null : "It goes on.");
    }

    [Test]
    public async Task A_start_that_is_killed_while_it_joins_is_taken_up_by_the_next()
    {
        await FormAsync();
        var pod = _ensemble.Pods[1];
        await _ensemble.KillAsync(pod);
        await _ensemble.LoseVolumeAsync(pod);
        await _ensemble.StartAsync(pod);
        await _ensemble.SaysAsync(pod, "joining the ensemble");
        await _ensemble.KillAsync(pod);
        await _ensemble.StartAsync(pod);
        await _ensemble.SettleAsync();
        Assert.That((await _ensemble.ViewAsync()).Membership!.Voters.Count(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_changed_file_counts_from_the_next_start_and_keeps_the_membership()
    {
        await FormAsync();
        _ensemble.UserConfiguration += "maxClientCnxns=70\njute.maxbuffer=2097152\n";
        var pod = _ensemble.Pods[1];
        await _ensemble.StopAsync(pod);
        await _ensemble.StartAsync(pod);
        await _ensemble.SettleAsync();
        var (answer, _) = await _ensemble.Connector.AskAsync(_ensemble.PodOf(pod), FourLetterWord.Configuration, TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.That(answer, Does.Contain("maxClientCnxns=70"));
        Assert.That(Membership.Parse(answer!)!.Voters.Count(), Is.EqualTo(3));
        Assert.That(
            await _ensemble.ShellAsync("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c '^-Djute.maxbuffer=2097152$' || true"), Is.EqualTo("1\n"), "which a server reads from its Java machine only");
    }

    [Test]
    public async Task Without_authentication_an_ensemble_forms_and_heals_as_well()
    {
        _ensemble.Credential = null;
        await FormAsync();
        await WriteAsync(_ensemble.Pods[0], "kept");
        await _ensemble.UntilAsync(async () => await _ensemble.ShellAsync("ls */data/config-open | wc -l") == "3\n" ? null : "Not all members opened the membership.");
        await _ensemble.KillAsync(_ensemble.Pods[1]);
        await _ensemble.LoseVolumeAsync(_ensemble.Pods[1]);
        await _ensemble.StartAsync(_ensemble.Pods[1]);
        await _ensemble.SettleAsync();
        Assert.That(await ReadAsync(_ensemble.Pods[1]), Is.EqualTo("kept"));
    }

    private async Task FormAsync()
    {
        await _ensemble.StartAsync(_ensemble.Pods);
        await _ensemble.SettleAsync();
    }

    private async Task WriteAsync(string pod, string text)
    {
        await using var client = await _ensemble.ClientAsync(pod);
        Assert.That((await client.CreateAsync("/word", Encoding.UTF8.GetBytes(text), ZooKeeperAcl.Open, ZooKeeperNodeKind.Persistent, CancellationToken.None)).Error, Is.EqualTo(ZooKeeperError.None));
        await client.CloseAsync(CancellationToken.None);
    }

    private async Task<string> ReadAsync(string pod)
    {
        await using var client = await _ensemble.ClientAsync(pod);
        await client.SyncAsync("/word", CancellationToken.None);
        return (await client.GetAsync("/word", CancellationToken.None)).Value?.Text ?? "";
    }

    private async Task<string> LogsAsync() => string.Concat(await Task.WhenAll(_ensemble.Pods.Select(_ensemble.LogAsync)));
}
