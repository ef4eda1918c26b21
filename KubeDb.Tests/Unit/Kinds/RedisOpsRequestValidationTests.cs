using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;

namespace KubeDb.Tests.Unit.Kinds;

[TestFixture]
[Category("Unit")]
public sealed class RedisOpsRequestValidationTests
{
    private const string Standalone = """{"version":"7.4.0","storage":{"storageClassName":"standard","resources":{"requests":{"storage":"1Gi"}}}}""";
    private const string Cluster = """{"version":"7.4.0","mode":"Cluster"}""";
    private const string Announcing = """{"version":"7.4.0","mode":"Cluster","cluster":{"announce":{"shards":[]}}}""";
    private const string Sentinel = """{"version":"7.4.0","mode":"Sentinel","sentinelRef":{"name":"s"},"replicas":3}""";

    private static readonly Dictionary<string, RedisVersion> Catalog = new()
    {
        ["5.0.14"] = RedisSamples.Version("5.0.14"),
        ["7.0.10"] = RedisSamples.Version("7.0.10"),
        ["7.2.4"] = RedisSamples.Version("7.2.4", "Official", ">= 7.2.4, < 7.4.2"),
        ["7.4.0"] = RedisSamples.Version("7.4.0", "Official", ">= 7.4.0, < 7.4.2"),
        ["7.4.1"] = RedisSamples.Version("7.4.1", "Official", "7.4.1"),
        ["8.2.2"] = RedisSamples.Version("8.2.2", "Official", "8.2.2"),
        ["valkey-7.2.5"] = RedisSamples.Version("7.2.5", "Valkey", "7.2.5"),
        ["valkey-8.1.1"] = RedisSamples.Version("8.1.1", "Valkey", "8.1.1"),
    };

