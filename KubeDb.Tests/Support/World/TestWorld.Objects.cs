using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Support.World;

/// <summary>What a user does and sees.</summary>
internal sealed partial class TestWorld
{
    /// <summary>The key of the configuration file.</summary>
    public const string ConfigFile = "redis.conf";

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

    /// <summary>Creates a Redis with 1 GiB; <paramref name="more"/> are further members of its spec, each after a comma.</summary>
    public void CreateRedis(string name = Database, string more = "", string version = Version, bool durable = true) => Create(
        RedisDatabase.Resource,
        durable
            ? $$$"""
              {"metadata":{"name":"{{{name}}}"},"spec":{"version":"{{{version}}}","storageType":"Durable",
              "storage":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } }{{{more}}} } }
              """
            : $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"version":"{{{version}}}","storageType":"Ephemeral"{{{more}}} } }""");

    public void CreateVersion(string version) => Create(
        RedisVersion.Resource,
        $$$"""{"metadata":{"name":"{{{version}}}"},"spec":{"version":"{{{version}}}","db":{"image":"redis:{{{version}}}"},"initContainer":{"image":"redis:{{{version}}}"},"exporter":{"image":"exporter:1"},"coordinator":{"image":"c:1"},"podSecurityPolicies":{"databasePolicyName":""},"securityContext":{"runAsUser":999} } }""");

    public void CreateSecret(string name, string data, string type = "Opaque", string labels = "{}") => Create(
        ResourceTypes.Secret, $$$"""{"metadata":{"name":"{{{name}}}","labels":{{{labels}}} },"type":"{{{type}}}","data":{{{data}}} }""");

    /// <summary>Creates a secret with a configuration file.</summary>
    public void CreateConfig(string name, string text) =>
        CreateSecret(name, $$"""{"{{ConfigFile}}":"{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))}}"}""");

    /// <summary>Creates a request; <paramref name="rest"/> are further members of its spec.</summary>
    public void Ask(string name, string type, string rest = "", string database = Database)
    {
        var spec = Json.Parse("{" + rest + "}");
        spec["databaseRef"] = new JsonObject { ["name"] = database };
        spec["type"] = type;
        Create(RedisOpsRequest.Resource, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec });
    }

    /// <summary>Asks for a change of configuration; <paramref name="rest"/> are further members of the block.</summary>
    public void AskFor(string name, string applied, string rest = "")
    {
        var block = Json.Parse("{" + rest + "}");
        block["applyConfig"] = new JsonObject { [ConfigFile] = applied };
        Ask(name, "Reconfigure", "\"configuration\":" + block.ToJsonString());
    }

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

    /// <summary>Changes the spec of the database.</summary>
    public void PatchSpec(string json) => Patch(RedisDatabase.Resource, Database, $$"""{"spec":{{json}} }""");

    public void Delete(ResourceType type, string name, string propagation = "Background") => Do(new ApiRequest
    {
        Verb = ApiVerb.Delete,
        Type = type,
        Namespace = NamespaceOf(type),
        Name = name,
        Body = new JsonObject { ["propagationPolicy"] = propagation },
    });

    public JsonObject? Get(ResourceType type, string name) => Server.Peek(type, NamespaceOf(type), name);

    public IReadOnlyList<string> Names(ResourceType type) =>
        [.. Server.PeekAll(type).Where(o => o.Namespace() is Ns or "").Select(o => o.Name()).Order(StringComparer.Ordinal)];

    public JsonObject? RedisNow(string name = Database) => Get(RedisDatabase.Resource, name);

    /// <summary>The database as stored.</summary>
    public RedisDatabase Stored(string name = Database) => KindsJson.Decode<RedisDatabase>(RedisNow(name)!);

    public string Phase(string name = Database) => Raw(RedisDatabase.Resource, name)?["status"].Text("phase") ?? "";

    public JsonObject? Condition(string type, string name = Database) =>
        RedisNow(name)?.At("status", "conditions").Objects().FirstOrDefault(c => c.Text("type") == type);

    /// <summary>Messages of the events on the database, in the order in which they were first told.</summary>
    public IReadOnlyList<string> Events(string name = Database, string kind = "Redis") => [.. EventsOf(name, kind).Select(e => e.Text("message"))];

    /// <summary>The events on an object, in the order in which they were first told.</summary>
    public IReadOnlyList<JsonObject> EventsOf(string name, string kind) =>
    [
        .. Server.PeekAll(ResourceTypes.Event)
            .Where(e => e["involvedObject"].Text("name") == name && e["involvedObject"].Text("kind") == kind)
            .OrderBy(e => e.Name()[^16..], StringComparer.Ordinal),
    ];

    public JsonObject? PetSetNow(string name = Database) => Get(PetSet.Resource, name);

    public JsonObject? SetNow(string name = Database) => Get(ResourceTypes.StatefulSet, name);

    /// <summary>The secret with the configuration that the servers of the database read.</summary>
    public JsonObject ConfigSecret => Server.PeekAll(ResourceTypes.Secret).Single(s => s["data"] is JsonObject data && data.ContainsKey("default.conf"));

    /// <summary>The generated password of the database.</summary>
    public string Password =>
        System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(Get(ResourceTypes.Secret, Database + "-auth")!["data"].Text("password")));

    /// <summary>All requests.</summary>
    public IReadOnlyList<JsonObject> Requests => Server.PeekAll(RedisOpsRequest.Resource);

    /// <summary>A request.</summary>
    public RedisOpsRequest Request(string name) => KindsJson.Decode<RedisOpsRequest>(Get(RedisOpsRequest.Resource, name)!);

    /// <summary>The phase of a request; empty when it has none.</summary>
    public string PhaseOf(string request) => Raw(RedisOpsRequest.Resource, request)?["status"].Text("phase") ?? "";

    /// <summary>Conditions of a request as <c>Type=Status</c>, in order.</summary>
    public IReadOnlyList<string> ConditionsOf(string name) => [.. Request(name).Status.Conditions.Select(c => $"{c.Type}={c.Status}")];

    /// <summary>UIDs of the pods, by name.</summary>
    public IReadOnlyDictionary<string, string> Pods => Server.PeekAll(ResourceTypes.Pod).ToDictionary(p => p.Name(), p => p.Uid());

    /// <summary>A parameter of all servers of the database; null when they differ, or one does not run.</summary>
    public string? Running(string parameter)
    {
        var values = Server.PeekAll(ResourceTypes.Pod).Select(p => Redis.Of(p)?[parameter]).Distinct().ToList();
        return values is [var one] ? one : null;
    }

    /// <summary>A database that is Ready, all events of which are written.</summary>
    public async Task HaveRedisAsync(string inline = "", int replicas = 1, string more = "")
    {
        Engine.Plural |= replicas > 1;
        var configuration = inline.Length > 0 ? $$"""
            ,"configuration":{"inline":{"{{ConfigFile}}":{{JsonValue.Create(inline)!.ToJsonString()}} } }
            """ : "";
        CreateRedis(more: $$""","replicas":{{replicas}}{{configuration}}{{more}}""");
        await ReadyAsync();
        Seen.CountsDown = true;
    }

    public async Task ReadyAsync(string name = Database)
    {
        await UntilAsync(() => Phase(name) == "Ready", $"{name} is Ready");

        // What is still on its way (events, the last watch events) arrives.
        await PassAsync(TimeSpan.FromSeconds(2));
    }

    /// <summary>Waits until all requests have ended, and a little longer.</summary>
    public async Task EndedAsync(double seconds = 1800)
    {
        await UntilAsync(AllEnded, "all requests end", seconds);
        await PassAsync(2);
        await UntilAsync(AllEnded, "all requests end", seconds);
    }

    private bool AllEnded() => Server.Store.All(Server.KindOf("ops.kubedb.com", "redisopsrequests")).All(r => Ended.Contains(r.Object["status"].Text("phase")));

    private JsonObject? Raw(ResourceType type, string name) =>
        Server.Store.Find(Server.KindOf(type.Group, type.Plural), NamespaceOf(type), name)?.Object;

    private static string NamespaceOf(ResourceType type) => type.Namespaced ? Ns : "";

    private void Do(ApiRequest request)
    {
        var answer = Server.Handle(request, "kubectl");
        Assert.That(answer.Error, Is.Null, () => $"{request.Verb} {request.Type} {request.Name}: {answer.Error!.Message}");
    }
}
