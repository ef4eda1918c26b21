using KubeDb.Api.Engines.Druid;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Tests.Support.World;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>What users do with Druids: servers of several roles, which take settings and protocol from their start.</summary>
internal static class DruidScenarios
{
    private const string Restart = "Restart";
    private const string Reconfigure = "Reconfigure";
    private const string Tls = "ReconfigureTLS";
    private const string Issuer = "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}";
    private const string WithTls = ",\"enableSSL\":true,\"tls\":{" + Issuer + "}";
    private const string Workers = "middleManagers.properties";

    /// <summary>The scenarios.</summary>
    public static IEnumerable<Scenario> All =>
    [
        new("Druid made", static w => w.HaveDruidAsync()) { Cost = 2 },
        new("Druid made, halted and started", static async w =>
        {
            await w.HaveDruidAsync();
            w.Seen.CountsDown = false;
            w.Patch(DruidDatabase.Resource, TestWorld.Database, """{"spec":{"halted":true}}""");
            await w.UntilAsync(() => w.PhaseOf(DruidDatabase.Resource, TestWorld.Database) == "Halted", "it is halted");
            w.Patch(DruidDatabase.Resource, TestWorld.Database, """{"spec":{"halted":false}}""");
            await w.ReadyAsync(DruidDatabase.Resource, TestWorld.Database);
        }) { Cost = 4 },
        new("Druid made with what it depends on", static async w =>
        {
            w.CreateDruid(",\"zookeeperRef\":{\"name\":\"\",\"version\":\"3.9.1\"}");
            await w.UntilAsync(() => w.PhaseOf(DruidDatabase.Resource, TestWorld.Database) == "Ready", "it is Ready", 300);
            await w.PassAsync(200);
        }) { Cost = 4 },
        On(Restart, "Druid restarted", static w => w.AskDruid("op", Restart)),
        Interrupt(Restart, "Druid restart deleted", static w => w.AskDruid("op", Restart)),
        On(Reconfigure, "Druid changed at start", static w => w.AskDruidFor("op", Workers, "druid.worker.capacity=5")),
        On(Reconfigure, "Druid changed with an owned key", static w => w.AskDruidFor("op", Workers, "druid.plaintextPort=1")),
        On(Reconfigure, "Druid changed without a restart", static w => w.AskDruid(
            "op", Reconfigure, "\"configuration\":{\"applyConfig\":{\"" + Workers + "\":\"druid.worker.capacity=5\"},\"restart\":\"false\"}")),
        On(Reconfigure, "Druid change that no server starts on", static w => w.AskDruidFor("op", Workers, "druid.worker.capacity=0", "\"timeout\":\"1m\"")),
        On(Reconfigure, "Druid change over its timeout", static w =>
        {
            w.Druids.HangsWith = "druid.worker.capacity=5";
            w.AskDruidFor("op", Workers, "druid.worker.capacity=5", "\"timeout\":\"1m\"");
        }),
        Interrupt(Reconfigure, "Druid change deleted", static w => w.AskDruidFor("op", Workers, "druid.worker.capacity=5")),
        OnTls("Druid TLS added", tls: false, Issuer),
        OnTls("Druid certificates rotated", tls: true, "\"rotateCertificates\":true"),
        OnTls("Druid issuer changed", tls: true, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}"),
        OnTls("Druid TLS removed", tls: true, "\"remove\":true"),
        OnTls("Druid TLS added to servers that do not open it", tls: false, Issuer, timeout: "1m", hangs: DruidProtocol.Both),
        OnTls("Druid TLS added to servers that accept nothing else", tls: false, Issuer, timeout: "1m", hangs: DruidProtocol.Tls),
        OnTls("Druid TLS removed from servers that do not go back", tls: true, "\"remove\":true", timeout: "1m", hangs: DruidProtocol.PlainTrusting),
        OnTls("Druid TLS removed from servers that do not start without", tls: true, "\"remove\":true", timeout: "1m", hangs: DruidProtocol.Plain),
    ];

    private static Scenario On(string operation, string name, Action<TestWorld> ask) => new(name, async w =>
    {
        ask(w);
        await w.EndedAsync();
    })
    {
        Operation = operation,
        Cost = 4,
        Given = static w => w.HaveDruidAsync(more: ",\"configuration\":{\"inline\":{\"" + Workers + "\":\"druid.worker.capacity=3\"}}"),
    };

    /// <summary>Deletes the request once the first server was replaced.</summary>
    private static Scenario Interrupt(string operation, string name, Action<TestWorld> ask) => On(operation, name, ask) with
    {
        Act = async w =>
        {
            var made = w.Seen.PodsMade.Count;
            ask(w);
            await w.UntilAsync(() => w.Seen.PodsMade.Count > made, "a pod was replaced");
            w.Delete(DruidOpsRequest.Resource, "op");
            await w.EndedAsync();
        },
    };

    private static Scenario OnTls(string name, bool tls, string change, string timeout = "10m", DruidProtocol? hangs = null) => new(name, async w =>
    {
        w.Druids.HangsOn = hangs;
        w.AskDruid("op", Tls, $"\"timeout\":\"{timeout}\",\"tls\":{{{change}}}");
        await w.EndedAsync();
    })
    {
        Operation = Tls,
        Cost = 12,
        ToldAgain = 2,
        Given = async w =>
        {
            // The operators look for an optional API once a minute.
            w.CertManager.Install("ca", "other");
            await w.PassAsync(70);
            await w.HaveDruidAsync(tls ? WithTls : "");
        },
    };
}
