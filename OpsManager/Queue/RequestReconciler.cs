using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Queue;

/// <summary>
/// Reconciles the requests of one database. The key is the database's, whether it exists or not: one worker at a time per key is what
/// makes arbitration need no lock of its own.
/// </summary>
internal sealed class RequestReconciler(DatabaseView view, RequestQueue queue, PauseLock pause, RequestExecution execution) : IReconciler
{
    /// <inheritdoc/>
    public string Name => $"{view.Engine.Kinds.Name.ToLowerInvariant()}-ops";

    /// <inheritdoc/>
    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel)
    {
        var all = view.RequestsOf(key);
        await queue.SweepAsync(all, cancel);
        await pause.DropLeakedAsync(key, cancel);

        var open = view.RequestsOf(key).Where(r => !OpsRequestPhases.IsTerminal(r.Status.Phase)).ToList();
        if (open.Count == 0)
            return Outcome.Done;
        await queue.AdoptAsync(open, cancel);
        if (view.Database(key) is null && (await view.ReadDatabaseAsync(key, cancel)) is not null)
            return Outcome.Wait("DatabaseAppearing", "The database exists, but its event has not come yet.", TimeSpan.FromMilliseconds(200));

        await queue.RefuseUnmergeableAsync(key, cancel);
        var decision = Arbitration.Decide(view.Engine.Kinds.OpsRequest.Kind, view.RequestsOf(key), State(key));
        foreach (var failure in decision.Failures)
            await execution.RefuseAsync(failure, cancel);
        foreach (var skip in decision.Skips)
            await queue.SkipAsync(skip, cancel);
        if (decision.Merge is { } merge)
        {
            await queue.MergeAsync(key, merge, cancel);
            return Outcome.Wait("Merged", "The merged request runs next.", TimeSpan.Zero);
        }

        foreach (var wait in decision.Waits)
            await queue.WaitAsync(wait, cancel);
        return decision.Run is { } run && view.Database(key) is { } database
            ? await execution.RunAsync(run, database, cancel)
            : decision.Waits is [var first, ..] ? Outcome.Wait(first.Reason, first.Message, TimeSpan.FromSeconds(30)) : Outcome.Done;
    }

    private DatabaseState State(ObjectKey key)
    {
        var database = view.Database(key);
        return new DatabaseState
        {
            Kind = view.Engine.Kinds.Name,
            Key = key,
            Exists = database is not null,
            IsDeleting = database?.Metadata.IsDeleting == true,
            IsHalted = database?.Spec.Halted == true || database?.Status.Phase == DatabasePhases.Halted,
            Phase = database?.Status.Phase ?? "",
            HeldBy = database is null ? null : PauseLock.HolderOf(database),
        };
    }
}
