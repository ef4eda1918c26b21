using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Tests.Unit.Kinds;

/// <summary>Defaults and rules of RedisSentinel. The numbers are the contract's rules.</summary>
[TestFixture]
[Category("Unit")]
public sealed class RedisSentinelKindTests
{
    private static readonly RedisVersion Current = RedisSamples.Version("8.2.2");

    // spec, path below the defaulted spec, expected JSON (absent: "null")
    [TestCase("{}", "replicas", "1")]
    [TestCase("""{"replicas":3}""", "replicas", "3")]
    [TestCase("{}", "storageType", "\"Durable\"")]
    [TestCase("{}", "deletionPolicy", "\"Delete\"")]
    [TestCase("""{"halted":true,"deletionPolicy":"WipeOut"}""", "deletionPolicy", "\"Halt\"")]
    [TestCase("{}", "healthChecker", """{"failureThreshold":1,"periodSeconds":10,"timeoutSeconds":10}""")]
    [TestCase("{}", "authSecret", """{"kind":"Secret","name":""}""")]
    [TestCase("""{"disableAuth":true}""", "authSecret", "null")]
    [TestCase("{}", "monitor", "null")]
    [TestCase("""{"tls":{"issuerRef":{"kind":"ClusterIssuer","name":"ca"}}}""", "tls.certificates", """[{"alias":"server","secretName":"sen-server-cert"},{"alias":"client","secretName":"sen-client-cert"},{"alias":"metrics-exporter","secretName":"sen-metrics-exporter-cert"}]""")]
    [TestCase("{}", "podTemplate.spec.serviceAccountName", "\"sen\"")]
    [TestCase("{}", "podTemplate.spec.podPlacementPolicy", """{"name":"default"}""")]
    [TestCase("{}", "podTemplate.spec.securityContext", """{"fsGroup":999}""")]
    public void What_is_left_out_is_filled_in(string spec, string path, string expected)
    {
        JsonNode? found = KindsJson.ToObject(RedisSentinelDefaults.Apply(Sentinel(spec), Current).Spec);
        foreach (var name in path.Split('.'))
            found = found?[name];

        Assert.That(JsonNode.DeepEquals(found, JsonNode.Parse(expected)), found?.ToJsonString());
    }

