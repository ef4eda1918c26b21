using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Conversion;
using static KubeDb.Tests.Unit.Kinds.Conversion.ConvertedSamples;

namespace KubeDb.Tests.Unit.Kinds.Conversion;

[TestFixture]
[Category("Unit")]
public sealed class RedisV1Alpha2Tests
{
    private static readonly RedisV1Alpha2 Redis = new();
    private static readonly RedisSentinelV1Alpha2 Sentinel = new();

    [TestCase("""{"version":"8.2.2","terminationPolicy":"DoNotTerminate"}""", """{"version":"8.2.2","deletionPolicy":"DoNotTerminate"}""")]
    [TestCase("""{"mode":"Cluster","cluster":{"master":3,"replicas":1}}""", """{"mode":"Cluster","cluster":{"shards":3,"replicas":2}}""")]
    [TestCase(
        """{"mode":"Cluster","cluster":{"master":4,"replicas":2,"announce":{"type":"ip","shards":[{"endpoints":["a:1@2"]}]}}}""",
        """{"mode":"Cluster","cluster":{"shards":4,"replicas":3,"announce":{"type":"ip","shards":[{"endpoints":["a:1@2"]}]}}}""")]
    [TestCase(
        """{"podTemplate":{"metadata":{"labels":{"a":"b"}},"spec":{"args":["--x"],"env":[{"name":"A","value":"b"}],"resources":{"limits":{"memory":"1Gi"}},"livenessProbe":{"periodSeconds":3},"readinessProbe":{"periodSeconds":4},"lifecycle":{"preStop":{"exec":{}}},"containerSecurityContext":{"runAsUser":7},"volumeMounts":[{"name":"v","mountPath":"/v"}],"securityContext":{"fsGroup":5},"nodeSelector":{"disk":"ssd"}}}}""",
        """{"podTemplate":{"metadata":{"labels":{"a":"b"}},"spec":{"securityContext":{"fsGroup":5},"nodeSelector":{"disk":"ssd"},"containers":[{"name":"redis","args":["--x"],"env":[{"name":"A","value":"b"}],"resources":{"limits":{"memory":"1Gi"}},"livenessProbe":{"periodSeconds":3},"readinessProbe":{"periodSeconds":4},"lifecycle":{"preStop":{"exec":{}}},"securityContext":{"runAsUser":7},"volumeMounts":[{"name":"v","mountPath":"/v"}]}]}}}""")]
    [TestCase(
        """{"coordinator":{"resources":{"limits":{"memory":"256Mi"}},"securityContext":{"runAsUser":7}}}""",
        """{"podTemplate":{"spec":{"containers":[{"name":"rd-coordinator","resources":{"limits":{"memory":"256Mi"}},"securityContext":{"runAsUser":7}}]}}}""")]
    [TestCase(
        """{"coordinator":{"resources":{"limits":{"memory":"256Mi"}}},"podTemplate":{"spec":{"args":["--x"]}}}""",
        """{"podTemplate":{"spec":{"containers":[{"name":"redis","args":["--x"]},{"name":"rd-coordinator","resources":{"limits":{"memory":"256Mi"}}}]}}}""")]
    [TestCase(
        """{"configSecret":{"name":"c"},"init":{"script":{"configMap":{"name":"i"}}},"monitor":{"agent":"prometheus.io"},"tls":{"issuerRef":{"name":"x"}},"authSecret":{"kind":"Secret","name":"a"},"storageType":"Durable","storage":{"accessModes":["ReadWriteOnce"]},"serviceTemplates":[{"alias":"primary"}],"healthChecker":{"periodSeconds":3},"sentinelRef":{"name":"s"},"halted":true,"disableAuth":true}""",
        """{"configSecret":{"name":"c"},"init":{"script":{"configMap":{"name":"i"}}},"monitor":{"agent":"prometheus.io"},"tls":{"issuerRef":{"name":"x"}},"authSecret":{"kind":"Secret","name":"a"},"storageType":"Durable","storage":{"accessModes":["ReadWriteOnce"]},"serviceTemplates":[{"alias":"primary"}],"healthChecker":{"periodSeconds":3},"sentinelRef":{"name":"s"},"halted":true,"disableAuth":true}""")]
    public void The_two_versions_say_the_same_and_nothing_has_to_be_kept(string v1Alpha2, string v1)
    {
        var (older, hub) = (Object(V1Alpha2, "Redis", v1Alpha2), Object(V1, "Redis", v1));

        Assert.That(Redis.Up(older).ToJsonString(), Is.EqualTo(hub.ToJsonString()).Using<string?>(Same));
        Assert.That(Redis.Down(hub).ToJsonString(), Is.EqualTo(older.ToJsonString()).Using<string?>(Same));
    }

