using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Configuration;

/// <summary>Databases, requests and secrets with files, for the tests of what is the same for all engines; the kinds are those of Redis.</summary>
internal static class ConfigurationSample
{
    public static readonly ICatalogVersion Server = new RedisVersion { Spec = new() { Version = "7.2.4" } };

    public static DatabaseFacts Facts(JsonNode? configuration, params (string Secret, (string File, string Text)[] Files)[] secrets) => new()
    {
        Database = new RedisDatabase { Spec = new() { Configuration = configuration is null ? null : KindsJson.Decode<RedisConfiguration>(configuration) } },
        Version = Server,
        Offers = new(true, false, false),
        Secrets = secrets.ToDictionary(s => s.Secret, s => new Secret
        {
            Data = s.Files.ToDictionary(f => f.File, f => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(f.Text)),
        }),
    };

    public static DatabaseFacts Facts(string? configuration, params (string Secret, (string File, string Text)[] Files)[] secrets) =>
        Facts(configuration is null ? null : JsonNode.Parse(configuration), secrets);

    public static (string Secret, (string File, string Text)[] Files) Secret(string name, params (string File, string Text)[] files) => (name, files);

    /// <summary>A Reconfigure with the given configuration block.</summary>
    public static RedisOpsRequest Request(JsonNode configuration, string more = "") => RedisOpsRequest.Decode(
        Encoding.UTF8.GetBytes($$$"""{"metadata":{"name":"ops","namespace":"demo"},"spec":{"type":"Reconfigure","configuration":{{{configuration.ToJsonString()}}}{{{more}}} } }"""));

    public static RedisOpsRequest Request(string configuration, string more = "") => Request(JsonNode.Parse(configuration)!, more);
}
