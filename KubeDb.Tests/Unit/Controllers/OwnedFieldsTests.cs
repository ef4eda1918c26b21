using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Unit.Controllers;

[TestFixture]
[Category("Unit")]
public sealed class OwnedFieldsTests
{
    private const string Desired = """
        {
          "apiVersion": "apps/v1", "kind": "StatefulSet",
          "metadata": {
            "name": "db", "namespace": "demo", "labels": {"a": "1", "b": "x\"y<é"},
            "ownerReferences": [{"apiVersion": "g/v1", "kind": "Boss", "name": "db", "uid": "o1", "controller": true}],
            "finalizers": ["g/f"]
          },
          "spec": {
            "replicas": 1,
            "ratio": 1.0,
            "nothing": null,
            "none": [],
            "selector": {"matchLabels": {"app": "db"}},
            "template": {"spec": {
              "volumes": [{"name": "tmp", "emptyDir": {}}],
              "containers": [
                {"name": "main", "image": "i:1", "args": ["-c", "x"], "ports": [{"containerPort": 6379, "name": "db"}]},
                {"name": "side", "image": "s:1"}
              ]
            }}
          }
        }
        """;

    // As a server stores it: defaults filled in, an item and members of others between ours, other order of members.
    private const string Live = """
        {
          "apiVersion": "apps/v1", "kind": "StatefulSet",
          "metadata": {
            "name": "db", "namespace": "demo", "uid": "u1", "resourceVersion": "7", "generation": 3, "creationTimestamp": "2026-01-02T03:04:05Z",
            "finalizers": ["other/f", "g/f"],
            "labels": {"b": "x\"y\u003cé", "a": "1", "others": "z"},
            "ownerReferences": [{"apiVersion": "g/v1", "controller": true, "kind": "Boss", "name": "db", "uid": "o1"}],
            "managedFields": [
              {"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}}}},
              {"manager": "kubedb", "operation": "Apply", "subresource": "status", "fieldsV1": {"f:status": {"f:x": {}}}},
              {"manager": "kubedb", "operation": "Apply", "fieldsType": "FieldsV1", "fieldsV1": {
                "f:metadata": {
                  "f:finalizers": {"v:\"g/f\"": {}},
                  "f:labels": {"f:a": {}, "f:b": {}},
                  "f:ownerReferences": {"k:{\"uid\":\"o1\"}": {}}
                },
                "f:spec": {
                  "f:none": {},
                  "f:ratio": {},
                  "f:replicas": {},
                  "f:selector": {},
                  "f:template": {"f:spec": {
                    "f:containers": {
                      "k:{\"name\":\"main\"}": {
                        ".": {}, "f:args": {}, "f:image": {}, "f:name": {},
                        "f:ports": {"k:{\"containerPort\":6379,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}, "f:name": {}}}
                      },
                      "k:{\"name\":\"side\"}": {".": {}, "f:image": {}, "f:name": {}}
                    },
                    "f:volumes": {"k:{\"name\":\"tmp\"}": {".": {}, "f:emptyDir": {}, "f:name": {}}}
                  }}
                }
              }}
            ]
          },
          "spec": {
            "ratio": 1,
            "replicas": 1,
            "revisionHistoryLimit": 10,
            "selector": {"matchLabels": {"app": "db"}},
            "template": {"spec": {
              "restartPolicy": "Always",
              "containers": [
                {"image": "i:1", "name": "main", "args": ["-c", "x"], "imagePullPolicy": "Always",
                 "ports": [{"containerPort": 6379, "name": "db", "protocol": "TCP"}, {"containerPort": 1, "protocol": "UDP"}]},
                {"name": "injected", "image": "j:1"},
                {"name": "side", "image": "s:1"}
              ],
              "volumes": [{"emptyDir": {}, "name": "tmp"}]
            }}
          },
          "status": {"replicas": 1}
        }
        """;

    [Test]
    public void A_live_object_is_as_desired_whatever_others_and_the_server_put_beside() =>
        Assert.That(OfLive(Live), Is.EqualTo(OwnedFields.Desired(JsonNode.Parse(Desired)!.AsObject())));

