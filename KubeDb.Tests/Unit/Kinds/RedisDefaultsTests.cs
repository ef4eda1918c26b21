using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Unit.Kinds;

[TestFixture]
[Category("Unit")]
public sealed class RedisDefaultsTests
{
    private static readonly RedisVersion Current = RedisSamples.Version("8.2.2");

    // spec, path below the defaulted spec, expected JSON (absent: "null")
    [TestCase("{}", "mode", "\"Standalone\"")]
    [TestCase("{}", "replicas", "1")]
    [TestCase("""{"mode":"Sentinel"}""", "replicas", "1")]
    [TestCase("""{"mode":"Cluster"}""", "replicas", "null")]
    [TestCase("""{"mode":"Cluster"}""", "cluster", """{"replicas":2,"shards":3}""")]
    [TestCase("""{"mode":"Cluster","cluster":{"shards":5}}""", "cluster", """{"replicas":2,"shards":5}""")]
    [TestCase("{}", "cluster", "null")]
    [TestCase("""{"mode":"Sentinel","sentinelRef":{"name":"sen"}}""", "sentinelRef.namespace", "\"demo\"")]
    [TestCase("""{"mode":"Sentinel","sentinelRef":{"name":"sen","namespace":"x"}}""", "sentinelRef.namespace", "\"x\"")]
    [TestCase("{}", "storageType", "\"Durable\"")]
    [TestCase("{}", "deletionPolicy", "\"Delete\"")]
    [TestCase("""{"halted":true,"deletionPolicy":"WipeOut"}""", "deletionPolicy", "\"Halt\"")]
    [TestCase("""{"halted":true,"deletionPolicy":"DoNotTerminate"}""", "deletionPolicy", "\"DoNotTerminate\"")]
    [TestCase("{}", "healthChecker", """{"failureThreshold":1,"periodSeconds":10,"timeoutSeconds":10}""")]
    [TestCase("""{"healthChecker":{"periodSeconds":5,"disableWriteCheck":true}}""", "healthChecker", """{"disableWriteCheck":true,"failureThreshold":1,"periodSeconds":5,"timeoutSeconds":10}""")]
    [TestCase("{}", "authSecret", """{"kind":"Secret","name":""}""")]
    [TestCase("""{"disableAuth":true}""", "authSecret", "null")]
    [TestCase("""{"authSecret":{"name":"mine","externallyManaged":true}}""", "authSecret", """{"externallyManaged":true,"kind":"Secret","name":"mine"}""")]
    [TestCase("""{"configSecret":{"name":"c"}}""", "configuration", """{"secretName":"c"}""")]
    [TestCase("""{"configSecret":{"name":"c"}}""", "configSecret", "null")]
    [TestCase("""{"configSecret":{"name":"c"},"configuration":{"secretName":"d"}}""", "configuration", """{"secretName":"d"}""")]
    [TestCase("""{"configSecret":{"name":"c"},"configuration":{"inline":{}}}""", "configuration", """{"inline":{}}""")]
    [TestCase("""{"acl":{"rules":["u +@all"]}}""", "configuration.acl.rules", """["u +@all"]""")]
    [TestCase("""{"acl":{"rules":["u +@all"]},"configuration":{"acl":{"rules":["v"]}}}""", "configuration.acl.rules", """["v"]""")]
    [TestCase("""{"acl":{"rules":["u +@all"]}}""", "acl", "null")]
    [TestCase("{}", "monitor", "null")]
    [TestCase("""{"monitor":{"agent":"prometheus.io/builtin"}}""", "monitor.prometheus.exporter.port", "56790")]
    [TestCase("""{"monitor":{"agent":"prometheus.io/builtin"}}""", "monitor.prometheus.exporter.securityContext", """{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]},"runAsNonRoot":true,"runAsUser":999,"runAsGroup":999,"seccompProfile":{"type":"RuntimeDefault"}}""")]
    [TestCase("{}", "tls", "null")]
    [TestCase("""{"tls":{"certificates":[{"alias":"client"}]}}""", "tls", """{"certificates":[{"alias":"client"}]}""")]
    [TestCase("""{"tls":{"issuerRef":{"kind":"Issuer","name":"i"},"certificates":[{"alias":"client","secretName":"mine"}]}}""", "tls.certificates", """[{"alias":"client","secretName":"mine"},{"alias":"server","secretName":"rd-server-cert"},{"alias":"metrics-exporter","secretName":"rd-metrics-exporter-cert"}]""")]
    [TestCase("{}", "podTemplate.spec.serviceAccountName", "\"rd\"")]
    [TestCase("""{"podTemplate":{"spec":{"serviceAccountName":"own"}}}""", "podTemplate.spec.serviceAccountName", "\"own\"")]
    [TestCase("{}", "podTemplate.spec.podPlacementPolicy", """{"name":"default"}""")]
    [TestCase("{}", "podTemplate.spec.securityContext", """{"fsGroup":999}""")]
    public void What_the_user_leaves_out_is_filled_in(string spec, string path, string expected)
    {
        var defaulted = KindsJson.ToObject(RedisDefaults.Apply(RedisSamples.Redis(spec), Current).Spec);

        var found = path.Split('.').Aggregate((JsonNode?)defaulted, (node, part) => node?[part]);
        Assert.That(JsonNode.DeepEquals(found, JsonNode.Parse(expected)), $"found {found?.ToJsonString() ?? "null"}");
    }

