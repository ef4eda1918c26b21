using KubeDb.Api.Kinds.Ops;
using KubeDb.Tests.Support.World;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Tests.Machine.Matrix;

/// <summary>What users do with Kafkas: nodes whose settings change while they run, or when they start.</summary>
internal static class KafkaScenarios
{
    private const string Restart = "Restart";
    private const string Reconfigure = "Reconfigure";

    /// <summary>The scenarios. Two roles cost more than they show: the roller's order is the engine's, and the objects of each are made alike.</summary>
    public static IEnumerable<Scenario> All =>
    [
        new("Kafka of two roles made", static async w =>
        {
            w.CreateKafkaTopology(controllers: 1, brokers: 1);
            await w.ReadyAsync(KafkaDatabase.Resource, TestWorld.Database);
        }) { Cost = 2 },
        new("Kafka of one made, halted and started", static async w =>
        {
            await w.HaveKafkaAsync(replicas: 1);
            w.Seen.CountsDown = false;
            w.Patch(KafkaDatabase.Resource, TestWorld.Database, """{"spec":{"halted":true}}""");
            await w.UntilAsync(() => w.PhaseOf(KafkaDatabase.Resource, TestWorld.Database) == "Halted", "it is halted");
            w.Patch(KafkaDatabase.Resource, TestWorld.Database, """{"spec":{"halted":false}}""");
            await w.ReadyAsync(KafkaDatabase.Resource, TestWorld.Database);
        }) { Cost = 2 },
        On(Restart, "Kafka restarted", static w => w.AskKafka("op", Restart), replicas: 3),
        Interrupt(Restart, "Kafka restart deleted", static w => w.AskKafka("op", Restart)),
        On(Reconfigure, "Kafka changed while it runs", static w => w.AskKafkaFor("op", "message.max.bytes=2097152")),
        On(Reconfigure, "Kafka change that takes effect at start after all", static w => w.AskKafkaFor("op", "num.io.threads=100")),
        On(Reconfigure, "Kafka change that brokers refuse", static w => w.AskKafkaFor("op", $"message.max.bytes={KafkaSettingAnswers.RefusedSize}")),
        On(Reconfigure, "Kafka changed at start", static w => w.AskKafkaFor("op", "background.threads=6")),
        On(Reconfigure, "Kafka changed without a restart", static w => w.AskKafka(
            "op", Reconfigure, "\"configuration\":{\"applyConfig\":{\"server.properties\":\"background.threads=6\"},\"restart\":\"false\"}")),
        On(Reconfigure, "Kafka's configuration removed", static w => w.AskKafka("op", Reconfigure, "\"configuration\":{\"removeCustomConfig\":true}")),
        On(Reconfigure, "Kafka change over its timeout", static w =>
        {
            w.Kafkas.HangsWith = "background.threads=6";
            w.AskKafkaFor("op", "background.threads=6\nmessage.max.bytes=2097152", "\"timeout\":\"1m\"");
        }),
        Interrupt(Reconfigure, "Kafka change deleted", static w => w.AskKafkaFor("op", "background.threads=6")),
    ];

    /// <summary>Deletes the request once the first of two nodes was replaced.</summary>
    private static Scenario Interrupt(string operation, string name, Action<TestWorld> ask) => On(operation, name, ask, replicas: 2) with
    {
        Act = async w =>
        {
            var made = w.Seen.PodsMade.Count;
            ask(w);
            await w.UntilAsync(() => w.Seen.PodsMade.Count > made, "a pod was replaced");
            w.Delete(KafkaOpsRequest.Resource, "op");
            await w.EndedAsync();
        },
    };

    private static Scenario On(string operation, string name, Action<TestWorld> ask, int replicas = 1) => new(name, async w =>
    {
        ask(w);
        await w.EndedAsync();
    })
    {
        Operation = operation,
        Cost = replicas,
        Given = w => w.HaveKafkaAsync(replicas, ",\"configuration\":{\"inline\":{\"server.properties\":\"log.retention.hours=100\"}}"),
    };
}
