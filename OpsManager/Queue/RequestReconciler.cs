using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Queue;

/// <summary>
/// Reconciles the requests of one database. The key is the database's, whether it exists or not: one worker at a time per key is what
/// makes arbitration need no lock of its own.
/// </summary>
internal sealed class RequestReconciler(
    DatabaseView view, RequestQueue queue, RequestMerger merger, PauseLock pause, RequestExecution execution, MissingDatabases missing) : IReconciler
{
    /// <inheritdoc/>
    public string Name => $"{view.Engine.Kinds.Name.ToLowerInvariant()}-ops";

    /// <inheritdoc/>
    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel)
    {
        var all = view.RequestsOf(key);

        // A merged request is kept until its sources tell its end.
        await merger.RecordEndsAsync(all, cancel);
        await queue.SweepAsync(all, cancel);
        await pause.DropLeakedAsync(key, cancel);

        await queue.AdoptAsync(OpenOf(key), cancel);
        if (OpenOf(key) is not { Count: > 0 } open)
        {
            missing.Forget(key);
            return Outcome.Done;
        }

        // The cache may lag behind a database that exists.
        if (view.Database(key) is null && key.Name.Length > 0 && await view.ReadDatabaseAsync(key, cancel) is not null)
            return Outcome.Wait("DatabaseAppearing", "The database exists, but its event has not come yet.", TimeSpan.FromMilliseconds(200));
        if (view.Database(key) is not null)
            missing.Forget(key);
        var waited = view.Database(key) is null ? missing.Waited(key, open) : new Dictionary<string, TimeSpan>();
        return await new QueuePass(view, queue, merger, execution, key, waited).RunAsync(cancel);
    }

    private IReadOnlyList<IOpsRequest> OpenOf(ObjectKey key) =>
        [.. view.RequestsOf(key).Where(r => !OpsRequestPhases.IsTerminal(r.Status.Phase))];
}
