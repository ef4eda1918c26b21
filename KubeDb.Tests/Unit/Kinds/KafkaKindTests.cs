using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using static KubeDb.Tests.Unit.Kinds.KafkaSamples;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Defaults and rules of Kafka. The numbers are the contract's.</summary>
[TestFixture]
[Category("Unit")]
public sealed class KafkaKindTests
{
    private const string Issuer = """{"issuerRef":{"kind":"Issuer","name":"i"}}""";

    private static readonly KafkaVersion Current = Version();

    // spec, path below the defaulted spec, expected JSON (absent: "null")
    [TestCase("{}", "replicas", "1")]
    [TestCase("""{"topology":{"broker":{},"controller":{}}}""", "replicas", "null")]
    [TestCase("""{"topology":{"broker":{},"controller":{"replicas":3}}}""", "topology.broker.replicas", "1")]
    [TestCase("""{"topology":{"broker":{},"controller":{"replicas":3}}}""", "topology.controller.replicas", "3")]
    [TestCase("""{"topology":{"broker":{},"controller":{}}}""", "topology.broker.suffix", "\"broker\"")]
    [TestCase("""{"topology":{"broker":{},"controller":{"suffix":"quorum"}}}""", "topology.controller.suffix", "\"quorum\"")]
    [TestCase("{}", "storageType", "\"Durable\"")]
    [TestCase("{}", "deletionPolicy", "\"Delete\"")]
    [TestCase("""{"halted":true,"deletionPolicy":"WipeOut"}""", "deletionPolicy", "\"Halt\"")]
    [TestCase("""{"halted":true,"deletionPolicy":"DoNotTerminate"}""", "deletionPolicy", "\"DoNotTerminate\"")]
    [TestCase("{}", "healthChecker", """{"failureThreshold":3,"periodSeconds":10,"timeoutSeconds":10}""")]
    [TestCase("{}", "authSecret", """{"kind":"Secret","name":""}""")]
    [TestCase("""{"disableSecurity":true}""", "authSecret", "null")]
    [TestCase("""{"configSecret":{"name":"c"}}""", "configuration", """{"secretName":"c"}""")]
    [TestCase("""{"configSecret":{"name":"c"}}""", "configSecret", "null")]
    [TestCase("""{"configSecret":{"name":"c"},"configuration":{"secretName":"d"}}""", "configuration", """{"secretName":"d"}""")]
    [TestCase("{}", "monitor", "null")]
    [TestCase("""{"monitor":{"agent":"prometheus.io/builtin"}}""", "monitor.prometheus.exporter.port", "56790")]
    [TestCase("""{"monitor":{"agent":"prometheus.io/builtin","prometheus":{"exporter":{"port":9091}}}}""", "monitor.prometheus.exporter.port", "9091")]
    [TestCase("{\"enableSSL\":true,\"tls\":" + Issuer + "}", "tls.certificates", """[{"alias":"server","secretName":"kf-server-cert"},{"alias":"client","secretName":"kf-client-cert"}]""")]
    [TestCase("{}", "podTemplate.spec.serviceAccountName", "\"kf\"")]
    [TestCase("{}", "podTemplate.spec.securityContext", """{"fsGroup":1000}""")]
    [TestCase("""{"topology":{"broker":{},"controller":{}}}""", "topology.broker.podTemplate.spec.podPlacementPolicy", """{"name":"default"}""")]
    [TestCase("""{"topology":{"broker":{},"controller":{}}}""", "podTemplate", "null")]
    public void What_is_left_out_is_filled_in(string spec, string path, string expected)
    {
        JsonNode? found = KindsJson.ToObject(KafkaDefaults.Apply(Cluster(spec), Current).Spec);
        foreach (var name in path.Split('.'))
            found = found?[name];

        Assert.That(JsonNode.DeepEquals(found, JsonNode.Parse(expected)), found?.ToJsonString() ?? "null");
    }

