using System.Text.Json.Nodes;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.SecondEngine;

namespace KubeDb.Tests.Support.World;

/// <summary>The second engine in a world: its servers, and what its users do and see.</summary>
internal sealed partial class TestWorld
{
    /// <summary>Catalog version of ledgers.</summary>
    public const string LedgerCatalogVersion = "1.0.0";

    /// <summary>The servers of ledgers.</summary>
    public LedgerServers Ledgers { get; }

    private WorldEngine LedgerPart => new(LedgerEngine.LedgerKinds, Ledgers, static (dialer, clock) => new LedgerEngine(dialer, clock))
    {
        Prepare = () =>
        {
            foreach (var type in new[] { Ledger.Resource, LedgerVersion.Resource, LedgerOpsRequest.Resource })
                Server.Register(CustomKinds.Loose(type.Group, type.Version, type.Plural, type.Kind, type.Namespaced));
            Create(LedgerVersion.Resource, $$$"""{"metadata":{"name":"{{{LedgerCatalogVersion}}}"},"spec":{"version":"{{{LedgerCatalogVersion}}}","image":"ledger:1"} }""");
        },
    };

    /// <summary>A ledger of three controllers and two workers that is Ready; <paramref name="inline"/> are its files by name.</summary>
    public async Task HaveLedgerAsync(string name = Database, params (string File, string Text)[] inline)
    {
        var spec = new JsonObject { ["version"] = LedgerCatalogVersion };
        if (inline.Length > 0)
            spec["configuration"] = new JsonObject { ["inline"] = Files(inline) };
        Create(Ledger.Resource, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec });
        await ReadyAsync(Ledger.Resource, name);
        Seen.CountsDown = true;
    }

    /// <summary>Creates a request on a ledger; <paramref name="rest"/> are further members of its spec.</summary>
    public void AskLedger(string name, string type, string rest = "", string database = Database)
    {
        var spec = Json.Parse("{" + rest + "}");
        spec["databaseRef"] = new JsonObject { ["name"] = database };
        spec["type"] = type;
        Create(LedgerOpsRequest.Resource, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec });
    }

    /// <summary>Asks a ledger for a change of one file.</summary>
    public void AskLedgerFor(string name, string file, string text, string timeout = "10m") => AskLedger(
        name,
        "Reconfigure",
        $"\"timeout\":\"{timeout}\",\"configuration\":" + new JsonObject { ["applyConfig"] = Files([(file, text)]) }.ToJsonString());

    private static JsonObject Files(IEnumerable<(string File, string Text)> files) =>
        new(files.Select(f => KeyValuePair.Create<string, JsonNode?>(f.File, f.Text)));
}
