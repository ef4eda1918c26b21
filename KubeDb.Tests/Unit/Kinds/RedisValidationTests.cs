using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Tests.Unit.Kinds;

[TestFixture]
[Category("Unit")]
public sealed class RedisValidationTests
{
    private static readonly RedisVersion Current = RedisSamples.Version("8.2.2");

    private const string Cluster = """ "mode":"Cluster","cluster":{"shards":3,"replicas":2,"announce": """;

    // what is added to a good spec, field, reason, a part of the message; the numbers are the contract's rules
    [TestCase("""  "mode":"Ring" """, "spec.mode", "ModeInvalid", "Standalone, Cluster, Sentinel", TestName = "Rule 3")]
    [TestCase("""  "replicas":3 """, "spec.replicas", "ReplicasInvalid", "spec.replicas \"3\" invalid for standalone mode. Value must be one", TestName = "Rule 4")]
    [TestCase("""  "mode":"Cluster","cluster":{"shards":2} """, "spec.cluster.shards", "ReplicasInvalid", "spec.cluster.shards \"2\" invalid. Value must be >= 3", TestName = "Rule 5 shards")]
    [TestCase("""  "mode":"Cluster","cluster":{"replicas":1} """, "spec.cluster.replicas", "ReplicasInvalid", "spec.cluster.replicas \"1\" invalid. Value must be > 1", TestName = "Rule 5 replicas")]
    [TestCase("""  "mode":"Sentinel" """, "spec.sentinelRef", "SentinelRefMissing", "need to provide sentinelRef", TestName = "Rule 6")]
    [TestCase("""  "cluster":{"announce":{"shards":[]}} """, "spec.cluster.announce", "AnnounceInvalid", "only a cluster", TestName = "Rule 8 mode")]
    [TestCase(Cluster + """{"shards":[{"endpoints":["a:1@2","a:1@3"]}]}}""", "spec.cluster.announce.shards", "AnnounceInvalid", "3 are needed", TestName = "Rule 8 shards")]
    [TestCase(Cluster + """{"shards":[{"endpoints":["a","b"]},{"endpoints":["c"]},{"endpoints":["e","f"]}]}}""", "spec.cluster.announce.shards[1].endpoints", "AnnounceInvalid", "2 are needed", TestName = "Rule 8 endpoints")]
    [TestCase(Cluster + """{"shards":[{"endpoints":["a",""]},{"endpoints":["c","d"]},{"endpoints":["e","f"]}]}}""", "spec.cluster.announce.shards[0].endpoints[1]", "AnnounceInvalid", "empty", TestName = "Rule 8 empty")]
    [TestCase("""  "storageType":"Tape" """, "spec.storageType", "StorageTypeInvalid", "Durable or Ephemeral", TestName = "Rule 9")]
    [TestCase("""  "storage":null """, "spec.storage", "StorageMissing", "spec.storage is missing for durable storage type", TestName = "Rule 10 missing")]
    [TestCase("""  "storage":{} """, "spec.storage.resources.requests.storage", "StorageRequestInvalid", "missing ResourceStorage request", TestName = "Rule 10 request")]
    [TestCase("""  "storage":{"resources":{"requests":{"storage":"0"}}} """, "spec.storage.resources.requests.storage", "StorageRequestInvalid", "\"0\" is invalid", TestName = "Rule 10 zero")]
    [TestCase("""  "storage":{"resources":{"requests":{"storage":"much"}}} """, "spec.storage.resources.requests.storage", "StorageRequestInvalid", "\"much\" is invalid", TestName = "Rule 10 no amount")]
    [TestCase("""  "podTemplate":{"spec":{"volumes":[{"name":"ok"},{"name":"data"}]}} """, "spec.podTemplate.spec.volumes[1].name", "ReservedVolumeName", "Cannot use a reserve volume name: data", TestName = "Rule 11")]
    [TestCase("""  "podTemplate":{"spec":{"containers":[{"name":"redis","volumeMounts":[{"name":"x","mountPath":"/data/x/"}]}]}} """, "spec.podTemplate.spec.containers[0].volumeMounts[0].mountPath", "ReservedMountPath", "Cannot use mountPath /data/x/ because of reservedMountPaths path /data", TestName = "Rule 12")]
    [TestCase("""  "podTemplate":{"spec":{"initContainers":[{"name":"i","volumeMounts":[{"mountPath":"/usr/local/etc/redis"}]}]}} """, "spec.podTemplate.spec.initContainers[0].volumeMounts[0].mountPath", "ReservedMountPath", "/usr/local/etc/redis/", TestName = "Rule 12 init")]
    [TestCase("""  "init":{"script":{"git":{"args":["--depth=1","--root=/data/git"]}}} """, "spec.init.script.git.args[1]", "ReservedMountPath", "/data", TestName = "Rule 12 git")]
    [TestCase("""  "podTemplate":{"spec":{"containers":[{"name":"redis","env":[{"name":"A"},{"name":"REDISCLI_AUTH"}]}]}} """, "spec.podTemplate.spec.containers[0].env[1].name", "ReservedVariable", "REDISCLI_AUTH", TestName = "Rule 13")]
    [TestCase("""  "healthChecker":{"timeoutSeconds":0} """, "spec.healthChecker.timeoutSeconds", "HealthCheckerInvalid", ">= 1", TestName = "Rule 14")]
    [TestCase("""  "disableAuth":true,"authSecret":{"name":"x"} """, "spec.authSecret", "AuthSecretNotSupported", "auth Secret is not supported when disableAuth is true", TestName = "Rule 15")]
    [TestCase("""  "authSecret":{"externallyManaged":true} """, "spec.authSecret.name", "AuthSecretInvalid", "has to be named", TestName = "Rule 16")]
    [TestCase("""  "deletionPolicy":"Never" """, "spec.deletionPolicy", "DeletionPolicyInvalid", "Halt, Delete, WipeOut, DoNotTerminate", TestName = "Rule 17")]
    [TestCase("""  "storageType":"Ephemeral","deletionPolicy":"Halt" """, "spec.deletionPolicy", "DeletionPolicyInvalid", "cannot be Halt for Ephemeral storage", TestName = "Rule 17 ephemeral")]
    [TestCase("""  "halted":true,"deletionPolicy":"DoNotTerminate" """, "spec.halted", "CannotHalt", "Can't halt, since termination policy is 'DoNotTerminate'", TestName = "Rule 18")]
    [TestCase("""  "monitor":{} """, "spec.monitor.agent", "MonitorInvalid", "prometheus.io/operator", TestName = "Rule 20 agent")]
    [TestCase("""  "monitor":{"agent":"prometheus.io","prometheus":{"exporter":{"port":80}}} """, "spec.monitor.prometheus.exporter.port", "MonitorInvalid", "between 1024 and 65535", TestName = "Rule 20 port")]
    [TestCase("""  "monitor":{"agent":"prometheus.io","prometheus":{"serviceMonitor":{"interval":"soon"}}} """, "spec.monitor.prometheus.serviceMonitor.interval", "MonitorInvalid", "10s", TestName = "Rule 20 interval")]
    [TestCase("""  "podTemplate":{"spec":5} """, "spec.podTemplate.spec", "PodTemplateInvalid", "is not an object", TestName = "Pod template no object")]
    [TestCase("""  "podTemplate":{"spec":{"containers":{}}} """, "spec.podTemplate.spec.containers", "PodTemplateInvalid", "is not a list", TestName = "Pod template no list")]
    [TestCase("""  "podTemplate":{"spec":{"containers":[{"image":"x"}]}} """, "spec.podTemplate.spec.containers[1].name", "PodTemplateInvalid", "spec.podTemplate.spec.containers[1].name is missing", TestName = "Pod template without name")]
    [TestCase("""  "podTemplate":{"spec":{"containers":[{"name":"a"}],"initContainers":[{"name":"a"}]}} """, "spec.podTemplate.spec.initContainers[0].name", "PodTemplateInvalid", "'a' is the name of another container", TestName = "Pod template duplicate")]
    [TestCase("""  "podTemplate":{"spec":{"volumes":[{"name":"v"},{"name":"v"}]}} """, "spec.podTemplate.spec.volumes[1].name", "PodTemplateInvalid", "another volume", TestName = "Pod template duplicate volume")]
    [TestCase("""  "podTemplate":{"spec":{"containers":[{"name":"redis","resources":{"limits":{"cpu":"lots"}}}]}} """, "spec.podTemplate.spec.containers[0].resources.limits.cpu", "PodTemplateInvalid", "is not an amount", TestName = "Pod template resources")]
    [TestCase("""  "podTemplate":{"spec":{"containers":[{"name":"redis","env":"x"}]}} """, "spec.podTemplate.spec.containers[0].env.name", "PodTemplateInvalid", "missing", TestName = "Pod template env")]
    [TestCase("""  "authSecret":{"name":"x","rotateAfter":"monthly"} """, "spec.authSecret.rotateAfter", "DurationInvalid", "720h", TestName = "Rotation")]
    [TestCase("""  "monitor":{"agent":"prometheus.io","prometheus":{"exporter":{"env":[{"name":"A"},{"name":"A"}]}}} """, "spec.monitor.prometheus.exporter.env[1]", "DuplicateKey", "'A'", TestName = "Exporter variable twice")]
    [TestCase("""  "init":{"script":{"git":{"args":["--repo=x"],"env":[{"name":"A"},{"name":"A"}]}}} """, "spec.init.script.git.env[1]", "DuplicateKey", "'A'", TestName = "Variable of git-sync twice")]
    [TestCase("""  "tls":{"certificates":[{"alias":"server","duration":"1y"}]} """, "spec.tls.certificates[0].duration", "DurationInvalid", "2160h", TestName = "Certificate duration")]
    public void A_broken_rule_is_named(string part, string path, string reason, string message)
    {
        var violations = RedisValidation.Check(RedisDefaults.Apply(Sample(part), Current), Current);

        Assert.That(violations.Select(v => (v.Path, v.Reason)), Has.Member((path, reason)), string.Join('\n', violations));
        Assert.That(violations.Single(v => v.Path == path).Message, Does.Contain(message));
    }

