using System.Globalization;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>
/// One master with replicas, watched by sentinels. Who is master is what the sentinels say; a round sees to it that they can say it: that a
/// master is there, that every sentinel watches it, and that the other servers follow it.
/// </summary>
internal sealed class SentinelMode : IRedisMode
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly RedisConnector _connector;
    private readonly TimeProvider _time;
    private readonly SentinelObserver _observer;
    private readonly SentinelExecutor _executor;

    /// <summary>Talks through the given connector; the strategy of single servers is for databases of one pod.</summary>
    public SentinelMode(RedisConnector connector, RedisRestarts alone, TimeProvider time)
    {
        var sentinels = new SentinelConnector(connector);
        (_connector, _time) = (connector, time);
        _observer = new SentinelObserver(connector, sentinels);
        _executor = new SentinelExecutor(connector, sentinels, _observer);
        Tls = new RedisTlsServers(connector, sentinels, _observer);
        Restarts = new SentinelModeRestarts(connector, sentinels, _observer, alone, time);
    }

    /// <inheritdoc/>
    public IRestartStrategy Restarts { get; }

    /// <summary>TLS of the servers, in every mode: this one alone has sentinels, which may change with it.</summary>
    public ITlsEngine Tls { get; }

    /// <inheritdoc/>
    public async Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel)
    {
        var view = await _observer.ObserveAsync(instances, cancel);
        var plan = SentinelPlanner.Plan(view);
        var (done, failure) = await _executor.RunAsync(instances, view, plan, cancel);
        var health = await JudgeAsync(instances, view, plan, failure, cancel);
        return new()
        {
            Health = new(health),
            Roles = SentinelRoles.Of(view),
            Actions = done,
            Again = plan.Steps.Count > 0 ? Soon : null,
        };
    }

    private async Task<HealthFailure?> JudgeAsync(DatabaseInstances instances, SentinelView view, SentinelPlan plan, string? failure, CancellationToken cancel)
    {
        var problem = failure ?? plan.Problem;
        var label = plan.Master is null ? HealthLabels.Primary : HealthLabels.NodesNotReady;
        if (plan.Master is not { } master || !plan.AcceptsConnections)
            return new(label, problem ?? "No master is known.", AcceptsConnections: false);
        var unwritable = instances.Database.Spec.HealthChecker is { DisableWriteCheck: true } ? null : await WriteAsync(instances, master, cancel);
        return unwritable ?? (problem is null ? null : new(label, problem, AcceptsConnections: true));
    }

    private async Task<HealthFailure?> WriteAsync(DatabaseInstances instances, string master, CancellationToken cancel)
    {
        var pod = instances.Pods.First(p => p.Metadata.Name == master);
        var (client, failure) = await _connector.OpenAsync(instances, pod, SentinelConnector.Timeout, cancel);
        if (client is null)
            return new(HealthLabels.ClientCreation, $"No connection to the master {master}: {failure!.Message}.", AcceptsConnections: false);
        await using (client)
        {
            try
            {
                var value = _time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
                var replies = await client.SendManyAsync(
                    cancel, ["SET", RedisHealth.ProbeKey, value, "EX", "60"], ["GET", RedisHealth.ProbeKey], ["DEL", RedisHealth.ProbeKey]);
                return RedisHealth.Judge($"the master {master}", value, replies[0], replies[1]);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                return new(HealthLabels.Write, $"The master {master} did not answer the write check: {e.Message}", AcceptsConnections: true);
            }
        }
    }
}
