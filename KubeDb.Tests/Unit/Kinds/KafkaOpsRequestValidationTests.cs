using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using static KubeDb.Tests.Unit.Kinds.KafkaSamples;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Rules of requests on a Kafka. The numbers are the contract's.</summary>
[TestFixture]
[Category("Unit")]
public sealed class KafkaOpsRequestValidationTests
{
    private const string Combined = "{\"version\":\"4.0.0\",\"replicas\":3,\"storage\":" + Storage + "}";
    private const string Roles = "{\"version\":\"4.0.0\",\"topology\":" + Topology + "}";

    // members of the request's spec, expected "path reason"
    [TestCase("\"type\":\"Restart\"")]
    [TestCase("\"type\":\"Restart\",\"timeout\":\"soon\"", "spec.timeout DurationInvalid")]
    [TestCase("\"type\":\"Announce\"", "spec.type TypeNotSupported")]
    [TestCase("\"type\":\"Reconfigure\"", "spec.configuration OpsBlockMissing")]
    [TestCase("\"type\":\"Reconfigure\",\"configuration\":{}", "spec.configuration ReconfigureInvalid")]
    [TestCase("\"type\":\"Reconfigure\",\"configuration\":{\"applyConfig\":{\"server.properties\":\"log.retention.hours=150\"}}")]
    [TestCase("\"type\":\"Reconfigure\",\"configuration\":{\"applyConfig\":{\"broker.properties\":\"log.retention.hours=150\"}}", "spec.configuration.applyConfig FileWithoutReader")]
    [TestCase("\"type\":\"ReconfigureTLS\"", "spec.tls OpsBlockMissing")]
    [TestCase("\"type\":\"ReconfigureTLS\",\"tls\":{\"remove\":true,\"rotateCertificates\":true}", "spec.tls ReconfigureTLSInvalid")]
    [TestCase("\"type\":\"ReconfigureTLS\",\"tls\":{\"remove\":true}")]
    [TestCase("\"type\":\"HorizontalScaling\"", "spec.horizontalScaling OpsBlockMissing")]
    [TestCase("\"type\":\"HorizontalScaling\",\"horizontalScaling\":{}", "spec.horizontalScaling ScalingInvalid")]
    [TestCase("\"type\":\"HorizontalScaling\",\"horizontalScaling\":{\"node\":0}", "spec.horizontalScaling.node ScalingInvalid")]
    [TestCase("\"type\":\"HorizontalScaling\",\"horizontalScaling\":{\"node\":5}")]
    [TestCase("\"type\":\"HorizontalScaling\",\"horizontalScaling\":{\"topology\":{\"broker\":5}}", "spec.horizontalScaling.topology.broker ScalingInvalid")]
    [TestCase("\"type\":\"VerticalScaling\",\"verticalScaling\":{\"broker\":{}}", "spec.verticalScaling.broker ScalingInvalid")]
    [TestCase("\"type\":\"VerticalScaling\",\"verticalScaling\":{\"node\":{\"resources\":{\"requests\":{\"cpu\":\"many\"}}}}", "spec.verticalScaling.node.resources.requests.cpu PodTemplateInvalid")]
    [TestCase("\"type\":\"VolumeExpansion\",\"volumeExpansion\":{\"mode\":\"Online\",\"node\":\"1Gi\"}", "spec.volumeExpansion.node VolumeSizeInvalid")]
    [TestCase("\"type\":\"UpdateVersion\",\"updateVersion\":{\"targetVersion\":\"9.9.9\"}", "spec.updateVersion.targetVersion VersionNotFound")]
    [TestCase("\"type\":\"UpdateVersion\",\"updateVersion\":{\"targetVersion\":\"4.2.0\"}")]
    [TestCase("\"type\":\"StorageMigration\"", "spec.timeout MigrationInvalid", "spec.migration OpsBlockMissing")]
    [TestCase("\"type\":\"RotateAuth\"")]
    public void A_request_that_can_not_be_carried_out_is_named(string spec, params string[] expected) =>
        Assert.That(Check(spec, Combined), Is.EqualTo(expected));

    [TestCase("\"type\":\"Reconfigure\",\"configuration\":{\"applyConfig\":{\"server.properties\":\"log.retention.hours=150\"}}", "spec.configuration.applyConfig FileWithoutReader")]
    [TestCase("\"type\":\"Reconfigure\",\"configuration\":{\"applyConfig\":{\"broker.properties\":\"log.retention.hours=150\"}}")]
    [TestCase("\"type\":\"HorizontalScaling\",\"horizontalScaling\":{\"topology\":{\"broker\":5}}")]
    [TestCase("\"type\":\"HorizontalScaling\",\"horizontalScaling\":{\"node\":5,\"topology\":{\"broker\":5}}", "spec.horizontalScaling.node ScalingInvalid")]
    [TestCase("\"type\":\"VolumeExpansion\",\"volumeExpansion\":{\"mode\":\"Online\",\"broker\":\"1Gi\",\"controller\":\"2Gi\"}", "spec.volumeExpansion.broker VolumeSizeInvalid")]
    public void With_topology_the_roles_are_named(string spec, params string[] expected) => Assert.That(Check(spec, Roles), Is.EqualTo(expected));

    [Test]
    public void A_request_for_a_cluster_that_is_not_there_says_so() => Assert.That(
        KafkaOpsRequestValidation.Check(Request("""{"type":"Restart","databaseRef":{"name":"gone"}}"""), null, _ => null).Single().Message,
        Is.EqualTo("spec.databaseRef demo/gone, is invalid or not found"));

    [Test]
    public void A_request_never_changes() => Assert.That(
        KafkaOpsRequestValidation.CheckUpdate(Request("""{"type":"Restart"}"""), Request("""{"type":"Restart","timeout":"3m"}""")).Select(v => v.Reason),
        Is.EqualTo(new[] { "OpsSpecImmutable" }));

    private static IEnumerable<string> Check(string request, string kafka) => KafkaOpsRequestValidation.Check(
        Request("{" + request + ",\"databaseRef\":{\"name\":\"kf\"}}"),
        KafkaDefaults.Apply(Cluster(kafka), Version()),
        name => name is "4.0.0" or "4.2.0" ? Version(name) : null).Select(v => $"{v.Path} {v.Reason}");
}