    [TestCase(""" "mode":"Standalone" """)]
    [TestCase(""" "mode":"Cluster" """)]
    [TestCase(""" "mode":"Sentinel","sentinelRef":{"name":"s"},"replicas":3 """)]
    [TestCase(""" "storageType":"Ephemeral","storage":null """)]
    [TestCase(""" "halted":true """)]
    [TestCase(""" "disableAuth":true """)]
    [TestCase(""" "podTemplate":{"spec":{"containers":[{"name":"side","volumeMounts":[{"name":"v","mountPath":"/database"}],"env":[{"name":"X","value":"1"}]}],"volumes":[{"name":"v"}]}} """)]
    [TestCase(""" "monitor":{"agent":"prometheus.io/operator","prometheus":{"serviceMonitor":{"interval":"1m30s"}}} """)]
    [TestCase(""" "tls":{"issuerRef":{"kind":"Issuer","name":"i"}} """)]
    [TestCase(""" "init":{"script":{"git":{"args":["--root=/init-script-from-git"]}}} """)]
    [TestCase(Cluster + """{"shards":[{"endpoints":["a","b"]},{"endpoints":["c","d"]},{"endpoints":["e","f"]}]}}""")]
    public void A_good_database_breaks_none(string part) =>
        Assert.That(RedisValidation.Check(RedisDefaults.Apply(Sample(part), Current), Current), Is.Empty);

