using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// Writes requests of one kind. Every write carries the version that it was decided on, so one that somebody else changed meanwhile is
/// refused (409) and decided anew; what the server answers is seen by the next read.
/// </summary>
internal sealed class RequestWriter(
    IKubernetesClient client, EngineKinds kinds, ICache<IOpsRequest> cache, OperationRecords records, IEventRecorder events, TimeProvider time)
{
    /// <summary>Keeps a request until its database is out of its hands.</summary>
    public const string Finalizer = "kubedb.com";

    /// <summary>How often a waiting step looks again although no event came.</summary>
    public static readonly TimeSpan Cadence = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Uid, string Text), bool> _told = new();

    /// <summary>The requests, as last seen.</summary>
    public ICache<IOpsRequest> Cache => cache;

    /// <summary>Changes the status, if the change changes anything.</summary>
    public async Task<IOpsRequest> ChangeAsync(IOpsRequest request, Func<RequestStatusDraft, RequestStatusDraft> change, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var before = new RequestStatusDraft(request.Status.Phase, AcceptedGeneration.GenerationOf(request), request.Status.Conditions, now);
        var after = change(before);
        if (after == before)
            return request;
        var body = Head(request);
        body["status"] = new JsonObject
        {
            ["phase"] = after.Phase,
            ["observedGeneration"] = after.Generation,
            ["conditions"] = new JsonArray([.. after.Conditions.Select(ToJson)]),
        };
        var answer = await client.ApplyAsync(kinds.OpsRequest, body, FieldManagers.OpsManager, "status", kinds.DecodeOpsRequest, cancel);
        return Observe(answer.OrThrow());
    }

    /// <summary>Changes the status of the request that runs.</summary>
    public async Task ChangeAsync(OperationRun run, Func<RequestStatusDraft, RequestStatusDraft> change, CancellationToken cancel) =>
        run.Request = await ChangeAsync(run.Request, change, cancel);

    /// <summary>Adds annotations.</summary>
    public async Task AnnotateAsync(OperationRun run, IReadOnlyList<KeyValuePair<string, string>> annotations, CancellationToken cancel)
    {
        var map = new JsonObject();
        foreach (var (key, value) in annotations)
            map[key] = value;
        run.Request = await PatchMetadataAsync(run.Request, new JsonObject { ["annotations"] = map }, cancel);
    }

    /// <summary>Sees to it that deleting the request waits for us.</summary>
    public async Task<IOpsRequest> AddFinalizerAsync(IOpsRequest request, CancellationToken cancel) =>
        request.Metadata.Finalizers.Contains(Finalizer)
            ? request
            : await PatchMetadataAsync(request, new JsonObject { ["finalizers"] = Texts([.. request.Metadata.Finalizers, Finalizer]) }, cancel);

    /// <summary>Deletes what was recorded for the request and removes the finalizer. A request that is gone already is fine.</summary>
    public async Task RemoveFinalizerAsync(IOpsRequest request, CancellationToken cancel)
    {
        if (!request.Metadata.Finalizers.Contains(Finalizer))
            return;
        await records.DeleteAsync(request, cancel);
        try
        {
            await PatchMetadataAsync(request, new JsonObject { ["finalizers"] = Texts([.. request.Metadata.Finalizers.Where(f => f != Finalizer)]) }, cancel);
        }
        catch (ApiException e) when (e.Error.Kind == ApiErrorKind.NotFound)
        {
            // It was deleted meanwhile: what was wanted.
        }
    }

    /// <summary>Emits an event on the request.</summary>
    public void Emit(IOpsRequest request, string type, string reason, string message) =>
        Emit(EventTarget.Of(kinds.OpsRequest, request.Metadata), type, reason, message);

    /// <summary>Emits an event on an object that the request works on.</summary>
    public void EmitOn(ResourceType type, ObjectMeta target, string reason, string message) => Emit(EventTarget.Of(type, target), "Normal", reason, message);

    private void Emit(EventTarget target, string type, string reason, string message)
    {
        if (type == "Normal")
            events.Normal(target, reason, message);
        else
            events.Warning(target, reason, message);
    }

    /// <summary>Emits an event on the request unless this process did already.</summary>
    public void EmitOnce(IOpsRequest request, string type, string reason, string message) => EmitOnce(request, "", type, reason, message);

    /// <summary>Emits an event on the request unless this process did already on this occasion.</summary>
    public void EmitOnce(IOpsRequest request, string occasion, string type, string reason, string message)
    {
        if (_told.TryAdd((request.Metadata.Uid, $"{occasion} {reason}"), true))
            Emit(request, type, reason, message);
    }

    /// <summary>The request has ended.</summary>
    public void Forget(string uid)
    {
        foreach (var key in _told.Keys.Where(k => k.Uid == uid))
            _told.TryRemove(key, out _);
    }

    /// <summary>Takes in the state that a write returned.</summary>
    public IOpsRequest Observe(IOpsRequest written)
    {
        cache.Observe(written);
        return written;
    }

    private async Task<IOpsRequest> PatchMetadataAsync(IOpsRequest request, JsonObject metadata, CancellationToken cancel)
    {
        metadata["resourceVersion"] = request.Metadata.ResourceVersion;
        var patch = new JsonObject { ["metadata"] = metadata };
        var answer = await client.MergePatchAsync(
            kinds.OpsRequest, request.Metadata.Key, patch, FieldManagers.OpsManager, null, kinds.DecodeOpsRequest, cancel);
        return Observe(answer.OrThrow());
    }

    private JsonObject Head(IOpsRequest request) => new()
    {
        ["apiVersion"] = kinds.OpsRequest.ApiVersion,
        ["kind"] = kinds.OpsRequest.Kind,
        ["metadata"] = new JsonObject
        {
            ["namespace"] = request.Metadata.Namespace,
            ["name"] = request.Metadata.Name,
            ["uid"] = request.Metadata.Uid,
            ["resourceVersion"] = request.Metadata.ResourceVersion,
        },
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode?)JsonValue.Create(t))]);

    // Whole seconds, as Kubernetes writes them. What is empty is left out: server-side apply of Kubernetes 1.20 would turn it into null, which the schema refuses.
    private static JsonNode ToJson(Condition c) =>
        KindsJson.ToObject(c with { LastTransitionTime = DateTimeOffset.FromUnixTimeSeconds(c.LastTransitionTime.ToUnixTimeSeconds()) });
}
