using KubeDb.Tests.Support;
using KubeDb.Tests.Support.SecondEngine;
using KubeDb.Tests.Support.World;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>What users do with databases of the second engine: several groups of pods, and two engines side by side.</summary>
internal static class LedgerScenarios
{
    private const string Restart = "Restart";
    private const string Reconfigure = "Reconfigure";

    /// <summary>The scenarios.</summary>
    public static IEnumerable<Scenario> All =>
    [
        new("ledger made", static w => w.HaveLedgerAsync()),
        On(Restart, "ledger restarted", static w => w.AskLedger("op", Restart)),
        On(Restart, "ledger restart deleted", static _ => { }) with
        {
            Act = static async w =>
            {
                var made = w.Seen.PodsMade.Count;
                w.AskLedger("op", Restart);
                await w.UntilAsync(() => w.Seen.PodsMade.Count > made, "a pod was replaced");
                w.Delete(LedgerOpsRequest.Resource, "op");
                await w.EndedAsync();
            },
        },
        On(Reconfigure, "ledger changed live", static w => w.AskLedgerFor("op", TwoFileConfiguration.Common, "log.level=debug")),
        On(Reconfigure, "ledger workers changed at start", static w => w.AskLedgerFor("op", TwoFileConfiguration.Workers, "worker.threads=9")),
        On(Reconfigure, "ledger change refused", static w => w.AskLedgerFor("op", TwoFileConfiguration.Common, "log.level=nonsense")),
        On(Reconfigure, "ledger change over its timeout", static w =>
        {
            w.Ledgers.HangsWith = "worker.threads=9";
            w.AskLedgerFor("op", TwoFileConfiguration.Workers, "worker.threads=9", timeout: "1m");
        }),
        On(Restart, "ledger and Redis of one name restarted", static w =>
        {
            w.AskLedger("op", Restart);
            w.Ask("op", Restart);
        }) with
        {
            Given = static async w =>
            {
                await w.HaveRedisAsync();
                await w.HaveLedgerAsync();
            },
        },
    ];

    private static Scenario On(string operation, string name, Action<TestWorld> ask) => new(name, async w =>
    {
        ask(w);
        await w.EndedAsync();
    })
    {
        Operation = operation,
        Given = static w => w.HaveLedgerAsync(TestWorld.Database, (TwoFileConfiguration.Common, "log.level=warn")),
    };
}
