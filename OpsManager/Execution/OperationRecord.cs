using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// What an operation has to know of the time before its first effect. Written once, before that effect, and never changed: so a process that
/// remembers nothing goes on with the database that the request was accepted for, and the way back needs nothing of the way there.
/// </summary>
/// <remarks>It may hold configuration and credentials, so it stands in a Secret (<see cref="OperationRecords"/>), not on the request.</remarks>
internal sealed record OperationRecord
{
    private const string ObjectKey = "database";
    private const string VersionKey = "version";
    private const string RunsKey = "runs";
    private const string ChangeKey = "change";
    private const string CredentialKey = "credential";

    /// <summary>The database as stored when the operation began: identity, metadata and spec, no status.</summary>
    public required JsonObject Database { get; init; }

    /// <summary>Its catalog version as it was then.</summary>
    public required JsonObject Version { get; init; }

    /// <summary>Runs of the pods when the operation began: pod name → UID and restarts.</summary>
    public required IReadOnlyDictionary<string, string> Runs { get; init; }

    /// <summary>The credential that the servers run with; null when authentication is off.</summary>
    public Credential? Credential { get; init; }

    /// <summary>What the operation makes of the spec; null when it leaves it alone.</summary>
    public RecordedChange? Change { get; init; }

    /// <summary>UID of the database; another one of its name is not the operation's.</summary>
    public string Uid => Database["metadata"]!["uid"]!.GetValue<string>();

    /// <summary>Namespace and name of the database.</summary>
    public Api.Kubernetes.ObjectKey Key => new(Database["metadata"]!["namespace"]!.GetValue<string>(), Database["metadata"]!["name"]!.GetValue<string>());

    /// <summary>True when the pod's containers still run as they did when the operation began.</summary>
    public bool RanBefore(Pod pod) => Runs.GetValueOrDefault(pod.Metadata.Name) == RunOf(pod);

    /// <summary>Identifies one run of a pod's containers: another one after the pod was replaced or a container restarted.</summary>
    public static string RunOf(Pod pod) =>
        $"{pod.Metadata.Uid}/{pod.Status.ContainerStatuses.Sum(c => c.RestartCount).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The database object with the operation's own change, or without it.</summary>
    public JsonObject DatabaseWith(bool changed)
    {
        var copy = (JsonObject)Database.DeepClone();
        if (changed && Change is { } change)
            change.WriteInto((JsonObject)copy["spec"]!);
        return copy;
    }

    /// <summary>The record as the text of a secret.</summary>
    public string ToText()
    {
        var json = new JsonObject
        {
            [ObjectKey] = Database.DeepClone(),
            [VersionKey] = Version.DeepClone(),
            [RunsKey] = new JsonObject(Runs.Select(r => KeyValuePair.Create<string, JsonNode?>(r.Key, r.Value))),
        };
        if (Credential is { } credential)
            json[CredentialKey] = new JsonObject { ["username"] = credential.Username, ["password"] = credential.Password };
        if (Change is { } change)
            json[ChangeKey] = change.ToJson();
        return json.ToJsonString();
    }

    /// <summary>Reads the text of a secret.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no record.</exception>
    public static OperationRecord Parse(string text)
    {
        var json = JsonNode.Parse(text) as JsonObject ?? throw new System.Text.Json.JsonException("Expected an object.");
        return new OperationRecord
        {
            Database = (JsonObject)Needed(json, ObjectKey).DeepClone(),
            Version = (JsonObject)Needed(json, VersionKey).DeepClone(),
            Runs = Needed(json, RunsKey).AsObject().ToDictionary(r => r.Key, r => r.Value!.GetValue<string>(), StringComparer.Ordinal),
            Credential = json[CredentialKey] is JsonObject c ? new Credential(c["username"]!.GetValue<string>(), c["password"]!.GetValue<string>()) : null,
            Change = json[ChangeKey] is JsonObject change ? RecordedChange.Parse(change) : null,
        };
    }

    /// <summary>Hides the content.</summary>
    public override string ToString() => $"record of {Key}";

    private static JsonNode Needed(JsonObject json, string key) => json[key] ?? throw new System.Text.Json.JsonException($"{key} is missing.");
}

