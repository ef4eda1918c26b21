using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>What users do with databases alone.</summary>
internal static class ProvisioningScenarios
{
    private const string Credential = """{"username":"ZGVmYXVsdA==","password":"c2VjcmV0"}""";

    /// <summary>The scenarios.</summary>
    public static IEnumerable<Scenario> All => [.. Created, .. Changed, .. Deleted, .. Paused];

    private static IEnumerable<Scenario> Created =>
    [
        Create("durable", w => w.CreateRedis()),
        Create("ephemeral", w => w.CreateRedis(durable: false)),
        Create("existing credential", w =>
        {
            w.CreateSecret("my-auth", Credential);
            w.CreateRedis(more: ""","authSecret":{"kind":"Secret","name":"my-auth"}""");
        }),
        Create("credential managed by the user", w =>
        {
            w.CreateSecret("my-auth", Credential);
            w.CreateRedis(more: ""","authSecret":{"kind":"Secret","name":"my-auth","externallyManaged":true}""");
        }),
        Create("no authentication", w => w.CreateRedis(more: ""","disableAuth":true""")),
        Create("inline configuration", w => w.CreateRedis(more: ""","configuration":{"inline":{"redis.conf":"maxclients 500"}}""")),
        Create("monitored", w => w.CreateRedis(more: ""","monitor":{"agent":"prometheus.io/builtin"}""")),
        Create("own service account", w =>
        {
            w.Create(ResourceTypes.ServiceAccount, """{"metadata":{"name":"mine"}}""");
            w.CreateRedis(more: ""","podTemplate":{"spec":{"serviceAccountName":"mine"}}""");
        }),
        new("configuration secret that comes late", async w =>
        {
            w.CreateRedis(more: ""","configuration":{"secretName":"mine"}""");
            await w.UntilAsync(() => w.Condition("DependenciesReady") is not null, "the missing secret is told");
            w.CreateConfig("mine", "maxclients 500");
            await w.ReadyAsync();
        }),
        new("version that comes late", async w =>
        {
            w.CreateRedis(version: "8.2.3");
            await w.UntilAsync(() => w.Condition("SpecAccepted") is not null || w.Condition("DependenciesReady") is not null, "the missing version is told");
            w.CreateVersion("8.2.3");
            await w.ReadyAsync();
        }),
        new("refused, then corrected", async w =>
        {
            w.CreateRedis(more: ""","replicas":2""");
            await w.UntilAsync(() => w.Condition("SpecAccepted") is not null, "the violation is told");
            w.PatchSpec("""{"replicas":1}""");
            await w.ReadyAsync();
        }),
    ];

    private static IEnumerable<Scenario> Changed =>
    [
        With("halted and back", async w =>
        {
            w.PatchSpec("""{"halted":true}""");
            await w.UntilAsync(() => w.Phase() == "Halted", "it is halted");
            w.PatchSpec("""{"halted":false}""");
            await w.ReadyAsync();
        }),
        With("monitoring on and off", async w =>
        {
            w.PatchSpec("""{"monitor":{"agent":"prometheus.io/builtin"}}""");
            await w.UntilAsync(() => w.Get(ResourceTypes.Service, "cache-stats") is not null, "there is a stats service");
            w.PatchSpec("""{"monitor":null}""");
            await w.UntilAsync(() => w.Get(ResourceTypes.Service, "cache-stats") is null, "the stats service is gone");
        }),
        With("larger storage", async w =>
        {
            var set = w.SetNow()!["metadata"]!["uid"]!.ToString();
            w.PatchSpec("""{"storage":{"resources":{"requests":{"storage":"2Gi"}}}}""");
            await w.UntilAsync(() => w.SetNow() is { } now && now["metadata"]!["uid"]!.ToString() != set, "the StatefulSet is another");
            await w.ReadyAsync();
        }),
        With("pod template", async w =>
        {
            w.PatchSpec("""{"podTemplate":{"metadata":{"labels":{"team":"a"}}}}""");
            await w.UntilAsync(() => w.SetNow()!.ToJsonString().Contains("\"team\"", StringComparison.Ordinal), "the StatefulSet has the label");
        }),
        .. from change in new (ResourceType Type, string Name, string Json)[]
        {
            (ResourceTypes.Service, Database, """{"spec":{"ports":[{"name":"primary","port":1234,"protocol":"TCP","targetPort":"db"}]}}"""),
            (PetSet.Resource, Database, """{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}"""),
            (ResourceTypes.Role, Database, """{"rules":[]}"""),
        }
        select With($"{change.Type.Kind} changed by hand", async w =>
        {
            w.Patch(change.Type, change.Name, change.Json);
            await w.PassAsync(1);
            await w.ReadyAsync();
        }),
        .. from gone in new[] { ResourceTypes.Service, ResourceTypes.RoleBinding, PetSet.Resource, ResourceTypes.StatefulSet, ResourceTypes.Pod }
        select With($"{gone.Kind} deleted by hand", async w =>
        {
            var name = gone == ResourceTypes.Pod ? "cache-0" : Database;
            var uid = w.Get(gone, name)!["metadata"]!["uid"]!.ToString();
            w.Delete(gone, name);
            await w.UntilAsync(() => w.Get(gone, name) is { } again && again["metadata"]!["uid"]!.ToString() != uid, $"{gone.Kind} is there again");
            await w.ReadyAsync();
        }),
        new("content of the user's secret", async w =>
        {
            w.Patch(ResourceTypes.Secret, "mine", $$"""{"data":{"redis.conf":"{{Convert.ToBase64String("maxclients 600"u8)}}"} }""");
            await w.PassAsync(5);
        })
        {
            Given = async w =>
            {
                w.CreateConfig("mine", "maxclients 500");
                w.CreateRedis(more: ""","configuration":{"secretName":"mine"}""");
                await w.ReadyAsync();
            },
        },
    ];

