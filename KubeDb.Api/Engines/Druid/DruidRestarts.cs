using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Druid.Client;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Druid;

/// <summary>
/// Restarting a cluster in the documented order: historicals, middle managers, brokers, routers, overlords, coordinators, each by its ordinal. A middle
/// manager goes once it runs no task, and takes none meanwhile; the next pod goes once a historical serves what it has again, a middle manager takes
/// tasks, and a broker knows who serves what.
/// </summary>
internal sealed class DruidRestarts(DruidClient client) : IRestartStrategy
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    private static readonly string[] Order =
        [DruidNames.Historicals, DruidNames.MiddleManagers, DruidNames.Brokers, DruidNames.Routers, DruidNames.Overlords, DruidNames.Coordinators];

    private readonly DruidObserver _observer = new(client);

    // Segments that nobody served before a historical went: nobody has to serve them after. What a killed process knew is not asked for again.
    private readonly ConcurrentDictionary<string, long> _unserved = new();

    /// <inheritdoc/>
    public Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel) => Task.FromResult(
        old.OrderBy(p => Array.IndexOf(Order, DruidClient.RoleOf(instances, p)?.Name)).ThenBy(p => Ordinal(p.Metadata.Name)).First());

    /// <inheritdoc/>
    public async Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        switch (DruidClient.RoleOf(instances, pod)?.Name)
        {
            case DruidNames.MiddleManagers:
                return await DrainedAsync(instances, pod, cancel);
            case DruidNames.Historicals:
                _unserved[instances.Database.Metadata.Uid] = await UnservedAsync(instances, cancel) ?? 0;
                return Readiness.Yes;
            default:
                return Readiness.Yes;
        }
    }

    /// <inheritdoc/>
    public async Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var view = await _observer.ObserveAsync(instances, Timeout, cancel);
        if (view.Of(pod) is not { } server)
            return Readiness.NotYet($"{pod.Metadata.Name} is not there yet");
        if (server.Problem is { } problem)
            return Readiness.NotYet($"{pod.Metadata.Name} does not work yet: {problem}");
        return server.Role.Name switch
        {
            DruidNames.Historicals => await ServesAsync(instances, view, pod, cancel),
            DruidNames.MiddleManagers => await TakesTasksAsync(instances, view, server, cancel),
            DruidNames.Brokers => await AnswersAsync(instances, pod, cancel),
            DruidNames.Coordinators or DruidNames.Overlords when view.Coordinator is null || view.Overlord is null =>
                Readiness.NotYet($"none of the {(view.Coordinator is null ? "coordinators" : "overlords")} leads yet"),
            _ => Readiness.Yes,
        };
    }

    private async Task<Readiness> DrainedAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        var disabled = await client.AskAsync(instances, pod, DruidQuestion.Enable(false), Timeout, cancel);

        // What can not be asked runs no task that could be waited for.
        if (disabled.Problem is not null)
            return Readiness.Yes;
        if (!disabled.IsOk)
            return Readiness.NotYet($"{pod.Metadata.Name} does not stop taking tasks: {disabled.Said}");
        var tasks = await client.AskAsync(instances, pod, DruidQuestion.WorkerTasks, Timeout, cancel);
        if (!tasks.IsOk || tasks.Json is not JsonArray running)
            return Readiness.NotYet($"{pod.Metadata.Name} does not tell which tasks it runs: {tasks.Said}");
        return running.Count == 0
            ? Readiness.Yes
            : Readiness.NotYet($"{pod.Metadata.Name} takes no more tasks, and goes once those that it runs have ended: {string.Join(", ", running.Take(5).Select(t => t?.ToString()))}{(running.Count > 5 ? ", …" : "")}");
    }

    private async Task<Readiness> ServesAsync(DatabaseInstances instances, DruidView view, Pod pod, CancellationToken cancel)
    {
        var ready = await client.AskAsync(instances, pod, DruidQuestion.HistoricalReady, Timeout, cancel);
        if (!ready.IsOk)
            return Readiness.NotYet($"{pod.Metadata.Name} does not serve the segments on its volume yet");
        if (view.Coordinator is null || await UnservedAsync(instances, view.Coordinator.Pod, cancel) is not { } unserved)
            return Readiness.NotYet("no coordinator tells which segments are served");
        return unserved <= _unserved.GetValueOrDefault(instances.Database.Metadata.Uid)
            ? await KnownToBrokersAsync(instances, view, pod, cancel)
            : Readiness.NotYet($"{unserved} segments are served by no historical yet");
    }

    // A broker that does not know yet what a historical serves says of its data that they are not there.
    private async Task<Readiness> KnownToBrokersAsync(DatabaseInstances instances, DruidView view, Pod pod, CancellationToken cancel)
    {
        if (view.Broker is null)
            return Readiness.Yes;
        var query = $"SELECT COUNT(*) AS \"known\" FROM sys.servers WHERE server_type = 'historical' AND server LIKE '{pod.Metadata.Name}.%'";
        var answer = await client.AskAsync(instances, view.Broker.Pod, DruidQuestion.Sql(query), Timeout, cancel);
        return answer.IsOk && answer.Json is JsonArray { Count: > 0 } rows && rows[0]?["known"]?.ToString() == "0"
            ? Readiness.NotYet($"{view.Broker.Pod.Metadata.Name} does not know yet what {pod.Metadata.Name} serves")
            : Readiness.Yes;
    }

    private async Task<Readiness> TakesTasksAsync(DatabaseInstances instances, DruidView view, DruidServer server, CancellationToken cancel)
    {
        if (server.IsDisabled)
        {
            _ = await client.AskAsync(instances, server.Pod, DruidQuestion.Enable(true), Timeout, cancel);
            return Readiness.NotYet($"{server.Pod.Metadata.Name} takes no tasks yet");
        }

        if (view.Overlord is null)
            return Readiness.NotYet("none of the overlords leads");
        var workers = await client.AskAsync(instances, view.Overlord.Pod, DruidQuestion.Workers, Timeout, cancel);
        return workers.IsOk && workers.Json is JsonArray known && known.Any(w => w?["worker"]?["host"]?.ToString().StartsWith($"{server.Pod.Metadata.Name}.", StringComparison.Ordinal) == true && w["worker"]?["version"]?.ToString() is { Length: > 0 })
            ? Readiness.Yes
            : Readiness.NotYet($"the overlord does not give tasks to {server.Pod.Metadata.Name} yet");
    }

    private async Task<Readiness> AnswersAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        if (await client.AskAsync(instances, pod, DruidQuestion.BrokerReady, Timeout, cancel) is { IsOk: false })
            return Readiness.NotYet($"{pod.Metadata.Name} does not know yet who serves what");
        var answer = await client.AskAsync(instances, pod, DruidQuestion.Sql("SELECT 1 AS alive"), Timeout, cancel);
        return answer.IsOk ? Readiness.Yes : Readiness.NotYet($"{pod.Metadata.Name} answers no query yet: {answer.Said}");
    }

    private async Task<long?> UnservedAsync(DatabaseInstances instances, CancellationToken cancel) =>
        (await _observer.ObserveAsync(instances, Timeout, cancel)).Coordinator is { } leader ? await UnservedAsync(instances, leader.Pod, cancel) : null;

    private async Task<long?> UnservedAsync(DatabaseInstances instances, Pod leader, CancellationToken cancel) =>
        await client.AskAsync(instances, leader, DruidQuestion.Unserved, Timeout, cancel) is { IsOk: true } answer ? DruidHealth.Unserved(answer).Sum(u => u.Segments) : null;

    private static int Ordinal(string pod) => int.TryParse(pod.AsSpan(pod.LastIndexOf('-') + 1), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;
}
