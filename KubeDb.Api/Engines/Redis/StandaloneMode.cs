namespace KubeDb.Api.Engines.Redis;

/// <summary>One server: nothing to keep together, so a round is a health check.</summary>
internal sealed class StandaloneMode(RedisHealth health, RedisRestarts restarts) : IRedisMode
{
    /// <inheritdoc/>
    public IRestartStrategy Restarts => restarts;

    /// <inheritdoc/>
    public async Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel) =>
        MaintenanceReport.Of(await health.ProbeAsync(instances, cancel));
}
