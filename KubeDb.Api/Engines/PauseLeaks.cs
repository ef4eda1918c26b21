using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines;

/// <summary>
/// Finds pauses that outlived their request, for both processes. The holder is looked up by its own kind, whichever engine that kind belongs
/// to: requests of one engine may hold databases of another. The cache is asked first; only a live read proves that a request is gone.
/// </summary>
public sealed class PauseLeaks(IKubernetesClient client, DatabaseCaches caches)
{
    /// <summary>
    /// True when the pause is to be removed: its request is gone, was recreated, or has ended (<see cref="Pause.IsLeaked"/>). A kind that no
    /// engine has is never leaked: another program may still use it to hold the database.
    /// </summary>
    /// <exception cref="ApiException">The request can not be read.</exception>
    public async Task<bool> IsLeakedAsync(PauseHolder holder, CancellationToken cancel)
    {
        if (EngineOf(holder) is not { } engine || !Pause.IsLeaked(holder, caches.Of(engine).OpsRequests.Get(holder.Request)))
            return false;
        return Pause.IsLeaked(holder, await ReadAsync(engine.Kinds, holder.Request, cancel));
    }

    private IEngine? EngineOf(PauseHolder holder) => caches.Engines.FirstOrDefault(e => e.Kinds.OpsRequest.Kind == holder.Kind);

    private async Task<IOpsRequest?> ReadAsync(EngineKinds kinds, ObjectKey request, CancellationToken cancel)
    {
        var read = new ApiRequest { Verb = ApiVerb.Get, Type = kinds.OpsRequest, Namespace = request.Namespace, Name = request.Name };
        return (await client.SendAsync(read, kinds.DecodeOpsRequest, cancel)).OrNotFound();
    }
}