    private static IEnumerable<Scenario> Deleted =>
    [
        .. from policy in new[] { "Delete", "WipeOut", "Halt" }
        select With($"deleted, {policy}", DeleteAsync, $$""","deletionPolicy":"{{policy}}" """),
        With("deletion refused, then allowed", async w =>
        {
            w.Delete(RedisDatabase.Resource, Database);
            await w.UntilAsync(() => w.Condition("DeletionBlocked") is not null, "the refusal is told");
            w.PatchSpec("""{"deletionPolicy":"Halt"}""");
            await w.UntilAsync(() => w.RedisNow() is null, "the database is gone");
        }, ""","deletionPolicy":"DoNotTerminate" """),
        .. from policy in new[] { "Delete", "Halt" }
        select With($"deleted and made again, {policy}", async w =>
        {
            await DeleteAsync(w);
            w.CreateRedis(more: ""","deletionPolicy":"Halt" """);
            await w.ReadyAsync();
        }, $$""","deletionPolicy":"{{policy}}" """),
        With("deleted, everything left behind", async w =>
        {
            w.Delete(RedisDatabase.Resource, Database, "Orphan");
            await w.UntilAsync(() => w.RedisNow() is null, "the database is gone");
        }, ""","deletionPolicy":"WipeOut" """),
        new("deleted while it is made", async w =>
        {
            w.CreateRedis();
            await w.UntilAsync(() => w.Pods.Count > 0, "the pod is there");
            await DeleteAsync(w);
        }),
        With("namespace deleted", async w =>
        {
            w.Delete(ResourceTypes.Namespace, Ns);
            await w.UntilAsync(() => w.Get(ResourceTypes.Namespace, Ns) is null, "the namespace is gone");
        }, ""","deletionPolicy":"Halt" """),
        new("namespace deleted while a database is made", async w =>
        {
            w.CreateRedis();
            await w.UntilAsync(() => w.Pods.Count > 0, "the pod is there");
            w.Delete(ResourceTypes.Namespace, Ns);
            await w.UntilAsync(() => w.Get(ResourceTypes.Namespace, Ns) is null, "the namespace is gone");
        }),
    ];

    private static IEnumerable<Scenario> Paused =>
    [
        With("pause whose request is gone", async w =>
        {
            using var earlier = w.Server.Connect("earlier");
            var holder = new PauseHolder("RedisOpsRequest", new ObjectKey(Ns, "gone"), "no-such-uid");
            Assert.That(await Pause.AcquireAsync(earlier, w.Stored(), holder, w.Time.GetUtcNow(), default), Is.EqualTo(PauseEnd.Done));
            await w.UntilAsync(() => w.Condition("Paused") is null, "the pause is removed");
        }),
        With("paused by hand and resumed", async w =>
        {
            var conditions = w.RedisNow()!["status"]!["conditions"]!.DeepClone().AsArray();
            conditions.Add(System.Text.Json.Nodes.JsonNode.Parse("""{"type":"Paused","status":"True","reason":"ByHand","message":"maintenance","lastTransitionTime":"2026-01-01T00:00:00Z"}"""));
            w.Patch(RedisDatabase.Resource, Database, $$"""{"status":{"conditions":{{conditions.ToJsonString()}} } }""", "status");
            w.PatchSpec("""{"monitor":{"agent":"prometheus.io/builtin"}}""");
            await w.UntilAsync(() => w.Condition("PauseAcknowledged") is not null, "the pause is acknowledged");
            await w.PassAsync(2);
            conditions = w.RedisNow()!["status"]!["conditions"]!.DeepClone().AsArray();
            conditions.Remove(conditions.Single(c => c!["type"]!.ToString() == "Paused"));
            w.Patch(RedisDatabase.Resource, Database, $$"""{"status":{"conditions":{{conditions.ToJsonString()}} } }""", "status");
            await w.UntilAsync(() => w.Get(ResourceTypes.Service, "cache-stats") is not null, "there is a stats service");
        }),
    ];

    private static Scenario Create(string name, Action<TestWorld> create) => new(name, async w =>
    {
        create(w);
        await w.ReadyAsync();
    });

    private static Scenario With(string name, Func<TestWorld, Task> act, string more = "") => new(name, act)
    {
        Given = async w =>
        {
            w.CreateRedis(more: more);
            await w.ReadyAsync();
        },
    };

    private static async Task DeleteAsync(TestWorld world)
    {
        world.Delete(RedisDatabase.Resource, Database);
        await world.UntilAsync(() => world.RedisNow() is null, "the database is gone");
    }
}
