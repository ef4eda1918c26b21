using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Writes to the metadata of running pods while the database is observed. A refused one is reported in an event and tried again; it does not keep the
/// conditions from being written.
/// </summary>
internal static class PodWrites
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>Sets labels or annotations of this very pod: one that was made again under its name is left alone.</summary>
    /// <param name="field">"labels" or "annotations".</param>
    public static async Task SetAsync(DatabaseParts parts, DatabasePass pass, Pod pod, string field, string key, string value, CancellationToken cancel)
    {
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid, [field] = new JsonObject { [key] = value } } };
        var written = await parts.Client.MergePatchAsync(Pod.Resource, pod.Metadata.Key, patch, FieldManagers.Provisioner, null, Pod.Decode, cancel);
        if (written.Value is { } now)
            parts.Caches.Pods.Observe(now);
        else if (written.Error is { Kind: not (ApiErrorKind.NotFound or ApiErrorKind.Conflict) } error)
            RetryLater(parts, pass, error);
    }

    /// <summary>Reports a refusal in an event, and requeues the database.</summary>
    public static void RetryLater(DatabaseParts parts, DatabasePass pass, ApiError error)
    {
        if (error.IsRefusal && Refusal.Wait(error) is var refused)
            parts.Events.Warning(pass.Target, refused.Reason, refused.Message);
        pass.RequeueAfter(Retry);
    }
}
