using System.Globalization;
using KubeDb.Api.Engines.ZooKeeper.Client;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.ZooKeeper.Ensemble;

/// <summary>Asks the members of an ensemble what they are: all at the same time, then the leader who the members are and which of them are in sync.</summary>
internal sealed class EnsembleObserver(ZooKeeperConnector connector)
{
    /// <summary>What they say now. Pods that are being deleted are left out: the ensemble has to do without them.</summary>
    public async Task<EnsembleView> ObserveAsync(DatabaseInstances instances, TimeSpan timeout, CancellationToken cancel)
    {
        var pods = instances.Pods.Where(p => !p.Metadata.IsDeleting).OrderBy(p => EnsembleMember.IdOf(p.Metadata.Name)).ToList();
        var members = await Task.WhenAll(pods.Select(p => AskAsync(p, timeout, cancel)));
        var leader = Array.FindIndex(members, m => m.Status?.Mode == ServerMode.Leader);
        if (leader < 0)
            return new(members, null, null);
        var (configuration, unread) = await connector.AskAsync(pods[leader], FourLetterWord.Configuration, timeout, cancel);
        var (figures, unseen) = await connector.AskAsync(pods[leader], FourLetterWord.Monitor, timeout, cancel);
        var membership = configuration is null ? null : Membership.Parse(configuration);
        var synced = figures is null ? null : Synced(figures);
        if (membership is null || synced is null)
            members[leader] = members[leader] with { Problem = unread ?? unseen ?? "its answer to conf or mntr is none of a leader" };
        return new(members, membership, synced);
    }

    /// <summary>How many voting followers are in sync, from a leader's answer to <c>mntr</c>; null when it is no leader's.</summary>
    internal static int? Synced(string figures)
    {
        var fields = ServerStatus.Fields(figures, "\t");
        return Number("zk_synced_followers") - (Number("zk_synced_non_voting_followers") ?? 0);

        int? Number(string name) => int.TryParse(fields.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private async Task<EnsembleMember> AskAsync(Pod pod, TimeSpan timeout, CancellationToken cancel)
    {
        var (answer, problem) = await connector.AskAsync(pod, FourLetterWord.Server, timeout, cancel);
        var status = answer is null ? null : ServerStatus.Parse(answer);
        return new(pod.Metadata.Key, status, status is null ? problem ?? "its answer to srvr is none of a ZooKeeper server" : null);
    }
}