    [Test]
    public void The_operators_containers_are_inserted_with_their_resources()
    {
        var sentinel = RedisSentinelDefaults.Apply(Sentinel("""{"podTemplate":{"spec":{"containers":[{"name":"side"}]}}}"""), Current);
        var pod = sentinel.Spec.PodTemplate!.Spec!.ToNode()!.AsObject();

        Assert.Multiple(() =>
        {
            Assert.That(pod["containers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(new[] { "redissentinel", "side" }));
            Assert.That(pod["initContainers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(new[] { "sentinel-init" }));
            Assert.That(pod["containers"]![0]!["resources"]!.ToJsonString(), Is.EqualTo("""{"requests":{"cpu":"500m","memory":"1Gi"},"limits":{"memory":"1Gi"}}"""));
            Assert.That(pod["initContainers"]![0]!["resources"]!.ToJsonString(), Is.EqualTo("""{"limits":{"memory":"512Mi"},"requests":{"cpu":"200m","memory":"256Mi"}}"""));
            Assert.That((int)pod["containers"]![0]!["securityContext"]!["runAsUser"]!, Is.EqualTo(999));
        });
    }

    [TestCase("{}")]
    [TestCase("""{"replicas":5,"monitor":{"agent":"prometheus.io"},"tls":{"issuerRef":{"kind":"Issuer","name":"i"}},"halted":true}""")]
    public void Defaults_are_filled_in_once(string spec)
    {
        var once = RedisSentinelDefaults.Apply(Sentinel(spec), Current);

        Assert.That(KindsJson.ToManifest(RedisSentinelDefaults.Apply(once, Current)).ToJsonString(), Is.EqualTo(KindsJson.ToManifest(once).ToJsonString()));
    }

    [TestCase("""  "replicas":0 """, "spec.replicas", "ReplicasInvalid", "spec.replicas \"0\" invalid. Value must be >= 1", TestName = "Sentinels none")]
    [TestCase("""  "storageType":"Tape" """, "spec.storageType", "StorageTypeInvalid", "Durable or Ephemeral", TestName = "Sentinels rule 9")]
    [TestCase("""  "storage":null """, "spec.storage", "StorageMissing", "spec.storage is missing for durable storage type", TestName = "Sentinels rule 10")]
    [TestCase("""  "podTemplate":{"spec":{"volumes":[{"name":"script-vol"}]}} """, "spec.podTemplate.spec.volumes[0].name", "ReservedVolumeName", "Cannot use a reserve volume name: script-vol", TestName = "Sentinels rule 11")]
    [TestCase("""  "podTemplate":{"spec":{"containers":[{"name":"redissentinel","volumeMounts":[{"name":"x","mountPath":"/certs"}]}]}} """, "spec.podTemplate.spec.containers[0].volumeMounts[0].mountPath", "ReservedMountPath", "Cannot use mountPath /certs because of reservedMountPaths path /certs", TestName = "Sentinels rule 12")]
    [TestCase("""  "podTemplate":{"spec":{"containers":[{"name":"redissentinel","env":[{"name":"REDISCLI_AUTH"}]}]}} """, "spec.podTemplate.spec.containers[0].env[0].name", "ReservedVariable", "REDISCLI_AUTH", TestName = "Sentinels rule 13")]
    [TestCase("""  "healthChecker":{"periodSeconds":0} """, "spec.healthChecker.periodSeconds", "HealthCheckerInvalid", ">= 1", TestName = "Sentinels rule 14")]
    [TestCase("""  "disableAuth":true,"authSecret":{"name":"x"} """, "spec.authSecret", "AuthSecretNotSupported", "auth Secret is not supported when disableAuth is true", TestName = "Sentinels rule 15")]
    [TestCase("""  "authSecret":{"externallyManaged":true} """, "spec.authSecret.name", "AuthSecretInvalid", "has to be named", TestName = "Sentinels rule 16")]
    [TestCase("""  "storageType":"Ephemeral","deletionPolicy":"Halt" """, "spec.deletionPolicy", "DeletionPolicyInvalid", "cannot be Halt for Ephemeral storage", TestName = "Sentinels rule 17")]
    [TestCase("""  "halted":true,"deletionPolicy":"DoNotTerminate" """, "spec.halted", "CannotHalt", "Can't halt, since termination policy is 'DoNotTerminate'", TestName = "Sentinels rule 18")]
    [TestCase("""  "monitor":{"agent":"mine"} """, "spec.monitor.agent", "MonitorInvalid", "prometheus.io/operator", TestName = "Sentinels rule 20")]
    [TestCase("""  "tls":{"certificates":[{"alias":"server","duration":"1y"}]} """, "spec.tls.certificates[0].duration", "DurationInvalid", "2160h", TestName = "Sentinels certificate")]
    public void A_broken_rule_is_named(string part, string path, string reason, string message)
    {
        var violations = RedisSentinelValidation.Check(RedisSentinelDefaults.Apply(Sample(part), Current), Current);

        Assert.That(violations.Select(v => (v.Path, v.Reason)), Is.EqualTo(new[] { (path, reason) }), string.Join('\n', violations));
        Assert.That(violations[0].Message, Does.Contain(message));
    }

    [TestCase(""" "replicas":3 """)]
    [TestCase(""" "storageType":"Ephemeral","storage":null """)]
    [TestCase(""" "disableAuth":true """)]
    [TestCase(""" "tls":{"issuerRef":{"kind":"Issuer","name":"i"}} """)]
    public void Good_sentinels_break_none(string part) =>
        Assert.That(RedisSentinelValidation.Check(RedisSentinelDefaults.Apply(Sample(part), Current), Current), Is.Empty);

    [Test]
    public void Rules_1_and_2_the_version()
    {
        var nameless = Sentinel($$"""{"storage":{{RedisSamples.Storage}}}""");

        Assert.That(RedisSentinelValidation.Check(RedisSentinelDefaults.Apply(nameless, null), null).Single().Message, Is.EqualTo("'spec.version' is missing"));
        Assert.That(RedisSentinelValidation.Check(RedisSentinelDefaults.Apply(Sample(""" "version":"9" """), null), null).Single().Message, Does.StartWith("failed to get RedisVersion: 9"));
    }

    [TestCase("5.0.14", "minimum version needed to use kubedb managed redis sentinel is 6.2.5", "ssl support is available only from v6, and the version is 5.0.14. Choose another version or remove spec.tls")]
    [TestCase("6.0.20", "minimum version needed to use kubedb managed redis sentinel is 6.2.5")]
    [TestCase("6.2.5")]
    public void Rules_7_and_19_the_age_of_the_server(string version, params string[] messages)
    {
        var catalog = RedisSamples.Version(version);
        var sentinel = RedisSentinelDefaults.Apply(Sample(""" "tls":{"issuerRef":{"kind":"Issuer","name":"i"}} """), catalog);

        Assert.That(RedisSentinelValidation.Check(sentinel, catalog).Select(v => v.Message), Is.EqualTo(messages));
    }

    [Test]
    public void Rules_21_and_22_what_never_changes_and_what_is_not_deleted()
    {
        Assert.Multiple(() =>
        {
            Assert.That(RedisSentinelValidation.CheckUpdate(Sample(""" "replicas":1 """), Sample(""" "replicas":3 """)), Is.Empty);
            Assert.That(RedisSentinelValidation.CheckUpdate(Sample(""" "replicas":1 """), Sample(""" "storageType":"Ephemeral" """)).Single().Message, Does.StartWith("precondition failed for: "));
            Assert.That(RedisSentinelValidation.CheckDelete(Sample(""" "deletionPolicy":"DoNotTerminate" """)).Single().Message, Is.EqualTo("sentinel \"demo/sen\" can't be terminated. To delete, change spec.deletionPolicy"));
            Assert.That(RedisSentinelValidation.CheckDelete(Sample(""" "deletionPolicy":"Delete" """)), Is.Empty);
        });
    }

    private static RedisSentinel Sentinel(string spec) =>
        RedisSentinel.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"sen","namespace":"demo"},"spec":""" + spec + "}"));

    /// <summary>A good spec with a part of it replaced or added.</summary>
    private static RedisSentinel Sample(string part)
    {
        var spec = JsonNode.Parse($$"""{"version":"8.2.2","storage":{{RedisSamples.Storage}}}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse("{" + part + "}")!.AsObject())
            spec[name] = value?.DeepClone();
        return Sentinel(spec.ToJsonString());
    }
}
