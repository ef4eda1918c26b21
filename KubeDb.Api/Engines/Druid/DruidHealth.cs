using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Druid.Client;
using KubeDb.Api.Engines.Druid.Dependencies;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Api.Engines.Druid;

/// <summary>
/// One round of health checks: what the cluster depends on, every server's health and announcement, the leaders, what the historicals serve (a server says
/// that it is healthy even when it can load no segment), a query through a broker, and now and then a row that is written and read.
/// </summary>
internal sealed class DruidHealth(DruidClient client, TimeProvider time)
{
    private readonly DruidObserver _observer = new(client);
    private readonly DruidWriteProbe _writes = new(client, time);

    /// <summary>Checks the cluster, and has middle managers take tasks again that a request which was given up left without.</summary>
    public async Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var timeout = TimeoutOf(instances);
        var view = await _observer.ObserveAsync(instances, timeout, cancel);
        var actions = new List<MaintenanceAction>();
        foreach (var server in view.Servers.Where(s => s.IsDisabled && !instances.Database.Status.Conditions.IsTrue(ConditionTypes.Paused)))
        {
            if (await client.AskAsync(instances, server.Pod, DruidQuestion.Enable(true), timeout, cancel) is { IsOk: true })
                actions.Add(new(DruidReasons.WorkerEnabled, $"Middle manager {server.Pod.Metadata.Key} took no tasks, as after a restart that was given up; it takes some again."));
        }

        return new() { Health = new(await CheckAsync(instances, view, timeout, cancel)), Actions = actions };
    }

    /// <summary>Checks the cluster; the first failure ends the round.</summary>
    public async Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var timeout = TimeoutOf(instances);
        return new(await CheckAsync(instances, await _observer.ObserveAsync(instances, timeout, cancel), timeout, cancel));
    }

    // Several questions follow each other, and a server that hangs is to be named within the time of the round.
    private static TimeSpan TimeoutOf(DatabaseInstances instances) =>
        TimeSpan.FromSeconds(instances.Database.Spec.HealthChecker?.TimeoutSeconds is { } seconds and > 0 ? seconds : 10) / 6;

    private async Task<HealthFailure?> CheckAsync(DatabaseInstances instances, DruidView view, TimeSpan timeout, CancellationToken cancel) =>
        await DependenciesAsync(instances, timeout, cancel)
        ?? Judge(instances, view)
        ?? await SegmentsAsync(instances, view, timeout, cancel)
        ?? await QueryAsync(instances, view, timeout, cancel)
        ?? (instances.Database.Spec.HealthChecker is { DisableWriteCheck: true } ? null : await _writes.CheckAsync(instances, view, timeout, cancel));

    private async Task<HealthFailure?> DependenciesAsync(DatabaseInstances instances, TimeSpan timeout, CancellationToken cancel)
    {
        var facts = instances.Facts;
        var (storage, keeper) = (MetadataStorage.Of(facts), ZooKeeperConnection.Of(facts));
        if (keeper is not null && await client.WhyDeafAsync(keeper.Host, keeper.Port, timeout, cancel) is { } deaf)
        {
            var key = DruidApplications.Of((DruidDatabase)facts.Database).First(a => a.Role == DruidApplications.ZooKeeper).Key;
            return new(HealthLabels.Dependency, $"ZooKeeper {key} does not answer at {keeper.Place}: {deaf}. Servers do not find each other without it, and go on by themselves once it is back.", AcceptsConnections: true);
        }

        return storage.Connection is { } connection && await client.WhyDeafAsync(connection.Host, connection.Port, timeout, cancel) is { } silent
            ? new(HealthLabels.Dependency, $"The metadata storage {storage.Key} does not answer at {connection.Host}:{connection.Port}: {silent}. No task is given out without it, and no segment published; this goes on by itself once it is back.", AcceptsConnections: true)
            : null;
    }

    /// <summary>What is wrong with the servers as they were seen; null when nothing is. Pure.</summary>
    public static HealthFailure? Judge(DatabaseInstances instances, DruidView view)
    {
        foreach (var group in instances.Groups)
        {
            var servers = view.Servers.Where(s => s.Role.Name == group.Role).ToList();
            var works = servers.Exists(s => s.Problem is null);
            if (servers.FirstOrDefault(s => s.Problem is not null) is { } down)
                return new(HealthLabels.Ping, $"{Capital(down.Name)}, one of the {group.Role}, does not work: {down.Problem}.", works);
            if (servers.Count < group.Replicas)
                return new(HealthLabels.NodesNotReady, $"{servers.Count} of {group.Replicas} {group.Role} of Druid {instances.Database.Metadata.Key} are there.", works);
        }

        var missing = view.Coordinator is null ? "coordinators" : view.Overlord is null ? "overlords" : null;
        return missing is null ? null : new(HealthLabels.Leader, $"None of the {missing} of Druid {instances.Database.Metadata.Key} leads.", AcceptsConnections: false);
    }

    private async Task<HealthFailure?> SegmentsAsync(DatabaseInstances instances, DruidView view, TimeSpan timeout, CancellationToken cancel)
    {
        var answer = await client.AskAsync(instances, view.Coordinator!.Pod, DruidQuestion.Unserved, timeout, cancel);
        if (!answer.IsOk)
            return new(HealthLabels.Segments, $"{Capital(view.Coordinator.Name)} does not tell which segments are served: {answer.Said}.", AcceptsConnections: true);
        return Unserved(answer) is { Count: > 0 } unserved
            ? new(HealthLabels.Segments, $"No historical serves {string.Join(", ", unserved.Take(5).Select(u => $"{u.Segments} segments of {u.Source}"))}{(unserved.Count > 5 ? $" and of {unserved.Count - 5} more data sources" : "")}: queries leave them out until one does.", AcceptsConnections: true)
            : null;
    }

    /// <summary>Segments that nobody serves, by data source; those that the checks themselves write do not count.</summary>
    public static IReadOnlyList<(string Source, long Segments)> Unserved(DruidAnswer answer) => answer.Json is JsonObject sources
        ?
        [
            .. sources.Where(s => s.Key != DruidWriteProbe.DataSource)
                .Select(s => (s.Key, Segments: long.TryParse(s.Value?.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var count) ? count : 0))
                .Where(s => s.Segments > 0),
        ]
        : [];

    private async Task<HealthFailure?> QueryAsync(DatabaseInstances instances, DruidView view, TimeSpan timeout, CancellationToken cancel)
    {
        var answer = await client.AskAsync(instances, view.Broker!.Pod, DruidQuestion.Sql("SELECT 1 AS alive"), timeout * 2, cancel);
        return answer.IsOk ? null : new(HealthLabels.Read, $"{Capital(view.Broker.Name)} answers no query: {answer.Said}.", AcceptsConnections: answer.Problem is null);
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
