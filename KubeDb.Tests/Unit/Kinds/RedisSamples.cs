using System.Text;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Objects for tests, written as users write them.</summary>
internal static class RedisSamples
{
    public const string Storage = """{"resources":{"requests":{"storage":"1Gi"}},"storageClassName":"standard"}""";

    public static Redis Redis(string spec) =>
        Api.Kinds.Kubedb.Redis.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"rd","namespace":"demo"},"spec":""" + spec + "}"));

    public static RedisOpsRequest Request(string spec) =>
        RedisOpsRequest.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"ops","namespace":"demo"},"spec":""" + spec + "}"));

    public static RedisVersion Version(string version, string distribution = "Official", params string[] allowed) => new()
    {
        Spec = new RedisVersionSpec
        {
            Version = version,
            Distribution = distribution,
            Db = new CatalogImage { Image = "redis:" + version },
            Exporter = new CatalogImage { Image = "exporter:1" },
            SecurityContext = new CatalogSecurityContext { RunAsUser = distribution == "Official" ? 999 : 1000 },
            UpdateConstraints = allowed.Length > 0 ? new UpdateConstraints { Allowlist = allowed } : null,
        },
    };
}
