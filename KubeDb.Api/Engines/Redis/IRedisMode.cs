namespace KubeDb.Api.Engines.Redis;

/// <summary>What differs between the modes of a Redis once its servers run.</summary>
internal interface IRedisMode
{
    /// <summary>One round of keeping the servers together; see <see cref="IEngine.MaintainAsync"/>.</summary>
    Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel);

    /// <summary>How the servers are restarted.</summary>
    IRestartStrategy Restarts { get; }
}