    [TestCase("4.0.11", "Official", true)]
    [TestCase("5.0.14", "Official", false)]
    [TestCase("4.0.0", "Valkey", false)]
    public void Redis_4_and_older_run_without_authentication(string version, string distribution, bool disabled)
    {
        var defaulted = RedisDefaults.Apply(RedisSamples.Redis("{}"), RedisSamples.Version(version, distribution));

        Assert.That(defaulted.Spec.DisableAuth, Is.EqualTo(disabled));
        Assert.That(defaulted.Spec.AuthSecret is null, Is.EqualTo(disabled));
    }

    [TestCase("Standalone", "redis", "redis-init")]
    [TestCase("Cluster", "redis", "redis-init")]
    [TestCase("Sentinel", "redis rd-coordinator", "redis-init")]
    public void The_operators_containers_are_inserted(string mode, string containers, string initContainers)
    {
        var pod = Pod($$"""{"mode":"{{mode}}"}""");

        Assert.That(pod["containers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(containers.Split(' ')));
        Assert.That(pod["initContainers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(initContainers.Split(' ')));
    }

    [Test]
    public void The_server_is_the_first_container_before_the_users()
    {
        var pod = Pod("""{"podTemplate":{"spec":{"containers":[{"name":"sidecar"}]}}}""");

        Assert.That(pod["containers"]!.AsArray().Select(c => (string)c!["name"]!), Is.EqualTo(new[] { "redis", "sidecar" }));
        Assert.That(pod["containers"]![1]!.AsObject().Select(m => m.Key), Is.EquivalentTo(new[] { "name", "resizePolicy" }), "A user's own container is left alone.");
    }

    [Test]
    public void Only_missing_fields_of_a_security_context_are_filled_in()
    {
        var pod = Pod("""{"podTemplate":{"spec":{"securityContext":{"fsGroup":1},"containers":[{"name":"redis","securityContext":{"runAsUser":5,"capabilities":{"add":["SYS_NICE"]}}}]}}}""");

        var context = pod["containers"]![0]!["securityContext"]!;
        Assert.That((int)context["runAsUser"]!, Is.EqualTo(5));
        Assert.That((int)context["runAsGroup"]!, Is.EqualTo(999));
        Assert.That(context["capabilities"]!.ToJsonString(), Is.EqualTo("""{"add":["SYS_NICE"],"drop":["ALL"]}"""));
        Assert.That((int)pod["securityContext"]!["fsGroup"]!, Is.EqualTo(1));
    }

    // resources given, requests.cpu, requests.memory, limits.memory
    [TestCase("null", "500m", "1Gi", "1Gi")]
    [TestCase("{}", "500m", "1Gi", "1Gi")]
    [TestCase("""{"requests":{"memory":"2Gi"}}""", "500m", "2Gi", "2Gi")]
    [TestCase("""{"limits":{"memory":"3Gi"}}""", "500m", "3Gi", "3Gi")]
    [TestCase("""{"requests":{"memory":"2Gi"},"limits":{"memory":"1Gi"}}""", "500m", "2Gi", "2Gi")]
    [TestCase("""{"requests":{"memory":"1024Mi"},"limits":{"memory":"1Gi"}}""", "500m", "1024Mi", "1Gi")]
    [TestCase("""{"requests":{"cpu":"100m","memory":"64Mi"},"limits":{"memory":"128Mi"}}""", "100m", "64Mi", "128Mi")]
    [TestCase("""{"limits":{"cpu":"250m"}}""", "250m", "1Gi", "1Gi")]
    public void Resources_of_the_server_are_completed(string resources, string cpu, string memory, string limit)
    {
        var pod = Pod("""{"podTemplate":{"spec":{"containers":[{"name":"redis","resources":""" + resources + "}]}}}");

        var found = pod["containers"]![0]!["resources"]!;
        Assert.That(
            ((string)found["requests"]!["cpu"]!, (string)found["requests"]!["memory"]!, (string)found["limits"]!["memory"]!),
            Is.EqualTo((cpu, memory, limit)));
    }

    [Test]
    public void Resources_of_the_init_container_are_given_only_when_there_are_none()
    {
        var given = Pod("""{"podTemplate":{"spec":{"initContainers":[{"name":"redis-init","resources":{"requests":{"cpu":"1"}}}]}}}""");

        Assert.That(Pod("{}")["initContainers"]![0]!["resources"]!.ToJsonString(), Is.EqualTo("""{"limits":{"memory":"512Mi"},"requests":{"cpu":"200m","memory":"256Mi"}}"""));
        Assert.That(given["initContainers"]![0]!["resources"]!.ToJsonString(), Is.EqualTo("""{"requests":{"cpu":"1"}}"""));
    }

    [Test]
    public void Every_container_resizes_without_a_restart_unless_told_otherwise()
    {
        var pod = Pod("""{"podTemplate":{"spec":{"containers":[{"name":"sidecar","resizePolicy":[{"resourceName":"cpu","restartPolicy":"RestartContainer"}]}]}}}""");

        Assert.That(
            pod["containers"]![1]!["resizePolicy"]!.ToJsonString(),
            Is.EqualTo("""[{"resourceName":"cpu","restartPolicy":"RestartContainer"},{"resourceName":"memory","restartPolicy":"NotRequired"}]"""));
    }

    [TestCase("""{"podTemplate":{"spec":"text"}}""")]
    [TestCase("""{"podTemplate":{"spec":{"containers":"text","initContainers":{},"securityContext":1}}}""")]
    [TestCase("""{"podTemplate":{"spec":{"containers":[1,null,{"name":5},{"name":"redis","resources":[],"securityContext":"x","resizePolicy":7}]}}}""")]
    public void A_template_of_another_form_is_left_for_validation(string spec) =>
        Assert.DoesNotThrow(() => RedisDefaults.Apply(RedisSamples.Redis(spec), Current));

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public bool Twice_is_once(int seed)
    {
        var random = new Random(seed);
        string[] parts =
        [
            """ "mode":"Cluster" """, """ "mode":"Sentinel","sentinelRef":{"name":"s"} """, """ "halted":true """, """ "disableAuth":true """,
            """ "configSecret":{"name":"c"} """, """ "acl":{"rules":["a"]} """, """ "monitor":{"agent":"prometheus.io"} """,
            """ "tls":{"issuerRef":{"kind":"Issuer","name":"i"}} """, """ "healthChecker":{"periodSeconds":0} """, """ "authSecret":{"name":"x"} """,
            """ "podTemplate":{"spec": """ + RandomJson.Object(random, 3).ToJsonString() + "} ",
            """ "podTemplate":{"spec":{"containers":[ """ + RandomJson.Container(random, "redis").ToJsonString() + "]}} ",
        ];
        var spec = "{" + string.Join(',', parts.Where(_ => random.Next(3) == 0).DistinctBy(p => p.Split(':')[0])) + "}";
        RedisVersion?[] versions = [null, Current, RedisSamples.Version("4.0.11"), RedisSamples.Version("8.1.1", "Valkey")];
        var version = versions[random.Next(versions.Length)];

        var once = RedisDefaults.Apply(RedisSamples.Redis(spec), version);
        var twice = RedisDefaults.Apply(once, version);

        return KindsJson.ToObject(once).ToJsonString() == KindsJson.ToObject(twice).ToJsonString();
    }

    private static JsonNode Pod(string spec) => RedisDefaults.Apply(RedisSamples.Redis(spec), Current).Spec.PodTemplate!.Spec!.ToNode()!;
}
