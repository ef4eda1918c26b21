using KubeDb.Api.Kinds.Ops;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using static KubeDb.Tests.Support.World.TestWorld;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>Databases with TLS, and requests that change it.</summary>
internal static class TlsScenarios
{
    private const string Operation = "ReconfigureTLS";
    private const string Tls = "\"tls\":{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}}";

    /// <summary>The scenarios.</summary>
    public static IEnumerable<Scenario> All =>
    [
        new("database with TLS", async w =>
        {
            w.CreateRedis(more: "," + Tls);
            await w.ReadyAsync();
        })
        {
            Given = InstallAsync,
        },
        On("TLS added", tls: false, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}"),
        On("TLS added to two pods", tls: false, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"},\"certificates\":[{\"alias\":\"client\",\"subject\":{\"organizations\":[\"redis\"]}}]", replicas: 2),
        On("certificates rotated", tls: true, "\"rotateCertificates\":true", replicas: 2),
        On("issuer changed", tls: true, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}", replicas: 2),
        On("TLS removed", tls: true, "\"remove\":true", replicas: 2),
        On("certificates rotated with a restart", tls: true, "\"rotateCertificates\":true", annotations: "\"ops.kubedb.com/restart\":\"always\""),
        On("TLS added by an issuer that is missing", tls: false, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"absent\"}", timeout: "1m"),
        On("TLS added to pods that do not start", tls: false, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}", timeout: "1m", before: static w => w.Redis.HangsWith = "tls-port 6380", replicas: 2),
        On("TLS removed from pods that do not start", tls: true, "\"remove\":true", timeout: "1m", before: static w => w.Redis.HangsWith = "databases 10", replicas: 2),
        On("issuer changed to one that is missing", tls: true, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"absent\"}", timeout: "1m"),
        On("TLS removed where there is none", tls: false, "\"remove\":true"),
        On("TLS added and the request deleted", tls: false, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}", replicas: 2) with
        {
            Act = async w =>
            {
                var made = w.Seen.PodsMade.Count;
                AskFor(w, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}", "10m", "");
                await w.UntilAsync(() => w.Seen.PodsMade.Count > made, "a pod was replaced");
                w.Delete(RedisOpsRequest.Resource, "op");
                await w.EndedAsync();
            },
        },
    ];

    private static Scenario On(string name, bool tls, string change, int replicas = 1, string timeout = "10m", string annotations = "", Action<TestWorld>? before = null) => new(name, async w =>
    {
        before?.Invoke(w);
        AskFor(w, change, timeout, annotations);
        await w.EndedAsync();
    })
    {
        Operation = Operation,
        Given = async w =>
        {
            await InstallAsync(w);
            await w.HaveRedisAsync("databases 10", replicas, tls ? "," + Tls : "");
            foreach (var server in w.Redis.Running)
                server.Write("precious", "1");
        },
    };

    // The operators look for an optional API once a minute.
    private static Task InstallAsync(TestWorld world)
    {
        world.CertManager.Install("ca", "other");
        return world.PassAsync(70);
    }

    private static void AskFor(TestWorld world, string change, string timeout, string annotations) => world.Create(
        RedisOpsRequest.Resource,
        Json.Parse($$$"""
            {"metadata":{"name":"op","annotations":{{{{annotations}}}}},
            "spec":{"type":"ReconfigureTLS","databaseRef":{"name":"{{{Database}}}"},"timeout":"{{{timeout}}}","tls":{{{{change}}}} } }
            """));
}
