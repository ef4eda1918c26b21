using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Kafka;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Unit.Engines.Redis;
using KafkaDatabase = KubeDb.Api.Kinds.Kubedb.Kafka;

namespace KubeDb.Tests.Support.World;

/// <summary>Kafka in a world: its servers, and what its users do and see.</summary>
internal sealed partial class TestWorld
{
    /// <summary>Catalog version of Kafkas.</summary>
    public const string KafkaCatalogVersion = "4.2.0";

    private const string KafkaStorage = """{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}""";

    /// <summary>The servers of Kafkas.</summary>
    public KafkaServers Kafkas { get; }

    private WorldEngine KafkaPart => new(new KafkaEngine(new FakeServers(), Time).Kinds, Kafkas, static (dialer, clock) => new KafkaEngine(dialer, clock))
    {
        Prepare = () => Create(
            KafkaVersion.Resource,
            $$$"""{"metadata":{"name":"{{{KafkaCatalogVersion}}}"},"spec":{"version":"{{{KafkaCatalogVersion}}}","db":{"image":"apache/kafka:4.2.0"},"connectCluster":{"image":"apache/kafka:4.2.0"},"cruiseControl":{"image":"cruise-control:4.2.0"} } }"""),
    };

    /// <summary>Creates a Kafka whose nodes are both broker and controller; <paramref name="more"/> are further members of its spec, each after a comma.</summary>
    public void CreateKafka(string name = Database, int replicas = 3, string more = "") => Create(
        KafkaDatabase.Resource, $"{{\"metadata\":{{\"name\":\"{name}\"}},\"spec\":{{\"version\":\"{KafkaCatalogVersion}\",\"replicas\":{replicas},\"storage\":{KafkaStorage}{more}}}}}");

    /// <summary>Creates a Kafka with nodes of each role.</summary>
    public void CreateKafkaTopology(string name = Database, int controllers = 3, int brokers = 3, string more = "") => Create(
        KafkaDatabase.Resource,
        $"{{\"metadata\":{{\"name\":\"{name}\"}},\"spec\":{{\"version\":\"{KafkaCatalogVersion}\",\"topology\":{{\"controller\":{{\"replicas\":{controllers},\"storage\":{KafkaStorage}}},\"broker\":{{\"replicas\":{brokers},\"storage\":{KafkaStorage}}}}}{more}}}}}");

    /// <summary>A Kafka that is Ready with a topic of three replicas, all events of which are written.</summary>
    public async Task HaveKafkaAsync(int replicas = 3, string more = "", bool topology = false)
    {
        if (topology)
            CreateKafkaTopology(brokers: replicas, more: more);
        else
            CreateKafka(replicas: replicas, more: more);
        await ReadyAsync(KafkaDatabase.Resource, Database);
        Kafkas.ClusterOf(Database).Create("precious", 2, Math.Min(3, replicas), new Dictionary<string, string> { ["min.insync.replicas"] = replicas > 2 ? "2" : "1" });
        Seen.CountsDown = true;
    }

    /// <summary>Creates a request on a Kafka; <paramref name="rest"/> are further members of its spec.</summary>
    public void AskKafka(string name, string type, string rest = "", string database = Database)
    {
        var spec = Json.Parse("{" + rest + "}");
        spec["databaseRef"] = new JsonObject { ["name"] = database };
        spec["type"] = type;
        Create(KafkaOpsRequest.Resource, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec });
    }

    /// <summary>Asks a Kafka for a change of its configuration.</summary>
    public void AskKafkaFor(string name, string applied, string rest = "\"timeout\":\"10m\"", string file = "server.properties") => AskKafka(
        name, "Reconfigure", $"{rest},\"configuration\":" + new JsonObject { ["applyConfig"] = new JsonObject { [file] = applied } }.ToJsonString());
}
