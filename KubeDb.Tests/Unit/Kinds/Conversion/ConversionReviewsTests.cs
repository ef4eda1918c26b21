using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Conversion;
using static KubeDb.Tests.Unit.Kinds.Conversion.ConvertedSamples;

namespace KubeDb.Tests.Unit.Kinds.Conversion;

[TestFixture]
[Category("Unit")]
public sealed class ConversionReviewsTests
{
    private static readonly ConversionReviews Reviews = new([new RedisV1Alpha2(), new RedisSentinelV1Alpha2()]);

    [Test]
    public void Objects_are_converted_both_ways_in_their_order()
    {
        JsonObject[] objects =
        [
            Object(V1Alpha2, "Redis", """{"terminationPolicy":"Halt"}"""), Object(V1Alpha2, "RedisSentinel", """{"terminationPolicy":"WipeOut"}"""),
            Object(V1, "Redis", """{"deletionPolicy":"Delete"}"""),
        ];
        var up = Answer(V1, objects);
        var down = Answer(V1Alpha2, objects);

        Assert.That((string?)up["kind"], Is.EqualTo("ConversionReview"));
        Assert.That((string?)up["apiVersion"], Is.EqualTo("apiextensions.k8s.io/v1"));
        Assert.That((string?)up["response"]!["uid"], Is.EqualTo("u-1"));
        Assert.That((string?)up["response"]!["result"]!["status"], Is.EqualTo("Success"));
        Assert.That(Specs(up, V1), Is.EqualTo(new[] { """{"deletionPolicy":"Halt"}""", """{"deletionPolicy":"WipeOut"}""", """{"deletionPolicy":"Delete"}""" }));
        Assert.That(Specs(down, V1Alpha2), Is.EqualTo(new[] { """{"terminationPolicy":"Halt"}""", """{"terminationPolicy":"WipeOut"}""", """{"terminationPolicy":"Delete"}""" }));
    }

    [Test]
    public void Metadata_and_status_pass_unharmed()
    {
        var one = Object(V1, "Redis", "{}");
        one["metadata"]!["managedFields"] = JsonNode.Parse("""[{"manager":"kubectl","fieldsV1":{"f:spec":{}}}]""");
        one["status"] = JsonNode.Parse("""{"phase":"Ready","conditions":[{"type":"Ready","status":"True"}]}""");
        var converted = Answer(V1Alpha2, one)["response"]!["convertedObjects"]![0]!.AsObject();
        converted["apiVersion"] = V1;

        Assert.That(JsonNode.DeepEquals(converted, one), converted.ToJsonString());
    }

    [Test]
    public void One_that_can_not_be_converted_is_named_and_keeps_all_from_being_converted()
    {
        var answer = Answer(V1, Object(V1Alpha2, "Redis", "{}"), Object(V1Alpha2, "Redis", """{"mode":"Cluster","cluster":{"replicas":2147483647}}"""));

        Assert.That(answer["response"]!["convertedObjects"]!.AsArray(), Is.Empty);
        Assert.That((string?)answer["response"]!["result"]!["status"], Is.EqualTo("Failure"));
        Assert.That((string?)answer["response"]!["result"]!["message"], Does.StartWith("Redis demo/cache: spec.cluster.replicas is 2147483647"));
    }

