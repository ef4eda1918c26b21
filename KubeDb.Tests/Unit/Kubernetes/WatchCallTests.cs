using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using Microsoft.AspNetCore.Http;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture]
[Category("Unit")]
public sealed class WatchCallTests
{
    [Test]
    public async Task Events_arrive_while_the_watch_is_open_and_cancellation_reaches_the_server()
    {
        var aborted = new TaskCompletionSource();
        string query = "";
        await using var server = await TestServer.StartAsync(async c =>
        {
            query = c.Request.QueryString.Value!;
            c.RequestAborted.Register(aborted.SetResult);
            await c.Response.WriteAsync("""{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"6"}}}""" + "\n");
            await c.Response.Body.FlushAsync();
            await aborted.Task;
        });
        using var client = server.Client();
        using var cancel = new CancellationTokenSource();

        var events = Watch(client, cancel.Token).GetAsyncEnumerator();
        Assert.That(await events.MoveNextAsync(), Is.True);
        Assert.That((events.Current.Type, events.Current.Object?.Metadata.Name, events.Current.ResourceVersion), Is.EqualTo((WatchEventType.Added, "a", "6")));
        var next = events.MoveNextAsync().AsTask();
        await cancel.CancelAsync();

        Assert.That(async () => await next, Throws.InstanceOf<OperationCanceledException>());
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System);
        Assert.That(query, Is.EqualTo("?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=300&labelSelector=a%3Db"));
    }

    [Test]
    public async Task Leaving_the_loop_ends_the_request()
    {
        var aborted = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async c =>
        {
            c.RequestAborted.Register(aborted.SetResult);
            await c.Response.WriteAsync("""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"6"}}}""" + "\n");
            await c.Response.Body.FlushAsync();
            await aborted.Task;
        });
        using var client = server.Client();

        await foreach (var e in Watch(client, CancellationToken.None))
        {
            Assert.That(e.ResourceVersion, Is.EqualTo("6"));
            break;
        }

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System);
    }

    [TestCase(410, "Expired", ApiErrorKind.Gone)]
    [TestCase(403, "Forbidden", ApiErrorKind.Forbidden)]
    [TestCase(404, "NotFound", ApiErrorKind.NotFound)]
    public async Task A_refused_watch_is_one_error_event(int code, string reason, ApiErrorKind kind)
    {
        await using var server = await TestServer.StartAsync(c => TestServer.Status(c, code, reason));
        using var client = server.Client();

        Assert.That(await Kinds(client), Is.EqualTo(new ApiErrorKind?[] { kind }));
    }

    [Test]
    public async Task A_server_that_can_not_be_reached_is_one_error_event()
    {
        await using var server = await TestServer.StartAsync(c => TestServer.Json(c, 200, ""));
        using var client = new HttpKubernetesClient(server.Configuration() with { Server = new Uri("http://127.0.0.1:1") });

        Assert.That(await Kinds(client), Is.EqualTo(new ApiErrorKind?[] { ApiErrorKind.Unreachable }));
    }

    [Test]
    public async Task A_connection_that_breaks_is_an_error_event()
    {
        var arrived = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async c =>
        {
            await c.Response.WriteAsync("""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"6"}}}""" + "\n");
            await c.Response.Body.FlushAsync();
            await arrived.Task;
            c.Abort();
        });
        using var client = server.Client();

        var kinds = new List<ApiErrorKind?>();
        await foreach (var e in Watch(client, CancellationToken.None))
        {
            kinds.Add(e.Error?.Kind);
            arrived.TrySetResult();
        }

        Assert.That(kinds, Is.EqualTo(new ApiErrorKind?[] { null, ApiErrorKind.Unreachable }));
    }

    private static async Task<List<ApiErrorKind?>> Kinds(HttpKubernetesClient client)
    {
        var kinds = new List<ApiErrorKind?>();
        await foreach (var e in Watch(client, CancellationToken.None))
            kinds.Add(e.Error?.Kind);
        return kinds;
    }

    private static IAsyncEnumerable<WatchEvent<Pod>> Watch(HttpKubernetesClient client, CancellationToken cancel) =>
        client.WatchAsync(ResourceTypes.Pod, new WatchOptions { ResourceVersion = "5", LabelSelector = "a=b" }, Pod.Decode, cancel);
}
