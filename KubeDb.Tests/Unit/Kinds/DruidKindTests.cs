using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using static KubeDb.Tests.Unit.Kinds.DruidSamples;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Defaults and rules of Druid. The numbers are the contract's.</summary>
[TestFixture]
[Category("Unit")]
public sealed class DruidKindTests
{
    private static readonly DruidVersion Current = Version();

    // spec, path below the defaulted spec, expected JSON (absent: "null")
    [TestCase("{}", "deletionPolicy", "\"Delete\"")]
    [TestCase("""{"halted":true,"deletionPolicy":"WipeOut"}""", "deletionPolicy", "\"Halt\"")]
    [TestCase("{}", "healthChecker", """{"failureThreshold":3,"periodSeconds":30,"timeoutSeconds":10}""")]
    [TestCase("{}", "authSecret", """{"kind":"Secret","name":""}""")]
    [TestCase("""{"disableSecurity":true}""", "authSecret", "null")]
    [TestCase("{}", "topology", "null")]
    [TestCase("""{"topology":{}}""", "topology.brokers.replicas", "1")]
    [TestCase("""{"topology":{}}""", "topology.overlords", "null")]
    [TestCase("""{"topology":{"routers":{}}}""", "topology.routers.replicas", "1")]
    [TestCase("""{"topology":{}}""", "topology.historicals.storageType", "\"Durable\"")]
    [TestCase("""{"topology":{}}""", "topology.historicals.storage", """{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}""")]
    [TestCase("""{"topology":{"historicals":{"storageType":"Ephemeral"}}}""", "topology.historicals.storage", "null")]
    [TestCase("{}", "metadataStorage.createTables", "true")]
    [TestCase("{}", "metadataStorage.linkedDB", "\"druid\"")]
    [TestCase("{}", "metadataStorage.namespace", "\"demo\"")]
    [TestCase("""{"metadataStorage":{"type":"MySQL"}}""", "metadataStorage.name", "\"dr-mysql-metadata\"")]
    [TestCase("""{"metadataStorage":{"type":"PostgreSQL"}}""", "metadataStorage.name", "\"dr-pg-metadata\"")]
    [TestCase("""{"metadataStorage":{"name":"","externallyManaged":true}}""", "metadataStorage.externallyManaged", "null")]
    [TestCase("""{"metadataStorage":{"name":"pg","externallyManaged":true}}""", "metadataStorage.externallyManaged", "true")]
    [TestCase("{}", "zookeeperRef", """{"name":"dr-zk","namespace":"demo","pathsBase":"/druid","version":"3.7.2"}""")]
    [TestCase("""{"zookeeperRef":{"name":"","externallyManaged":true}}""", "zookeeperRef.externallyManaged", "null")]
    [TestCase("""{"configSecret":{"name":"c"}}""", "configuration", """{"secretName":"c"}""")]
    [TestCase("""{"monitor":{"agent":"prometheus.io/builtin"}}""", "monitor.prometheus.exporter.port", "9104")]
    [TestCase("""{"enableSSL":true,"tls":{"issuerRef":{"kind":"Issuer","name":"ca"}}}""", "tls.certificates", """[{"alias":"server","secretName":"dr-server-cert"},{"alias":"client","secretName":"dr-client-cert"}]""")]
    [TestCase("""{"enableSSL":true,"tls":{"issuerRef":{"kind":"Issuer","name":"ca"}}}""", "keystoreCredSecret", """{"kind":"Secret","name":""}""")]
    public void What_is_left_out_is_filled_in(string spec, string path, string expected)
    {
        JsonNode? found = KindsJson.ToObject(DruidDefaults.Apply(Cluster(spec), Current).Spec);
        foreach (var name in path.Split('.'))
            found = found?[name];

        Assert.That(JsonNode.DeepEquals(found, JsonNode.Parse(expected)), found?.ToJsonString() ?? "null");
    }

