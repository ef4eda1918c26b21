using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Api.Kubernetes.Transport;
using KubeDb.Tests.Support;
using KubeDb.Tests.Unit.Kubernetes;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Adversarial;

/// <summary>Whatever stands where the API server's answer should: it is read or refused, and never more than that.</summary>
[TestFixture]
[Category("Unit")]
public sealed class ServerInputTests
{
    private const string Object = """
        {"apiVersion":"kubedb.com/v1","kind":"Redis","metadata":{"name":"a","namespace":"n","uid":"u","resourceVersion":"7","generation":3,"creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app.kubernetes.io/instance":"a"},"ownerReferences":[{"apiVersion":"v1","kind":"X","name":"x","uid":"y","controller":true}],"managedFields":[{"manager":"kubedb","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:ports":{"k:{\"port\":1,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}},"f:replicas":{}}}}]},"spec":{"version":"8.2.2","replicas":1,"storage":{"resources":{"requests":{"storage":"1Gi"}}},"ports":[{"port":1,"protocol":"TCP"}],"podTemplate":{"spec":{"containers":[{"name":"redis","x":[1,2.5,null]}]}},"template":{"spec":{}},"holderIdentity":"h"},"status":{"phase":"Ready","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}]},"data":{"password":"c2VjcmV0"},"type":"kubernetes.io/basic-auth"}
        """;

    private static readonly byte[] Stream = Encoding.UTF8.GetBytes(
        $$$"""{"type":"ADDED","object":{{{Object}}}}""" + "\n" + $$$"""{"type":"MODIFIED","object":{{{Object}}}}""" + "\n" + """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}""" + "\n");

    private static readonly byte[] Page = Encoding.UTF8.GetBytes($$$"""{"metadata":{"resourceVersion":"9","continue":""},"items":[{{{Object}}},{{{Object}}}]}""");

    private static readonly ObjectDecoder<object>[] Decoders =
    [
        Pod.Decode, Secret.Decode, ObservedKinds.ManagedSecret, PetSet.Decode, StatefulSet.Decode, ObservedKinds.Identity, Lease.Decode, Namespace.Decode,
        OwnedObjectDecoder.Decode, RedisDatabase.Decode, RedisOpsRequest.Decode, KubernetesVerbs.DecodeJson,
    ];

