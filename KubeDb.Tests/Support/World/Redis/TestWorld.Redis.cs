using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Unit.Engines.Redis;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Support.World;

/// <summary>Redis in a world: its servers, and what its users do and see. What names no engine is about it.</summary>
internal sealed partial class TestWorld
{
    /// <summary>Catalog version of databases.</summary>
    public const string Version = "8.2.2";

    /// <summary>The key of the configuration file.</summary>
    public const string ConfigFile = "redis.conf";

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

    /// <summary>Changes the spec of the database.</summary>
    public void PatchSpec(string json) => Patch(RedisDatabase.Resource, Database, $$"""{"spec":{{json}} }""");

    public JsonObject? RedisNow(string name = Database) => Get(RedisDatabase.Resource, name);

    /// <summary>The database as stored.</summary>
    public RedisDatabase Stored(string name = Database) => KindsJson.Decode<RedisDatabase>(RedisNow(name)!);

    public string Phase(string name = Database) => PhaseOf(RedisDatabase.Resource, name);

    public JsonObject? Condition(string type, string name = Database) => ConditionOf(RedisDatabase.Resource, name, type);

    /// <summary>Messages of the events on the database, in the order in which they were first told.</summary>
    public IReadOnlyList<string> Events(string name = Database, string kind = "Redis") => [.. EventsOf(name, kind).Select(e => e.Text("message"))];

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
    public string PhaseOf(string request) => PhaseOf(RedisOpsRequest.Resource, request);

    /// <summary>Conditions of a request as <c>Type=Status</c>, in order.</summary>
    public IReadOnlyList<string> ConditionsOf(string name) => [.. Request(name).Status.Conditions.Select(c => $"{c.Type}={c.Status}")];

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

    public Task ReadyAsync(string name = Database) => ReadyAsync(RedisDatabase.Resource, name);

    /// <summary>The Redis servers that run in the pods.</summary>
    public RedisServers Redis { get; }

    /// <summary>What the test changes about the engine.</summary>
    public EngineHooks Engine { get; } = new();

    private WorldEngine RedisPart => new(
        new RedisEngine(new FakeServers(), Time).Kinds, Redis, (dialer, clock) => new TestEngine(new RedisEngine(dialer, clock), Engine))
    {
        Prepare = () => CreateVersion(Version),
    };
}
