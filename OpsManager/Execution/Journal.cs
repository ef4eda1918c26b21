using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// The bookkeeping of rolling restarts, in annotations of the request: which pods a roll replaces, and which successors are back. Each roll has
/// an entry of its own, so that a request can restart its pods several times. Names and UIDs of pods, nothing confidential.
/// </summary>
internal static class Journal
{
    /// <summary>Prefix of every annotation.</summary>
    public const string Prefix = "ops.kubedb.com/";

    private const string BeforePrefix = Prefix + "pods-before-";
    private const string BackPrefix = Prefix + "pods-back-";

    /// <summary>Annotation with the pods that the roll replaces: pod name → UID. A pod whose UID is in it is still to go.</summary>
    public static string PodsBefore(string roll) => BeforePrefix + roll;

    /// <summary>Annotation with the successors that are back: pod name → UID, a space, and the time.</summary>
    public static string PodsBack(string roll) => BackPrefix + roll;

    /// <summary>A recorded map; null when it was not recorded.</summary>
    public static IReadOnlyDictionary<string, string>? Map(IOpsRequest request, string annotation) =>
        request.Metadata.Annotations.TryGetValue(annotation, out var text) && Read(text) is { } json
            ? json.ToDictionary(p => p.Key, p => p.Value?.GetValue<string>() ?? "", StringComparer.Ordinal)
            : null;

    /// <summary>The text of a map.</summary>
    public static string Text(IEnumerable<KeyValuePair<string, string>> map)
    {
        var json = new JsonObject();
        foreach (var (key, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
            json[key] = value;
        return json.ToJsonString();
    }

    /// <summary>The entry of a successor that is back.</summary>
    public static string Back(string uid, DateTimeOffset now) => $"{uid} {now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}";

    /// <summary>When successors came back, over all rolls of the request.</summary>
    public static IEnumerable<DateTimeOffset> Returns(IOpsRequest request) =>
        from annotation in request.Metadata.Annotations
        where annotation.Key.StartsWith(BackPrefix, StringComparison.Ordinal)
        from entry in Map(request, annotation.Key) ?? new Dictionary<string, string>()
        select DateTimeOffset.TryParse(entry.Value.Split(' ')[^1], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : default;

    private static JsonObject? Read(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
