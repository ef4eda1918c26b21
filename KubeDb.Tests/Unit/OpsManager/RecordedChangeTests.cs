using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.OpsManager.Execution;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Unit.OpsManager;

/// <summary>What an operation changes in a spec, and what is left of it once it is taken back: nothing.</summary>
[TestFixture]
[Category("Unit")]
public sealed class RecordedChangeTests
{
    [TestCase("""{"replicas":3}""", """{"replicas":5}""", """{"replicas":5}""")]
    [TestCase("""{"acl":{"a":1},"replicas":3}""", """{"acl":null}""", """{"replicas":3}""")]
    [TestCase("""{"replicas":3}""", """{"podTemplate.metadata.annotations":{"a":"b"}}""", """{"replicas":3,"podTemplate":{"metadata":{"annotations":{"a":"b"}}}}""")]
    [TestCase("""{"podTemplate":{}}""", """{"podTemplate.metadata.annotations":{"a":"b"}}""", """{"podTemplate":{"metadata":{"annotations":{"a":"b"}}}}""")]
    [TestCase("""{"podTemplate":{"metadata":{}}}""", """{"podTemplate.metadata.annotations":{"a":"b"}}""", """{"podTemplate":{"metadata":{"annotations":{"a":"b"}}}}""")]
    [TestCase("""{"podTemplate":{"metadata":{"annotations":{"a":"b"}}}}""", """{"podTemplate.metadata.annotations":null}""", """{"podTemplate":{"metadata":{}}}""")]
    [TestCase("""{}""", """{"topology.broker.replicas":2,"topology.broker.storage":{},"topology.controller.replicas":1}""", """{"topology":{"broker":{"replicas":2,"storage":{}},"controller":{"replicas":1}}}""")]
    [TestCase("""{"topology":{"broker":{}}}""", """{"topology.broker.replicas":2,"topology.controller.replicas":1}""", """{"topology":{"broker":{"replicas":2},"controller":{"replicas":1}}}""")]
    [TestCase("""{"replicas":3}""", """{"topology.broker.replicas":null}""", """{"replicas":3}""")]
    [TestCase("""{"replicas":3,"broker":{"replicas":2}}""", """{"topology.broker.replicas":null,"topology.broker":null}""", """{"replicas":3,"broker":{"replicas":2}}""")]
    public void What_is_taken_back_is_as_it_was(string before, string fields, string after)
    {
        var (change, spec) = Changed(before, fields);
        Assert.That(spec.ToJsonString(), Is.EqualTo(Json.Parse(after).ToJsonString()));

        change.TakeOutOf(spec);
        Assert.That(JsonNode.DeepEquals(spec, Json.Parse(before)), spec.ToJsonString());

        // A process that was killed after it does it again.
        change.TakeOutOf(spec);
        Assert.That(JsonNode.DeepEquals(spec, Json.Parse(before)), spec.ToJsonString());
    }

    [Test]
    public void What_others_put_beside_it_stays()
    {
        var (change, spec) = Changed("{}", """{"podTemplate.metadata.annotations":{"a":"b"}}""");
        spec["podTemplate"]!["metadata"]!["labels"] = new JsonObject();

        change.TakeOutOf(spec);

        Assert.That(spec.ToJsonString(), Is.EqualTo("""{"podTemplate":{"metadata":{"labels":{}}}}"""));
    }

    [Test]
    public void What_others_made_before_it_was_written_stays()
    {
        var (change, _) = Changed("{}", """{"podTemplate.metadata.annotations":{"a":"b"}}""");
        var spec = Json.Parse("""{"podTemplate":{"metadata":{}}}""");

        change.TakeOutOf(spec);

        Assert.That(spec.ToJsonString(), Is.EqualTo("""{"podTemplate":{"metadata":{}}}"""));
    }

    /// <summary>A change as a later process reads it, and the spec that it was written into.</summary>
    private static (RecordedChange Change, JsonObject Spec) Changed(string before, string fields)
    {
        var spec = Json.Parse(before);
        var change = RecordedChange.Of(new SpecChange { Fields = Json.Parse(fields).ToDictionary(f => f.Key, f => f.Value?.DeepClone()) }, spec);
        var read = RecordedChange.Parse(Json.Parse(change.ToJson().ToJsonString()));
        read.WriteInto(spec);
        return (read, spec);
    }
}
