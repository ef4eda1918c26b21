using KubeDb.Api.Engines.ZooKeeper.Client;
using KubeDb.Api.Engines.ZooKeeper.Ensemble;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>
/// One round of health checks: every member's mode, exactly one leader, all voters in sync, then a node written and read back through a session that
/// has logged in.
/// </summary>
internal sealed class ZooKeeperHealth(ZooKeeperConnector connector)
{
    /// <summary>The node that is written and read. Whoever has the credential may, and nobody else.</summary>
    public const string ProbeNode = "/kubedb_health_checker_node";

    /// <summary>What stands in it.</summary>
    public const string ProbeData = "kubedb_health_checker_data";

    private readonly EnsembleObserver _observer = new(connector);

    /// <summary>Checks the ensemble; the first failure ends the round.</summary>
    public async Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var checks = instances.Database.Spec.HealthChecker;
        var timeout = TimeSpan.FromSeconds(checks?.TimeoutSeconds is { } seconds and > 0 ? seconds : 10);

        // A member that hangs is to be named within the time of the round: connecting and asking take a bound each, and more questions follow.
        var view = await _observer.ObserveAsync(instances, timeout / 4, cancel);
        if (view.Judge(instances.Database.Metadata.Key.ToString()) is { } failure)
            return new(failure);
        return checks is { DisableWriteCheck: true } ? HealthReport.Healthy : new(await WriteAndReadAsync(instances, view, timeout, cancel));
    }

    // A follower passes writes on to the leader, so that one session shows both, and that they talk to each other.
    private async Task<HealthFailure?> WriteAndReadAsync(DatabaseInstances instances, EnsembleView view, TimeSpan timeout, CancellationToken cancel)
    {
        var member = view.Members.FirstOrDefault(m => m.Status?.Mode == ServerMode.Follower) ?? view.Leader!;
        var pod = instances.Pods.First(p => p.Metadata.Key == member.Key);
        var (client, problem) = await connector.OpenAsync(instances, pod, timeout, cancel);
        if (client is null)
            return new(HealthLabels.ClientCreation, $"No session with {Name(pod)}: {problem}.", AcceptsConnections: false);
        await using (client)
        {
            var step = HealthLabels.Write;
            try
            {
                if (await WriteAsync(client, instances, pod, cancel) is { } refused)
                    return refused;
                step = HealthLabels.Read;
                var read = await client.GetAsync(ProbeNode, cancel);
                _ = await client.CloseAsync(cancel);
                if (!read.IsOk)
                    return new(step, $"{Name(pod)} refuses to read {ProbeNode}: {read.Error}.", AcceptsConnections: true);
                return read.Value!.Text == ProbeData ? null : new(step, $"{Name(pod)} does not return what was just written to {ProbeNode}.", AcceptsConnections: true);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return new(step, $"{Name(pod)} did not answer the {step} check: {e.Message}", AcceptsConnections: true);
            }
        }
    }

    private static async Task<HealthFailure?> WriteAsync(ZooKeeperClient client, DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var data = System.Text.Encoding.ASCII.GetBytes(ProbeData);
        var error = (await client.SetAsync(ProbeNode, data, -1, cancel)).Error;
        if (error == ZooKeeperError.NoNode)
        {
            var acl = instances.Credential is null ? ZooKeeperAcl.Open : ZooKeeperAcl.Creator;
            error = (await client.CreateAsync(ProbeNode, data, acl, ZooKeeperNodeKind.Persistent, cancel)).Error;

            // Another process was faster; what it wrote is the same.
            if (error == ZooKeeperError.NodeExists)
                error = ZooKeeperError.None;
        }

        return error switch
        {
            ZooKeeperError.None => null,
            ZooKeeperError.NoAuth when instances.Credential is null => new(
                HealthLabels.Write, $"{Name(pod)} refuses to write {ProbeNode}, which belongs to a user. Delete the node with that user's login: authentication is off now.", AcceptsConnections: true),
            ZooKeeperError.NoAuth => new(
                HealthLabels.Write,
                $"{Name(pod)} does not take the user name or password of the auth secret for the superuser's: it runs with those that it was started with. Put them back into the secret; "
                + "or restart the pods, which then start with what the secret says.",
                AcceptsConnections: true),
            _ => new(HealthLabels.Write, $"{Name(pod)} refuses to write {ProbeNode}: {error}.", AcceptsConnections: true),
        };
    }

    private static string Name(Pod pod) => $"pod {pod.Metadata.Key}";
}
