using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>Brings the world of one key to where it should be. Called by one worker at a time per key.</summary>
public interface IReconciler
{
    /// <summary>Name in logs, metrics and traces, such as <c>petset</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Reconciles the key. An <see cref="ApiException"/> or other exception is retried with backoff; a conflict quietly.
    /// </summary>
    Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel);
}

/// <summary>Why a key is in the queue; a fresh change overtakes the backlog of a start-up or resync.</summary>
public enum Lane
{
    /// <summary>Something changed just now.</summary>
    Fresh,

    /// <summary>Start-up, resync, retry of a background kind.</summary>
    Backlog,
}
