using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace KubeDb.Tests.Unit.Kubernetes;

[TestFixture]
[Category("Unit")]
public sealed class RetryTests
{
    public static IEnumerable<TestCaseData> Requests()
    {
        var plain = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "x" } };
        var conditional = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "x", ["resourceVersion"] = "5" } };
        yield return new TestCaseData(Request(ApiVerb.Get), true).SetArgDisplayNames("get");
        yield return new TestCaseData(Request(ApiVerb.List) with { Name = null }, true).SetArgDisplayNames("list");
        yield return new TestCaseData(Request(ApiVerb.Apply, plain) with { FieldManager = "test" }, true).SetArgDisplayNames("apply");
        yield return new TestCaseData(Request(ApiVerb.Update, conditional), true).SetArgDisplayNames("update");
        yield return new TestCaseData(Request(ApiVerb.MergePatch, conditional), true).SetArgDisplayNames("conditional merge patch");
        yield return new TestCaseData(Request(ApiVerb.MergePatch, plain), false).SetArgDisplayNames("merge patch");
        yield return new TestCaseData(Request(ApiVerb.JsonPatch, new JsonArray(new JsonObject { ["op"] = "test" })), true).SetArgDisplayNames("json patch with a test");
        yield return new TestCaseData(Request(ApiVerb.JsonPatch, new JsonArray(new JsonObject { ["op"] = "add" })), false).SetArgDisplayNames("json patch");
        yield return new TestCaseData(Request(ApiVerb.Delete, new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = "u" } }), true).SetArgDisplayNames("delete of a uid");
        yield return new TestCaseData(Request(ApiVerb.Delete), false).SetArgDisplayNames("delete");
        yield return new TestCaseData(Request(ApiVerb.Create, plain) with { Name = null }, false).SetArgDisplayNames("create");
    }

    [TestCaseSource(nameof(Requests))]
    public async Task After_a_lost_answer_only_a_harmless_request_is_sent_again(ApiRequest request, bool again)
    {
        var (error, attempts) = await Run(request, (context, attempt) => attempt == 1 ? Cut(context) : TestServer.Json(context, 200, "{}"));

        Assert.That(attempts, Is.EqualTo(again ? 2 : 1));
        Assert.That(error?.Kind, Is.EqualTo(again ? (ApiErrorKind?)null : ApiErrorKind.Unreachable));
    }

    [TestCaseSource(nameof(Requests))]
    public async Task After_an_internal_error_only_a_harmless_request_is_sent_again(ApiRequest request, bool again)
    {
        var (error, attempts) = await Run(request, (context, attempt) => attempt == 1 ? TestServer.Status(context, 500, "InternalError") : TestServer.Json(context, 200, "{}"));

        Assert.That(attempts, Is.EqualTo(again ? 2 : 1));
        Assert.That(error?.Kind, Is.EqualTo(again ? (ApiErrorKind?)null : ApiErrorKind.ServerError));
    }

    [TestCaseSource(nameof(Requests))]
    public async Task Asked_to_wait_every_request_is_sent_again(ApiRequest request, bool _)
    {
        var (error, attempts) = await Run(request, (context, attempt) => attempt == 1 ? TestServer.Status(context, 429, "TooManyRequests") : TestServer.Json(context, 200, "{}"));

        Assert.That((attempts, error), Is.EqualTo((2, (ApiError?)null)));
    }

    [Test]
    public async Task An_eviction_refused_by_a_disruption_budget_is_the_callers()
    {
        var (error, attempts) = await Run(
            Request(ApiVerb.Create, new JsonObject()) with { Subresource = "eviction" },
            (context, _) => TestServer.Status(context, 429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget."));

        Assert.That((attempts, error?.Kind), Is.EqualTo((1, ApiErrorKind.TooManyRequests)));
    }

    [TestCase(400)]
    [TestCase(403)]
    [TestCase(404)]
    [TestCase(409)]
    [TestCase(422)]
    public async Task A_refusal_is_final(int code)
    {
        var (_, attempts) = await Run(Request(ApiVerb.Get), (context, _) => TestServer.Status(context, code, "X"));

        Assert.That(attempts, Is.EqualTo(1));
    }

    [TestCase(0, 3)]
    [TestCase(11, 2)]
    public async Task A_right_counts_as_missing_only_when_the_server_has_had_time_to_read_its_roles(int age, int attempts)
    {
        const string Refused = "redises is forbidden: User \\\"operator\\\" cannot get resource \\\"redises\\\"";
        var time = new VirtualTime();
        var asked = 0;
        await using var server = await TestServer.StartAsync(context =>
            Interlocked.Increment(ref asked) == 2 ? TestServer.Status(context, 403, "Forbidden", Refused) : TestServer.Json(context, 200, "{}"));
        using var client = server.Client(new KubernetesClientOptions { Time = time });
        Assert.That((await client.SendAsync(Request(ApiVerb.Get), KubernetesVerbs.DecodeJson, CancellationToken.None)).Succeeded, Is.True);
        time.Advance(TimeSpan.FromSeconds(age));

        var call = client.SendAsync(Request(ApiVerb.Get), KubernetesVerbs.DecodeJson, CancellationToken.None);
        while (!call.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        Assert.That((asked, (await call).Succeeded), Is.EqualTo((attempts, attempts == 3)));
    }

    [Test]
    public async Task Attempts_end_and_the_last_error_is_told()
    {
        var (error, attempts) = await Run(Request(ApiVerb.Get), (context, attempt) => TestServer.Status(context, 503, "ServiceUnavailable", $"no {attempt}"));

        Assert.That((attempts, error?.Message), Is.EqualTo((5, "no 5")));
    }

    [Test]
    public async Task The_time_that_the_server_asks_for_is_waited()
    {
        var time = new VirtualTime();
        var attempts = 0;
        await using var server = await TestServer.StartAsync(context =>
        {
            context.Response.Headers.RetryAfter = "7";
            return Interlocked.Increment(ref attempts) == 1 ? TestServer.Status(context, 429, "TooManyRequests") : TestServer.Json(context, 200, "{}");
        });
        using var client = server.Client(new KubernetesClientOptions { Time = time });

        var call = client.SendAsync(Request(ApiVerb.Get), KubernetesVerbs.DecodeJson, CancellationToken.None);
        while (!call.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        Assert.That((await call).Succeeded, Is.True);
        Assert.That(time.Elapsed, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(7)));
    }

    [Test]
    public async Task A_longer_wait_than_the_budget_is_handed_to_the_caller()
    {
        var (error, attempts) = await Run(Request(ApiVerb.Get), (context, _) =>
        {
            context.Response.Headers.RetryAfter = "120";
            return TestServer.Status(context, 429, "TooManyRequests");
        });

        Assert.That((attempts, error?.RetryAfter), Is.EqualTo((1, TimeSpan.FromSeconds(120))));
    }

    [Test]
    public async Task A_server_that_does_not_listen_is_tried_again_even_for_a_create()
    {
        await using var server = await TestServer.StartAsync(c => TestServer.Json(c, 200, "{}"));
        var configuration = server.Configuration() with { Server = new Uri("http://127.0.0.1:1") };
        var waits = 0;
        using var client = new HttpKubernetesClient(configuration, new KubernetesClientOptions
        {
            RetryDelay = TimeSpan.FromMilliseconds(1),
            Jitter = () =>
            {
                waits++;
                return 0.5;
            },
        });

        var result = await client.SendAsync(Request(ApiVerb.Create, new JsonObject()) with { Name = null }, KubernetesVerbs.DecodeJson, CancellationToken.None);

        Assert.That((result.Error?.Kind, result.Error?.Reason), Is.EqualTo((ApiErrorKind.Unreachable, "NotConnected")));
        Assert.That(waits, Is.EqualTo(4));
    }

    [Test]
    public async Task A_silent_server_is_given_up_after_the_time_out()
    {
        var time = new VirtualTime();
        await using var server = await TestServer.StartAsync(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        using var client = server.Client(new KubernetesClientOptions { Time = time, MaxRetries = 0 });

        var call = client.SendAsync(Request(ApiVerb.Get), KubernetesVerbs.DecodeJson, CancellationToken.None);
        while (!call.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        Assert.That((await call).Error?.Reason, Is.EqualTo("TimedOut"));
        Assert.That(time.Elapsed, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public async Task The_callers_cancellation_throws_and_reaches_the_server()
    {
        var aborted = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            arrived.SetResult();
            await aborted.Task;
        });
        using var client = server.Client();
        using var cancel = new CancellationTokenSource();

        var call = client.SendAsync(Request(ApiVerb.Get), KubernetesVerbs.DecodeJson, cancel.Token);
        await arrived.Task;
        await cancel.CancelAsync();

        Assert.That(async () => await call, Throws.InstanceOf<OperationCanceledException>());
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System);
    }

    private static ApiRequest Request(ApiVerb verb, JsonNode? body = null) =>
        new() { Verb = verb, Type = ResourceTypes.Pod, Namespace = "ns", Name = "x", Body = body?.DeepClone() };

    private static Task Cut(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static async Task<(ApiError? Error, int Attempts)> Run(ApiRequest request, Func<HttpContext, int, Task> answer)
    {
        var attempts = 0;
        await using var server = await TestServer.StartAsync(context => answer(context, Interlocked.Increment(ref attempts)));
        using var client = server.Client();
        var result = await client.SendAsync(request, KubernetesVerbs.DecodeJson, CancellationToken.None);
        return (result.Error, attempts);
    }
}
