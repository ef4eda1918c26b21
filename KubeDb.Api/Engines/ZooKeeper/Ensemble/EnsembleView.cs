using System.Globalization;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines.ZooKeeper.Ensemble;

/// <summary>What the servers of an ensemble said of themselves, asked at the same time. Judged without asking again.</summary>
/// <param name="Members">The pods, by ordinal.</param>
/// <param name="Membership">Who the members are, as the leader knows it; null when nobody leads, or the leader did not say.</param>
/// <param name="SyncedFollowers">How many voting followers have what the leader has, as it says; null as above.</param>
internal sealed record EnsembleView(IReadOnlyList<EnsembleMember> Members, Membership? Membership, int? SyncedFollowers)
{
    /// <summary>The members that say that they lead. Two of them are possible for as long as one does not know yet that it was cut off.</summary>
    public IReadOnlyList<EnsembleMember> Leaders => [.. Members.Where(m => m.Status?.Mode == ServerMode.Leader)];

    /// <summary>The one leader; null when there is none, or more than one.</summary>
    public EnsembleMember? Leader => Leaders is [var one] ? one : null;

    /// <summary>True for a member that votes, as the leader knows it.</summary>
    public bool Votes(EnsembleMember member) => Membership?.Voters.Any(v => v.Id == member.Id) == true;

    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    /// <param name="database">The database, for sentences.</param>
    public HealthFailure? Judge(string database)
    {
        if (Leader is null)
            return WithoutLeader(database);
        if (Members.FirstOrDefault(m => m.Status is null) is { } silent)
            return new(HealthLabels.ClientCreation, $"No connection to pod {silent.Key}: {silent.Problem}.", AcceptsConnections: true);
        if (Members.FirstOrDefault(m => !m.Status!.Serves) is { } idle)
            return new(HealthLabels.NodesNotReady, $"Pod {idle.Key} serves nobody: it does not follow the leader {Leader.Pod} yet.", AcceptsConnections: true);
        if (Membership is null || SyncedFollowers is null)
            return new(HealthLabels.Membership, $"The leader {Leader.Pod} does not say who the members are: {Leader.Problem}.", AcceptsConnections: true);
        if (Members.FirstOrDefault(m => !Votes(m)) is { } mute)
            return new(HealthLabels.Membership, $"Pod {mute.Key} follows the leader {Leader.Pod} and does not vote yet.", AcceptsConnections: true);
        if (Membership.Members.FirstOrDefault(s => Members.All(m => m.Id != s.Id)) is { } lost)
            return new(HealthLabels.Membership, $"The ensemble counts on member {lost.Id.ToString(CultureInfo.InvariantCulture)} ({lost.Host}), and there is no such pod.", AcceptsConnections: true);
        var followers = Membership.Voters.Count() - 1;
        return SyncedFollowers < followers
            ? new(HealthLabels.Sync, string.Create(CultureInfo.InvariantCulture, $"{SyncedFollowers} of {followers} followers have what the leader {Leader.Pod} has."), AcceptsConnections: true)
            : null;
    }

    /// <summary>Why the ensemble would not keep its quorum without the member; null when it would, or the member does not count.</summary>
    public string? WhyNeeded(EnsembleMember member)
    {
        // What serves nobody is no part of a quorum; neither is one that does not vote.
        if (member.Status is not { Serves: true })
            return null;
        if (Leaders.Count > 1)
            return $"{Names(Leaders)} say that they lead; one of them will find out that it does not";
        if (Leader is null || Membership is null || SyncedFollowers is null)
            return $"who leads and who is in sync is not known{(Leader is null ? "" : $": {Leader.Problem}")}";
        if (!Votes(member) || Membership.Quorum == 1)
            return null;

        // The leader has what it acknowledged. Of a follower only the leader's count tells, in which this one is one of those.
        var left = Members.Where(m => m != member && m.Status is { Serves: true } && Votes(m)).ToList();
        var synced = 1 + SyncedFollowers.Value - 1;
        if (left.Count >= Membership.Quorum && synced >= Membership.Quorum)
            return null;
        var others = left.Count == 0 ? "no other member serves" : $"beside it only {Names(left)} {(left.Count == 1 ? "serves" : "serve")}";
        return left.Count >= Membership.Quorum
            ? string.Create(CultureInfo.InvariantCulture, $"without it the ensemble would have {synced} members in sync, and it needs {Membership.Quorum}")
            : string.Create(CultureInfo.InvariantCulture, $"without it the ensemble would lose its quorum of {Membership.Quorum}: {others}");
    }

