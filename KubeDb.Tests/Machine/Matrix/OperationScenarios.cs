using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>
/// What users do with requests. Each operation that the ops-manager carries out has to be the subject of at least one, and each of its steps
/// has to be taken by one: the matrix fails otherwise.
/// </summary>
internal static class OperationScenarios
{
    private const string Restart = "Restart";
    private const string Reconfigure = "Reconfigure";

    /// <summary>The scenarios.</summary>
    public static IEnumerable<Scenario> All => [.. Restarts, .. Changes, .. Failures, .. Several, .. Interrupted];

    private static IEnumerable<Scenario> Restarts =>
    [
        On(Restart, "restart", w => w.Ask("op", Restart)),
        On(Restart, "restart of two pods", w => w.Ask("op", Restart), replicas: 2),
        On(Restart, "restart over its timeout", w =>
        {
            w.Redis.HangsWith = "databases 10";
            w.Ask("op", Restart, "\"timeout\":\"1m\"");
        }),
        On(Restart, "restart tried again", w =>
        {
            w.Redis.HangsWith = "databases 10";
            w.Server.After(TimeSpan.FromSeconds(100), () => Mend(w));
            w.Ask("op", Restart, "\"timeout\":\"1m\",\"maxRetries\":3");
        }) with { Tolerated = "conditions[Retrying" }, // a successor allows a grace, in which the pod may come back
    ];

    private static IEnumerable<Scenario> Changes =>
    [
        .. Modes("applied live", "\"applyConfig\":{\"redis.conf\":\"maxclients 2000\"}"),
        .. Modes("applied at start", "\"applyConfig\":{\"redis.conf\":\"databases 12\"}"),
        .. Modes("another secret", "\"configSecret\":{\"name\":\"mine\"}"),
        .. Modes("another secret and more", "\"configSecret\":{\"name\":\"mine\"},\"applyConfig\":{\"redis.conf\":\"databases 12\"}"),
        .. Modes("custom configuration removed", "\"removeCustomConfig\":true"),
        .. Modes("users by rules", "\"auth\":{\"syncACL\":[\"app nopass ~* +@all\"]}"),
        .. Modes("replaced", "\"removeCustomConfig\":true,\"applyConfig\":{\"redis.conf\":\"databases 14\\nmaxclients 700\"}"),
    ];

    private static IEnumerable<Scenario> Failures =>
    [
        .. Modes("refused by the server", "\"applyConfig\":{\"redis.conf\":\"maxmemory-policy nonsense\"}"),
        .. Modes("a rule refused by the server", "\"auth\":{\"syncACL\":[\"app nopass ~* +@all\",\"other nopass +nosuchcommand\"]}"),
        .. Modes("servers do not start", "\"applyConfig\":{\"redis.conf\":\"databases 0\"}"),
        On(Reconfigure, "reconfigure over its timeout", w =>
        {
            w.Redis.HangsWith = "databases 13";
            w.Ask("op", Reconfigure, "\"timeout\":\"1m\",\"configuration\":{\"applyConfig\":{\"redis.conf\":\"databases 13\"}}");
        }),
        On(Reconfigure, "unknown directive", w => w.AskFor("op", "unknown 1")),
        On(Reconfigure, "missing secret", w => w.Ask("op", Reconfigure, "\"configuration\":{\"configSecret\":{\"name\":\"absent\"}}")),
    ];

    private static IEnumerable<Scenario> Several =>
    [
        On(Reconfigure, "two reconfigures", w =>
        {
            w.AskFor("op", "maxclients 2000");
            w.AskFor("op2", "timeout 7");
        }),
        On(Reconfigure, "two reconfigures that fail as one", w =>
        {
            w.AskFor("op", "maxclients 2000");
            w.AskFor("op2", "maxmemory-policy nonsense");
        }),
        On(Reconfigure, "reconfigures with a bad one and one that asks for something else", w =>
        {
            w.AskFor("op", "maxclients 2000");
            w.AskFor("op2", "maxclints 7");
            w.AskFor("op3", "timeout 7");
            w.AskFor("op4", "maxclients 2100", "\"restart\":\"false\"");
        }),
        On(Restart, "request before its database", w => w.Ask("op", Restart)) with
        {
            Given = static w =>
            {
                w.CreateConfig("mine", "maxclients 800");
                return Task.CompletedTask;
            },
            Act = async w =>
            {
                w.Ask("op", Restart);
                await w.PassAsync(20);
                w.CreateRedis();
                await w.EndedAsync();
            },
        },
        On(Restart, "two restarts", w =>
        {
            w.Ask("op", Restart);
            w.Ask("op2", Restart);
        }),
        On(Reconfigure, "restart and reconfigure", w =>
        {
            w.Ask("op", Restart);
            w.AskFor("op2", "databases 12");
        }),
    ];

