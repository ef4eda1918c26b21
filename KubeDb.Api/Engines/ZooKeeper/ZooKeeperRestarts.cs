using KubeDb.Api.Engines.ZooKeeper.Ensemble;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>
/// Restarting an ensemble: what serves nobody first, then observers and followers, the leader last, so that it is elected anew once; a member only while
/// the others keep the quorum, and the next one only when the last follows, votes and is in sync.
/// </summary>
internal sealed class ZooKeeperRestarts(ZooKeeperConnector connector) : IRestartStrategy
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly EnsembleObserver _observer = new(connector);

    /// <inheritdoc/>
    public async Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel)
    {
        var view = await _observer.ObserveAsync(instances, Timeout, cancel);
        return old.OrderBy(p => Turn(view, p)).ThenBy(p => EnsembleMember.IdOf(p.Metadata.Name)).First();
    }

    /// <summary>
    /// Yes when the other members keep the quorum without this one, or when it is no part of it: a member that serves nobody can go. One that
    /// serves, and of which the others' state is not known, is left alone.
    /// </summary>
    public async Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var view = await _observer.ObserveAsync(instances, Timeout, cancel);
        return Member(view, pod) is { } member && view.WhyNeeded(member) is { } why
            ? Readiness.NotYet($"{pod.Metadata.Name} is left alone: {why}")
            : Readiness.Yes;
    }

    /// <inheritdoc/>
    public async Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var view = await _observer.ObserveAsync(instances, Timeout, cancel);
        if (Member(view, pod) is not { } member)
            return Readiness.NotYet($"{pod.Metadata.Name} is not there yet");
        return view.WhyNotBack(member) is { } why ? Readiness.NotYet(why) : Readiness.Yes;
    }

    private static EnsembleMember? Member(EnsembleView view, Pod pod) => view.Members.FirstOrDefault(m => m.Key == pod.Metadata.Key);

    private static int Turn(EnsembleView view, Pod pod) => Member(view, pod)?.Status?.Mode switch
    {
        ServerMode.Leader => 2,
        ServerMode.Follower or ServerMode.Observer => 1,
        _ => 0,
    };
}
