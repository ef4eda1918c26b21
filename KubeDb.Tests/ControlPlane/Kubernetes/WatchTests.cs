using System.Diagnostics;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.ControlPlane.Kubernetes;

[TestFixture]
[Category("ControlPlane")]
public sealed class WatchTests : ApiServerTest
{
    [Test]
    public async Task Every_change_arrives_in_order()
    {
        var from = await Version();
        (await Create(ConfigMap("watched", "1"))).OrThrow();
        var patch = new JsonObject { ["data"] = new JsonObject { ["key"] = "2" } };
        (await Client.MergePatchAsync(ResourceTypes.ConfigMap, Key("watched"), patch, "test", null, KubernetesVerbs.DecodeJson, Soon)).OrThrow();
        await Client.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = ResourceTypes.ConfigMap, Namespace = Namespace, Name = "watched" }, KubernetesVerbs.DecodeJson, Soon);

        var seen = new List<string>();
        await foreach (var e in Watch(from, Soon, "metadata.name=watched"))
        {
            if (e.Type == WatchEventType.Bookmark)
                continue;
            seen.Add($"{e.Type} {e.Object?["data"]?["key"]?.GetValue<string>()}");
            Assert.That(e.ResourceVersion, Is.Not.Empty);
            if (e.Type == WatchEventType.Deleted)
                break;
        }

        Assert.That(seen, Is.EqualTo(new[] { "Added 1", "Modified 2", "Deleted 2" }));
    }

    [Test]
    public async Task The_server_ends_a_watch_after_its_time_without_an_error()
    {
        var from = await Version();
        var events = new List<WatchEvent<JsonObject>>();
        await foreach (var e in Watch(from, Soon, "metadata.name=none", TimeSpan.FromSeconds(1)))
            events.Add(e);

        Assert.That(events.Where(e => e.Type != WatchEventType.Bookmark), Is.Empty);
    }

    [Test]
    public async Task Cancellation_ends_a_silent_watch_at_once()
    {
        using var cancel = new CancellationTokenSource();
        var watch = Watch(await Version(), cancel.Token, "metadata.name=none").GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        Assert.That(next.IsCompleted, Is.False);

        var watchStop = Stopwatch.StartNew();
        await cancel.CancelAsync();

        Assert.That(async () => await next, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(watchStop.Elapsed, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    /// <summary>Of a kind that the server knows only now it has no history back to version 1.</summary>
    [Test]
    public async Task A_version_that_the_server_no_longer_has_is_gone()
    {
        var group = $"{Namespace}.example.com";
        var type = new ResourceType(group, "v1", "widgets", "Widget");
        (await Client.CreateAsync(ResourceTypes.CustomResourceDefinition, Definition(group), Soon)).OrThrow();
        try
        {
            WatchEvent<JsonObject> last = default;
            for (var i = 0; i < 50 && last.Error?.Kind is null or ApiErrorKind.NotFound or ApiErrorKind.TooManyRequests; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
                var options = new WatchOptions { Namespace = Namespace, ResourceVersion = "1", Timeout = TimeSpan.FromSeconds(1) };
                await foreach (var e in Client.WatchAsync(type, options, KubernetesVerbs.DecodeJson, Soon))
                    last = e;
            }

            Assert.That(last.Error?.Kind, Is.EqualTo(ApiErrorKind.Gone), last.Error?.Message);
        }
        finally
        {
            await Client.SendAsync(
                new ApiRequest { Verb = ApiVerb.Delete, Type = ResourceTypes.CustomResourceDefinition, Name = "widgets." + group }, KubernetesVerbs.DecodeJson, Soon);
        }
    }

    private static JsonObject Definition(string group) => Manifest(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "widgets." + group,
        null,
        ("spec", JsonNode.Parse($$"""
            {"group":"{{group}}","scope":"Namespaced","names":{"plural":"widgets","kind":"Widget"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"} } }]}
            """)));

    private IAsyncEnumerable<WatchEvent<JsonObject>> Watch(string from, CancellationToken cancel, string? fields = null, TimeSpan? timeout = null) =>
        Client.WatchAsync(
            ResourceTypes.ConfigMap,
            new WatchOptions { Namespace = Namespace, ResourceVersion = from, FieldSelector = fields, Timeout = timeout ?? TimeSpan.FromSeconds(30) },
            KubernetesVerbs.DecodeJson,
            cancel);

    private async Task<string> Version() =>
        (await Client.ListAsync(new ApiRequest { Verb = ApiVerb.List, Type = ResourceTypes.ConfigMap, Namespace = Namespace, Limit = 1 }, KubernetesVerbs.DecodeJson, Soon))
        .OrThrow().ResourceVersion;
}
