using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds.Ops;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>Kafkas with TLS, and requests that change it. Of one node: that several understand each other on the way is tested without kills.</summary>
internal static class KafkaTlsScenarios
{
    private const string Operation = "ReconfigureTLS";
    private const string Issuer = "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"ca\"}";
    private const string Tls = ",\"enableSSL\":true,\"tls\":{" + Issuer + "}";

    /// <summary>The scenarios.</summary>
    public static IEnumerable<Scenario> All =>
    [
        On("Kafka TLS added", tls: false, Issuer),
        On("Kafka certificates rotated", tls: true, "\"rotateCertificates\":true"),
        On("Kafka issuer changed", tls: true, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"other\"}"),
        On("Kafka TLS removed", tls: true, "\"remove\":true"),
        On("Kafka TLS added by an issuer that is missing", tls: false, "\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"absent\"}", timeout: "1m"),
        On("Kafka TLS added to a node that does not start", tls: false, Issuer, timeout: "1m", hangs: PeerProtocol.PlainAcceptsTls),
        On("Kafka TLS added to a node that does not open it", tls: false, Issuer, timeout: "1m", hangs: PeerProtocol.TlsAcceptsPlain),
        On("Kafka TLS added to a node that accepts nothing else", tls: false, Issuer, timeout: "1m", hangs: PeerProtocol.Tls),
        On("Kafka TLS removed from a node that does not open plain", tls: true, "\"remove\":true", timeout: "1m", hangs: PeerProtocol.PlainAcceptsTls),
        On("Kafka TLS removed from a node that does not start without", tls: true, "\"remove\":true", timeout: "1m", hangs: PeerProtocol.Plain),
        On("Kafka TLS added and the request deleted", tls: false, Issuer) with
        {
            Act = static async w =>
            {
                var made = w.Seen.PodsMade.Count;
                w.AskKafka("op", Operation, "\"timeout\":\"10m\",\"tls\":{" + Issuer + "}");
                await w.UntilAsync(() => w.Seen.PodsMade.Count > made, "a pod was replaced");
                w.Delete(KafkaOpsRequest.Resource, "op");
                await w.EndedAsync();
            },
        },
    ];

    private static Scenario On(string name, bool tls, string change, string timeout = "10m", PeerProtocol? hangs = null) => new(name, async w =>
    {
        w.Kafkas.HangsOn = hangs;
        w.AskKafka("op", Operation, $"\"timeout\":\"{timeout}\",\"tls\":{{{change}}}");
        await w.EndedAsync();
    })
    {
        Operation = Operation,
        Cost = hangs is null ? 4 : 12,
        ToldAgain = 2,
        Given = async w =>
        {
            // The operators look for an optional API once a minute.
            w.CertManager.Install("ca", "other");
            await w.PassAsync(70);
            await w.HaveKafkaAsync(replicas: 1, more: tls ? Tls : "");
        },
    };
}
