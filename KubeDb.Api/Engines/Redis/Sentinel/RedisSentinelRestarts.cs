using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>
/// Restarting sentinels: one at a time, and only while the others can have a master replaced without it. The next one goes once the last one
/// watches again what the others watch, and knows them.
/// </summary>
internal sealed class RedisSentinelRestarts(SentinelConnector sentinels) : IRestartStrategy
{
    /// <inheritdoc/>
    public Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel) => Task.FromResult(old[0]);

    /// <inheritdoc/>
    public async Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var states = await ObserveAsync(instances, cancel);
        return Dispensable(pod.Metadata.Name, states, SentinelNames.Wanted(instances).Count);
    }

    /// <inheritdoc/>
    public async Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var states = await ObserveAsync(instances, cancel);
        return CaughtUp(pod.Metadata.Name, states);
    }

    /// <summary>Whether the others can do without it. One or two sentinels never can: whoever runs them so few accepts that.</summary>
    /// <param name="pod">The pod that is to go.</param>
    /// <param name="states">What each sentinel watches; null for one that does not answer.</param>
    /// <param name="wanted">Sentinels that the spec wants.</param>
    public static Readiness Dispensable(string pod, IReadOnlyDictionary<string, IReadOnlyList<MasterWatch>?> states, int wanted)
    {
        if (states.GetValueOrDefault(pod)?.FirstOrDefault(m => m.IsFailingOver) is { } busy)
            return Readiness.NotYet($"{pod} is having the master of {busy.Name} replaced; it goes once that is done");
        if (wanted < 3)
            return Readiness.Yes;
        var others = states.Where(s => s.Key != pod && s.Value is not null).ToList();
        var majority = (wanted / 2) + 1;
        if (others.Count < majority)
            return Readiness.NotYet($"without {pod} only {others.Count} of {wanted} sentinels would answer, and {majority} are needed to have a master replaced");
        foreach (var master in others.SelectMany(o => o.Value!).Select(m => m.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var watching = others.Count(o => o.Value!.Any(m => m.Name == master));
            if (watching < majority)
                return Readiness.NotYet($"without {pod} only {watching} of {wanted} sentinels would watch {master}, and {majority} are needed");
        }

        return Readiness.Yes;
    }

    /// <summary>Whether the pod watches what the others watch, and knows as many of the others as they do.</summary>
    public static Readiness CaughtUp(string pod, IReadOnlyDictionary<string, IReadOnlyList<MasterWatch>?> states)
    {
        if (states.GetValueOrDefault(pod) is not { } own)
            return Readiness.NotYet($"{pod} does not answer yet");
        foreach (var other in states.Where(s => s.Key != pod).SelectMany(s => s.Value ?? []))
        {
            if (own.FirstOrDefault(m => m.Name == other.Name) is not { } watched)
                return Readiness.NotYet($"{pod} does not watch {other.Name} yet");
            if (watched.OtherSentinels < states.Count(s => s.Value?.Any(m => m.Name == other.Name) == true) - 1)
                return Readiness.NotYet($"{pod} does not know all the other sentinels that watch {other.Name} yet");
        }

        return Readiness.Yes;
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<MasterWatch>?>> ObserveAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var answers = await sentinels.AskAllAsync(
            instances,
            async client =>
            {
                var masters = await client.SendAsync(cancel, "SENTINEL", "MASTERS");
                return masters.Error is { } refused
                    ? throw new IOException($"it refuses SENTINEL MASTERS: {refused.Sentence}")
                    : SentinelEntry.Many(masters);
            },
            cancel);
        return answers.ToDictionary(
            a => a.Pod.Metadata.Name,
            IReadOnlyList<MasterWatch>? (a) => a.Answer is null ? null : [.. a.Answer.Select(MasterWatch.Of)],
            StringComparer.Ordinal);
    }
}

/// <summary>How one sentinel watches a master.</summary>
/// <param name="Name">Name of the master.</param>
/// <param name="OtherSentinels">Other sentinels that it knows.</param>
/// <param name="IsFailingOver">It is having the master replaced.</param>
internal sealed record MasterWatch(string Name, long OtherSentinels, bool IsFailingOver)
{
    /// <summary>Reads an entry of SENTINEL MASTERS.</summary>
    public static MasterWatch Of(SentinelEntry entry) =>
        new(entry.Text("name"), entry.Number("num-other-sentinels"), new MonitoredMaster(entry, [], []).IsFailingOver);
}