    [TestCase("""{"terminationPolicy":"WipeOut","podTemplate":{"spec":{"resources":{"limits":{"memory":"1Gi"}}}}}""", """{"deletionPolicy":"WipeOut","podTemplate":{"spec":{"containers":[{"name":"redissentinel","resources":{"limits":{"memory":"1Gi"}}}]}}}""")]
    public void Sentinels_are_converted_with_a_container_of_their_own(string v1Alpha2, string v1)
    {
        var (older, hub) = (Object(V1Alpha2, "RedisSentinel", v1Alpha2), Object(V1, "RedisSentinel", v1));

        Assert.That(Sentinel.Up(older).ToJsonString(), Is.EqualTo(hub.ToJsonString()).Using<string?>(Same));
        Assert.That(Sentinel.Down(hub).ToJsonString(), Is.EqualTo(older.ToJsonString()).Using<string?>(Same));
    }

    [TestCase("""{"mode":"Cluster"}""", 3, 2)]
    [TestCase("""{"mode":"Cluster","cluster":null}""", 3, 2)]
    [TestCase("""{"mode":"Cluster","cluster":{}}""", 3, 2)]
    [TestCase("""{"mode":"Cluster","cluster":{"master":5}}""", 5, 2)]
    [TestCase("""{"mode":"Cluster","cluster":{"replicas":3}}""", 3, 4)]
    public void A_cluster_that_says_nothing_has_the_defaults(string v1Alpha2, int shards, int replicas)
    {
        var older = Object(V1Alpha2, "Redis", v1Alpha2);
        var hub = Redis.Up(older);

        Assert.That(hub["spec"]!["cluster"]!.ToJsonString(), Is.EqualTo($$"""{"shards":{{shards}},"replicas":{{replicas}}}""").Using<string?>(Same));
        Assert.That(Redis.Down(hub).ToJsonString(), Is.EqualTo(older.ToJsonString()).Using<string?>(Same), "and reads back as it was written");
    }

    [Test]
    public void Without_the_mode_Cluster_the_block_is_kept_and_not_converted()
    {
        var older = Object(V1Alpha2, "Redis", """{"mode":"Standalone","cluster":{"master":3,"replicas":1}}""");
        var hub = Redis.Up(older);

        Assert.That(hub["spec"]!["cluster"], Is.Null);
        Assert.That(JsonNode.DeepEquals(Redis.Down(hub), older));
    }

    [Test]
    public void What_v1alpha2_has_no_place_for_is_kept_in_an_annotation()
    {
        var hub = Object(V1, "Redis", """
            {"version":"8.2.2","configuration":{"inline":{"redis.conf":"a 1"},"acl":{"rules":["u on"]}},"podTemplate":{"spec":{"containers":[
            {"name":"logs","image":"l"},{"name":"redis","image":"mine","args":["--x"]}],"resources":{"limits":{"cpu":"2"}}}}}
            """);
        var older = Redis.Down(hub);

        Assert.That(older["spec"]!.ToJsonString(), Is.EqualTo("""{"version":"8.2.2","podTemplate":{"spec":{"args":["--x"]}}}""").Using<string?>(Same));
        Assert.That(older.Kept(KeptOfV1)!.AsArray().Select(e => e!["at"]!.ToJsonString()), Is.EquivalentTo(new[]
        {
            """["configuration"]""", """["podTemplate","spec","resources"]""", """["podTemplate","spec","containers",{"name":"logs"}]""",
            """["podTemplate","spec","containers",{"name":"redis"},"image"]""", """["podTemplate","spec","containers"]""",
        }));
        Assert.That(JsonNode.DeepEquals(Redis.Up(older), hub), Redis.Up(older).ToJsonString());
    }