    [Test]
    public void The_operators_containers_are_inserted_with_their_resources()
    {
        var pod = KafkaDefaults.Apply(Cluster("""{"podTemplate":{"spec":{"containers":[{"name":"side"}]}}}"""), Current).Spec.PodTemplate!.Spec!.ToNode()!.AsObject();

        Assert.Multiple(() =>
        {
            Assert.That(pod["containers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(new[] { "kafka", "side" }));
            Assert.That(pod["initContainers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(new[] { "kafka-init" }));
            Assert.That(pod["containers"]![0]!["resources"]!.ToJsonString(), Is.EqualTo("""{"requests":{"cpu":"500m","memory":"1536Mi"},"limits":{"memory":"1536Mi"}}"""));
            Assert.That((int)pod["containers"]![0]!["securityContext"]!["runAsUser"]!, Is.EqualTo(1000));
        });
    }

    [Test]
    public void Fields_of_the_older_version_go_into_the_template_of_their_role()
    {
        const string Broker = """
            {"resources":{"limits":{"memory":"2Gi"}},"nodeSelector":{"disk":"ssd"},"tolerations":[{"key":"kafka","operator":"Exists"}],
            "podTemplate":{"spec":{"nodeSelector":{"disk":"nvme"},"containers":[{"name":"kafka","env":[{"name":"A","value":"b"}]}]}}}
            """;
        var node = KafkaDefaults.Apply(Cluster("{\"topology\":{\"controller\":{},\"broker\":" + Broker + "}}"), Current).Spec.Topology!.Broker!;
        var pod = node.PodTemplate!.Spec!.ToNode()!;

        Assert.Multiple(() =>
        {
            Assert.That(pod["containers"]![0]!["resources"]!.ToJsonString(), Is.EqualTo("""{"limits":{"memory":"2Gi"},"requests":{"cpu":"500m","memory":"2Gi"}}"""));
            Assert.That(pod["containers"]![0]!["env"]!.ToJsonString(), Is.EqualTo("""[{"name":"A","value":"b"}]"""));
            Assert.That(pod["nodeSelector"]!.ToJsonString(), Is.EqualTo("""{"disk":"nvme"}"""), "what the template says goes before");
            Assert.That(pod["tolerations"]!.ToJsonString(), Is.EqualTo("""[{"key":"kafka","operator":"Exists"}]"""));
            Assert.That((node.Resources, node.NodeSelector, node.Tolerations), Is.EqualTo(((object?)null, (object?)null, (object?)null)));
        });
    }

    [TestCase("{}")]
    [TestCase("""{"topology":{"broker":{"resources":{"limits":{"memory":"2Gi"}}},"controller":{}},"monitor":{"agent":"prometheus.io"},"configSecret":{"name":"c"}}""")]
    [TestCase("{\"replicas\":3,\"halted\":true,\"enableSSL\":true,\"tls\":" + Issuer + "}")]
    public void Defaults_are_filled_in_once(string spec)
    {
        var once = KafkaDefaults.Apply(Cluster(spec), Current);

        Assert.That(KindsJson.ToObject(KafkaDefaults.Apply(once, Current).Spec).ToJsonString(), Is.EqualTo(KindsJson.ToObject(once.Spec).ToJsonString()));
    }

    // members of the spec without topology, expected "path reason"
    [TestCase("")]
    [TestCase("\"replicas\":2")]
    [TestCase("\"replicas\":0", "spec.replicas NodeCountInvalid")]
    [TestCase("\"replicas\":-1", "spec.replicas NodeCountInvalid")]
    [TestCase("\"replicas\":1001", "spec.replicas NodeCountInvalid")]
    [TestCase("\"storage\":null", "spec.storage StorageMissing")]
    [TestCase("\"storage\":null,\"storageType\":\"Ephemeral\"")]
    [TestCase("\"storageType\":\"Ephemeral\",\"deletionPolicy\":\"Halt\"", "spec.deletionPolicy DeletionPolicyInvalid")]
    [TestCase("\"enableSSL\":true", "spec.enableSSL SSLWithoutTLS")]
    [TestCase("\"tls\":" + Issuer, "spec.enableSSL SSLWithoutTLS")]
    [TestCase("\"enableSSL\":true,\"tls\":{}", "spec.tls.issuerRef SSLWithoutTLS")]
    [TestCase("\"enableSSL\":true,\"tls\":" + Issuer)]
    [TestCase("\"halted\":true,\"deletionPolicy\":\"DoNotTerminate\"", "spec.halted CannotHalt")]
    [TestCase("\"brokerRack\":{\"topologyKey\":\"\"}", "spec.brokerRack.topologyKey RackKeyMissing")]
    [TestCase("\"brokerRack\":{\"topologyKey\":\"zone\"}")]
    [TestCase("\"cruiseControl\":{}", "spec.cruiseControl NotOffered")]
    [TestCase("\"tieredStorage\":{\"provider\":\"s3\"}", "spec.tieredStorage NotOffered")]
    [TestCase("\"configuration\":{\"inline\":{\"broker.properties\":\"\"}}", "spec.configuration.inline FileWithoutReader")]
    [TestCase("\"configuration\":{\"inline\":{\"server.properties\":\"\"}}")]
    [TestCase("\"podTemplate\":{\"spec\":{\"volumes\":[{\"name\":\"kafkaconfig\"}]}}", "spec.podTemplate.spec.volumes[0].name ReservedVolumeName")]
    [TestCase("\"podTemplate\":{\"spec\":{\"containers\":[{\"name\":\"kafka\",\"volumeMounts\":[{\"name\":\"x\",\"mountPath\":\"/var/log/kafka/metadata\"}]}]}}", "spec.podTemplate.spec.containers[0].volumeMounts[0].mountPath ReservedMountPath")]
    [TestCase("\"podTemplate\":{\"spec\":{\"containers\":[{\"name\":\"kafka\",\"env\":[{\"name\":\"KAFKA_PASSWORD\",\"value\":\"x\"}]}]}}", "spec.podTemplate.spec.containers[0].env[0].name ReservedVariable")]
    [TestCase("\"podTemplate\":{\"spec\":{\"containers\":[{\"name\":\"kafka\",\"env\":[{\"name\":\"KAFKA_CLUSTER_ID\",\"value\":\"11ed-8dd1-2e8877e5897w\"}]}]}}")]
    [TestCase("\"podTemplate\":{\"spec\":{\"containers\":[{\"name\":\"kafka\",\"env\":[{\"name\":\"KAFKA_CLUSTER_ID\",\"value\":\"mine\"}]}]}}", "spec.podTemplate.spec.containers ClusterIDInvalid")]
    public void A_spec_that_can_not_be_provisioned_is_named(string more, params string[] expected) =>
        Assert.That(Violations("{\"version\":\"4.2.0\",\"storage\":" + Storage + "}", more), Is.EqualTo(expected));

    // members of spec.topology, further members of the spec, expected "path reason"
    [TestCase("", "")]
    [TestCase("\"broker\":null", "", "spec.topology.broker TopologyInvalid")]
    [TestCase("\"controller\":null", "", "spec.topology.controller TopologyInvalid")]
    [TestCase("\"broker\":null,\"controller\":null", "", "spec.topology.controller TopologyInvalid", "spec.topology.broker TopologyInvalid")]
    [TestCase("", "\"replicas\":3", "spec.replicas TopologyInvalid")]
    [TestCase("", "\"storage\":" + Storage, "spec.storage TopologyInvalid")]
    [TestCase("", "\"podTemplate\":{\"spec\":{\"containers\":[{\"name\":\"kafka\",\"resources\":{\"limits\":{\"memory\":\"1Gi\"}}}]}}", "spec.podTemplate.spec.containers TopologyInvalid")]
    [TestCase("", "\"podTemplate\":{\"spec\":{\"containers\":[{\"name\":\"kafka\"}]}}")]
    [TestCase("\"broker\":{\"replicas\":0,\"storage\":" + Storage + "}", "", "spec.topology.broker.replicas NodeCountInvalid")]
    [TestCase("\"broker\":{}", "", "spec.topology.broker.storage StorageMissing")]
    [TestCase("\"broker\":{\"suffix\":\"controller\",\"storage\":" + Storage + "}", "", "spec.topology SuffixInvalid")]
    [TestCase("\"broker\":{\"suffix\":\"B_1\",\"storage\":" + Storage + "}", "", "spec.topology.broker.suffix SuffixInvalid")]
    [TestCase("\"broker\":{\"suffix\":\"b-1\",\"storage\":" + Storage + "}", "", "spec.topology.broker.suffix SuffixInvalid")]
    [TestCase("\"controller\":{\"replicas\":2,\"storage\":" + Storage + "}", "")]
    [TestCase("\"broker\":{\"storage\":" + Storage + ",\"podTemplate\":{\"spec\":{\"volumes\":[{\"name\":\"data\"}]}}}", "", "spec.topology.broker.podTemplate.spec.volumes[0].name ReservedVolumeName")]
    [TestCase("\"broker\":{\"storage\":" + Storage + ",\"podTemplate\":{\"spec\":{\"containers\":[{\"name\":\"kafka\",\"env\":[{\"name\":\"KAFKA_CLUSTER_ID\",\"value\":\"11ed-8dd1-2e8877e5897w\"}]}]}}}", "", "spec.topology ClusterIDInvalid")]
    [TestCase("", "\"configuration\":{\"inline\":{\"server.properties\":\"\"}}", "spec.configuration.inline FileWithoutReader")]
    [TestCase("", "\"configuration\":{\"inline\":{\"broker.properties\":\"\",\"controller.properties\":\"\"}}")]
    public void A_topology_that_can_not_be_provisioned_is_named(string topology, string more, params string[] expected) =>
        Assert.That(Violations("{\"version\":\"4.2.0\",\"topology\":" + Merged(Topology, topology).ToJsonString() + "}", more), Is.EqualTo(expected));

    [TestCase("""{"replicas":3}""")]
    [TestCase("""{"replicas":2}""", "spec.replicas EvenQuorum")]
    [TestCase("""{"topology":{"broker":{"replicas":2},"controller":{"replicas":3}}}""")]
    [TestCase("""{"topology":{"broker":{"replicas":3},"controller":{"replicas":2}}}""", "spec.topology.controller.replicas EvenQuorum")]
    [TestCase("""{"topology":{"broker":{},"controller":{}},"podTemplate":{"metadata":{"labels":{"a":"b"}}}}""", "spec.podTemplate TemplateWithoutEffect")]
    [TestCase("""{"serviceTemplates":[{"alias":"stats"},{"alias":"primary"}]}""", "spec.serviceTemplates[1] TemplateWithoutEffect")]
    [TestCase("""{"monitor":{"agent":"prometheus.io","prometheus":{"exporter":{"args":["-v"]}}}}""", "spec.monitor.prometheus.exporter.args AgentSettingsWithoutEffect")]
    public void What_has_no_effect_or_less_is_told(string spec, params string[] expected) => Assert.That(
        KafkaValidation.Warnings(KafkaDefaults.Apply(Cluster(spec), Current).Spec).Select(w => $"{w.Path} {w.Reason}"), Is.EqualTo(expected));

    [Test]
    public void The_id_of_a_cluster_follows_from_its_UID_in_the_form_that_users_know()
    {
        var again = KafkaClusterId.Of("no-uuid");
        Assert.Multiple(() =>
        {
            Assert.That(KafkaClusterId.Of("01234567-89ab-4cde-8123-456789fedcba"), Is.EqualTo("4cde-8123-456789fedcbw"));
            Assert.That(KafkaClusterId.Of("no-uuid"), Is.EqualTo(again).And.Length.EqualTo(22));
            Assert.That(KafkaClusterId.IsValid(KafkaClusterId.Of("no-uuid")));
            Assert.That(KafkaClusterId.IsValid("-1ed-8dd1-2e8877e5897w"), Is.False, "tools take it for an option");
        });
    }

    [Test]
    public void An_issuer_alone_turns_no_TLS_on()
    {
        IDatabaseSpec off = Cluster("{\"tls\":" + Issuer + "}").Spec;
        IDatabaseSpec on = Cluster("{\"enableSSL\":true,\"tls\":" + Issuer + "}").Spec;

        Assert.That((off.Tls, on.Tls?.IssuerRef?.Name), Is.EqualTo(((Api.Kinds.Shared.TlsSpec?)null, "i")));
    }

    private static IEnumerable<string> Violations(string spec, string more)
    {
        var kafka = KafkaDefaults.Apply(Cluster(Merged(spec, more).ToJsonString()), Current);
        return KafkaValidation.Check(kafka, Current).Select(v => $"{v.Path} {v.Reason}");
    }

    private static JsonObject Merged(string json, string more)
    {
        var merged = JsonNode.Parse(json)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse("{" + more + "}")!.AsObject())
            merged[name] = value?.DeepClone();
        return merged;
    }
}
