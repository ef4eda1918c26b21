using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// The other databases from and to which a change of TLS moves a database (<see cref="TlsPeer"/>). Which of the two the servers belong to stands in
/// an annotation of the database, which the Provisioner follows. Does nothing where a change moves the database nowhere.
/// </summary>
internal sealed class PeerDatabases(IKubernetesClient client, DatabaseView view, CertificateWriter certificates)
{
    private const string CreatedBy = Journal.Prefix + "created-by";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>Has the database that takes over, made as a copy of the one that is left where it does not exist, and waits until it is Ready.</summary>
    public async Task<StepResult> PrepareAsync(OperationRun run, CancellationToken cancel)
    {
        var (peer, tls) = (Of(run)!, run.Engine.Tls!);
        var named = $"{peer.Type.Kind} {peer.After}";
        if ((await client.GetAsync(peer.Type, peer.After, cancel)).OrNotFound() is not { } stored)
            return await CreateAsync(run, peer, cancel);
        var database = Decode(peer, stored);
        if (database.Metadata.IsDeleting)
            return StepResult.Wait(Reasons.ReferencedDatabaseNotFound, $"{named} is being deleted; it is made anew once it is gone.", Poll);
        if (tls.CheckPeer(database, run.Accepted(true)) is { } violation)
            return StepResult.FailForGood(violation.Reason, violation.Message);
        if (database.Status.Phase != DatabasePhases.Ready)
            return StepResult.Wait(Reasons.ReferencedDatabaseNotFound, $"{named}, which takes over, is {(database.Status.Phase.Length == 0 ? "not provisioned yet" : database.Status.Phase)}.", Poll);
        await certificates.MarkPeersAsync(run, (peer.Before, peer.After), cancel);
        return StepResult.DoneWith($"{named}, which takes over from {peer.Before}, is Ready.");
    }

    /// <summary>The servers leave the one database. Killed anywhere, it goes on: the annotation comes first.</summary>
    public async Task<StepResult> LeaveAsync(OperationRun run, CancellationToken cancel) =>
        Of(run) is { } peer ? await MoveAsync(run, (peer.After, peer.Before), cancel) : StepResult.Done;

    /// <summary>Done once the other database has taken over.</summary>
    public static async Task<StepResult> JoinedAsync(OperationRun run, CancellationToken cancel) =>
        Of(run) is not null && await run.Engine.Tls!.JoinedAsync(await run.InstancesAsync(cancel), cancel) is { IsReady: false } notYet
            ? StepResult.Wait(Reasons.NotSwitched, notYet.Reason, Poll)
            : StepResult.Done;

    /// <summary>The servers belong to what the spec names from here on.</summary>
    public async Task<StepResult> SettleAsync(OperationRun run, CancellationToken cancel)
    {
        if (Of(run) is null || TlsTransition.Peers(run.Live) is null)
            return StepResult.Done;
        if (await LeaveAsync(run, cancel) is { End: not StepEnd.Done } leaving)
            return leaving;
        if (await JoinedAsync(run, cancel) is { End: not StepEnd.Done } joining)
            return joining;
        await certificates.MarkPeersAsync(run, null, cancel);
        return StepResult.Done;
    }

    /// <summary>Deletes the database that was left, where the request says so and nobody else uses it.</summary>
    public async Task<StepResult> RemoveUnusedAsync(OperationRun run, CancellationToken cancel) => Of(run) is not { RemoveUnused: true } peer
        ? StepResult.Done
        : await DeleteAsync(run, peer, peer.Before, static _ => true, cancel) is { } kept ? StepResult.DoneWith(kept) : StepResult.Done;

    /// <summary>The servers go back to the database that they belonged to before.</summary>
    public async Task<StepResult> BackAsync(OperationRun run, CancellationToken cancel) =>
        Of(run) is { } peer && TlsTransition.Peers(run.Live) is not null ? await MoveAsync(run, (peer.Before, peer.After), cancel) : StepResult.Done;

