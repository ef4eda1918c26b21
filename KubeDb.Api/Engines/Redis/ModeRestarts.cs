using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Restarts the servers of a database the way its mode asks for.</summary>
internal sealed class ModeRestarts(Func<IDatabase, IRedisMode> mode) : IRestartStrategy
{
    /// <inheritdoc/>
    public Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel) =>
        mode(instances.Database).Restarts.NextAsync(instances, old, reason, cancel);

    /// <inheritdoc/>
    public Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        mode(instances.Database).Restarts.PrepareAsync(instances, pod, cancel);

    /// <inheritdoc/>
    public Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel) =>
        mode(instances.Database).Restarts.CaughtUpAsync(instances, pod, cancel);
}