/// <summary>A change of a spec, with what stood there before.</summary>
/// <param name="Before">The touched paths as they were; null for absent.</param>
/// <param name="After">The same as the request makes them.</param>
/// <param name="Configuration">The user's configuration before and after, by file; null when it does not change.</param>
/// <param name="PetSets">The PetSets that it concerns; null for all.</param>
internal sealed record RecordedChange(
    IReadOnlyDictionary<string, JsonNode?> Before,
    IReadOnlyDictionary<string, JsonNode?> After,
    IReadOnlyDictionary<string, (string Before, string After)>? Configuration,
    IReadOnlyList<string>? PetSets)
{
    private const string FilesKey = "configuration";
    private const string MadeKey = "made";

    /// <summary>Paths of the objects that were not there and are made on the way to a new value.</summary>
    public IReadOnlyList<string> Made { get; init; } = [];

    /// <summary>Records a change of the stored spec.</summary>
    public static RecordedChange Of(SpecChange change, JsonObject spec) =>
        new(SpecPaths.Take(spec, change.Fields.Keys), change.Fields, change.Configuration?.Texts, change.PetSets)
        {
            Made = SpecPaths.Missing(spec, change.Fields),
        };

    /// <summary>Gives the paths their new values.</summary>
    public void WriteInto(JsonObject spec) => SpecPaths.Put(spec, After);

    /// <summary>Gives the paths the values that they had, and removes the objects that were made for the new ones, unless others use them.</summary>
    public void TakeOutOf(JsonObject spec) => SpecPaths.Put(spec, Before, Made);

    /// <summary>As it is stored.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["before"] = ToJson(Before), ["after"] = ToJson(After) };
        if (Configuration is { } files)
        {
            json[FilesKey] = new JsonObject(files.Select(f => KeyValuePair.Create<string, JsonNode?>(
                f.Key, new JsonObject { ["before"] = f.Value.Before, ["after"] = f.Value.After })));
        }

        if (PetSets is { } sets)
            json["petSets"] = new JsonArray([.. sets.Select(s => (JsonNode)s)]);
        if (Made.Count > 0)
            json[MadeKey] = new JsonArray([.. Made.Select(m => (JsonNode)m)]);
        return json;
    }

    /// <summary>Reads what <see cref="ToJson()"/> made.</summary>
    public static RecordedChange Parse(JsonObject json) => new(
        Fields(json["before"]!),
        Fields(json["after"]!),
        json[FilesKey] is JsonObject files
            ? files.ToDictionary(f => f.Key, f => (f.Value!["before"]!.GetValue<string>(), f.Value["after"]!.GetValue<string>()), StringComparer.Ordinal)
            : null,
        json["petSets"] is JsonArray sets ? [.. sets.Select(s => s!.GetValue<string>())] : null)
    {
        Made = json[MadeKey] is JsonArray made ? [.. made.Select(m => m!.GetValue<string>())] : [],
    };

    private static JsonObject ToJson(IReadOnlyDictionary<string, JsonNode?> fields) =>
        new(fields.Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));

    private static Dictionary<string, JsonNode?> Fields(JsonNode json) => json.AsObject().ToDictionary(f => f.Key, f => f.Value?.DeepClone(), StringComparer.Ordinal);
}

/// <summary>Reads and writes fields of a spec by paths such as <c>topology.broker.replicas</c>.</summary>
internal static class SpecPaths
{
    /// <summary>The values at the paths; null for absent.</summary>
    public static IReadOnlyDictionary<string, JsonNode?> Take(JsonObject spec, IEnumerable<string> paths) =>
        paths.ToDictionary(p => p, p => Get(spec, p)?.DeepClone(), StringComparer.Ordinal);

    /// <summary>Paths of the objects that <see cref="Put"/> would have to make.</summary>
    public static IReadOnlyList<string> Missing(JsonObject spec, IReadOnlyDictionary<string, JsonNode?> fields) =>
        [.. fields.Where(f => f.Value is not null).SelectMany(f => Parents(f.Key)).Distinct().Where(p => Get(spec, p) is not JsonObject)];

    /// <summary>Sets the values at the paths; null removes, and objects that are missing on the way are made.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="fields">The values.</param>
    /// <param name="made">Paths of objects that go with the last of their content; null for none.</param>
    public static void Put(JsonObject spec, IReadOnlyDictionary<string, JsonNode?> fields, IReadOnlyList<string>? made = null)
    {
        foreach (var (path, value) in fields)
        {
            if (value is null)
                Remove(spec, path, made ?? []);
            else
                Set(spec, path.Split('.'), value);
        }
    }

    private static void Set(JsonObject parent, string[] names, JsonNode value)
    {
        foreach (var name in names[..^1])
        {
            if (parent[name] is not JsonObject inner)
                parent[name] = inner = [];
            parent = inner;
        }

        parent[names[^1]] = value.DeepClone();
    }

    private static void Remove(JsonObject spec, string path, IReadOnlyList<string> made)
    {
        var (parent, name) = Split(path);
        if ((parent.Length == 0 ? spec : Get(spec, parent)) is JsonObject inner && inner.Remove(name) && inner.Count == 0 && made.Contains(parent))
            Remove(spec, parent, made);
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var (parent, _) = Split(path); parent.Length > 0; (parent, _) = Split(parent))
            yield return parent;
    }

    private static (string Parent, string Name) Split(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot < 0 ? ("", path) : (path[..dot], path[(dot + 1)..]);
    }

    private static JsonNode? Get(JsonObject spec, string path)
    {
        JsonNode? node = spec;
        foreach (var name in path.Split('.'))
            node = (node as JsonObject)?[name];
        return node;
    }
}
