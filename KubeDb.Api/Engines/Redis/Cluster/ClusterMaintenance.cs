using System.Collections.Concurrent;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>
/// Keeps the pods of a cluster together: every round looks at all of them, does what <see cref="ClusterPlan"/> finds missing, and judges the
/// health from the same look.
/// </summary>
/// <remarks>What is remembered of a database only paces the rounds and keeps events from being told again and again.</remarks>
internal sealed class ClusterMaintenance(RedisConnector connector, TimeProvider time, IRestartStrategy restarts) : IRedisMode
{
    // What nodes tell each other arrives within fractions of a second.
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(250);

    // Something keeps it from getting well: it is looked at more seldom.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Past> _past = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IRestartStrategy Restarts => restarts;

    /// <inheritdoc/>
    public async Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        await using var sessions = await ClusterSessions.OpenAsync(connector, instances, Bound(instances), cancel);
        var view = sessions.View;
        var planned = ClusterPlan.Next(view);
        var (done, refused) = await ExecuteAsync(sessions, planned, cancel);
        var failure = ClusterHealth.Judge(view);
        if (failure is null && instances.Database.Spec.HealthChecker is not { DisableWriteCheck: true })
            failure = await ClusterHealth.WriteAndReadAsync(sessions, time, cancel);
        var isUnsettled = planned.Count > 0 || (failure is not null && view.IsComplete);
        var (told, again) = Pace(instances, done, refused, isUnsettled);
        return new()
        {
            Health = new HealthReport(failure),
            Roles = view.Owners.Count > 0 ? ClusterHealth.RolesOf(view) : null,
            Actions = told,
            Again = again,
        };
    }

    /// <summary>A round has to end within the time-out of the health check, also when a pod is silent: each step of it has a part of that.</summary>
    private static TimeSpan Bound(DatabaseInstances instances) =>
        TimeSpan.FromSeconds((instances.Database.Spec.HealthChecker?.TimeoutSeconds is { } seconds and > 0 ? seconds : 10) / 4.0);

    private static async Task<(List<MaintenanceAction> Done, List<string> Refused)> ExecuteAsync(
        ClusterSessions sessions, IReadOnlyList<ClusterAction> actions, CancellationToken cancel)
    {
        var (done, refused) = (new List<MaintenanceAction>(), new List<string>());
        var stopped = new HashSet<string>(StringComparer.Ordinal);
        foreach (var action in actions.Where(a => !stopped.Contains(a.Pod)))
        {
            if (await sessions.DoAsync(action, cancel) is not { } problem)
            {
                done.Add(new(action.Reason, action.Message, action.IsWarning));
                continue;
            }

            // What was planned for this pod after it may rest on it.
            stopped.Add(action.Pod);
            refused.Add(problem);
        }

        return (done, refused);
    }

    /// <summary>
    /// What is told of a round, and when the next one is due. An action is told once while it repeats; a refusal when it repeats, for most come
    /// of a cluster that changed since it was looked at.
    /// </summary>
    private (IReadOnlyList<MaintenanceAction> Told, TimeSpan? Again) Pace(
        DatabaseInstances instances, List<MaintenanceAction> done, List<string> refused, bool isUnsettled)
    {
        var uid = instances.Database.Metadata.Uid;
        var past = _past.GetValueOrDefault(uid);
        var told = done.Where(a => past is null || !past.Told.Contains(a.Message)).DistinctBy(a => a.Message).ToList();
        told.AddRange(refused.Where(r => past is not null && past.Refused.Contains(r) && !past.Told.Contains(r))
            .Select(r => new MaintenanceAction(RedisReasons.ClusterCommandRefused, $"Pod {r}", IsWarning: true)));
        if (!isUnsettled)
        {
            _past.TryRemove(uid, out _);
            return (told, null);
        }

        var since = past?.Since ?? time.GetTimestamp();
        var repeated = refused.Where(r => past?.Refused.Contains(r) == true);
        _past[uid] = new(since, [.. past?.Told ?? [], .. done.Select(a => a.Message), .. repeated], [.. refused]);
        return (told, time.GetElapsedTime(since) < Patience ? Soon : Later);
    }

    private sealed record Past(long Since, HashSet<string> Told, HashSet<string> Refused);
}