    [TestCase("brokers", "1Gi")]
    [TestCase("middleManagers", "2560Mi")]
    public void Containers_get_their_resources_by_role(string role, string memory)
    {
        var pod = DruidDefaults.Apply(Cluster("""{"topology":{}}"""), Current).Spec.Topology!.Of(role)!.PodTemplate!.Spec!.ToNode()!;
        Assert.Multiple(() =>
        {
            Assert.That(pod["containers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(new[] { "druid" }));
            Assert.That(pod["initContainers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(new[] { "init-druid" }));
            Assert.That((string)pod["containers"]![0]!["resources"]!["limits"]!["memory"]!, Is.EqualTo(memory));
            Assert.That((int)pod["containers"]![0]!["securityContext"]!["runAsUser"]!, Is.EqualTo(1000));
        });
    }

    [TestCase("""{"topology":{}}""")]
    [TestCase("""{"topology":{"routers":{},"overlords":{}},"monitor":{"agent":"prometheus.io"},"enableSSL":true,"tls":{"issuerRef":{"kind":"Issuer","name":"i"}},"halted":true,"configSecret":{"name":"c"},"metadataStorage":{"type":"MySQL"}}""")]
    public void Defaults_are_filled_in_once(string spec)
    {
        var once = DruidDefaults.Apply(Cluster(spec), Current);

        Assert.That(KindsJson.ToObject(DruidDefaults.Apply(once, Current).Spec).ToJsonString(), Is.EqualTo(KindsJson.ToObject(once.Spec).ToJsonString()));
    }

    // members of the spec that take the place of the least ones, expected "path reason"
    [TestCase("{}")]
    [TestCase("""{"version":null}""", "spec.version VersionMissing")]
    [TestCase("""{"deepStorage":null}""", "spec.deepStorage DeepStorageInvalid")]
    [TestCase("""{"deepStorage":{}}""", "spec.deepStorage.type DeepStorageInvalid")]
    [TestCase("""{"deepStorage":{"type":"tape"}}""", "spec.deepStorage.type DeepStorageInvalid")]
    [TestCase("""{"topology":null}""", "spec.topology TopologyInvalid")]
    [TestCase("""{"topology":{"brokers":{"replicas":0}}}""", "spec.topology.brokers.replicas TopologyInvalid")]
    [TestCase("""{"topology":{"routers":{"replicas":-1}}}""", "spec.topology.routers.replicas TopologyInvalid")]
    [TestCase("""{"topology":{"historicals":{"storageType":"Ephemeral","storage":{"resources":{"requests":{"storage":"1Gi"}}}}}}""", "spec.topology.historicals.storage StorageTypeInvalid")]
    [TestCase("""{"topology":{"middleManagers":{"ephemeralStorage":{"sizeLimit":"1Gi"}}}}""", "spec.topology.middleManagers.ephemeralStorage StorageTypeInvalid")]
    [TestCase("""{"topology":{"middleManagers":{"storageType":"Tape"}}}""", "spec.topology.middleManagers.storageType StorageTypeInvalid")]
    [TestCase("""{"topology":{"historicals":{"storage":{}}}}""", "spec.topology.historicals.storage.resources.requests.storage StorageRequestInvalid")]
    [TestCase("""{"topology":{"historicals":{"podTemplate":{"spec":{"volumes":[{"name":"data"}]}}}}}""", "spec.topology.historicals.podTemplate.spec.volumes[0].name ReservedVolumeName")]
    [TestCase("""{"topology":{"brokers":{"podTemplate":{"spec":{"volumes":[{"name":"data"}]}}}}}""")]
    [TestCase("""{"topology":{"brokers":{"podTemplate":{"spec":{"volumes":[{"name":"main-config-volume"}]}}}}}""", "spec.topology.brokers.podTemplate.spec.volumes[0].name ReservedVolumeName")]
    [TestCase("""{"topology":{"brokers":{"podTemplate":{"spec":{"containers":[{"name":"druid","volumeMounts":[{"name":"x","mountPath":"/opt/druid/conf/x"}]}]}}}}}""", "spec.topology.brokers.podTemplate.spec.containers[0].volumeMounts[0].mountPath ReservedMountPath")]
    [TestCase("""{"enableSSL":true}""", "spec.tls.issuerRef IssuerMissing")]
    [TestCase("""{"halted":true,"deletionPolicy":"DoNotTerminate"}""", "spec.halted CannotHalt")]
    [TestCase("""{"zookeeperRef":{"name":"zk","pathsBase":"druid"}}""", "spec.zookeeperRef.pathsBase ZooKeeperUnusable")]
    [TestCase("""{"init":{"script":{"configMap":{"name":"x"}}}}""", "spec.init.script NotOffered")]
    public void A_spec_that_can_not_be_provisioned_is_named(string instead, params string[] expected)
    {
        var json = JsonNode.Parse("{" + Least + "}")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(instead)!.AsObject())
            json[name] = value?.DeepClone();

        Assert.That(DruidValidation.Check(DruidDefaults.Apply(Cluster(json.ToJsonString()), Current), Current).Select(v => $"{v.Path} {v.Reason}"), Is.EqualTo(expected));
    }

    [Test]
    public void The_longest_name_leaves_room_for_that_of_the_longest_role()
    {
        var longest = Cluster("{" + Least + "}") with { Metadata = new() { Name = new('a', DruidValidation.LongestName), Namespace = "demo" } };
        Assert.That(DruidNames.Roles.Max(r => r.Suffix.Length) + 1, Is.EqualTo(15));
        Assert.That(DruidValidation.Check(DruidDefaults.Apply(longest, Current), Current), Is.Empty);
        var longer = longest with { Metadata = longest.Metadata with { Name = new('a', DruidValidation.LongestName + 1) } };
        Assert.That(DruidValidation.Check(DruidDefaults.Apply(longer, Current), Current).Select(v => v.Reason), Is.EqualTo(new[] { "NameTooLong" }));
    }

    [TestCase("{}")]
    [TestCase("""{"topology":{"brokers":{"suffix":"x"}}}""", "spec.topology.brokers.suffix SuffixWithoutEffect")]
    [TestCase("""{"tls":{"issuerRef":{"kind":"Issuer","name":"i"}}}""", "spec.tls TLSWithoutEffect")]
    [TestCase("""{"monitor":{"agent":"prometheus.io","prometheus":{"exporter":{"args":["-v"]}}}}""", "spec.monitor.prometheus.exporter.args ExporterSettingsWithoutEffect")]
    public void What_has_no_effect_is_told(string spec, params string[] expected) => Assert.That(
        DruidValidation.Warnings(DruidDefaults.Apply(Cluster(spec), Current).Spec).Select(w => $"{w.Path} {w.Reason}"), Is.EqualTo(expected));

    // members of the request's spec, expected "path reason"
    [TestCase("\"type\":\"Restart\"")]
    [TestCase("\"type\":\"Restart\",\"timeout\":\"soon\"", "spec.timeout DurationInvalid")]
    [TestCase("\"type\":\"Announce\"", "spec.type TypeNotSupported")]
    [TestCase("\"type\":\"Reconfigure\"", "spec.configuration OpsBlockMissing")]
    [TestCase("\"type\":\"Reconfigure\",\"configuration\":{}", "spec.configuration ReconfigureInvalid")]
    [TestCase("\"type\":\"ReconfigureTLS\",\"tls\":{\"remove\":true,\"rotateCertificates\":true}", "spec.tls ReconfigureTLSInvalid")]
    [TestCase("\"type\":\"HorizontalScaling\"", "spec.horizontalScaling.topology OpsBlockMissing")]
    [TestCase("\"type\":\"HorizontalScaling\",\"horizontalScaling\":{\"topology\":{\"brokers\":0}}", "spec.horizontalScaling.topology.brokers ScalingInvalid")]
    [TestCase("\"type\":\"HorizontalScaling\",\"horizontalScaling\":{\"topology\":{\"routers\":2}}", "spec.horizontalScaling.topology.routers ScalingInvalid")]
    [TestCase("\"type\":\"VerticalScaling\",\"verticalScaling\":{}", "spec.verticalScaling ScalingInvalid")]
    [TestCase("\"type\":\"VolumeExpansion\",\"volumeExpansion\":{\"mode\":\"Offline\"}", "spec.volumeExpansion VolumeSizeInvalid")]
    [TestCase("\"type\":\"VolumeExpansion\",\"volumeExpansion\":{\"mode\":\"Offline\",\"historicals\":\"1Gi\"}", "spec.volumeExpansion.historicals VolumeSizeInvalid")]
    [TestCase("\"type\":\"VolumeExpansion\",\"volumeExpansion\":{\"mode\":\"Offline\",\"historicals\":\"2Gi\"}")]
    [TestCase("\"type\":\"StorageMigration\"", "spec.migration.storageClassName OpsBlockMissing", "spec.timeout MigrationInvalid")]
    [TestCase("\"type\":\"UpdateVersion\",\"updateVersion\":{\"targetVersion\":\"9.9.9\"}", "spec.updateVersion.targetVersion VersionNotFound")]
    public void A_request_that_can_not_be_carried_out_is_named(string spec, params string[] expected) => Assert.That(
        Api.Kinds.Ops.DruidOpsRequestValidation.Check(
            Request("{" + spec + ",\"databaseRef\":{\"name\":\"dr\"}}"), DruidDefaults.Apply(Cluster("{" + Least + "}"), Current), name => name == "33.0.0" ? Current : null)
            .Select(v => $"{v.Path} {v.Reason}"),
        Is.EqualTo(expected));
}
