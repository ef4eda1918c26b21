using System.Globalization;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>
/// Restarts the pods of a cluster: the replicas of all shards, then the masters, each after a replica in sync has taken over from it. What a
/// shard's only pod with all its data is, is never taken down.
/// </summary>
internal sealed class ClusterRestarts(RedisConnector connector, TimeProvider time) : IRestartStrategy
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    // A handover takes milliseconds; when it takes longer the caller asks again.
    private const int Looks = 40;

    // Until then a handover that was ordered is under way in the server, which gives it up by itself.
    private static readonly TimeSpan HandoverTakes = TimeSpan.FromSeconds(5);

    private readonly SilentServers _silent = new(time);

    /// <inheritdoc/>
    public async Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel)
    {
        await using var sessions = await ClusterSessions.OpenAsync(connector, instances, Timeout, cancel);
        return Order(sessions.View, old).First();
    }

    /// <summary>
    /// Replicas first, then what can not be asked, then masters; by ordinal and shard, so that a role that did not move is not what decides
    /// between equals. Pure.
    /// </summary>
    internal static IEnumerable<Pod> Order(ClusterView view, IReadOnlyList<Pod> pods) =>
        from pod in pods
        let member = view.Members.FirstOrDefault(m => m.Pod == pod.Metadata.Name)
        orderby Rank(view, member), member?.Ordinal descending, member?.Shard, pod.Metadata.Name
        select pod;

    /// <summary>
    /// Yes for a replica whose master answers; for a master once a replica took over, as both say; and for a pod that is down. A master without a
    /// replica in sync, and a replica without its master, hold data that is nowhere else.
    /// </summary>
    public async Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        await using var sessions = await ClusterSessions.OpenAsync(connector, instances, Timeout, cancel);
        if (Member(sessions.View, pod) is not { } member)
            return Readiness.Yes;
        if (member.Answer is null)
            return Unasked(pod, member);
        _silent.Heard(pod);
        var step = Judge(sessions.View, member);
        if (step.Heir is null)
            return step.Readiness;
        var order = new ClusterAction(ClusterVerb.Failover, step.Heir.Pod, "");
        var ordered = time.GetTimestamp();
        if (await sessions.DoAsync(order, cancel) is { } refused)
            return Readiness.NotYet($"{step.Heir.Pod} should take over from {pod.Metadata.Name}, but {refused}");
        for (var i = 0; i < Looks && time.GetElapsedTime(ordered) < HandoverTakes; i++)
        {
            await Task.Delay(Look, time, cancel);
            await sessions.LookAsync(cancel);
            if (Member(sessions.View, pod) is not { Answer: not null } now)
                break;
            if (HasHandedOver(sessions.View, now, step.Heir))
                return Readiness.Yes;
        }

        return Readiness.NotYet($"{step.Heir.Pod} is taking over shard {member.Shard} from {pod.Metadata.Name}");
    }

    /// <inheritdoc/>
    public async Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        await using var sessions = await ClusterSessions.OpenAsync(connector, instances, Timeout, cancel);
        return CaughtUp(sessions.View, pod.Metadata.Name);
    }

    /// <summary>Whether the pod is a whole member of a whole cluster again. Pure.</summary>
    internal static Readiness CaughtUp(ClusterView view, string pod)
    {
        if (view.Members.FirstOrDefault(m => m.Pod == pod) is not { } member)
            return Readiness.Yes;
        if (member.Answer is not { } answer)
            return Readiness.NotYet(member.Problem?.Message ?? $"{pod} does not answer");
        if (!answer.IsStateOk)
            return Readiness.NotYet($"{pod} does not serve yet: cluster_state is not ok");
        if (ClusterHealth.Judge(view) is { } failure)
            return Readiness.NotYet(failure.Message);
        if (answer.IsMaster || view.Find(answer.MasterId) is not { } master || ClusterPlan.IsInSync(member, master))
            return Readiness.Yes;
        return Readiness.NotYet(string.Create(CultureInfo.InvariantCulture, $"{pod} is {master.Answer!.Offset - answer.Offset} bytes behind its master {master.Pod}"));
    }

    /// <summary>Whether the pod may go, or who has to take over from it first. Pure.</summary>
    internal static (Readiness Readiness, ClusterMember? Heir) Judge(ClusterView view, ClusterMember member)
    {
        var answer = member.Answer!;
        if (!answer.IsMaster)
            return (OfReplica(view, member), null);
        if (view.Owners.FirstOrDefault(o => o.Member == member) is not { } owner)
        {
            return answer.Keys == 0 || answer.Claims.IsEmpty && view.IsComplete && view.Unowned.IsEmpty
                ? (Readiness.Yes, null)
                : (Readiness.NotYet($"{member.Pod} holds {answer.Keys.ToString(CultureInfo.InvariantCulture)} keys, but which slots it owns is not clear, so it is left alone"), null);
        }

        // Its slots may be another shard's; whoever follows it has their data.
        var shard = new ClusterShard(member.Shard, [.. view.Answering.Where(m => m.Answer!.MasterId == owner.Id)], owner);
        if (ClusterPlan.Heir(shard, member) is { } heir)
            return (Readiness.NotYet(""), heir);
        var peers = view.Members.Where(m => m.Shard == member.Shard && m != member).Select(m => Why(m, member));
        return (Readiness.NotYet($"{member.Pod} is the master of shard {member.Shard}, and no replica is in sync to take over: {string.Join("; ", peers)}"), null);
    }

    private static Readiness OfReplica(ClusterView view, ClusterMember member)
    {
        var (owner, isCopy) = (view.Owners.FirstOrDefault(o => o.Id == member.Answer!.MasterId), view.Owners.All(o => o.Id != member.Answer!.MasterId));
        if (isCopy || owner!.Member is not null)
            return Readiness.Yes;
        return Readiness.NotYet($"{member.Pod} follows a master that is in no pod that answers, and may be the only one with the data of shard {member.Shard}; it is left alone until the shard has a master");
    }

    private static string Why(ClusterMember peer, ClusterMember master) => peer switch
    {
        { Answer: null } => peer.Problem?.Message ?? $"{peer.Pod} does not answer",
        { Answer.IsMaster: true } => $"{peer.Pod} follows nobody",
        { Answer: var a } when a.MasterId != master.Answer!.Id => $"{peer.Pod} follows another master",
        { Answer.IsSyncing: true } => $"{peer.Pod} is still receiving the data",
        { Answer.IsLinkUp: false } => $"{peer.Pod} has lost its link to the master",
        { Answer: var a } => string.Create(CultureInfo.InvariantCulture, $"{peer.Pod} is {master.Answer!.Offset - a.Offset} bytes behind"),
    };

    // Both have to say it: the old master, so that it takes no writes any more; the new one, so that it does.
    private static bool HasHandedOver(ClusterView view, ClusterMember former, ClusterMember heir) =>
        view.Find(heir.Answer!.Id) is { Answer: { IsMaster: true, Claims.IsEmpty: false } now } && former.Answer!.MasterId == now.Id;

    private static int Rank(ClusterView view, ClusterMember? member) => member switch
    {
        { Answer.IsMaster: false } => 0,
        { Answer: not null } when view.Owners.Any(o => o.Member == member) => 2,
        _ => 1,
    };

    private static ClusterMember? Member(ClusterView view, Pod pod) => view.Members.FirstOrDefault(m => m.Pod == pod.Metadata.Name);

    private Readiness Unasked(Pod pod, ClusterMember member) => member.Problem?.Failure switch
    {
        { TimedOut: true } failure => _silent.Silent(pod, failure.Message),
        { } failure => RedisRestarts.Unreachable(pod, failure),
        null when pod.Metadata.IsDeleting || member.Problem?.Label == HealthLabels.NodesNotReady => Readiness.Yes,
        null => Readiness.NotYet($"{pod.Metadata.Name} is left alone: {member.Problem?.Message}"),
    };
}