    [Test]
    public void An_edit_leaves_what_is_kept_beside_it_alone()
    {
        var older = Redis.Down(Object(V1, "Redis", """{"podTemplate":{"spec":{"containers":[{"name":"logs","image":"l"},{"name":"redis","image":"mine"}]}}}"""));
        Assert.That(older["spec"]!["podTemplate"], Is.Null);
        older["spec"]!["podTemplate"] = JsonNode.Parse("""{"spec":{"resources":{"limits":{"memory":"2Gi"}}}}""");

        Assert.That(
            Redis.Up(older)["spec"]!["podTemplate"]!["spec"]!["containers"]!.ToJsonString(),
            Is.EqualTo("""[{"name":"redis","resources":{"limits":{"memory":"2Gi"}},"image":"mine"},{"name":"logs","image":"l"}]""").Using<string?>(Same));
    }

    [Test]
    public void A_setting_that_is_taken_away_leaves_its_container()
    {
        var older = Redis.Down(Object(V1, "Redis", """{"podTemplate":{"spec":{"containers":[{"name":"redis","image":"mine","args":["--x"]}]}}}"""));
        older["spec"]!["podTemplate"]!["spec"]!.AsObject().Remove("args");

        Assert.That(Redis.Up(older)["spec"]!["podTemplate"]!["spec"]!["containers"]!.ToJsonString(), Is.EqualTo("""[{"name":"redis","image":"mine"}]""").Using<string?>(Same));
    }

    [TestCase("""{"name":"theirs"}""", """{"inline":{"redis.conf":"a 1"},"secretName":"theirs"}""")]
    [TestCase("null", """{"inline":{"redis.conf":"a 1"}}""")]
    public void The_secret_of_the_configuration_is_shown_and_an_edit_of_it_counts(string edited, string configuration)
    {
        var hub = Object(V1, "Redis", """{"configuration":{"secretName":"mine","inline":{"redis.conf":"a 1"}}}""");
        var older = Redis.Down(hub);
        Assert.That(older["spec"]!["configSecret"]!.ToJsonString(), Is.EqualTo("""{"name":"mine"}"""));
        Assert.That(JsonNode.DeepEquals(Redis.Up(older), hub));

        if (JsonNode.Parse(edited) is { } secret)
            older["spec"]!["configSecret"] = secret;
        else
            older["spec"]!.AsObject().Remove("configSecret");
        var after = Redis.Up(older)["spec"]!;
        Assert.That(after["configuration"]!.ToJsonString(), Is.EqualTo(configuration).Using<string?>(Same));
        Assert.That(after["configSecret"], Is.Null);
    }

    [Test]
    public void An_edit_of_a_default_wins_over_what_was_kept()
    {
        var older = Redis.Down(Object(V1, "Redis", """{"mode":"Cluster"}"""));
        Assert.That(older["spec"]!["cluster"], Is.Null);
        older["spec"]!["cluster"] = new JsonObject { ["master"] = 5 };

        Assert.That(Redis.Up(older)["spec"]!["cluster"]!.ToJsonString(), Is.EqualTo("""{"shards":5,"replicas":2}""").Using<string?>(Same));
    }

    [Test]
    public void An_edit_in_the_stored_version_wins_over_what_was_kept()
    {
        var hub = Redis.Up(Object(V1Alpha2, "Redis", """{"mode":"Cluster"}"""));
        hub["spec"]!["cluster"]!["shards"] = 7;

        Assert.That(Redis.Down(hub)["spec"]!["cluster"]!.ToJsonString(), Is.EqualTo("""{"master":7,"replicas":1}""").Using<string?>(Same));
    }

