using System.Globalization;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>
/// Restarting servers that sentinels watch: replicas first. Before the master goes, another server takes its part: writers are held up until a
/// replica has all that was written, the sentinels make it master, and the old one follows it.
/// </summary>
internal sealed class SentinelModeRestarts(
    RedisConnector connector, SentinelConnector sentinels, SentinelObserver observer, RedisRestarts alone, TimeProvider time) : IRestartStrategy
{
    // Longer than all that happens meanwhile, and shorter than clients wait. It ends by itself when this process does.
    private const int PauseMilliseconds = 8000;

    private static readonly TimeSpan CatchUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Handover = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public async Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel)
    {
        var view = await observer.ObserveAsync(instances, cancel);
        var claimed = SentinelPlanner.Claimed(view);
        return old.Where(p => p.Metadata.Name != claimed?.Pod && view.Members.Any(m => m.Pod == p.Metadata.Name && !m.IsMaster))
            .OrderByDescending(p => p.Metadata.Name, StringComparer.Ordinal).FirstOrDefault() ?? old[0];
    }

    /// <inheritdoc/>
    public async Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        if (SentinelNames.Wanted(instances).Count < 2)
            return await alone.PrepareAsync(instances, pod, cancel);
        var view = await observer.ObserveAsync(instances, cancel);
        var member = view.Members.FirstOrDefault(m => m.Pod == pod.Metadata.Name);
        if (member is { Refuses: true })
            return Readiness.NotYet($"{member.Pod} is left alone, because what it holds can not be seen: {member.Failure}");
        if (member?.State is null)
            return Readiness.Yes;
        if (view.Informants.FirstOrDefault(i => i.Master is { IsFailingOver: true }) is { } busy)
            return Readiness.NotYet($"sentinel {busy.Pod} is having the master replaced");
        return SentinelHandover.Judge(view, member) switch
        {
            { Kind: HandoverKind.Dispensable } => Readiness.Yes,
            { Kind: HandoverKind.Wait, Why: var why } => Readiness.NotYet(why),
            { Watcher: var watcher } => await HandOverAsync(instances, view, pod, watcher!, cancel),
        };
    }

    /// <inheritdoc/>
    public async Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        SentinelHandover.CaughtUp(await observer.ObserveAsync(instances, cancel), pod.Metadata.Name);

    private async Task<Readiness> HandOverAsync(DatabaseInstances instances, SentinelView view, Pod pod, string watcher, CancellationToken cancel)
    {
        var (client, failure) = await connector.OpenAsync(instances, pod, SentinelConnector.Timeout, cancel);
        if (client is null)
            return Readiness.NotYet($"the master {pod.Metadata.Name} can not be asked: {failure!.Message}");
        await using (client)
        {
            try
            {
                return await HandOverAsync(instances, view, pod, client, watcher, cancel);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return Readiness.NotYet($"the master {pod.Metadata.Name} broke off the handover: {e.Message}");
            }
        }
    }

    private async Task<Readiness> HandOverAsync(
        DatabaseInstances instances, SentinelView view, Pod pod, RespClient master, string watcher, CancellationToken cancel)
    {
        var pause = await master.SendAsync(cancel, "CLIENT", "PAUSE", PauseMilliseconds.ToString(CultureInfo.InvariantCulture), "WRITE");
        if (pause.Error is { } refused)
            return Readiness.NotYet($"the master {pod.Metadata.Name} does not hold writers up: {refused.Sentence}");
        var (started, handedOver) = (false, false);
        try
        {
            if (!await UntilAsync(CatchUp, async () => ReplicasHaveAll(await master.SendAsync(cancel, "INFO", "replication")), cancel))
                return Readiness.NotYet($"no replica of {pod.Metadata.Name} has caught up with what is written");
            var peer = instances.Peers[SentinelPeer.Role];
            var sentinel = peer.Pods.First(p => p.Metadata.Name == watcher);
            var (reply, failure) = await sentinels.AskAsync(peer, sentinel, client => client.SendAsync(cancel, "SENTINEL", "FAILOVER", view.Name), cancel);
            if (failure is not null || reply!.IsError)
                return Readiness.NotYet($"sentinel {watcher} does not replace the master yet: {failure ?? reply!.Error!.Sentence}");
            started = true;
            var (outcome, successor) = await OutcomeAsync(instances, view, pod, sentinel, master, cancel);
            if (outcome == FailoverOutcome.GivenUp)
                started = false;
            if (successor is null)
                return Readiness.NotYet($"the sentinels have not replaced the master {pod.Metadata.Name} yet");

            // A master that lives is told by the sentinels only after a while; until then it would take writes that are lost.
            var host = view.Members.First(m => m.Pod == successor).Host;
            var follows = await master.SendAsync(cancel, "REPLICAOF", host, RedisConnector.Port.ToString(CultureInfo.InvariantCulture));
            handedOver = !follows.IsError;
            return Readiness.NotYet(handedOver
                ? $"{successor} is the master now; {pod.Metadata.Name} goes once the sentinels agree and it follows"
                : $"{pod.Metadata.Name} does not follow {successor}: {follows.Error!.Sentence}");
        }
        finally
        {
            // While the sentinels may still replace it, what a writer is told here could be lost: then the pause has to end by itself.
            if (!started && !handedOver)
                await master.SendAsync(CancellationToken.None, "CLIENT", "UNPAUSE");
        }
    }

    /// <summary>
    /// Holds writers up until the sentinels have replaced the master, or have given up: within their failover timeout, but not within a fixed time
    /// on a busy machine.
    /// </summary>
    private async Task<(FailoverOutcome Outcome, string? Successor)> OutcomeAsync(
        DatabaseInstances instances, SentinelView view, Pod pod, Pod sentinel, RespClient master, CancellationToken cancel)
    {
        string? successor = null;
        var outcome = FailoverOutcome.Unknown;
        var renewed = time.GetTimestamp();
        await UntilAsync(Handover, async () =>
        {
            if (time.GetElapsedTime(renewed) > Renewal)
            {
                await master.SendAsync(cancel, "CLIENT", "PAUSE", PauseMilliseconds.ToString(CultureInfo.InvariantCulture), "WRITE");
                renewed = time.GetTimestamp();
            }

            successor = await SuccessorAsync(instances, view, pod, sentinel, cancel);
            if (successor is not null)
                outcome = FailoverOutcome.Replaced;
            else if (await HasGivenUpAsync(instances, view, sentinel, cancel) && await SuccessorAsync(instances, view, pod, sentinel, cancel) is null)
                outcome = FailoverOutcome.GivenUp;
            return outcome != FailoverOutcome.Unknown;
        }, cancel);
        return (outcome, successor);
    }

    // The order of the two questions matters: a failover that is over has named the successor before.
    private async Task<bool> HasGivenUpAsync(DatabaseInstances instances, SentinelView view, Pod sentinel, CancellationToken cancel)
    {
        var peer = instances.Peers[SentinelPeer.Role];
        var (reply, _) = await sentinels.AskAsync(peer, sentinel, client => client.SendAsync(cancel, "SENTINEL", "MASTER", view.Name), cancel);
        if (reply is not { IsError: false })
            return false;
        for (var i = 0; i + 1 < reply.Items.Count; i += 2)
        {
            if (reply.Items[i].Text == "flags")
                return !reply.Items[i + 1].Text.Contains("failover_in_progress", StringComparison.Ordinal);
        }

        return false;
    }

    private enum FailoverOutcome
    {
        Unknown,
        Replaced,
        GivenUp,
    }

    /// <summary>True when every replica that is in sync has all that the master has.</summary>
    internal static bool ReplicasHaveAll(RespReply info)
    {
        var fields = RedisInfo.Parse(info.Text);
        var offsets = info.Text.Split('\n').Where(l => l.StartsWith("slave", StringComparison.Ordinal) && l.Contains("state=online", StringComparison.Ordinal))
            .Select(l => l.Split(',').FirstOrDefault(f => f.StartsWith("offset=", StringComparison.Ordinal))?["offset=".Length..]).ToList();
        return offsets.Count > 0 && offsets.All(o => o == fields.Text("master_repl_offset"));
    }

    private async Task<string?> SuccessorAsync(DatabaseInstances instances, SentinelView view, Pod old, Pod sentinel, CancellationToken cancel)
    {
        var peer = instances.Peers[SentinelPeer.Role];
        var (reply, _) = await sentinels.AskAsync(peer, sentinel, client => client.SendAsync(cancel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", view.Name), cancel);
        if (reply?.Items is not [var host, ..] || view.Find(host.Text) is not { } named || named.Pod == old.Metadata.Name)
            return null;
        var pod = instances.Pods.First(p => p.Metadata.Name == named.Pod);
        return (await observer.AskAsync(instances, pod, cancel)).State is { IsMaster: true } ? named.Pod : null;
    }

    private async Task<bool> UntilAsync(TimeSpan bound, Func<Task<bool>> holds, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        while (!await holds())
        {
            if (time.GetElapsedTime(start) >= bound)
                return false;
            await Task.Delay(Step, time, cancel);
        }

        return true;
    }
}
