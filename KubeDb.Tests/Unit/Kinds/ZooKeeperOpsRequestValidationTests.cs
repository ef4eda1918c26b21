using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using static KubeDb.Tests.Unit.Kinds.ZooKeeperSamples;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Rules of requests on a ZooKeeper. The numbers are the contract's.</summary>
[TestFixture]
[Category("Unit")]
public sealed class ZooKeeperOpsRequestValidationTests
{
    private const string Three = "\"version\":\"3.8.3\",\"replicas\":3,\"storage\":" + Storage;

    // members of the request's spec, expected "path reason"
    [TestCase("\"type\":\"Restart\"")]
    [TestCase("\"type\":\"Restart\",\"timeout\":\"soon\"", "spec.timeout DurationInvalid")]
    [TestCase("\"type\":\"ReconfigureTLS\",\"tls\":{\"issuerRef\":{\"kind\":\"Foo\",\"name\":\"ca\"}}", "spec.tls.issuerRef.kind IssuerKindInvalid")]
    [TestCase("\"type\":\"ReconfigureTLS\",\"tls\":{\"certificates\":[{\"alias\":\"server\",\"issuerRef\":{\"kind\":\"Foo\",\"name\":\"ca\"}}]}", "spec.tls.certificates[0].issuerRef.kind IssuerKindInvalid")]
    [TestCase("\"type\":\"StorageMigration\"", "spec.type TypeNotSupported")]
    [TestCase("\"type\":\"Reconfigure\"", "spec.configuration OpsBlockMissing")]
    [TestCase("\"type\":\"Reconfigure\",\"configuration\":{}", "spec.configuration ReconfigureInvalid")]
    [TestCase("\"type\":\"Reconfigure\",\"configuration\":{\"applyConfig\":{\"zoo.cfg\":\"maxClientCnxns=90\"}}")]
    [TestCase("\"type\":\"Reconfigure\",\"configuration\":{\"removeCustomConfig\":true}")]
    [TestCase("\"type\":\"ReconfigureTLS\"", "spec.tls OpsBlockMissing")]
    [TestCase("\"type\":\"ReconfigureTLS\",\"tls\":{\"remove\":true,\"rotateCertificates\":true}", "spec.tls ReconfigureTLSInvalid")]
    [TestCase("\"type\":\"ReconfigureTLS\",\"tls\":{\"remove\":true}")]
    [TestCase("\"type\":\"HorizontalScaling\"", "spec.horizontalScaling OpsBlockMissing")]
    [TestCase("\"type\":\"HorizontalScaling\",\"horizontalScaling\":{\"replicas\":2}", "spec.horizontalScaling.replicas ScalingInvalid")]
    [TestCase("\"type\":\"HorizontalScaling\",\"horizontalScaling\":{\"replicas\":5}")]
    [TestCase("\"type\":\"VerticalScaling\"", "spec.verticalScaling OpsBlockMissing")]
    [TestCase("\"type\":\"VerticalScaling\",\"verticalScaling\":{}", "spec.verticalScaling ScalingInvalid")]
    [TestCase("\"type\":\"VerticalScaling\",\"verticalScaling\":{\"node\":{\"resources\":{\"requests\":{\"cpu\":\"many\"}}}}", "spec.verticalScaling.node.resources.requests.cpu PodTemplateInvalid")]
    [TestCase("\"type\":\"VolumeExpansion\",\"volumeExpansion\":{\"mode\":\"Online\"}", "spec.volumeExpansion.node OpsBlockMissing")]
    [TestCase("\"type\":\"VolumeExpansion\",\"volumeExpansion\":{\"mode\":\"Online\",\"node\":\"1Gi\"}", "spec.volumeExpansion.node VolumeSizeInvalid")]
    [TestCase("\"type\":\"UpdateVersion\",\"updateVersion\":{\"targetVersion\":\"9.9.9\"}", "spec.updateVersion.targetVersion VersionNotFound")]
    [TestCase("\"type\":\"UpdateVersion\",\"updateVersion\":{\"targetVersion\":\"3.9.1\"}")]
    [TestCase("\"type\":\"RotateAuth\"")]
    public void A_request_that_can_not_be_carried_out_is_named(string spec, params string[] expected) =>
        Assert.That(Check(spec, Three).Select(v => $"{v.Path} {v.Reason}"), Is.EqualTo(expected));

    [Test]
    public void There_is_no_credential_to_rotate_without_authentication() => Assert.That(
        Check("\"type\":\"RotateAuth\"", Three + ",\"disableAuth\":true").Select(v => v.Reason), Is.EqualTo(new[] { "RotateAuthInvalid" }));

    [Test]
    public void A_request_for_an_ensemble_that_is_not_there_says_so() => Assert.That(
        ZooKeeperOpsRequestValidation.Check(Request("""{"type":"Restart","databaseRef":{"name":"gone"}}"""), null, _ => null).Single().Message,
        Is.EqualTo("spec.databaseRef demo/gone, is invalid or not found"));

    [Test]
    public void A_request_never_changes() => Assert.That(
        ZooKeeperOpsRequestValidation.CheckUpdate(Request("""{"type":"Restart"}"""), Request("""{"type":"Restart","timeout":"3m"}""")).Select(v => v.Reason),
        Is.EqualTo(new[] { "OpsSpecImmutable" }));

    private static IReadOnlyList<Api.Kinds.Violation> Check(string request, string ensemble) => ZooKeeperOpsRequestValidation.Check(
        Request("{" + request + ",\"databaseRef\":{\"name\":\"zk\"}}"),
        ZooKeeperDefaults.Apply(Ensemble("{" + ensemble + "}"), Version()),
        name => name is "3.8.3" or "3.9.1" ? Version(name) : null);
}
