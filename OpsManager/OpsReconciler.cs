using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.OpsManager;

/// <summary>
/// Reconciles the requests of one database. The key is the database's, whether it exists or not: one worker at a time per key is what
/// makes arbitration need no lock of its own.
/// </summary>
internal sealed class OpsReconciler(World world, Intake intake, DatabaseHold hold, Lifecycle lifecycle) : IReconciler
{
    /// <inheritdoc/>
    public string Name => $"{world.Engine.Kinds.Name.ToLowerInvariant()}-ops";

    /// <inheritdoc/>
    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel)
    {
        var all = world.RequestsOf(key);
        await intake.SweepAsync(all, cancel);
        await hold.DropLeakedAsync(key, cancel);

        var open = world.RequestsOf(key).Where(r => !OpsRequestPhases.IsTerminal(r.Status.Phase)).ToList();
        if (open.Count == 0)
            return Outcome.Done;
        await intake.AdoptAsync(open, cancel);
        if (world.Database(key) is null && (await world.ReadDatabaseAsync(key, cancel)) is not null)
            return Outcome.Wait("DatabaseAppearing", "The database exists, but its event has not come yet.", TimeSpan.FromMilliseconds(200));

        await intake.RefuseUnmergeableAsync(key, cancel);
        var decision = Arbitration.Decide(world.Engine.Kinds.OpsRequest.Kind, world.RequestsOf(key), State(key));
        foreach (var failure in decision.Failures)
            await lifecycle.RefuseAsync(failure, cancel);
        foreach (var skip in decision.Skips)
            await intake.SkipAsync(skip, cancel);
        if (decision.Merge is { } merge)
        {
            await intake.MergeAsync(key, merge, cancel);
            return Outcome.Wait("Merged", "The merged request runs next.", TimeSpan.Zero);
        }

        foreach (var wait in decision.Waits)
            await intake.WaitAsync(wait, cancel);
        return decision.Run is { } run && world.Database(key) is { } database
            ? await lifecycle.RunAsync(run, database, cancel)
            : decision.Waits is [var first, ..] ? Outcome.Wait(first.Reason, first.Message, TimeSpan.FromSeconds(30)) : Outcome.Done;
    }

    private DatabaseState State(ObjectKey key)
    {
        var database = world.Database(key);
        return new DatabaseState
        {
            Kind = world.Engine.Kinds.Name,
            Key = key,
            Exists = database is not null,
            IsDeleting = database?.Metadata.IsDeleting == true,
            IsHalted = database?.Spec.Halted == true || database?.Status.Phase == DatabasePhases.Halted,
            Phase = database?.Status.Phase ?? "",
            HeldBy = database is null ? null : DatabaseHold.HolderOf(database),
        };
    }
}
