using System.Text;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Objects for tests, written as users write them.</summary>
internal static class DruidSamples
{
    public const string Least = "\"version\":\"33.0.0\",\"deepStorage\":{\"type\":\"s3\"},\"topology\":{}";

    public static Druid Cluster(string spec) => Druid.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"dr","namespace":"demo"},"spec":""" + spec + "}"));

    public static DruidOpsRequest Request(string spec) => DruidOpsRequest.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"ops","namespace":"demo"},"spec":""" + spec + "}"));

    public static DruidVersion Version(string version = "33.0.0") => new()
    {
        Spec = new DruidVersionSpec
        {
            Version = version,
            Db = new CatalogImage { Image = "apache/druid:" + version },
            InitContainer = new CatalogImage { Image = "apache/druid:" + version },
        },
    };
}