    [TestCase(Standalone, """ "type":"UpdateVersion" """, "OpsBlockMissing", "spec.updateVersion.targetVersion is missing")]
    [TestCase(Standalone, """ "type":"UpdateVersion","updateVersion":{"targetVersion":"9"} """, "VersionNotFound", "failed to get RedisVersion: 9")]
    [TestCase(Standalone, """ "type":"UpdateVersion","updateVersion":{"targetVersion":"8.2.2"} """, "UpdateNotAllowed", "upgrade from version 7.4.0 to 8.2.2 is not supported")]
    [TestCase(Standalone, """ "type":"UpdateVersion","updateVersion":{"targetVersion":"7.2.4"} """, "UpdateNotAllowed", "upgrade from version 7.4.0 to 7.2.4 is not supported")]
    [TestCase(Standalone, """ "type":"UpdateVersion","updateVersion":{"targetVersion":"valkey-8.1.1"} """, "UpdateNotAllowed", "can't upgrade Official to Valkey with a different major version")]
    [TestCase("""{"version":"7.0.10"}""", """ "type":"UpdateVersion","updateVersion":{"targetVersion":"5.0.14"} """, "UpdateNotAllowed", "upgrade from version 7.0.10 to 5.0.14")]
    [TestCase(Standalone, """ "type":"HorizontalScaling","horizontalScaling":{"replicas":2} """, "ScalingInvalid", "horizontal scaling is not allowed for standalone redis")]
    [TestCase(Cluster, """ "type":"HorizontalScaling" """, "OpsBlockMissing", "spec.horizontalScaling is missing")]
    [TestCase(Cluster, """ "type":"HorizontalScaling","horizontalScaling":{} """, "ScalingInvalid", "at least one of shards and replicas")]
    [TestCase(Cluster, """ "type":"HorizontalScaling","horizontalScaling":{"shards":2} """, "ScalingInvalid", "Value must be >= 3")]
    [TestCase(Cluster, """ "type":"HorizontalScaling","horizontalScaling":{"replicas":1} """, "ScalingInvalid", "Value must be > 1")]
    [TestCase("""{"version":"7.4.0","mode":"Cluster","cluster":{"shards":4,"replicas":2}}""", """ "type":"HorizontalScaling","horizontalScaling":{"shards":3,"replicas":3} """, "ScalingInvalid", "can't scale down and up at the same time")]
    [TestCase(Announcing, """ "type":"HorizontalScaling","horizontalScaling":{"replicas":3} """, "AnnounceInvalid", "spec.horizontalScaling.announce is missing")]
    [TestCase(Announcing, """ "type":"HorizontalScaling","horizontalScaling":{"replicas":3,"announce":{"shards":[{"endpoints":["a"]}]}} """, "AnnounceInvalid", "3 are needed")]
    [TestCase(Sentinel, """ "type":"HorizontalScaling","horizontalScaling":{"shards":3,"replicas":4} """, "ScalingInvalid", "not allowed in mode Sentinel")]
    [TestCase(Sentinel, """ "type":"HorizontalScaling","horizontalScaling":{} """, "ScalingInvalid", "Value must be >= 1")]
    [TestCase(Standalone, """ "type":"VerticalScaling","verticalScaling":{} """, "ScalingInvalid", "at least one of redis, exporter, coordinator")]
    [TestCase(Standalone, """ "type":"VerticalScaling","verticalScaling":{"redis":{"resources":{"requests":{"cpu":"x"}}}} """, "PodTemplateInvalid", "spec.verticalScaling.redis.resources.requests.cpu is not an amount")]
    [TestCase(Standalone, """ "type":"VerticalScaling","verticalScaling":{"redis":{"resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}} """, "PodTemplateInvalid", "is above the limit")]
    [TestCase(Standalone, """ "type":"VolumeExpansion","volumeExpansion":{"mode":"Online"} """, "OpsBlockMissing", "spec.volumeExpansion.redis is missing")]
    [TestCase(Standalone, """ "type":"VolumeExpansion","volumeExpansion":{"mode":"Online","redis":"1024Mi"} """, "VolumeSizeInvalid", "is not above the present size 1Gi")]
    [TestCase(Standalone, """ "type":"VolumeExpansion","volumeExpansion":{"mode":"Online","redis":"-1"} """, "VolumeSizeInvalid", "no amount above zero")]
    [TestCase("""{"version":"7.4.0","storageType":"Ephemeral"}""", """ "type":"VolumeExpansion","volumeExpansion":{"redis":"2Gi"} """, "VolumeSizeInvalid", "no volumes to expand")]
    [TestCase(Standalone, """ "type":"Reconfigure" """, "OpsBlockMissing", "spec.configuration is missing")]
    [TestCase(Standalone, """ "type":"Reconfigure","configuration":{"restart":"true","applyConfig":{}} """, "ReconfigureInvalid", "at least one of removeCustomConfig, configSecret, applyConfig, auth")]
    [TestCase(Standalone, """ "type":"ReconfigureTLS" """, "OpsBlockMissing", "spec.tls is missing")]
    [TestCase(Standalone, """ "type":"ReconfigureTLS","tls":{} """, "ReconfigureTLSInvalid", "exactly one of")]
    [TestCase(Standalone, """ "type":"ReconfigureTLS","tls":{"remove":true,"rotateCertificates":true} """, "ReconfigureTLSInvalid", "exactly one of")]
    [TestCase("""{"version":"5.0.14"}""", """ "type":"ReconfigureTLS","tls":{"issuerRef":{"kind":"Issuer","name":"i"}} """, "TlsNotSupported", "only from v6")]
    [TestCase(Standalone, """ "type":"ReplaceSentinel","sentinel":{"ref":{"name":"x"}} """, "ReplaceSentinelInvalid", "not allowed for a redis in mode Standalone")]
    [TestCase(Sentinel, """ "type":"ReplaceSentinel","sentinel":{"ref":{}} """, "OpsBlockMissing", "spec.sentinel.ref.name is missing")]
    [TestCase("""{"version":"7.4.0","disableAuth":true}""", """ "type":"RotateAuth" """, "RotateAuthInvalid", "runs without authentication")]
    [TestCase(Standalone, """ "type":"RotateAuth","authentication":{"secretRef":{"name":""}} """, "RotateAuthInvalid", "is empty")]
    [TestCase(Standalone, """ "type":"Announce" """, "AnnounceInvalid", "not allowed for a redis in mode Standalone")]
    [TestCase(Cluster, """ "type":"Announce","announce":{"shards":[]} """, "AnnounceInvalid", "3 are needed")]
    [TestCase(Standalone, """ "type":"StorageMigration","timeout":"5m" """, "OpsBlockMissing", "spec.migration.storageClassName is missing")]
    [TestCase(Standalone, """ "type":"StorageMigration","migration":{"storageClassName":"fast"} """, "MigrationInvalid", "spec.timeout is missing")]
    [TestCase(Cluster, """ "type":"StorageMigration","timeout":"5m","migration":{"storageClassName":"fast"} """, "MigrationInvalid", "names no storage class")]
    [TestCase(Standalone, """ "type":"Explode" """, "TypeNotSupported", "Explode")]
    [TestCase(Standalone, """ "type":"Restart","timeout":"soon" """, "DurationInvalid", "no duration such as 5m")]
    public void A_broken_rule_is_named(string database, string request, string reason, string message)
    {
        var violations = Check(database, request);

        Assert.That(violations.Select(v => v.Reason), Is.EqualTo(new[] { reason }), string.Join('\n', violations));
        Assert.That(violations[0].Message, Does.Contain(message));
    }