    [TestCase("\"replicas\": 1,\n    \"revision", "\"replicas\": 2,\n    \"revision", TestName = "a number changed")]
    [TestCase("\"image\": \"s:1\"}\n      ]", "\"image\": \"s:2\"}\n      ]", TestName = "a text in a list item changed")]
    [TestCase("\"a\": \"1\", \"others\"", "\"a\": \"2\", \"others\"", TestName = "a label changed")]
    [TestCase("\"args\": [\"-c\", \"x\"], \"imagePull", "\"args\": [\"x\", \"-c\"], \"imagePull", TestName = "the order of a plain list changed")]
    [TestCase("\"matchLabels\": {\"app\": \"db\"}},\n    \"template\": {\"spec\": {\n      \"restart", "\"matchLabels\": {\"app\": \"db\", \"x\": \"y\"}},\n    \"template\": {\"spec\": {\n      \"restart", TestName = "something was put into an atomic map")]
    [TestCase("\"f:a\": {}, ", "", TestName = "another took a field over")]
    [TestCase("{\"manager\": \"kubedb\", \"operation\": \"Apply\", \"fieldsType\"", "{\"manager\": \"kubedb\", \"operation\": \"Update\", \"fieldsType\"", TestName = "it was not applied")]
    public void Drift_shows(string from, string to)
    {
        var changed = Live.Replace(from, to, StringComparison.Ordinal);
        Assert.That(changed == Live, Is.False, "the text to change was not found");
        Assert.That(OfLive(changed), Is.Not.EqualTo(OfLive(Live)));
    }

    [TestCase("\"revisionHistoryLimit\": 10", "\"revisionHistoryLimit\": 11")]
    [TestCase("\"others\": \"z\"", "\"others\": \"zz\"")]
    [TestCase("\"image\": \"j:1\"", "\"image\": \"j:2\"")]
    [TestCase("\"status\": {\"replicas\": 1}", "\"status\": {\"replicas\": 0}")]
    [TestCase("\"resourceVersion\": \"7\"", "\"resourceVersion\": \"8\"")]
    public void What_is_not_ours_does_not_show(string from, string to)
    {
        var changed = Live.Replace(from, to, StringComparison.Ordinal);
        Assert.That(changed == Live, Is.False, "the text to change was not found");
        Assert.That(OfLive(changed), Is.EqualTo(OfLive(Live)));
    }

    [Test]
    public void A_desired_object_that_drops_a_field_differs()
    {
        var desired = JsonNode.Parse(Desired)!.AsObject();
        desired["spec"]!.AsObject().Remove("replicas");

        Assert.That(OwnedFields.Desired(desired), Is.Not.EqualTo(OfLive(Live)));
    }

    [Test]
    public void Values_that_look_alike_differ()
    {
        string[] values = ["1", "\"1\"", "true", "\"true\"", "[\"1\"]", "[[\"1\"]]", "{\"1\":\"\"}", "\"\"", "{}", "[{}]", "1.5", "-1", "[\"a\",\"b\"]", "[\"ab\"]", "{\"a\":{\"b\":1}}", "{\"a\":{},\"b\":1}"];
        var hashes = values.Select(v => OwnedFields.Desired(JsonNode.Parse($$"""{"x": {{v}}}""")!.AsObject()));

        Assert.That(hashes, Is.Unique);
    }

    [Test]
    public void An_object_we_never_applied_has_an_empty_fingerprint() =>
        Assert.That(OfLive("""{"metadata": {"name": "x"}, "data": {"a": "b"}}"""), Is.Empty);

    [Test]
    public void An_object_whose_metadata_is_only_identity_agrees()
    {
        var desired = JsonNode.Parse("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "n"}, "data": {"a": "b"}}""")!.AsObject();
        const string live = """
            {"metadata": {"name": "x", "managedFields": [{"manager": "kubedb", "operation": "Apply", "fieldsV1": {"f:data": {"f:a": {}}}}]}, "data": {"a": "b", "c": "d"}}
            """;

        Assert.That(OfLive(live), Is.EqualTo(OwnedFields.Desired(desired)));
    }

    [Test]
    public void Of_an_owned_object_metadata_and_fingerprint_are_kept()
    {
        var owned = OwnedObjectDecoder.Decode(Encoding.UTF8.GetBytes(Live));

        Assert.That(owned.Metadata.Key, Is.EqualTo(new ObjectKey("demo", "db")));
        Assert.That(owned.Metadata.Controller!.Uid, Is.EqualTo("o1"));
        Assert.That(owned.Metadata.Labels["others"], Is.EqualTo("z"));
        Assert.That(owned.Metadata.Fingerprint, Is.EqualTo(OfLive(Live)));
    }

    private static string OfLive(string json) => OwnedFields.Fingerprint(Encoding.UTF8.GetBytes(json));
}
