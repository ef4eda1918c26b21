using System.Collections.Concurrent;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.OpsManager.Execution;

/// <summary>The lock on a database: pauses it for a request, so that the Provisioner stops applying, and resumes it.</summary>
internal sealed class PauseLock(
    IKubernetesClient client, DatabaseView view, PauseLeaks leaks, RequestWriter requests, ProvisionerPresence presence, TimeProvider time)
{
    private const string Pausing = "PauseDatabase";
    private const string Resuming = "ResumeDatabase";
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, bool> _granted = new();

    /// <summary>UID of the request that holds the database; null when none does.</summary>
    public static string? HolderOf(IDatabase database) => Pause.Holder(database.Status)?.Uid;

    /// <summary>
    /// Holds the database for the request. Null once it is held and the Provisioner has said that it stopped applying (or is known not to
    /// run); until then what is waited for.
    /// </summary>
    public async Task<Outcome?> AcquireAsync(OperationRun run, CancellationToken cancel)
    {
        var uid = run.Request.Metadata.Uid;
        if (HolderOf(run.Live) != uid)
        {
            _granted.TryRemove(uid, out _);
            requests.EmitOnce(run.Request, "Normal", Pausing, $"Pausing {Named(run)}");
            var holder = new PauseHolder(view.Engine.Kinds.OpsRequest.Kind, run.Request.Metadata.Key, uid);
            var end = await Pause.AcquireAsync(client, run.Live, holder, time.GetUtcNow(), cancel);
            if (await view.ReadDatabaseAsync(run.Live.Metadata.Key, cancel) is { } now)
                run.Live = now;
            if (end != PauseEnd.Done)
                return await RefusedAsync(run, end, cancel);
        }

        if (_granted.ContainsKey(uid))
            return null;
        if (!Pause.IsAcknowledged(run.Live.Status, uid) && !await presence.IsAbsentAsync(cancel))
            return Outcome.Wait("PauseNotAcknowledged", $"{Named(run)} is paused; the Provisioner has not yet said that it stopped applying.", Poll);
        _granted[uid] = true;
        requests.Emit(run.Request, "Normal", Pausing, $"Successfully paused {Named(run)}");
        return null;
    }

    /// <summary>Gives the database back.</summary>
    public async Task ReleaseAsync(OperationRun run, CancellationToken cancel)
    {
        var held = HolderOf(run.Live) == run.Request.Metadata.Uid;
        if (held)
            requests.Emit(run.Request, "Normal", Resuming, $"Resuming {Named(run)}");
        await DropAsync(run.Live, run.Request.Metadata.Uid, cancel);
        _granted.TryRemove(run.Request.Metadata.Uid, out _);
        if (held)
            requests.Emit(run.Request, "Normal", Resuming, $"Successfully resumed {Named(run)}");
    }

    /// <summary>Gives back what a request holds that ends without having run to its end.</summary>
    public async Task DropOfAsync(IOpsRequest request, CancellationToken cancel)
    {
        _granted.TryRemove(request.Metadata.Uid, out _);
        var key = new ObjectKey(request.Metadata.Namespace, request.DatabaseName);
        if (view.Database(key) is { } database && HolderOf(database) == request.Metadata.Uid)
            await DropAsync(database, request.Metadata.Uid, cancel);
    }

    /// <summary>Removes a pause whose request is gone or has ended.</summary>
    public async Task DropLeakedAsync(ObjectKey key, CancellationToken cancel)
    {
        if (view.Database(key) is not { } database || Pause.Holder(database.Status) is not { } holder)
            return;
        if (await leaks.IsLeakedAsync(holder, cancel))
            await DropAsync(database, holder.Uid, cancel);
    }

    private async Task DropAsync(IDatabase database, string uid, CancellationToken cancel)
    {
        var end = await Pause.ReleaseAsync(client, database, uid, FieldManagers.OpsManager, cancel);
        if (end == PauseEnd.Conflict)
            throw new ApiException(new ApiError(ApiErrorKind.Conflict, 409, "Conflict", "The database changed while its pause was removed."));
        _ = await view.ReadDatabaseAsync(database.Metadata.Key, cancel);
    }

    private async Task<Outcome> RefusedAsync(OperationRun run, PauseEnd end, CancellationToken cancel)
    {
        if (end != PauseEnd.HeldByAnother)
            return Outcome.Wait("DatabaseChanged", $"{Named(run)} changed while it was being paused; it is tried again.", TimeSpan.FromMilliseconds(100));
        var who = Pause.Holder(run.Live.Status) is { } holder ? $"{holder.Kind} {holder.Request}" : "hand";
        var message = $"{Named(run)} is paused by {who}. The request goes on once that pause is removed.";
        await requests.ChangeAsync(run, s => s.With(OpsConditions.Waiting, true, "PausedByAnother", message), cancel);
        return Outcome.Wait("PausedByAnother", message, TimeSpan.FromSeconds(10));
    }

    private string Named(OperationRun run) => $"{view.Engine.Kinds.Name} {run.Live.Metadata.Key}";
}
