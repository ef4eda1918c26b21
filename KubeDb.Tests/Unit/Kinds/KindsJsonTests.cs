using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;

namespace KubeDb.Tests.Unit.Kinds;

[TestFixture]
[Category("Unit")]
public sealed class KindsJsonTests
{
    private const string Full = """
        {
          "apiVersion": "kubedb.com/v1",
          "kind": "Redis",
          "metadata": {
            "name": "sample-redis", "namespace": "demo", "uid": "u-1", "resourceVersion": "7", "generation": 3,
            "creationTimestamp": "2026-08-01T10:00:00Z", "labels": { "team": "a" },
            "managedFields": [ { "manager": "kubectl" } ]
          },
          "spec": {
            "version": "8.2.2",
            "mode": "Standalone",
            "replicas": 0,
            "storage": { "resources": { "requests": { "storage": "1Gi" } }, "unknownToUs": [1, 2.50] },
            "authSecret": { "kind": "Secret", "name": "" },
            "configuration": { "secretName": "rd-custom-config", "inline": {} },
            "podTemplate": { "spec": { "containers": [ { "name": "redis", "futureField": { "a": null } } ] } },
            "serviceTemplates": [ { "alias": "primary", "spec": { "type": "NodePort" } } ]
          },
          "status": {
            "phase": "Ready",
            "observedGeneration": 3,
            "conditions": [ { "type": "Ready", "status": "True", "lastTransitionTime": "2026-08-01T10:00:20Z", "reason": "ReadinessCheckSucceeded" } ]
          }
        }
        """;

    [Test]
    public void A_redis_is_written_back_as_it_was_read()
    {
        var redis = Redis.Decode(Encoding.UTF8.GetBytes(Full));

        var expected = JsonNode.Parse(Full)!;
        expected["metadata"] = JsonNode.Parse("""{"name":"sample-redis","namespace":"demo","labels":{"team":"a"}}""");
        Assert.That(JsonNode.DeepEquals(KindsJson.ToManifest(redis), expected), KindsJson.ToManifest(redis).ToJsonString());
    }

    [TestCase("{}")]
    [TestCase("""{"metadata":null,"spec":null,"status":null}""")]
    [TestCase("""{"metadata":{},"spec":{"version":null,"serviceTemplates":null,"tls":{"certificates":null}},"status":{"conditions":null,"phase":null}}""")]
    public void What_is_absent_or_null_has_its_empty_value(string json)
    {
        var redis = Redis.Decode(Encoding.UTF8.GetBytes(json));

        Assert.Multiple(() =>
        {
            Assert.That(redis.Metadata.Name, Is.Empty);
            Assert.That(redis.Metadata.Labels, Is.Empty);
            Assert.That(redis.Metadata.Finalizers, Is.Empty);
            Assert.That(redis.Spec.Version, Is.Empty);
            Assert.That(redis.Spec.ServiceTemplates, Is.Empty);
            Assert.That(redis.Spec.Tls?.Certificates ?? [], Is.Empty);
            Assert.That(redis.Status.Conditions, Is.Empty);
            Assert.That(redis.Status.Phase, Is.Empty);
        });
    }

    [Test]
    public void Empty_says_something_where_absent_would_say_something_else()
    {
        var request = RedisOpsRequest.Decode("""{"spec":{"type":"Restart","restart":{},"databaseRef":{"name":"rd"},"configuration":{"applyConfig":{}}}}"""u8);

        var spec = KindsJson.ToObject(request.Spec);
        Assert.Multiple(() =>
        {
            Assert.That(spec["restart"], Is.Not.Null);
            Assert.That(spec["configuration"]!["applyConfig"], Is.Not.Null);
            Assert.That(spec.ContainsKey("tls"), Is.False);
        });
    }

    [TestCase("2", "2")]
    [TestCase("\"2Gi\"", "2Gi")]
    [TestCase("1.5e3", "1.5e3")]
    public void A_quantity_may_be_a_number_or_a_text(string json, string text)
    {
        const string Before = """{"spec":{"volumeExpansion":{"mode":"Online","redis":""";
        var request = RedisOpsRequest.Decode(Encoding.UTF8.GetBytes(Before + json + "}}}"));

        Assert.That(request.Spec.VolumeExpansion!.Redis!.Text, Is.EqualTo(text));
    }
}
