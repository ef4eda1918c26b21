using System.Text.Json.Nodes;
using KubeDb.OpsManager.Execution;

namespace KubeDb.Tests.Unit.OpsManager;

[TestFixture]
[Category("Unit")]
public sealed class JsonDifferenceTests
{
    [TestCase("""{"a":1}""", """{"a":1}""", null)]
    [TestCase("""{"a":1}""", """{}""", """{"a":null}""")]
    [TestCase("""{}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    [TestCase("""{"a":{"b":1,"c":2}}""", """{"a":{"b":1,"d":3}}""", """{"a":{"c":null,"d":3}}""")]
    [TestCase("""{"a":[1,2]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [TestCase("""{"a":1}""", """{"a":{"b":2}}""", """{"a":{"b":2}}""")]
    [TestCase("""{"a":{"b":1}}""", """{"a":{}}""", """{"a":{"b":null}}""")]
    public void The_patch_leads_from_one_to_the_other(string before, string after, string? patch) =>
        Assert.That(
            JsonDifference.Patch((JsonObject)JsonNode.Parse(before)!, (JsonObject)JsonNode.Parse(after)!)?.ToJsonString(),
            Is.EqualTo(patch));
}