    [Test]
    public void Rules_1_and_2_the_version()
    {
        Assert.That(One(RedisSamples.Redis($$"""{"storage":{{RedisSamples.Storage}}}"""), null), Is.EqualTo(("spec.version", "VersionMissing", "'spec.version' is missing")));
        Assert.That(One(Sample(""" "version":"9.9.9" """), null).Message, Does.StartWith("failed to get RedisVersion: 9.9.9"));
    }

    [Test]
    public void A_version_without_images_can_not_be_used()
    {
        var broken = Current with { Spec = Current.Spec with { Db = null } };
        var odd = Current with { Spec = Current.Spec with { Version = "newest" } };

        Assert.That(One(Sample(""" "mode":"Standalone" """), broken).Reason, Is.EqualTo("VersionUnusable"));
        Assert.That(One(Sample(""" "mode":"Standalone" """), odd).Reason, Is.EqualTo("VersionUnusable"));
    }

    [TestCase("6.0.20", true)]
    [TestCase("6.2.5", false)]
    public void Rule_7_sentinel_needs_6_2(string version, bool broken)
    {
        var violations = RedisValidation.Check(
            RedisDefaults.Apply(Sample(""" "mode":"Sentinel","sentinelRef":{"name":"s"} """), RedisSamples.Version(version)), RedisSamples.Version(version));

        Assert.That(violations.Select(v => v.Message), broken ? Is.EqualTo(new[] { "minimum version needed to use kubedb managed redis sentinel is 6.2.5" }) : Is.Empty);
    }