    /// <summary>Why a restarted member is not back; null when it follows, votes, and the ensemble is in sync.</summary>
    public string? WhyNotBack(EnsembleMember member)
    {
        if (member.Status is null)
            return $"{member.Pod} can not be asked: {member.Problem}";
        if (!member.Status.Serves)
            return $"{member.Pod} does not follow a leader yet";
        if (Leader is null || Membership is null || SyncedFollowers is null)
            return Leaders.Count > 1 ? $"{Names(Leaders)} say that they lead" : $"who leads is not known{(Leader is null ? "" : $": {Leader.Problem}")}";
        if (!Votes(member))
            return $"{member.Pod} follows the leader {Leader.Pod} and does not vote yet";
        var serving = Members.Count(m => m != Leader && m.Status is { Serves: true } && Votes(m));
        return SyncedFollowers < serving
            ? string.Create(CultureInfo.InvariantCulture, $"{SyncedFollowers} of {serving} followers have what the leader {Leader.Pod} has")
            : null;
    }

    private HealthFailure WithoutLeader(string database)
    {
        if (Members.Count == 0)
            return new(HealthLabels.NodesNotReady, "No pod of the database runs.", AcceptsConnections: false);
        if (Leaders.Count > 1)
            return new(HealthLabels.Leader, $"{Names(Leaders)} all say that they lead {database}.", AcceptsConnections: false);
        if (Members.FirstOrDefault(m => m.Status?.Mode is ServerMode.Standalone or ServerMode.ReadOnly) is { } alone)
            return new(HealthLabels.Membership, $"Pod {alone.Key} serves by itself and is no member of the ensemble.", AcceptsConnections: false);
        var running = Members.Where(m => m.Status is not null).ToList();
        if (running.Count == 0)
            return new(HealthLabels.ClientCreation, $"No connection to pod {Members[0].Key}: {Members[0].Problem}.", AcceptsConnections: false);
        var silent = Members.Where(m => m.Status is null).Select(m => $" {m.Pod} can not be asked: {m.Problem}.");
        return new(HealthLabels.Leader, $"No member of {database} leads, so nobody is served; {Names(running)} {(running.Count == 1 ? "runs" : "run")}.{string.Concat(silent)}", AcceptsConnections: false);
    }

    private static string Names(IEnumerable<EnsembleMember> members) => members.Select(m => m.Pod).ToList() is { Count: > 1 } several
        ? $"{string.Join(", ", several[..^1])} and {several[^1]}"
        : members.First().Pod;
}

/// <summary>A pod, and what its server said.</summary>
/// <param name="Key">Namespace and name of the pod.</param>
/// <param name="Status">What it said; null when it can not be asked.</param>
/// <param name="Problem">Why it can not be asked, or what it left unsaid.</param>
internal sealed record EnsembleMember(ObjectKey Key, ServerStatus? Status, string? Problem)
{
    /// <summary>Name of the pod.</summary>
    public string Pod => Key.Name;

    /// <summary>Number of the member: the pod's ordinal and one.</summary>
    public int Id => IdOf(Pod);

    /// <summary>Number of the member in a pod.</summary>
    public static int IdOf(string pod) =>
        int.TryParse(pod.AsSpan(pod.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal + 1 : 0;
}
