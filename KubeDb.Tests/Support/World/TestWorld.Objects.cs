using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support.World;

/// <summary>What a user does and sees, whatever the engine.</summary>
internal sealed partial class TestWorld
{
    private static readonly string[] Ended = ["Successful", "Failed", "Skipped"];

    /// <summary>Creates an object from JSON without apiVersion, kind and namespace.</summary>
    public void Create(ResourceType type, string json) => Create(type, Json.Parse(json));

    public void Create(ResourceType type, JsonObject body)
    {
        body["apiVersion"] = type.ApiVersion;
        body["kind"] = type.Kind;
        if (type.Namespaced)
            body.Meta()["namespace"] = Ns;
        Do(new ApiRequest { Verb = ApiVerb.Create, Type = type, Namespace = NamespaceOf(type), Body = body });
    }

    public void CreateSecret(string name, string data, string type = "Opaque", string labels = "{}") => Create(
        ResourceTypes.Secret, $$$"""{"metadata":{"name":"{{{name}}}","labels":{{{labels}}} },"type":"{{{type}}}","data":{{{data}}} }""");

    public void Patch(ResourceType type, string name, string json, string? subresource = null) => Do(new ApiRequest
    {
        Verb = ApiVerb.MergePatch,
        Type = type,
        Namespace = NamespaceOf(type),
        Name = name,
        Body = JsonNode.Parse(json),
        Subresource = subresource,
        FieldManager = "kubectl",
    });

    public void Delete(ResourceType type, string name, string propagation = "Background") => Do(new ApiRequest
    {
        Verb = ApiVerb.Delete,
        Type = type,
        Namespace = NamespaceOf(type),
        Name = name,
        Body = new JsonObject { ["propagationPolicy"] = propagation },
    });

    public JsonObject? Get(ResourceType type, string name) => Server.Peek(type, NamespaceOf(type), name);

    /// <summary>All databases, of every engine.</summary>
    public IEnumerable<JsonObject> AllDatabases => Engines.SelectMany(e => Server.PeekAll(e.Kinds.Database));

    /// <summary>All requests, of every engine.</summary>
    public IEnumerable<JsonObject> AllRequests => Engines.SelectMany(e => Server.PeekAll(e.Kinds.OpsRequest));

    /// <summary>The phase of a database or a request; empty when it has none.</summary>
    public string PhaseOf(ResourceType type, string name) => Raw(type, name)?["status"].Text("phase") ?? "";

    /// <summary>A condition of a database or a request; null when it has none of that type.</summary>
    public JsonObject? ConditionOf(ResourceType type, string name, string condition) => ConditionOf(Get(type, name), condition);

    /// <summary>A condition of an object; null when it has none of that type.</summary>
    public static JsonObject? ConditionOf(JsonObject? item, string condition) =>
        item.At("status", "conditions").Objects().FirstOrDefault(c => c.Text("type") == condition);

    /// <summary>Waits until a database is Ready, and all events of it are written.</summary>
    public async Task ReadyAsync(ResourceType type, string name)
    {
        await UntilAsync(() => PhaseOf(type, name) == "Ready", $"{type.Kind} {name} is Ready");

        // What is still on its way (events, the last watch events) arrives.
        await PassAsync(TimeSpan.FromSeconds(2));
    }

    public IReadOnlyList<string> Names(ResourceType type) =>
        [.. Server.PeekAll(type).Where(o => o.Namespace() is Ns or "").Select(o => o.Name()).Order(StringComparer.Ordinal)];

    /// <summary>The events on an object, in the order in which they were first told.</summary>
    public IReadOnlyList<JsonObject> EventsOf(string name, string kind) =>
    [
        .. Server.PeekAll(ResourceTypes.Event)
            .Where(e => e["involvedObject"].Text("name") == name && e["involvedObject"].Text("kind") == kind)
            .OrderBy(e => e.Name()[^16..], StringComparer.Ordinal),
    ];

    /// <summary>UIDs of the pods, by name.</summary>
    public IReadOnlyDictionary<string, string> Pods => Server.PeekAll(ResourceTypes.Pod).ToDictionary(p => p.Name(), p => p.Uid());

    /// <summary>Waits until all requests have ended, and a little longer.</summary>
    public async Task EndedAsync(double seconds = 1800)
    {
        await UntilAsync(AllEnded, "all requests end", seconds);
        await PassAsync(2);
        await UntilAsync(AllEnded, "all requests end", seconds);
    }

    private bool AllEnded() => Engines.SelectMany(e => Server.Store.All(Server.KindOf(e.Kinds.OpsRequest.Group, e.Kinds.OpsRequest.Plural)))
        .All(r => Ended.Contains(r.Object["status"].Text("phase")));

    /// <summary>The object as it is stored, not to be changed; null when there is none.</summary>
    internal JsonObject? Raw(ResourceType type, string name) =>
        Server.Store.Find(Server.KindOf(type.Group, type.Plural), NamespaceOf(type), name)?.Object;

    private static string NamespaceOf(ResourceType type) => type.Namespaced ? Ns : "";

    private void Do(ApiRequest request)
    {
        var answer = Server.Handle(request, "kubectl");
        Assert.That(answer.Error, Is.Null, () => $"{request.Verb} {request.Type} {request.Name}: {answer.Error!.Message}");
    }

    public JsonObject? PetSetNow(string name = Database) => Get(PetSet.Resource, name);

    public JsonObject? SetNow(string name = Database) => Get(ResourceTypes.StatefulSet, name);
}
