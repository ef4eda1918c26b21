using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using static KubeDb.Tests.Unit.Kinds.ZooKeeperSamples;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Defaults and rules of ZooKeeper. The numbers are the contract's.</summary>
[TestFixture]
[Category("Unit")]
public sealed class ZooKeeperKindTests
{
    private static readonly ZooKeeperVersion Current = Version();

    // spec, path below the defaulted spec, expected JSON (absent: "null")
    [TestCase("{}", "replicas", "1")]
    [TestCase("""{"replicas":3}""", "replicas", "3")]
    [TestCase("{}", "adminServerPort", "8080")]
    [TestCase("{}", "clientSecurePort", "2182")]
    [TestCase("{}", "deletionPolicy", "\"Delete\"")]
    [TestCase("""{"halted":true,"deletionPolicy":"WipeOut"}""", "deletionPolicy", "\"Halt\"")]
    [TestCase("""{"halted":true,"deletionPolicy":"DoNotTerminate"}""", "deletionPolicy", "\"DoNotTerminate\"")]
    [TestCase("{}", "healthChecker", """{"failureThreshold":3,"periodSeconds":20,"timeoutSeconds":10}""")]
    [TestCase("""{"healthChecker":{"periodSeconds":5}}""", "healthChecker", """{"failureThreshold":1,"periodSeconds":5,"timeoutSeconds":10}""")]
    [TestCase("{}", "authSecret", """{"kind":"Secret","name":""}""")]
    [TestCase("""{"disableAuth":true}""", "authSecret", "null")]
    [TestCase("""{"configSecret":{"name":"c"}}""", "configuration", """{"secretName":"c"}""")]
    [TestCase("""{"configSecret":{"name":"c"}}""", "configSecret", "null")]
    [TestCase("""{"configSecret":{"name":"c"},"configuration":{"secretName":"d"}}""", "configuration", """{"secretName":"d"}""")]
    [TestCase("{}", "monitor", "null")]
    [TestCase("""{"monitor":{"agent":"prometheus.io/builtin"}}""", "monitor.prometheus.exporter.port", "7000")]
    [TestCase("""{"monitor":{"agent":"prometheus.io/builtin","prometheus":{"exporter":{"port":9141}}}}""", "monitor.prometheus.exporter.port", "9141")]
    [TestCase("{}", "tls", "null")]
    [TestCase("""{"enableSSL":true,"tls":{"issuerRef":{"kind":"ClusterIssuer","name":"ca"}}}""", "tls.certificates", """[{"alias":"server","secretName":"zk-server-cert"},{"alias":"client","secretName":"zk-client-cert"}]""")]
    [TestCase("""{"enableSSL":true,"tls":{"issuerRef":{"kind":"ClusterIssuer","name":"ca"}}}""", "enableSSL", "true")]
    [TestCase("{}", "podTemplate.spec.serviceAccountName", "\"zk\"")]
    [TestCase("{}", "podTemplate.spec.podPlacementPolicy", """{"name":"default"}""")]
    [TestCase("{}", "podTemplate.spec.securityContext", """{"fsGroup":1000}""")]
    public void What_is_left_out_is_filled_in(string spec, string path, string expected)
    {
        JsonNode? found = KindsJson.ToObject(ZooKeeperDefaults.Apply(Ensemble(spec), Current).Spec);
        foreach (var name in path.Split('.'))
            found = found?[name];

        Assert.That(JsonNode.DeepEquals(found, JsonNode.Parse(expected)), found?.ToJsonString() ?? "null");
    }