    [TestCase("""{"mode":"Cluster","cluster":{"replicas":2147483647}}""", "", "spec.cluster.replicas is 2147483647")]
    [TestCase("{}", """{"kubedb.com/v1-fields":"[{\"at\":[]}]"}""", "metadata.annotations[kubedb.com/v1-fields] can not be read")]
    [TestCase("{}", """{"kubedb.com/v1-fields":"[7"}""", "metadata.annotations[kubedb.com/v1-fields] can not be read")]
    [TestCase("{}", """{"kubedb.com/v1-fields":"[{\"at\":[7]}]"}""", "metadata.annotations[kubedb.com/v1-fields] can not be read")]
    [TestCase("{}", """{"kubedb.com/v1-fields":"[{\"at\":[\"a\"],\"order\":7}]"}""", "metadata.annotations[kubedb.com/v1-fields] can not be read")]
    public void What_can_not_be_converted_is_named(string spec, string annotations, string message) =>
        Assert.That(() => Redis.Up(Object(V1Alpha2, "Redis", spec, annotations)), Throws.TypeOf<ConversionException>().With.Message.StartWith(message));

    [TestCase("""{"kubedb.com/v1alpha2-fields":"nonsense"}""")]
    [TestCase("""{"kubedb.com/v1alpha2-fields":"[{\"at\":[\"version\",\"deeper\"],\"value\":1}]"}""")]
    [TestCase("""{"kubedb.com/v1-fields":"[7"}""")]
    public void What_is_stored_can_be_read_whatever_its_annotations_say(string annotations)
    {
        var older = Redis.Down(Object(V1, "Redis", """{"version":"8.2.2"}""", annotations));

        Assert.That(older.ToJsonString(), Is.EqualTo(Object(V1Alpha2, "Redis", """{"version":"8.2.2"}""").ToJsonString()).Using<string?>(Same));
    }

    [TestCase("""{"podTemplate":7,"cluster":"x","mode":"Cluster","coordinator":[],"configuration":"c","deletionPolicy":null}""")]
    [TestCase("""{"podTemplate":{"spec":{"containers":"none","args":1}},"mode":3}""")]
    [TestCase("""{"podTemplate":{"spec":{"containers":[7,{"name":"redis","args":[1]},{"name":"redis","args":[2]},{}]}},"mode":"Cluster","cluster":{"replicas":"x","shards":{}}}""")]
    public void Of_parts_without_their_form_nothing_is_lost(string spec)
    {
        var hub = Object(V1, "Redis", spec);

        Assert.That(JsonNode.DeepEquals(Redis.Up(Redis.Down(hub)), hub), Redis.Up(Redis.Down(hub)).ToJsonString());
    }

    [FsCheck.NUnit.Property(MaxTest = 400)]
    public void There_and_back_nothing_is_lost(int seed)
    {
        foreach (var (definition, conversion) in (ReadOnlySpan<(string, KindConversion)>)[("kubedb.com_redises", Redis), ("kubedb.com_redissentinels", Sentinel)])
        {
            var hub = Random(definition, seed, "v1");
            Assert.That(JsonNode.DeepEquals(conversion.Up(conversion.Down(hub)), hub), () => $"v1: {hub.ToJsonString()}\nread: {conversion.Down(hub).ToJsonString()}\nback: {conversion.Up(conversion.Down(hub)).ToJsonString()}");
            var older = Random(definition, seed, "v1alpha2");
            var written = conversion.Up(older);
            Assert.That(JsonNode.DeepEquals(conversion.Down(written), older), () => $"v1alpha2: {older.ToJsonString()}\nstored: {written.ToJsonString()}\nback: {conversion.Down(written).ToJsonString()}");
            Assert.That(JsonNode.DeepEquals(conversion.Up(conversion.Down(written)), written), () => $"stored: {written.ToJsonString()}");
        }
    }

    private static bool Same(string? one, string? other) => JsonNode.DeepEquals(JsonNode.Parse(one!), JsonNode.Parse(other!));
}
