using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;

namespace KubeDb.Tests.Machine.Schedules;

/// <summary>What users do to the database in a schedule.</summary>
internal static class Acts
{
    private static readonly Dictionary<string, Action<TestWorld, string>> All = new()
    {
        ["restart"] = (w, name) => w.Ask(name, "Restart"),
        ["live"] = (w, name) => w.AskFor(name, "maxclients 2000"),
        ["live-again"] = (w, name) => w.AskFor(name, "maxclients 3000"),
        ["at-start"] = (w, name) => w.AskFor(name, "databases 12"),
        ["always"] = (w, name) => w.AskFor(name, "timeout 9", "\"restart\":\"true\""),
        ["never"] = (w, name) => w.AskFor(name, "databases 14", "\"restart\":\"false\""),
        ["secret"] = (w, name) => w.Ask(name, "Reconfigure", "\"configuration\":{\"configSecret\":{\"name\":\"mine\"}}"),
        ["remove"] = (w, name) => w.Ask(name, "Reconfigure", "\"configuration\":{\"removeCustomConfig\":true}"),
        ["refused"] = (w, name) => w.AskFor(name, "maxmemory-policy nonsense"),
        ["crash"] = (w, name) => w.AskFor(name, "databases 0"),
        ["forget"] = (w, _) =>
        {
            if (w.Requests.Select(r => r.Name()).FirstOrDefault(n => w.PhaseOf(n) is not ("Successful" or "Failed" or "Skipped")) is { } open)
                w.Delete(RedisOpsRequest.Resource, open);
        },
        ["monitor"] = (w, _) => w.PatchSpec("""{"monitor":{"agent":"prometheus.io/builtin"}}"""),
        ["unmonitor"] = (w, _) => w.PatchSpec("""{"monitor":null}"""),
        ["halt"] = (w, _) => w.PatchSpec("""{"halted":true}"""),
        ["resume"] = (w, _) => w.PatchSpec("""{"halted":false}"""),
        ["change-service"] = (w, _) =>
        {
            if (w.Get(ResourceTypes.Service, TestWorld.Database) is not null)
                w.Patch(ResourceTypes.Service, TestWorld.Database, """{"spec":{"ports":[{"name":"primary","port":1234,"protocol":"TCP","targetPort":"db"}]}}""");
        },
        ["delete-service"] = (w, _) => DeleteIfThere(w, ResourceTypes.Service, TestWorld.Database),
        ["delete-pod"] = (w, _) => DeleteIfThere(w, ResourceTypes.Pod, "cache-0"),
    };

    /// <summary>Names of all acts.</summary>
    public static IReadOnlyList<string> Names => [.. All.Keys];

    /// <summary>Does it.</summary>
    public static void Do(TestWorld world, string act, string name) => All[act](world, name);

    private static void DeleteIfThere(TestWorld world, Api.Kubernetes.ResourceType type, string name)
    {
        if (world.Get(type, name) is not null)
            world.Delete(type, name);
    }
}