    [Test]
    public void The_operators_containers_are_inserted_with_their_resources()
    {
        var pod = ZooKeeperDefaults.Apply(Ensemble("""{"podTemplate":{"spec":{"containers":[{"name":"side"}]}}}"""), Current).Spec.PodTemplate!.Spec!.ToNode()!.AsObject();

        Assert.Multiple(() =>
        {
            Assert.That(pod["containers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(new[] { "zookeeper", "side" }));
            Assert.That(pod["initContainers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(new[] { "zookeeper-init" }));
            Assert.That(pod["containers"]![0]!["resources"]!.ToJsonString(), Is.EqualTo("""{"requests":{"cpu":"500m","memory":"1Gi"},"limits":{"memory":"1Gi"}}"""));
            Assert.That(pod["initContainers"]![0]!["resources"]!.ToJsonString(), Is.EqualTo("""{"limits":{"memory":"512Mi"},"requests":{"cpu":"200m","memory":"256Mi"}}"""));
            Assert.That((int)pod["containers"]![0]!["securityContext"]!["runAsUser"]!, Is.EqualTo(1000));
        });
    }

    [TestCase("{}")]
    [TestCase("""{"replicas":5,"monitor":{"agent":"prometheus.io"},"enableSSL":true,"tls":{"issuerRef":{"kind":"Issuer","name":"i"}},"halted":true,"configSecret":{"name":"c"}}""")]
    public void Defaults_are_filled_in_once(string spec)
    {
        var once = ZooKeeperDefaults.Apply(Ensemble(spec), Current);

        Assert.That(
            KindsJson.ToObject(ZooKeeperDefaults.Apply(once, Current).Spec).ToJsonString(), Is.EqualTo(KindsJson.ToObject(once.Spec).ToJsonString()));
    }

    // further members of the spec, expected "path reason"
    [TestCase("")]
    [TestCase(",\"replicas\":3")]
    [TestCase(",\"replicas\":4")]
    [TestCase(",\"replicas\":2", "spec.replicas EnsembleSizeInvalid")]
    [TestCase(",\"replicas\":0", "spec.replicas EnsembleSizeInvalid")]
    [TestCase(",\"replicas\":-1", "spec.replicas EnsembleSizeInvalid")]
    [TestCase(",\"storage\":null", "spec.storage StorageMissing")]
    [TestCase(",\"adminServerPort\":2181", "spec.adminServerPort PortInvalid")]
    [TestCase(",\"adminServerPort\":80", "spec.adminServerPort PortInvalid")]
    [TestCase(",\"clientSecurePort\":8080", "spec.clientSecurePort PortInvalid")]
    [TestCase(",\"monitor\":{\"agent\":\"prometheus.io\",\"prometheus\":{\"exporter\":{\"port\":3888}}}", "spec.monitor.prometheus.exporter.port PortInvalid")]
    [TestCase(",\"enableSSL\":true", "spec.tls.issuerRef IssuerMissing")]
    [TestCase(",\"enableSSL\":true,\"tls\":{\"issuerRef\":{\"kind\":\"Issuer\",\"name\":\"i\"}}")]
    [TestCase(",\"halted\":true,\"deletionPolicy\":\"DoNotTerminate\"", "spec.halted CannotHalt")]
    [TestCase(",\"podTemplate\":{\"spec\":{\"volumes\":[{\"name\":\"data\"}]}}", "spec.podTemplate.spec.volumes[0].name ReservedVolumeName")]
    [TestCase(",\"podTemplate\":{\"spec\":{\"containers\":[{\"name\":\"zookeeper\",\"volumeMounts\":[{\"name\":\"x\",\"mountPath\":\"/conf\"}]}]}}", "spec.podTemplate.spec.containers[0].volumeMounts[0].mountPath ReservedMountPath")]
    [TestCase(",\"podTemplate\":{\"spec\":{\"containers\":[{\"name\":\"zookeeper\",\"env\":[{\"name\":\"ZK_PASSWORD\",\"value\":\"x\"}]}]}}", "spec.podTemplate.spec.containers[0].env[0].name ReservedVariable")]
    public void A_spec_that_can_not_be_provisioned_is_named(string more, params string[] expected)
    {
        var json = JsonNode.Parse("""{"version":"3.9.1"}""")!.AsObject();
        json["storage"] = JsonNode.Parse(Storage);
        foreach (var (name, value) in JsonNode.Parse("{" + more.TrimStart(',') + "}")!.AsObject())
            json[name] = value?.DeepClone();
        var ensemble = ZooKeeperDefaults.Apply(Ensemble(json.ToJsonString()), Current);

        Assert.That(ZooKeeperValidation.Check(ensemble, Current).Select(v => $"{v.Path} {v.Reason}"), Is.EqualTo(expected));
    }

    [Test]
    public void An_ensemble_of_two_is_refused_in_the_words_of_the_public_kind() => Assert.That(
        ZooKeeperValidation.Check(ZooKeeperDefaults.Apply(Ensemble($$"""{"version":"3.9.1","replicas":2,"storage":{{Storage}}}"""), Current), Current).Single().Message,
        Is.EqualTo("zookeeper ensemble should have 3 or more replicas"));

    [TestCase("{}")]
    [TestCase("""{"replicas":3}""")]
    [TestCase("""{"replicas":4}""", "spec.replicas EvenEnsemble")]
    [TestCase("""{"tls":{"issuerRef":{"kind":"Issuer","name":"i"}}}""", "spec.tls TLSWithoutEffect")]
    [TestCase("""{"monitor":{"agent":"prometheus.io","prometheus":{"exporter":{"args":["-v"],"env":[{"name":"A","value":"b"}]}}}}""", "spec.monitor.prometheus.exporter.args ExporterSettingsWithoutEffect", "spec.monitor.prometheus.exporter.env ExporterSettingsWithoutEffect")]
    public void What_has_no_effect_is_told(string spec, params string[] expected) => Assert.That(
        ZooKeeperValidation.Warnings(ZooKeeperDefaults.Apply(Ensemble(spec), Current).Spec).Select(w => $"{w.Path} {w.Reason}"), Is.EqualTo(expected));

    [Test]
    public void An_issuer_alone_turns_no_TLS_on()
    {
        IDatabaseSpec off = Ensemble("""{"tls":{"issuerRef":{"kind":"Issuer","name":"i"}}}""").Spec;
        IDatabaseSpec on = Ensemble("""{"enableSSL":true,"tls":{"issuerRef":{"kind":"Issuer","name":"i"}}}""").Spec;

        Assert.That((off.Tls, on.Tls?.IssuerRef?.Name), Is.EqualTo(((Api.Kinds.Shared.TlsSpec?)null, "i")));
    }
}
