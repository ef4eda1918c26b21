using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Tests.Support.World;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>Ensembles with TLS, and requests that change it: servers that take their protocol from their start.</summary>
internal static class ZooKeeperTlsScenarios
{
    private const string Operation = "ReconfigureTLS";
    private const string Issuer = "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}";
    private const string Tls = ",\"enableSSL\":true,\"tls\":{" + Issuer + "}";

    /// <summary>The scenarios.</summary>
    public static IEnumerable<Scenario> All =>
    [
        new("ensemble with TLS", static w => w.HaveZooKeeperAsync(more: Tls)) { Given = InstallAsync },
        On("ensemble TLS added", tls: false, Issuer),
        On("ensemble certificates rotated", tls: true, "\"rotateCertificates\":true"),
        On("ensemble issuer changed", tls: true, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}"),
        On("ensemble TLS removed", tls: true, "\"remove\":true"),
        On("ensemble TLS added by an issuer that is missing", tls: false, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"absent\"}", timeout: "1m"),
        On("ensemble TLS added to members that do not start", tls: false, Issuer, timeout: "1m", hangs: PeerProtocol.PlainAcceptsTls),
        On("ensemble TLS added to members that do not open it", tls: false, Issuer, timeout: "1m", hangs: PeerProtocol.TlsAcceptsPlain),
        On("ensemble TLS added to members that accept nothing else", tls: false, Issuer, timeout: "1m", hangs: PeerProtocol.Tls),
        On("ensemble TLS removed from members that do not open plain", tls: true, "\"remove\":true", timeout: "1m", hangs: PeerProtocol.PlainAcceptsTls),
        On("ensemble TLS removed from members that do not start without", tls: true, "\"remove\":true", timeout: "1m", hangs: PeerProtocol.Plain),
        On("ensemble TLS added and the request deleted", tls: false, Issuer) with
        {
            Act = static async w =>
            {
                var made = w.Seen.PodsMade.Count;
                w.AskZooKeeper("op", Operation, "\"timeout\":\"10m\",\"tls\":{" + Issuer + "}");
                await w.UntilAsync(() => w.Seen.PodsMade.Count > made, "a pod was replaced");
                w.Delete(ZooKeeperOpsRequest.Resource, "op");
                await w.EndedAsync();
            },
        },
    ];

    private static Scenario On(string name, bool tls, string change, string timeout = "10m", PeerProtocol? hangs = null) => new(name, async w =>
    {
        w.ZooKeepers.HangsOn = hangs;
        w.AskZooKeeper("op", Operation, $"\"timeout\":\"{timeout}\",\"tls\":{{{change}}}");
        await w.EndedAsync();
    })
    {
        Operation = Operation,
        Cost = 4,
        ToldAgain = 2,
        Given = async w =>
        {
            await InstallAsync(w);
            await w.HaveZooKeeperAsync(more: tls ? Tls : "");
            w.ZooKeepers.EnsembleOf(TestWorld.Database).Write("/precious", [1]);
        },
    };

    // The operators look for an optional API once a minute.
    private static Task InstallAsync(TestWorld world)
    {
        world.CertManager.Install("ca", "other");
        return world.PassAsync(70);
    }
}