    [TestCase(Standalone, """ "type":"UpdateVersion","updateVersion":{"targetVersion":"7.4.1"} """)]
    [TestCase(Standalone, """ "type":"UpdateVersion","updateVersion":{"targetVersion":"7.4.0"} """)]
    [TestCase("""{"version":"7.2.4"}""", """ "type":"UpdateVersion","updateVersion":{"targetVersion":"valkey-7.2.5"} """)]
    [TestCase("""{"version":"7.0.10"}""", """ "type":"UpdateVersion","updateVersion":{"targetVersion":"8.2.2"} """)]
    [TestCase(Cluster, """ "type":"HorizontalScaling","horizontalScaling":{"shards":4,"replicas":3} """)]
    [TestCase(Announcing, """ "type":"HorizontalScaling","horizontalScaling":{"shards":4,"replicas":3,"announce":{"shards":[{"endpoints":["a"]},{"endpoints":["b"]},{"endpoints":["c"]},{"endpoints":["d","e","f"]}]}} """)]
    [TestCase("""{"version":"7.4.0","mode":"Cluster","cluster":{"shards":4,"replicas":3,"announce":{"shards":[]}}}""", """ "type":"HorizontalScaling","horizontalScaling":{"shards":3} """)]
    [TestCase(Sentinel, """ "type":"HorizontalScaling","horizontalScaling":{"replicas":5} """)]
    [TestCase(Standalone, """ "type":"VerticalScaling","verticalScaling":{"redis":{"resources":{"requests":{"cpu":"1"}}}} """)]
    [TestCase(Standalone, """ "type":"VolumeExpansion","volumeExpansion":{"mode":"Online","redis":"2Gi"} """)]
    [TestCase(Standalone, """ "type":"Reconfigure","configuration":{"applyConfig":{"redis.conf":"maxclients 3000"}} """)]
    [TestCase(Standalone, """ "type":"Reconfigure","configuration":{"configSecret":{"name":"new"}} """)]
    [TestCase(Standalone, """ "type":"Reconfigure","configuration":{"removeCustomConfig":true} """)]
    [TestCase(Standalone, """ "type":"Reconfigure","configuration":{"auth":{"deleteUsers":["u"]}} """)]
    [TestCase(Standalone, """ "type":"ReconfigureTLS","tls":{"issuerRef":{"kind":"Issuer","name":"i"},"certificates":[{"alias":"client"}]} """)]
    [TestCase(Standalone, """ "type":"ReconfigureTLS","tls":{"rotateCertificates":true} """)]
    [TestCase(Sentinel, """ "type":"ReplaceSentinel","sentinel":{"ref":{"name":"new"}} """)]
    [TestCase(Standalone, """ "type":"RotateAuth","authentication":{} """)]
    [TestCase(Standalone, """ "type":"StorageMigration","timeout":"30m","migration":{"storageClassName":"fast"} """)]
    [TestCase(Standalone, """ "type":"Restart","restart":{},"timeout":"3m","apply":"Always" """)]
    public void A_good_request_breaks_none(string database, string request) => Assert.That(Check(database, request), Is.Empty);

    [Test]
    public void A_request_for_a_missing_database_says_which()
    {
        var violations = RedisOpsRequestValidation.Check(RedisSamples.Request("""{"type":"Restart","databaseRef":{"name":"gone"}}"""), null, _ => null);

        Assert.That(violations.Single().Message, Is.EqualTo("spec.databaseRef demo/gone, is invalid or not found"));
    }

    [Test]
    public void A_request_never_changes()
    {
        var before = RedisSamples.Request("""{"type":"Restart","databaseRef":{"name":"rd"}}""");

        Assert.That(RedisOpsRequestValidation.CheckUpdate(before, before with { }), Is.Empty);
        Assert.That(RedisOpsRequestValidation.CheckUpdate(before, RedisSamples.Request("""{"type":"Restart","databaseRef":{"name":"other"}}""")), Has.Count.EqualTo(1));
    }

    private static IReadOnlyList<Api.Kinds.Violation> Check(string database, string request)
    {
        var redis = RedisSamples.Redis(database);
        return RedisOpsRequestValidation.Check(
            RedisSamples.Request("{" + request + ""","databaseRef":{"name":"rd"}}"""),
            RedisDefaults.Apply(redis, Catalog[redis.Spec.Version]),
            name => Catalog.GetValueOrDefault(name));
    }
}
