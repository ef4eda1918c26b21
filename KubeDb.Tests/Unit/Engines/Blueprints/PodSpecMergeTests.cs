using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Unit.Engines.Blueprints;

[TestFixture, Category("Unit")]
public sealed class PodSpecMergeTests
{
    private const string Path = "spec.podTemplate.spec";

    private const string Described =
        """
        {"containers":[{"name":"db","image":"ours","command":["start"],
          "env":[{"name":"NAMESPACE","valueFrom":{"fieldRef":{"fieldPath":"metadata.namespace"}}}],
          "ports":[{"name":"db","containerPort":6379,"protocol":"TCP"}],
          "readinessProbe":{"exec":{"command":["ready"]},"periodSeconds":5},
          "volumeMounts":[{"name":"data","mountPath":"/data"}]},
         {"name":"exporter","image":"ours"}],
         "terminationGracePeriodSeconds":60,
         "volumes":[{"name":"scripts","emptyDir":{}}]}
        """;

    [TestCase("""{"image":"mine"}""", "containers[0].image", "the image of container db")]
    [TestCase("""{"command":["mine"]}""", "containers[0].command", "the command of container db")]
    [TestCase("""{"env":[{"name":"TZ","value":"UTC"},{"name":"NAMESPACE","value":"secret-word"}]}""", "containers[0].env[1]", "variable NAMESPACE of container db")]
    [TestCase("""{"ports":[{"name":"mine","containerPort":6379}]}""", "containers[0].ports[0]", "port 6379/TCP of container db")]
    [TestCase("""{"ports":[{"name":"db","containerPort":7000}]}""", "containers[0].ports[0]", "port 6379/TCP of container db")]
    [TestCase("""{"volumeMounts":[{"name":"mine","mountPath":"/data"}]}""", "containers[0].volumeMounts[0]", "the mount of /data of container db")]
    public void What_is_the_operators_stays_and_is_told(string fields, string at, string what)
    {
        var user = Json.Parse(fields);
        user["name"] = "db";
        var (merged, warnings) = Merge(new JsonObject { ["containers"] = new JsonArray(user) });

        Assert.That(warnings.Select(w => (w.Path, w.Reason)), Is.EqualTo(new[] { ($"{Path}.{at}", Reasons.OperatorOwnedField) }));
        Assert.That(warnings[0].Message, Is.EqualTo($"{Path}.{at} was not taken: {what} is set by the operator. Remove it."));
        var (own, db) = (Json.Parse(Described)["containers"]![0]!, merged["containers"]![0]!);
        foreach (var field in (string[])["image", "command", "ports", "volumeMounts"])
            Assert.That(JsonNode.DeepEquals(db[field], own[field]), Is.True, field);
        Assert.That(JsonNode.DeepEquals(db["env"]![0], own["env"]![0]), Is.True, "env");
        AssertUnique(merged);
    }

    [Test]
    public void A_command_where_the_operator_has_none_is_not_taken_either()
    {
        var (merged, warnings) = Merge("""{"containers":[{"name":"exporter","command":["mine"]}]}""");
        Assert.That(warnings.Single().Path, Is.EqualTo($"{Path}.containers[0].command"));
        Assert.That(merged["containers"]![1]!["command"], Is.Null);
    }

    [Test]
    public void A_volume_of_the_operator_keeps_its_source()
    {
        var (merged, warnings) = Merge("""{"volumes":[{"name":"scripts","configMap":{"name":"mine"}},{"name":"extra","emptyDir":{}}]}""");
        Assert.That(warnings.Single().Path, Is.EqualTo($"{Path}.volumes[0]"));
        Assert.That(merged["volumes"]!.ToJsonString(), Is.EqualTo("""[{"name":"scripts","emptyDir":{}},{"name":"extra","emptyDir":{}}]"""));
    }

    [Test]
    public void What_the_operator_says_too_is_no_news()
    {
        var (merged, warnings) = Merge(Described);
        Assert.That(warnings, Is.Empty);
        Assert.That(JsonNode.DeepEquals(merged, Json.Parse(Described)), Is.True);
    }

    [Test]
    public void Everything_else_is_the_users()
    {
        var (merged, warnings) = Merge(
            """
            {"containers":[{"name":"db","args":["--x"],"env":[{"name":"TZ","value":"UTC"}],"ports":[{"name":"db2","containerPort":6379,"protocol":"UDP"}],
              "readinessProbe":{"tcpSocket":{"port":"db"}},"futureField":{"a":[1]}},{"name":"mine","image":"m","ports":[{"containerPort":6379}]}],
             "futureField":1,"terminationGracePeriodSeconds":120,"nodeSelector":{"disk":"ssd"}}
            """);

        Assert.That(warnings, Is.Empty);
        var db = merged["containers"]![0]!;
        Assert.That(db["args"]!.ToJsonString(), Is.EqualTo("""["--x"]"""));
        Assert.That(db["env"]!.AsArray().Select(e => e.Text("name")), Is.EqualTo(new[] { "NAMESPACE", "TZ" }));
        Assert.That(db["ports"]!.AsArray().Select(p => p.Text("name")), Is.EqualTo(new[] { "db", "db2" }), "another protocol is another port");
        Assert.That(db["readinessProbe"]!.ToJsonString(), Is.EqualTo("""{"periodSeconds":5,"tcpSocket":{"port":"db"}}"""), "one handler");
        Assert.That(db["futureField"]!.ToJsonString(), Is.EqualTo("""{"a":[1]}"""));
        Assert.That(merged["containers"]!.AsArray().Select(c => c.Text("name")), Is.EqualTo(new[] { "db", "exporter", "mine" }));
        Assert.That(merged["containers"]![2]!["ports"]!.AsArray(), Has.Count.EqualTo(1), "another container has ports of its own");
        Assert.That((merged.Number("futureField"), merged.Number("terminationGracePeriodSeconds")), Is.EqualTo((1, 120)));
        AssertUnique(merged);
    }

    private static void AssertUnique(JsonObject pod)
    {
        foreach (var container in pod["containers"]!.AsArray().OfType<JsonObject>())
        {
            foreach (var list in (string[])["env", "ports", "volumeMounts"])
                Assert.That(container[list] is JsonArray items ? ListKeys.Duplicates(list, items) : [], Is.Empty, list);
        }
    }

    private static (JsonObject Merged, List<SpecWarning> Warnings) Merge(string user) => Merge(Json.Parse(user));

    private static (JsonObject Merged, List<SpecWarning> Warnings) Merge(JsonObject user)
    {
        var merged = Json.Parse(Described);
        var warnings = new List<SpecWarning>();
        PodSpecMerge.Into(merged, user, Path, warnings);
        return (merged, warnings);
    }
}