    /// <summary>Events before the damage arrive, an error is the last thing, and nothing is thrown.</summary>
    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public async Task<bool> A_damaged_watch(int[] damages, byte which, byte piece)
    {
        var bytes = Mangle.Bytes(Stream, damages);
        var intact = bytes.AsSpan().CommonPrefixLength(Stream);
        var events = await Watch(bytes, Decoders[which % Decoders.Length], piece + 1, 1 << 20);
        var whole = Stream.AsSpan(0, intact).Count((byte)'\n');
        return events.Take(whole).All(e => e.Type != WatchEventType.Error) && events.SkipLast(1).All(e => e.Type != WatchEventType.Error);
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public async Task<bool> Any_bytes_as_a_watch(byte[] bytes, byte which, byte piece) =>
        (await Watch(bytes, Decoders[which % Decoders.Length], piece + 1, 64)).SkipLast(1).All(e => e.Type != WatchEventType.Error);

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool A_damaged_list(int[] damages, byte which)
    {
        try
        {
            return ListDecoder.Decode(Mangle.Bytes(Page, damages), Decoders[which % Decoders.Length]).Items.Count <= 12;
        }
        catch (Exception e) when (JsonLimits.IsUnreadable(e))
        {
            return true;
        }
    }

    /// <summary>What one user nests must not keep the objects of all others from being read.</summary>
    [TestCase(60)]
    [TestCase(400)]
    [TestCase(9_000)]
    public void An_object_nested_deeper_than_is_read_hides_no_other(int depth)
    {
        var deep = Object.Replace("\"x\":[1,2.5,null]", $"\"x\":{Nested(depth)}", StringComparison.Ordinal).Replace("\"name\":\"a\",\"namespace\"", "\"name\":\"deep\",\"namespace\"", StringComparison.Ordinal);
        var page = Encoding.UTF8.GetBytes($$$"""{"items":[{{{deep}}},{{{Object}}}],"metadata":{"resourceVersion":"9"}}""");

        foreach (ObjectDecoder<IKubernetesObject> decode in (ObjectDecoder<IKubernetesObject>[])[RedisDatabase.Decode, OwnedObjectDecoder.Decode, PetSet.Decode])
        {
            var read = ListDecoder.Decode(page, decode);
            Assert.That(read.Items.Select(i => i.Metadata.Name), depth < JsonLimits.Depth - 50 ? Is.EqualTo(new[] { "deep", "a" }) : Is.EqualTo(new[] { "a" }));
            Assert.That(read.Unreadable.Select(u => u.Key), depth < JsonLimits.Depth - 50 ? Is.Empty : Is.EqualTo(new[] { new ObjectKey("n", "deep") }));
        }
    }

    [TestCase(400)]
    [TestCase(9_000)]
    public async Task A_deep_object_in_a_watch_ends_it_with_an_error_or_arrives(int depth)
    {
        var line = $$$"""{"type":"ADDED","object":{"metadata":{"resourceVersion":"8"},"spec":{{{Nested(depth)}}}}}""" + "\n";
        var events = await Watch(Encoding.UTF8.GetBytes(line), KubernetesVerbs.DecodeJson, 4096, 1 << 20);
        Assert.That(events.Single().Type, Is.EqualTo(depth < JsonLimits.Depth ? WatchEventType.Added : WatchEventType.Error));
    }

    [Test]
    public void What_is_as_deep_as_is_read_can_also_be_hashed_copied_and_written()
    {
        var fragment = JsonFragment.Parse(Nested(JsonLimits.Depth - 12));
        var copy = fragment.ToNode()!.DeepClone();
        Assert.That(JsonNode.DeepEquals(copy, fragment.ToNode()), Is.True);
        Assert.That(OwnedFields.Desired(new JsonObject { ["spec"] = copy }), Is.Not.Empty);
        Assert.That(fragment.ToNode()!.ToJsonString(), Has.Length.EqualTo(fragment.Utf8.Length));
    }

    /// <summary>Discovery of a broken aggregated API: any document is an offer, or an error that hinders no other group.</summary>
    [FsCheck.NUnit.Property(MaxTest = 500)]
    public async Task<bool> A_damaged_discovery(int[] damages, byte which)
    {
        var server = new DamagedDocuments(which % 3, damages);
        var offer = await new ApiDiscovery(server).GetAsync(CancellationToken.None);
        return !offer.Succeeded || which % 3 != 2 || offer.Value.Serves(ResourceTypes.Pod);
    }

    [TestCase("/apis", """{"groups":[null,{"name":"x.example.com","versions":[null]}]}""")]
    [TestCase("/apis/x.example.com/v1", """{"resources":[null,{"name":null}]}""")]
    public async Task Holes_in_discovery_are_nothing(string path, string document)
    {
        var offer = await new ApiDiscovery(new DamagedDocuments(0, []) { Instead = (path, document) }).GetAsync(CancellationToken.None);
        Assert.That(offer.Succeeded && offer.Value.Serves(ResourceTypes.Pod), Is.True);
    }

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private static async Task<List<WatchEvent<object>>> Watch(byte[] bytes, ObjectDecoder<object> decode, int piece, int maxLine)
    {
        var events = new List<WatchEvent<object>>();
        var settings = new WatchSettings(TimeSpan.FromSeconds(90), maxLine, new VirtualTime(), false);
        await foreach (var e in WatchStream.ReadAsync(new PieceStream(bytes, piece), "watch", settings, decode, CancellationToken.None))
            events.Add(e);
        return events;
    }

    private sealed class DamagedDocuments(int which, int[] damages) : IApiDocuments
    {
        private static readonly string[] Paths = ["/version", "/apis", "/apis/x.example.com/v1"];

        private static readonly Dictionary<string, string> Texts = new()
        {
            ["/version"] = """{"major":"1","minor":"27+","gitVersion":"v1.27.3"}""",
            ["/apis"] = """{"kind":"APIGroupList","groups":[{"name":"x.example.com","versions":[{"groupVersion":"x.example.com/v1","version":"v1"}]}]}""",
            ["/api/v1"] = """{"resources":[{"name":"pods","namespaced":true},{"name":"pods/log"}]}""",
            ["/apis/x.example.com/v1"] = """{"kind":"APIResourceList","resources":[{"name":"things","verbs":["get"]}]}""",
        };

        public (string Path, string Text) Instead { get; init; }

        // Decodes as the client does: what can not be read is an error.
        public Task<ApiResult<T>> ReadDocumentAsync<T>(string path, ObjectDecoder<T> decode, CancellationToken cancel)
        {
            if (!Texts.TryGetValue(path, out var text))
                return Task.FromResult(new ApiResult<T>(new ApiError(ApiErrorKind.NotFound, 404, "NotFound", "nothing")));
            if (path == Instead.Path)
                text = Instead.Text;
            try
            {
                return Task.FromResult(new ApiResult<T>(decode(path == Paths[which] ? Mangle.Bytes(Encoding.UTF8.GetBytes(text), damages) : Encoding.UTF8.GetBytes(text))));
            }
            catch (Exception e) when (JsonLimits.IsUnreadable(e))
            {
                return Task.FromResult(new ApiResult<T>(ApiErrors.Unreadable(path, JsonLimits.Describe(e))));
            }
        }
    }
}
