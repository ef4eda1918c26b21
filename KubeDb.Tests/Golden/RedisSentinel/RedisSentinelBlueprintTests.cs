using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Engines.Redis.Sentinel;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Unit.Engines.Redis;
using SentinelDatabase = KubeDb.Api.Kinds.Kubedb.RedisSentinel;

namespace KubeDb.Tests.Golden.Sentinels;

[TestFixture, Category("Golden")]
public class RedisSentinelBlueprintTests
{
    private static readonly RedisSentinelEngine Engine = new(new FakeServers(), TimeProvider.System);

    private static readonly Dictionary<string, string> Scripts = new()
    {
        [RedisScripts.StartKey] = "(the start script)",
        [RedisScripts.ReadyKey] = "(the readiness script)",
    };

    private static readonly string[] Names = ["official", "valkey", "alone", "tls"];

    [TestCaseSource(nameof(Names))]
    public void DescribesTheSentinels(string name)
    {
        var blueprint = Engine.Describe(Facts(name));
        GoldenFile.Matches($"RedisSentinel/{name}.yaml", blueprint.Objects.Select(o => GoldenFile.Readable(o.Manifest, Scripts)));
    }

    [Test]
    public void ObjectsComeInTheOrderOfTheContract() => Assert.That(
        Engine.Describe(Facts("valkey")).Objects.Select(o => $"{o.Manifest["kind"]} {o.Name}"),
        Is.EqualTo(new[]
        {
            "Service watchers-pods", "Service watchers", "Service watchers-stats", "ServiceAccount watchers", "Role watchers", "RoleBinding watchers",
            "Secret watchers", "PetSet watchers", "PodDisruptionBudget watchers", "AppBinding watchers", "ServiceMonitor watchers-stats",
        }));

    [Test]
    public void ThePasswordStandsOnlyInTheConfigSecret()
    {
        var objects = Engine.Describe(Facts("valkey")).Objects;
        Assert.That(objects.Where(o => o.Type.Kind != "Secret").Select(o => o.Manifest.ToJsonString()), Has.None.Contain("canary"));
        Assert.That(Engine.Confidential(Facts("valkey")), Does.Contain("canary #1\"x"));
    }

    [Test]
    public void WhatTheOperatorSetsItselfIsNotTakenAndTold() => Assert.That(
        Engine.Warnings(Facts("valkey")).Select(w => w.Message),
        Is.EqualTo(new[] { "secret mine[sentinel.conf]: line 2 sets \"port\", which the operator sets itself; the line is not taken. Remove it." }));

    [Test]
    public void AChangedConfigurationDoesNotChangeThePods()
    {
        var facts = Facts("valkey");
        var sentinel = (SentinelDatabase)facts.Database;
        var other = facts with { Database = sentinel with { Spec = sentinel.Spec with { Configuration = null } } };
        Assert.That(PetSet(other), Is.EqualTo(PetSet(facts)));
    }

    private static string PetSet(DatabaseFacts facts) => Engine.Describe(facts).Objects.Single(o => o.Type.Kind == "PetSet").Manifest.ToJsonString();

    // A file holds the sentinels as a user writes them and, where it is not the usual one, their catalog version and the secrets they name.
    private static DatabaseFacts Facts(string name)
    {
        var documents = Read("RedisSentinel", $"{name}.in.yaml");
        var sentinel = SentinelDatabase.Decode(Utf8(documents.Single(d => Kind(d) == "RedisSentinel")));
        var catalog = RedisVersion.Decode(Utf8(documents.SingleOrDefault(d => Kind(d) == "RedisVersion") ?? Read("Redis", "version.yaml").Single()));
        var database = (SentinelDatabase)Engine.Default(sentinel with { Metadata = sentinel.Metadata with { Uid = "01234567-89ab-cdef-0123-456789fedcba" } }, catalog);
        Assert.That(Engine.Check(database, catalog), Is.Empty);
        var facts = new DatabaseFacts
        {
            Database = database,
            Version = catalog,
            Credential = database.Spec.DisableAuth ? null : new(Engine.DefaultUser, "canary #1\"x"),
            Offers = new(PolicyV1: true, ServiceMonitors: true, CertManager: true),
            Secrets = documents.Where(d => Kind(d) == "Secret").ToDictionary(
                d => d["metadata"]!["name"]!.GetValue<string>(),
                d => new Secret
                {
                    Data = d["stringData"]!.AsObject().ToDictionary(p => p.Key, p => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(p.Value!.GetValue<string>())),
                }),
        };
        Assert.That(Engine.Check(facts), Is.Empty);
        return facts;
    }

    private static IReadOnlyList<JsonObject> Read(params string[] path) => GoldenFile.Read(File.ReadAllText(Path.Combine([GoldenFile.Folder, .. path])));

    private static string Kind(JsonObject document) => document["kind"]!.GetValue<string>();

    private static byte[] Utf8(JsonObject document) => Encoding.UTF8.GetBytes(document.ToJsonString());
}
