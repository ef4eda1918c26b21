using System.Text.Json.Nodes;
using KubeDb.Api.Engines.ZooKeeper;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Unit.Engines.Redis;
using ZooKeeperDatabase = KubeDb.Api.Kinds.Kubedb.ZooKeeper;

namespace KubeDb.Tests.Support.World;

/// <summary>ZooKeeper in a world: its servers, and what its users do and see.</summary>
internal sealed partial class TestWorld
{
    /// <summary>Catalog version of ensembles.</summary>
    public const string ZooKeeperCatalogVersion = "3.9.1";

    /// <summary>The servers of ensembles.</summary>
    public ZooKeeperServers ZooKeepers { get; }

    private WorldEngine ZooKeeperPart => new(
        new ZooKeeperEngine(new FakeServers(), Time).Kinds, ZooKeepers, static (dialer, clock) => new ZooKeeperEngine(dialer, clock))
    {
        Prepare = () => Create(
            ZooKeeperVersion.Resource,
            $$$"""{"metadata":{"name":"{{{ZooKeeperCatalogVersion}}}"},"spec":{"version":"{{{ZooKeeperCatalogVersion}}}","db":{"image":"zookeeper:3.9.1"},"initContainer":{"image":"zookeeper:3.9.1"} } }"""),
    };

    /// <summary>Creates an ensemble with 1 GiB a member; <paramref name="more"/> are further members of its spec, each after a comma.</summary>
    public void CreateZooKeeper(string name = Database, int replicas = 3, string more = "") => Create(
        ZooKeeperDatabase.Resource,
        $$$"""
        {"metadata":{"name":"{{{name}}}"},"spec":{"version":"{{{ZooKeeperCatalogVersion}}}","replicas":{{{replicas}}},
        "storage":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } }{{{more}}} } }
        """);

    /// <summary>An ensemble that is Ready, all events of which are written.</summary>
    public async Task HaveZooKeeperAsync(string name = Database, int replicas = 3, string more = "")
    {
        CreateZooKeeper(name, replicas, more);
        await ReadyAsync(ZooKeeperDatabase.Resource, name);
        Seen.CountsDown = true;
    }

    /// <summary>Creates a request on an ensemble; <paramref name="rest"/> are further members of its spec.</summary>
    public void AskZooKeeper(string name, string type, string rest = "", string database = Database)
    {
        var spec = Json.Parse("{" + rest + "}");
        spec["databaseRef"] = new JsonObject { ["name"] = database };
        spec["type"] = type;
        Create(ZooKeeperOpsRequest.Resource, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec });
    }

    /// <summary>Asks an ensemble for a change of its configuration.</summary>
    public void AskZooKeeperFor(string name, string applied, string rest = "\"timeout\":\"10m\"") => AskZooKeeper(
        name, "Reconfigure", $"{rest},\"configuration\":" + new JsonObject { ["applyConfig"] = new JsonObject { ["zoo.cfg"] = applied } }.ToJsonString());
}
