using System.Text;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Objects for tests, written as users write them.</summary>
internal static class ZooKeeperSamples
{
    public const string Storage = """{"resources":{"requests":{"storage":"1Gi"}},"storageClassName":"standard"}""";

    public static ZooKeeper Ensemble(string spec) =>
        ZooKeeper.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"zk","namespace":"demo"},"spec":""" + spec + "}"));

    public static ZooKeeperOpsRequest Request(string spec) =>
        ZooKeeperOpsRequest.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"ops","namespace":"demo"},"spec":""" + spec + "}"));

    public static ZooKeeperVersion Version(string version = "3.9.1") => new()
    {
        Spec = new ZooKeeperVersionSpec
        {
            Version = version,
            Db = new CatalogImage { Image = "zookeeper:" + version },
            InitContainer = new CatalogImage { Image = "zookeeper:" + version },
        },
    };
}
