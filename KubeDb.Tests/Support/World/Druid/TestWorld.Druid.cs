using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Druid;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Unit.Engines.Redis;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Tests.Support.World;

/// <summary>Druid in a world: its servers, and what its users do and see.</summary>
internal sealed partial class TestWorld
{
    /// <summary>Catalog version of clusters.</summary>
    public const string DruidCatalogVersion = "33.0.0";

    private const string Outside = """
        ,"metadataStorage":{"name":"pg","externallyManaged":true},"zookeeperRef":{"name":"zk","externallyManaged":true}
        """;

    /// <summary>The servers of clusters.</summary>
    public DruidServers Druids { get; }

    private WorldEngine DruidPart => new(new DruidEngine(new FakeServers(), Time).Kinds, Druids, static (dialer, clock) => new DruidEngine(dialer, clock))
    {
        Prepare = () => Create(
            DruidVersion.Resource,
            $$$"""{"metadata":{"name":"{{{DruidCatalogVersion}}}"},"spec":{"version":"{{{DruidCatalogVersion}}}","db":{"image":"apache/druid:33.0.0"},"initContainer":{"image":"apache/druid:33.0.0"} } }"""),
    };

    /// <summary>The metadata storage and the ZooKeeper of others, which <see cref="HaveDruidAsync"/> names.</summary>
    public void CreateDruidDependencies()
    {
        CreateSecret("pg-auth", """{"username":"ZHJ1aWQ=","password":"c2VjcmV0"}""");
        Create(AppBinding.Resource, """{"metadata":{"name":"pg"},"spec":{"type":"kubedb.com/postgres","clientConfig":{"service":{"name":"pg","port":5432,"scheme":"postgresql"}},"secret":{"name":"pg-auth"}}}""");
        Create(AppBinding.Resource, """{"metadata":{"name":"zk"},"spec":{"type":"kubedb.com/zookeeper","clientConfig":{"service":{"name":"zk","port":2181,"scheme":"http"}}}}""");
    }

    /// <summary>Creates a cluster; <paramref name="more"/> are further members of its spec, each after a comma.</summary>
    public void CreateDruid(string more, string topology = "{}", string name = Database) => Create(
        DruidDatabase.Resource,
        $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"version":"{{{DruidCatalogVersion}}}","deepStorage":{"type":"s3"},"topology":{{{topology}}}{{{more}}}} }""");

    /// <summary>A cluster with a metadata storage and a ZooKeeper of others that is Ready, all events of which are written.</summary>
    public async Task HaveDruidAsync(string more = "", string topology = "{}")
    {
        CreateDruidDependencies();
        CreateDruid(Outside + more, topology);
        await ReadyAsync(DruidDatabase.Resource, Database);

        // The checks write, read and drop a row, a step a round.
        await PassAsync(200);
        Seen.CountsDown = true;
    }

    /// <summary>Creates a request on a cluster; <paramref name="rest"/> are further members of its spec.</summary>
    public void AskDruid(string name, string type, string rest = "", string database = Database)
    {
        var spec = Json.Parse("{" + rest + "}");
        spec["databaseRef"] = new JsonObject { ["name"] = database };
        spec["type"] = type;
        Create(DruidOpsRequest.Resource, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec });
    }

    /// <summary>Asks a cluster for a change of one of its files.</summary>
    public void AskDruidFor(string name, string file, string applied, string rest = "\"timeout\":\"10m\"") => AskDruid(
        name, "Reconfigure", $"{rest},\"configuration\":" + new JsonObject { ["applyConfig"] = new JsonObject { [file] = applied } }.ToJsonString());
}