    [TestCase("""{"apiVersion":"kubedb.com/v1","kind":"Memcached","metadata":{"name":"m"}}""", "Memcached m: Memcached is not converted from kubedb.com/v1 to kubedb.com/v1alpha2; served are no versions of it.")]
    [TestCase("""{"apiVersion":"kubedb.com/v2","kind":"Redis"}""", "request.objects[0]: Redis is not converted from kubedb.com/v2 to kubedb.com/v1alpha2; served are kubedb.com/v1, kubedb.com/v1alpha2.")]
    [TestCase("7", "request.objects[0]: it is no object with apiVersion and kind.")]
    [TestCase("""{"kind":"Redis"}""", "request.objects[0]: it is no object with apiVersion and kind.")]
    public void What_is_not_converted_is_said(string one, string message) =>
        Assert.That((string?)Answer(V1Alpha2, JsonNode.Parse(one)!)["response"]!["result"]!["message"], Is.EqualTo(message));

    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"apiVersion":"apiextensions.k8s.io/v1beta1","kind":"ConversionReview","request":{"uid":"u"}}""")]
    [TestCase("""{"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview","request":{}}""")]
    [TestCase("""{"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview"}""")]
    public void What_is_no_review_has_no_answer(string review) =>
        Assert.That(() => Answer(review), Throws.TypeOf<ConversionException>());

    [TestCase("""{"uid":"u","objects":[]}""", "request.desiredAPIVersion is missing.")]
    [TestCase("""{"uid":"u","desiredAPIVersion":"kubedb.com/v1"}""", "request.objects is not a list.")]
    public void A_review_that_asks_for_nothing_says_so(string request, string message) => Assert.That(
        (string?)Answer($$"""{"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview","request":{{request}} }""")["response"]!["result"]!["message"],
        Is.EqualTo(message));

    [Test]
    public void What_nests_too_deep_can_be_read_and_not_written()
    {
        var deep = new StringBuilder().Insert(0, "{\"a\":", 2000).Append('1').Append('}', 2000);
        string Review(string from, string to) => $$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview","request":{"uid":"u","desiredAPIVersion":"{{to}}","objects":[
            {"apiVersion":"{{from}}","kind":"Redis","metadata":{"name":"deep"},"spec":{"x":{{deep}} } }]} }
            """;

        Assert.That(Text(Review(V1, V1Alpha2)), Does.Contain("\"apiVersion\":\"kubedb.com/v1alpha2\",\"kind\":\"Redis\"").And.Contain(deep.ToString()));
        Assert.That(Text(Review(V1Alpha2, V1)), Does.Contain("Redis deep: it nests deeper than 512 levels"));
    }

    [Test]
    public void Work_grows_with_the_number_of_objects_and_no_faster()
    {
        Allocated(10);
        var (few, many) = (Allocated(500), Allocated(4_000));

        Assert.That(many, Is.LessThan(10 * few));
    }

    private static long Allocated(int count)
    {
        var one = Object(V1, "Redis", """{"deletionPolicy":"Delete","configuration":{"inline":{"redis.conf":"a 1"}}}""").ToJsonString();
        var review = $$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview","request":{"uid":"u","desiredAPIVersion":"{{V1Alpha2}}","objects":[{{string.Join(',', Enumerable.Repeat(one, count))}}]} }
            """;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var text = Text(review);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        using var answer = JsonDocument.Parse(text);
        Assert.That(answer.RootElement.GetProperty("response").GetProperty("convertedObjects").GetArrayLength(), Is.EqualTo(count));
        return allocated;
    }

    private static string[] Specs(JsonNode answer, string version)
    {
        var objects = answer["response"]!["convertedObjects"]!.AsArray();
        Assert.That(objects.Select(o => (string?)o!["apiVersion"]), Is.All.EqualTo(version));
        return [.. objects.Select(o => o!["spec"]!.ToJsonString())];
    }

    private static JsonNode Answer(string desired, params JsonNode[] objects) => Answer(new JsonObject
    {
        ["apiVersion"] = "apiextensions.k8s.io/v1",
        ["kind"] = "ConversionReview",
        ["request"] = new JsonObject { ["uid"] = "u-1", ["desiredAPIVersion"] = desired, ["objects"] = new JsonArray([.. objects.Select(o => o.DeepClone())]) },
    }.ToJsonString());

    private static JsonNode Answer(string review) => JsonNode.Parse(Text(review))!;

    private static string Text(string review)
    {
        using var document = JsonDocument.Parse(review, ConversionReviews.Reading);
        var output = new ArrayBufferWriter<byte>();
        Reviews.Answer(document.RootElement, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
