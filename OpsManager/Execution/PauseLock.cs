using System.Collections.Concurrent;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.OpsManager.Execution;

/// <summary>Takes a database out of the Provisioner's hands for a request, and gives it back.</summary>
internal sealed class PauseLock(IKubernetesClient client, DatabaseView view, RequestWriter requests, IProvisionerPresence presence, TimeProvider time)
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
        if (HolderOf(run.Database) != uid)
        {
            _granted.TryRemove(uid, out _);
            requests.EmitOnce(run.Request, "Normal", Pausing, $"Pausing {Named(run)}");
            var holder = new PauseHolder(view.Engine.Kinds.OpsRequest.Kind, run.Request.Metadata.Key, uid);
            var end = await Pause.AcquireAsync(client, run.Database, holder, time.GetUtcNow(), cancel);
            if (await view.ReadDatabaseAsync(run.Database.Metadata.Key, cancel) is { } now)
                run.Database = now;
            if (end != PauseEnd.Done)
                return await RefusedAsync(run, end, cancel);
        }

        if (_granted.ContainsKey(uid))
            return null;
        if (!Pause.IsAcknowledged(run.Database.Status, uid) && !await presence.IsAbsentAsync(cancel))
            return Outcome.Wait("PauseNotAcknowledged", $"{Named(run)} is paused; the Provisioner has not yet said that it stopped applying.", Poll);
        _granted[uid] = true;
        requests.Emit(run.Request, "Normal", Pausing, $"Successfully paused {Named(run)}");
        return null;
    }

    /// <summary>Gives the database back.</summary>
    public async Task ReleaseAsync(OperationRun run, CancellationToken cancel)
    {
        var held = HolderOf(run.Database) == run.Request.Metadata.Uid;
        if (held)
            requests.Emit(run.Request, "Normal", Resuming, $"Resuming {Named(run)}");
        await DropAsync(run.Database, run.Request.Metadata.Uid, cancel);
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
        if (holder.Kind != view.Engine.Kinds.OpsRequest.Kind || !Pause.IsLeaked(holder, view.Request(holder.Request)))
            return;

        // The cache may lag behind: the request's own word, before its hold is broken.
        var kinds = view.Engine.Kinds;
        var read = new ApiRequest { Verb = ApiVerb.Get, Type = kinds.OpsRequest, Namespace = holder.Request.Namespace, Name = holder.Request.Name };
        var request = (await client.SendAsync(read, kinds.DecodeOpsRequest, cancel)).OrNotFound();
        if (Pause.IsLeaked(holder, request))
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
        var who = Pause.Holder(run.Database.Status) is { } holder ? $"{holder.Kind} {holder.Request}" : "hand";
        var message = $"{Named(run)} is paused by {who}. The request goes on once that pause is removed.";
        await requests.ChangeAsync(run, s => s.With(OpsConditions.Waiting, true, "PausedByAnother", message), cancel);
        return Outcome.Wait("PausedByAnother", message, TimeSpan.FromSeconds(10));
    }

    private string Named(OperationRun run) => $"{view.Engine.Kinds.Name} {run.Database.Metadata.Key}";
}

/// <summary>Whether a Provisioner is at work.</summary>
internal interface IProvisionerPresence
{
    /// <summary>True only when it is proven that none is: no lease, a released one, or one that nobody renewed for its whole duration.</summary>
    Task<bool> IsAbsentAsync(CancellationToken cancel);
}