    [TestCase("5.0.14", true)]
    [TestCase("6.0.20", false)]
    public void Rule_19_tls_needs_6(string version, bool broken)
    {
        var violations = RedisValidation.Check(
            RedisDefaults.Apply(Sample(""" "tls":{"issuerRef":{"kind":"Issuer","name":"i"}} """), RedisSamples.Version(version)), RedisSamples.Version(version));

        Assert.That(violations.Select(v => v.Reason), broken ? Is.EqualTo(new[] { "TlsNotSupported" }) : Is.Empty);
    }

    [Test]
    public void Rule_21_what_never_changes()
    {
        var before = Sample(""" "init":{"initialized":true,"script":{"scriptPath":"a"}} """);

        Assert.Multiple(() =>
        {
            Assert.That(RedisValidation.CheckUpdate(before, before), Is.Empty);
            Assert.That(RedisValidation.CheckUpdate(Sample(""" "mode":"Standalone" """), Sample(""" "storageType":"Durable" """)), Is.Empty, "Absent is the default.");
            Assert.That(RedisValidation.CheckUpdate(before, Sample(""" "storageType":"Ephemeral","init":{"initialized":true,"script":{"scriptPath":"a"}} """)).Single().Message, Does.StartWith("precondition failed for: "));
            Assert.That(RedisValidation.CheckUpdate(before, Sample(""" "init":{"initialized":true,"script":{"scriptPath":"b"}} """)).Single().Path, Is.EqualTo("spec.init"));
            Assert.That(RedisValidation.CheckUpdate(Sample(""" "init":{"script":{"scriptPath":"a"}} """), before), Is.Empty);
        });
    }

    [Test]
    public void Rule_22_a_protected_database_is_not_deleted()
    {
        Assert.That(RedisValidation.CheckDelete(Sample(""" "deletionPolicy":"DoNotTerminate" """)).Single().Message, Is.EqualTo("redis \"demo/rd\" can't be terminated. To delete, change spec.deletionPolicy"));
        Assert.That(RedisValidation.CheckDelete(Sample(""" "deletionPolicy":"Delete" """)), Is.Empty);
    }

    private static (string Path, string Reason, string Message) One(Redis redis, RedisVersion? version)
    {
        var violation = RedisValidation.Check(RedisDefaults.Apply(redis, version), version).Single();
        return (violation.Path, violation.Reason, violation.Message);
    }

    /// <summary>A good spec with a part of it replaced or added.</summary>
    private static Redis Sample(string part)
    {
        var spec = System.Text.Json.Nodes.JsonNode.Parse($$"""{"version":"8.2.2","storage":{{RedisSamples.Storage}}}""")!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse("{" + part + "}")!.AsObject())
            spec[name] = value?.DeepClone();
        return RedisSamples.Redis(spec.ToJsonString());
    }
}