    private static IEnumerable<Scenario> Interrupted =>
    [
        Interrupt(Restart, "restart deleted", w => w.Ask("op", Restart), w => w.Delete(RedisOpsRequest.Resource, "op")),
        Interrupt(Reconfigure, "reconfigure deleted", w => w.AskFor("op", "databases 12"), w => w.Delete(RedisOpsRequest.Resource, "op")),
        Interrupt(
            Reconfigure,
            "merged reconfigure deleted",
            w =>
            {
                w.AskFor("op", "maxclients 2000");
                w.AskFor("op2", "databases 12");
            },
            w => w.Delete(RedisOpsRequest.Resource, w.Requests.Select(r => r.Name()).Single(n => n.StartsWith("cache-rcfg-merged-", StringComparison.Ordinal)))),
        Interrupt(Restart, "database deleted under a restart", w => w.Ask("op", Restart), w => w.Delete(RedisDatabase.Resource, Database))
            with { Tolerated = "conditions[EvictPod" },
        Interrupt(Reconfigure, "database deleted under a reconfigure", w => w.AskFor("op", "databases 12"), w => w.Delete(RedisDatabase.Resource, Database))
            with { Tolerated = "conditions[EvictPod" },
        Interrupt(Reconfigure, "namespace deleted under a reconfigure", w => w.AskFor("op", "databases 12"), w => w.Delete(ResourceTypes.Namespace, Ns)),
        Interrupt(Restart, "halted under a restart", w => w.Ask("op", Restart), w => w.PatchSpec("""{"halted":true}""")),
        Interrupt(Reconfigure, "spec changed under a reconfigure", w => w.AskFor("op", "databases 12"), w => w.PatchSpec("""{"monitor":{"agent":"prometheus.io/builtin"}}""")),
        On(Restart, "request on a halted database", w => w.Ask("op", Restart)) with
        {
            Given = async w =>
            {
                await HaveAsync(w, 1);
                w.PatchSpec("""{"halted":true}""");
                await w.UntilAsync(() => w.Phase() == "Halted", "it is halted");
            },
            Act = async w =>
            {
                w.Ask("op", Restart);
                await w.PassAsync(5);
                w.PatchSpec("""{"halted":false}""");
                await w.EndedAsync();
            },
        },
    ];

    private static IEnumerable<Scenario> Modes(string name, string change) =>
        from mode in new[] { "auto", "true", "false" }
        select On(Reconfigure, $"{name}, restart {mode}", w => w.Ask("op", Reconfigure, $"\"configuration\":{{{change},\"restart\":\"{mode}\"}}"));

    private static Scenario On(string operation, string name, Action<TestWorld> ask, int replicas = 1) => new(name, async w =>
    {
        ask(w);
        await w.EndedAsync();
    })
    {
        Operation = operation,
        Given = w => HaveAsync(w, replicas),
    };

    /// <summary>Does something once the first pod was replaced.</summary>
    private static Scenario Interrupt(string operation, string name, Action<TestWorld> ask, Action<TestWorld> then) => On(operation, name, ask) with
    {
        Act = async w =>
        {
            var made = w.Seen.PodsMade.Count;
            ask(w);
            await w.UntilAsync(() => w.Seen.PodsMade.Count > made, "a pod was replaced");
            then(w);
            await w.EndedAsync();
        },
    };

    private static async Task HaveAsync(TestWorld world, int replicas)
    {
        world.CreateConfig("mine", "maxclients 800\nmaxmemory-policy allkeys-lru");
        await world.HaveRedisAsync("databases 10\nmaxclients 500", replicas);
        foreach (var server in world.Redis.Running)
            server.Write("precious", "1");
    }

    /// <summary>Pods that hang become Ready, as after a node's trouble.</summary>
    private static void Mend(TestWorld world)
    {
        world.Redis.HangsWith = "";
        foreach (var pod in world.Pods.Keys)
            world.Cluster.Kubelet.SetReady(Ns, pod, true);
    }
}
