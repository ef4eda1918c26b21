using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// What an operation has to know of the world as it was before it changed it. It stands in annotations of the request, written before the
/// first effect that it describes, and is never changed afterwards.
/// </summary>
internal static class Journal
{
    /// <summary>Prefix of every annotation.</summary>
    public const string Prefix = "ops.kubedb.com/";

    /// <summary>The database's configuration fields as they were: an object with <c>configuration</c> and <c>configSecret</c>, null for absent.</summary>
    public const string ConfigurationBefore = Prefix + "configuration-before";

    /// <summary>Runs of the pods when the operation began: pod name → UID and restarts.</summary>
    public const string RunsBefore = Prefix + "runs-before";

    /// <summary>The pods that a rolling restart replaces: pod name → UID. A pod whose UID is in it is still to go.</summary>
    public const string PodsBefore = Prefix + "pods-before";

    /// <summary>The same for the rolling restart of the way back.</summary>
    public const string PodsBeforeUndo = Prefix + "pods-before-undo";

    /// <summary>A recorded map; null when it was not recorded.</summary>
    public static IReadOnlyDictionary<string, string>? Map(IOpsRequest request, string annotation) =>
        Read(request, annotation) is { } json
            ? json.ToDictionary(p => p.Key, p => p.Value?.GetValue<string>() ?? "", StringComparer.Ordinal)
            : null;

    /// <summary>A recorded object; null when it was not recorded.</summary>
    public static JsonObject? Read(IOpsRequest request, string annotation)
    {
        if (!request.Metadata.Annotations.TryGetValue(annotation, out var text))
            return null;
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The text of a map.</summary>
    public static string Text(IEnumerable<KeyValuePair<string, string>> map)
    {
        var json = new JsonObject();
        foreach (var (key, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
            json[key] = value;
        return json.ToJsonString();
    }

    /// <summary>Identifies one run of a pod's containers: another one after the pod was replaced or a container restarted.</summary>
    public static string RunOf(Pod pod) => $"{pod.Metadata.Uid}/{pod.Status.ContainerStatuses.Sum(c => c.RestartCount)}";
}
