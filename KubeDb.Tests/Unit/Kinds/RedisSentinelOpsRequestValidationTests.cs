using System.Text;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Unit.Kinds;

[TestFixture]
[Category("Unit")]
public sealed class RedisSentinelOpsRequestValidationTests
{
    private static readonly Dictionary<string, RedisVersion> Catalog = new()
    {
        ["7.4.0"] = RedisSamples.Version("7.4.0", "Official", ">= 7.4.0, < 7.4.2"),
        ["7.4.1"] = RedisSamples.Version("7.4.1", "Official", "7.4.1"),
        ["8.2.2"] = RedisSamples.Version("8.2.2", "Official", "8.2.2"),
        ["valkey-8.1.1"] = RedisSamples.Version("8.1.1", "Valkey", "8.1.1"),
    };

    [TestCase(""" "type":"UpdateVersion" """, "OpsBlockMissing", "spec.updateVersion.targetVersion is missing")]
    [TestCase(""" "type":"UpdateVersion","updateVersion":{"targetVersion":"8.2.2"} """, "UpdateNotAllowed", "upgrade from version 7.4.0 to 8.2.2 is not supported")]
    [TestCase(""" "type":"UpdateVersion","updateVersion":{"targetVersion":"valkey-8.1.1"} """, "UpdateNotAllowed", "can't upgrade Official to Valkey with a different major version")]
    [TestCase(""" "type":"HorizontalScaling" """, "OpsBlockMissing", "spec.horizontalScaling is missing")]
    [TestCase(""" "type":"HorizontalScaling","horizontalScaling":{} """, "ScalingInvalid", "spec.horizontalScaling.replicas \"\" invalid. Value must be >= 1")]
    [TestCase(""" "type":"HorizontalScaling","horizontalScaling":{"replicas":0} """, "ScalingInvalid", "spec.horizontalScaling.replicas \"0\" invalid. Value must be >= 1")]
    [TestCase(""" "type":"VerticalScaling" """, "OpsBlockMissing", "at least one of redissentinel, exporter")]
    [TestCase(""" "type":"VerticalScaling","verticalScaling":{} """, "ScalingInvalid", "at least one of redissentinel, exporter")]
    [TestCase(""" "type":"VerticalScaling","verticalScaling":{"redissentinel":{"resources":{"requests":{"cpu":"x"}}}} """, "PodTemplateInvalid", "spec.verticalScaling.redissentinel.resources.requests.cpu is not an amount")]
    [TestCase(""" "type":"VerticalScaling","verticalScaling":{"exporter":{"resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}} """, "PodTemplateInvalid", "is above the limit")]
    [TestCase(""" "type":"Reconfigure" """, "OpsBlockMissing", "spec.configuration is missing")]
    [TestCase(""" "type":"Reconfigure","configuration":{"applyConfig":{}} """, "ReconfigureInvalid", "at least one of removeCustomConfig, configSecret, applyConfig")]
    [TestCase(""" "type":"ReconfigureTLS" """, "OpsBlockMissing", "spec.tls is missing")]
    [TestCase(""" "type":"ReconfigureTLS","tls":{"remove":true,"rotateCertificates":true} """, "ReconfigureTLSInvalid", "exactly one of")]
    [TestCase(""" "type":"RotateAuth","authentication":{"secretRef":{"name":""}} """, "RotateAuthInvalid", "is empty")]
    [TestCase(""" "type":"VolumeExpansion" """, "TypeNotSupported", "spec.type \"VolumeExpansion\" is not supported for a RedisSentinel")]
    [TestCase(""" "type":"ReplaceSentinel" """, "TypeNotSupported", "is not supported for a RedisSentinel")]
    [TestCase(""" "type":"Restart","timeout":"soon" """, "DurationInvalid", "no duration such as 5m")]
    public void A_broken_rule_is_named(string request, string reason, string message)
    {
        var violations = Check(request);

        Assert.That(violations.Select(v => v.Reason), Is.EqualTo(new[] { reason }), string.Join('\n', violations));
        Assert.That(violations[0].Message, Does.Contain(message));
    }

    [TestCase(""" "type":"Restart","timeout":"5m" """)]
    [TestCase(""" "type":"UpdateVersion","updateVersion":{"targetVersion":"7.4.1"} """)]
    [TestCase(""" "type":"HorizontalScaling","horizontalScaling":{"replicas":5} """)]
    [TestCase(""" "type":"VerticalScaling","verticalScaling":{"redissentinel":{"resources":{"requests":{"cpu":"1"}}}} """)]
    [TestCase(""" "type":"Reconfigure","configuration":{"applyConfig":{"sentinel.conf":"loglevel verbose"}} """)]
    [TestCase(""" "type":"ReconfigureTLS","tls":{"rotateCertificates":true} """)]
    [TestCase(""" "type":"RotateAuth" """)]
    public void A_good_request_breaks_none(string request) => Assert.That(Check(request), Is.Empty);

    [Test]
    public void Rotation_needs_authentication() =>
        Assert.That(Check(""" "type":"RotateAuth" """, """{"version":"7.4.0","disableAuth":true}""").Single().Reason, Is.EqualTo("RotateAuthInvalid"));

    [Test]
    public void The_sentinels_have_to_exist()
    {
        var violation = RedisSentinelOpsRequestValidation.Check(Request(""" "type":"Restart" """), null, Catalog.GetValueOrDefault).Single();

        Assert.That(violation.Message, Is.EqualTo("spec.databaseRef demo/sen, is invalid or not found"));
    }

    [Test]
    public void A_request_never_changes()
    {
        var before = Request(""" "type":"Restart" """);

        Assert.That(RedisSentinelOpsRequestValidation.CheckUpdate(before, before), Is.Empty);
        Assert.That(RedisSentinelOpsRequestValidation.CheckUpdate(before, Request(""" "type":"Restart","timeout":"5m" """)).Single().Reason, Is.EqualTo("OpsSpecImmutable"));
    }

    [Test]
    public void What_every_engine_knows_of_a_request_is_read_off_its_spec()
    {
        IOpsRequest request = Request(""" "type":"Reconfigure","timeout":"5m","apply":"Always","maxRetries":3,"configuration":{"configSecret":{"name":"mine"}} """);

        Assert.That(
            (request.DatabaseName, request.Type, request.Timeout, request.Apply, request.MaxRetries, request.Configuration?.ConfigSecret?.Name, request.Configuration?.Restart),
            Is.EqualTo(("sen", "Reconfigure", TimeSpan.FromMinutes(5), "Always", 3, "mine", RestartModes.Auto)));
    }

    private static IReadOnlyList<Violation> Check(string request, string sentinel = """{"version":"7.4.0","replicas":3}""")
    {
        var stored = RedisSentinel.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"sen","namespace":"demo"},"spec":""" + sentinel + "}"));
        return RedisSentinelOpsRequestValidation.Check(Request(request), RedisSentinelDefaults.Apply(stored, null), Catalog.GetValueOrDefault);
    }

    private static RedisSentinelOpsRequest Request(string spec) => RedisSentinelOpsRequest.Decode(Encoding.UTF8.GetBytes(
        """{"metadata":{"name":"ops","namespace":"demo"},"spec":{"databaseRef":{"name":"sen"},""" + spec + "}}"));
}