    /// <summary>Nothing is left of the move, nor of a database that was made for it.</summary>
    public async Task<StepResult> EndBackAsync(OperationRun run, CancellationToken cancel)
    {
        if (Of(run) is not { } peer)
            return StepResult.Done;
        if (await BackAsync(run, cancel) is { End: not StepEnd.Done } going)
            return going;
        await certificates.MarkPeersAsync(run, null, cancel);
        _ = await DeleteAsync(run, peer, peer.After, m => m.Annotations.GetValueOrDefault(CreatedBy) == run.Request.Metadata.Uid, cancel);
        return StepResult.Done;
    }

    private static TlsPeer? Of(OperationRun run) =>
        run.Request.Tls is { } change && run.Record is not null ? run.Engine.Tls!.PeerOf(change, run.Accepted(false)) : null;

    private async Task<StepResult> MoveAsync(OperationRun run, (ObjectKey Present, ObjectKey Other) peers, CancellationToken cancel)
    {
        await certificates.MarkPeersAsync(run, peers, cancel);
        var instances = run.View.Instances(await run.FreshFactsAsync(cancel));
        return await run.Engine.Tls!.LeaveAsync(instances, cancel) is { IsReady: false } notYet ? StepResult.Wait(Reasons.NotSwitched, notYet.Reason, Poll) : StepResult.Done;
    }

    private async Task<StepResult> CreateAsync(OperationRun run, TlsPeer peer, CancellationToken cancel)
    {
        if ((await client.GetAsync(peer.Type, peer.Before, cancel)).OrNotFound() is not { } before)
        {
            return StepResult.FailForGood(
                Reasons.ReferencedDatabaseNotFound,
                $"{peer.Type.Kind} {peer.After} does not exist, nor does {peer.Before}, of which it would be a copy. Create {peer.After}, and then another request.");
        }

        var metadata = new JsonObject
        {
            ["name"] = peer.After.Name,
            ["namespace"] = peer.After.Namespace,
            ["annotations"] = new JsonObject { [CreatedBy] = run.Request.Metadata.Uid },
        };
        if (before["metadata"]!["labels"] is { } labels)
            metadata["labels"] = labels.DeepClone();
        var manifest = new JsonObject
        {
            ["apiVersion"] = peer.Type.ApiVersion,
            ["kind"] = peer.Type.Kind,
            ["metadata"] = metadata,
            ["spec"] = run.Engine.Tls!.PeerSpec((JsonObject)before["spec"]!, run.Accepted(true)),
        };
        (await client.CreateAsync(peer.Type, manifest, cancel)).OrThrow();
        return StepResult.Wait(Reasons.ReferencedDatabaseNotFound, $"{peer.Type.Kind} {peer.After} was made as a copy of {peer.Before}, and is being provisioned.", Poll);
    }

    /// <summary>Why it stays; null when it is gone or goes.</summary>
    private async Task<string?> DeleteAsync(OperationRun run, TlsPeer peer, ObjectKey key, Func<ObjectMeta, bool> mayGo, CancellationToken cancel)
    {
        if ((await client.GetAsync(peer.Type, key, cancel)).OrNotFound() is not { } stored)
            return null;
        var meta = Decode(peer, stored).Metadata;
        if (meta.IsDeleting || !mayGo(meta))
            return null;
        var users = view.Caches.References.UsersOf(peer.Type, key).Where(u => u.Engine != run.Engine || u.Key != run.Live.Metadata.Key).ToList();
        if (users.Count > 0)
            return $"{peer.Type.Kind} {key} stays: {string.Join(", ", users.Select(u => $"{u.Engine.Kinds.Database.Kind} {u.Key}"))} uses it.";
        var deleted = await client.DeleteAsync(peer.Type, meta, "Background", exactVersion: false, cancel);

        // A policy of the cluster, or its own deletionPolicy, may keep it.
        if (deleted.Error is { Kind: ApiErrorKind.Forbidden or ApiErrorKind.Invalid } refused)
            return $"{peer.Type.Kind} {key}, which is not used any more, stays: {refused.Message}";
        _ = deleted.OrNotFound();
        return null;
    }

    private IDatabase Decode(TlsPeer peer, JsonObject stored)
    {
        var engine = view.Caches.EngineOf(peer.Type) ?? throw new InvalidOperationException($"No engine has kind {peer.Type.Kind}.");
        return engine.Kinds.DecodeDatabase(Encoding.UTF8.GetBytes(stored.ToJsonString()));
    }
}
