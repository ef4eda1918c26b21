using KubeDb.Api.Engines.Druid.Client;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Druid;

/// <summary>One server, as it was seen.</summary>
/// <param name="Pod">Its pod.</param>
/// <param name="Role">Its role.</param>
internal sealed record DruidServer(Pod Pod, DruidRole Role)
{
    /// <summary>Why it does not work; null when it does.</summary>
    public string? Problem { get; init; }

    /// <summary>It leads the coordinators.</summary>
    public bool LeadsCoordinators { get; init; }

    /// <summary>It leads the overlords.</summary>
    public bool LeadsOverlords { get; init; }

    /// <summary>A middle manager that takes no tasks.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>As messages name it.</summary>
    public string Name => $"pod {Pod.Metadata.Key}";
}

/// <summary>The servers of a cluster, as they were seen in one round.</summary>
internal sealed record DruidView(IReadOnlyList<DruidServer> Servers)
{
    /// <summary>The leading coordinator; null when none works and leads.</summary>
    public DruidServer? Coordinator => Servers.FirstOrDefault(s => s is { Problem: null, LeadsCoordinators: true });

    /// <summary>The leading overlord; null when none works and leads.</summary>
    public DruidServer? Overlord => Servers.FirstOrDefault(s => s is { Problem: null, LeadsOverlords: true });

    /// <summary>A broker that works; null when none does.</summary>
    public DruidServer? Broker => Servers.FirstOrDefault(s => s is { Problem: null, Role.Name: DruidNames.Brokers });

    /// <summary>The server of a pod; null when it was not seen.</summary>
    public DruidServer? Of(Pod pod) => Servers.FirstOrDefault(s => s.Pod.Metadata.Key == pod.Metadata.Key);
}

/// <summary>Asks every server of a cluster how it is, all at the same time.</summary>
internal sealed class DruidObserver(DruidClient client)
{
    /// <summary>Observes; each question gets that long.</summary>
    public async Task<DruidView> ObserveAsync(DatabaseInstances instances, TimeSpan timeout, CancellationToken cancel)
    {
        var hasOverlords = instances.Groups.Any(g => g.Role == DruidNames.Overlords);
        var seen = instances.Pods.Where(p => !p.Metadata.IsDeleting)
            .Select(pod => (pod, role: DruidClient.RoleOf(instances, pod)))
            .Where(p => p.role is not null)
            .Select(p => ObserveAsync(instances, new(p.pod, p.role!), hasOverlords, timeout, cancel));
        return new(await Task.WhenAll(seen));
    }

    private async Task<DruidServer> ObserveAsync(DatabaseInstances instances, DruidServer server, bool hasOverlords, TimeSpan timeout, CancellationToken cancel)
    {
        var health = await AskAsync(DruidQuestion.Health);
        if (!health.IsOk || health.Text.Trim() != "true")
            return server with { Problem = health.IsOk ? $"it says of its health: {health.Text.Trim()}" : health.Said };
        var self = await AskAsync(DruidQuestion.SelfDiscovered);
        if (self.Status is 401 or 403)
        {
            return server with
            {
                Problem = "it does not take the user name or password of the auth secret: the cluster has those that its metadata was made with. Put them back into the secret",
            };
        }

        if (!self.IsOk)
            return server with { Problem = self.Problem is null ? "it is not announced to the others yet" : self.Said };
        return server.Role.Name switch
        {
            DruidNames.Coordinators => server with { LeadsCoordinators = await LeadsAsync(DruidQuestion.CoordinatorLeads), LeadsOverlords = !hasOverlords && await LeadsAsync(DruidQuestion.OverlordLeads) },
            DruidNames.Overlords => server with { LeadsOverlords = await LeadsAsync(DruidQuestion.OverlordLeads) },
            DruidNames.MiddleManagers => server with { IsDisabled = await IsDisabledAsync() },
            _ => server,
        };

        Task<DruidAnswer> AskAsync(DruidQuestion question) => client.AskAsync(instances, server.Pod, question, timeout, cancel);

        async Task<bool> LeadsAsync(DruidQuestion question) => await AskAsync(question) is { IsOk: true, Json: { } said } && said["leader"]?.GetValue<bool>() == true;

        // {"host:port": true}
        async Task<bool> IsDisabledAsync() => await AskAsync(DruidQuestion.WorkerEnabled) is { IsOk: true, Json: System.Text.Json.Nodes.JsonObject { Count: > 0 } said } && said.All(w => w.Value?.ToJsonString() == "false");
    }
}
