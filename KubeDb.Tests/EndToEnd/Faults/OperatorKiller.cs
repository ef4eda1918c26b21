namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>
/// Kills the leaders of both operators at random points, one after the other, for as long as it lives. A killed pod is deleted too: its container would
/// be started again later and later.
/// </summary>
internal sealed class OperatorKiller : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _kills;

    private OperatorKiller(int seed, Action<string> tell) => _kills = KillAsync(new Random(seed), tell);

    /// <summary>How many were killed.</summary>
    public int Killed { get; private set; }

    /// <summary>Begins; nothing at all where it is not asked for.</summary>
    public static OperatorKiller? Start(bool isAskedFor, int seed, Action<string> tell) => isAskedFor && HackCluster.LogFolder is not null ? new(seed, tell) : null;

    /// <summary>Ends, once both operators have a leader again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _kills;
        _stop.Dispose();
        await Operators.SettledAsync();
    }

    private async Task KillAsync(Random chance, Action<string> tell)
    {
        string[] names = [Operators.OpsManager, Operators.Provisioner];
        try
        {
            for (var kill = 0; ; kill++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1 + (chance.NextDouble() * 7)), _stop.Token);
                var name = names[kill % 2];
                var leader = await Operators.LeaderAsync(name);
                await HackCluster.RunAsync("kill", leader.Container);
                await Operators.KubectlAsync("delete", "pod", leader.Pod, "--force", "--grace-period=0", "--wait=false");
                Killed++;
                tell($"{leader.Pod} killed");
                await Operators.LeaderAfterAsync(name, leader);
            }
        }
        catch (OperationCanceledException)
        {
            // It ends.
        }
    }
}
