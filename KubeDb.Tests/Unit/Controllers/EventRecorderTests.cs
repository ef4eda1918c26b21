using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Unit.Controllers;

[TestFixture]
[Category("Unit")]
public sealed class EventRecorderTests
{
    private static readonly EventTarget Target = new("g/v1", "Thing", new("demo", "db"), "u1");

    [Test]
    public void Events_appear_in_order_under_the_component() => Run(async (events, server, sim) =>
    {
        for (var i = 0; i < 20; i++)
            events.Normal(Target, "Successful", $"step {i:d2}");
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        var told = server.Events.OrderBy(e => (string)e.Value["lastTimestamp"]!, StringComparer.Ordinal).ThenBy(e => e.Key, StringComparer.Ordinal);

        Assert.That(told.Select(e => (string)e.Value["message"]!), Is.EqualTo(Enumerable.Range(0, 20).Select(i => $"step {i:d2}")));
        var first = server.Events.Values.First();
        Assert.That((string?)first["source"]!["component"], Is.EqualTo("KubeDB Operator"));
        Assert.That((string?)first["involvedObject"]!["uid"], Is.EqualTo("u1"));
        Assert.That((string?)first["type"], Is.EqualTo("Normal"));
        Assert.That((string?)first["metadata"]!["namespace"], Is.EqualTo("demo"));
        Assert.That((string?)first["firstTimestamp"], Is.EqualTo("2026-01-02T03:04:05Z"));
    });

    [Test]
    public void A_repeated_event_is_counted_and_seldom_written() => Run(async (events, server, sim) =>
    {
        for (var i = 0; i < 300; i++)
        {
            events.Warning(Target, "Waiting", "the pod is not ready");
            await Task.Delay(TimeSpan.FromMilliseconds(200), sim.Time);
        }

        await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);
        var only = server.Events.Values.Single();
        Assert.That((int?)only["count"], Is.EqualTo(300));
        Assert.That(only["firstTimestamp"]!.ToString(), Is.LessThan(only["lastTimestamp"]!.ToString()));
        Assert.That(server.Writes, Is.InRange(5, 8), "a minute of repetitions, one write in ten seconds");
    });

    [Test]
    public void A_flood_about_one_object_is_cut_short_and_spares_the_others() => Run(async (events, server, sim) =>
    {
        for (var i = 0; i < 500; i++)
            events.Normal(Target, "Flood", $"message {i}");
        events.Normal(Target with { Uid = "u2", Key = new("demo", "quiet") }, "One", "of another");
        await Task.Delay(TimeSpan.FromSeconds(5), sim.Time);

        Assert.That(server.Events, Has.Count.EqualTo(51));
    });

    [Test]
    public void What_the_server_forgot_is_told_anew() => Run(async (events, server, sim) =>
    {
        events.Normal(Target, "A", "a");
        await Task.Delay(TimeSpan.FromMinutes(1), sim.Time);
        server.Events.Clear();
        events.Normal(Target, "A", "a");
        await Task.Delay(TimeSpan.FromMinutes(1), sim.Time);

        Assert.That((int?)server.Events.Values.Single()["count"], Is.EqualTo(2));
    });

    [Test]
    public void A_server_in_trouble_gets_them_later_in_order() => Run(async (events, server, sim) =>
    {
        server.Answer = new ApiError(ApiErrorKind.Unreachable, 0, "", "no answer");
        events.Normal(Target, "A", "first");
        events.Normal(Target, "B", "second");
        await Task.Delay(TimeSpan.FromSeconds(3), sim.Time);
        server.Answer = null;
        await Task.Delay(TimeSpan.FromMinutes(1), sim.Time);

        Assert.That(server.Events.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => (string)e.Value["message"]!), Is.EqualTo(new[] { "first", "second" }));
    });

    [Test]
    public void A_namespace_that_is_being_deleted_is_passed_over() => Run(async (events, server, sim) =>
    {
        server.Answer = new ApiError(ApiErrorKind.Forbidden, 403, "Forbidden", "namespace is being terminated");
        events.Normal(Target, "A", "lost");
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        server.Answer = null;
        events.Normal(Target, "B", "told");
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);

        Assert.That(server.Events.Values.Select(e => (string)e["message"]!), Is.EqualTo(new[] { "told" }));
    });

    [Test]
    public void Memory_is_bounded() => Run(async (events, server, sim) =>
    {
        server.Answer = new ApiError(ApiErrorKind.Unreachable, 0, "", "no answer");
        for (var i = 0; i < 20_000; i++)
            events.Normal(Target with { Uid = $"u{i}" }, "A", "a");
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);

        Assert.That(events.Pending, Is.LessThanOrEqualTo(4096));
    });

    private static void Run(Func<EventRecorder, EventServer, Simulation, Task> body)
    {
        var sim = new Simulation();
        sim.Run(
            async () =>
            {
                using var stop = new CancellationTokenSource();
                var server = new EventServer(sim.Time);
                var events = new EventRecorder(new EventRecorderOptions { Component = "KubeDB Operator" }, server, sim.Time, NullLogger<EventRecorder>.Instance);
                var running = events.RunAsync(stop.Token);
                await body(events, server, sim);
                Stop(stop);
                await running;
            },
            TimeSpan.FromHours(3));
    }

    private static void Stop(CancellationTokenSource stop) => stop.Cancel();

    private sealed class EventServer(TimeProvider time) : FakeClient
    {
        public Dictionary<string, JsonObject> Events { get; } = [];

        public int Writes { get; private set; }

        public ApiError? Answer { get; set; }

        protected override async Task<ApiResult<JsonObject>> HandleAsync(ApiRequest request, CancellationToken cancel)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), time, cancel);
            if (Answer is not null)
                return new(Answer);
            Writes++;
            if (request.Verb is ApiVerb.Create)
            {
                Events.Add((string)request.Body!["metadata"]!["name"]!, (JsonObject)request.Body.DeepClone());
                return new(new JsonObject());
            }

            if (!Events.TryGetValue(request.Name!, out var known))
                return new(new ApiError(ApiErrorKind.NotFound, 404, "NotFound", "not found"));
            foreach (var (name, value) in request.Body!.AsObject())
                known[name] = value!.DeepClone();
            return new(known);
        }
    }
}
