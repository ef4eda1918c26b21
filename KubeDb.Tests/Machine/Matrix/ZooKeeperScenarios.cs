using KubeDb.Api.Kinds.Ops;
using KubeDb.Tests.Support.World;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>What users do with ZooKeepers: members with a vote, whose settings change only when they start.</summary>
internal static class ZooKeeperScenarios
{
    private const string Restart = "Restart";
    private const string Reconfigure = "Reconfigure";

    /// <summary>The scenarios.</summary>
    public static IEnumerable<Scenario> All =>
    [
        new("ensemble made", static w => w.HaveZooKeeperAsync()),
        new("ensemble of one made, halted and started", static async w =>
        {
            await w.HaveZooKeeperAsync(replicas: 1);
            w.Seen.CountsDown = false;
            w.Patch(ZooKeeperDatabase.Resource, TestWorld.Database, """{"spec":{"halted":true}}""");
            await w.UntilAsync(() => w.PhaseOf(ZooKeeperDatabase.Resource, TestWorld.Database) == "Halted", "it is halted");
            w.Patch(ZooKeeperDatabase.Resource, TestWorld.Database, """{"spec":{"halted":false}}""");
            await w.ReadyAsync(ZooKeeperDatabase.Resource, TestWorld.Database);
        }),
        On(Restart, "ensemble restarted", static w => w.AskZooKeeper("op", Restart)),
        Interrupt(Restart, "ensemble restart deleted", static w => w.AskZooKeeper("op", Restart)),
        On(Reconfigure, "ensemble changed at start", static w => w.AskZooKeeperFor("op", "maxClientCnxns=90")),
        On(Reconfigure, "ensemble changed with an owned key", static w => w.AskZooKeeperFor("op", "dataDir=/elsewhere")),
        On(Reconfigure, "ensemble changed without a restart", static w => w.AskZooKeeper(
            "op", Reconfigure, "\"configuration\":{\"applyConfig\":{\"zoo.cfg\":\"maxClientCnxns=90\"},\"restart\":\"false\"}")),
        On(Reconfigure, "ensemble's configuration removed", static w => w.AskZooKeeper("op", Reconfigure, "\"configuration\":{\"removeCustomConfig\":true}")),
        On(Reconfigure, "ensemble change that no member starts on", static w => w.AskZooKeeperFor("op", "minSessionTimeout=50000", "\"timeout\":\"1m\"")),
        On(Reconfigure, "ensemble change over its timeout", static w =>
        {
            w.ZooKeepers.HangsWith = "maxClientCnxns=90";
            w.AskZooKeeperFor("op", "maxClientCnxns=90", "\"timeout\":\"1m\"");
        }),
        Interrupt(Reconfigure, "ensemble change deleted", static w => w.AskZooKeeperFor("op", "maxClientCnxns=90")),
    ];

    private static Scenario On(string operation, string name, Action<TestWorld> ask) => new(name, async w =>
    {
        ask(w);
        await w.EndedAsync();
    })
    {
        Operation = operation,
        Given = static async w =>
        {
            await w.HaveZooKeeperAsync(more: ",\"configuration\":{\"inline\":{\"zoo.cfg\":\"maxClientCnxns=70\"}}");
            w.ZooKeepers.EnsembleOf(TestWorld.Database).Write("/precious", [1]);
        },
    };

    /// <summary>Deletes the request once the first member was replaced.</summary>
    private static Scenario Interrupt(string operation, string name, Action<TestWorld> ask) => On(operation, name, ask) with
    {
        Act = async w =>
        {
            var made = w.Seen.PodsMade.Count;
            ask(w);
            await w.UntilAsync(() => w.Seen.PodsMade.Count > made, "a pod was replaced");
            w.Delete(ZooKeeperOpsRequest.Resource, "op");
            await w.EndedAsync();
        },
    };
}
