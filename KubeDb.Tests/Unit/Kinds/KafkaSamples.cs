using System.Text;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Objects for tests, written as users write them.</summary>
internal static class KafkaSamples
{
    public const string Storage = """{"resources":{"requests":{"storage":"1Gi"}},"storageClassName":"standard"}""";

    public const string Topology = """{"broker":{"replicas":3,"storage":""" + Storage + """},"controller":{"replicas":3,"storage":""" + Storage + "}}";

    public static Kafka Cluster(string spec) =>
        Kafka.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"kf","namespace":"demo"},"spec":""" + spec + "}"));

    public static KafkaOpsRequest Request(string spec) =>
        KafkaOpsRequest.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"ops","namespace":"demo"},"spec":""" + spec + "}"));

    public static KafkaVersion Version(string version = "4.2.0") => new()
    {
        Spec = new KafkaVersionSpec { Version = version, Db = new CatalogImage { Image = "apache/kafka:" + version } },
    };
}
