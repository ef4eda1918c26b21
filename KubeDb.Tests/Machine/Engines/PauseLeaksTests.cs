using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.World;
using KubeDb.Tests.Unit.Engines.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Machine.Engines;

/// <summary>Whether a pause outlived its request, where a request of one engine holds a database of another.</summary>
[TestFixture]
[Category("Machine")]
public sealed class PauseLeaksTests
{
    private static readonly ResourceType OtherRequests = new("ops.kubedb.com", "v1alpha1", "otheropsrequests", "OtherOpsRequest");

    [TestCase("Progressing", "present", false)]
    [TestCase("Failed", "present", true)]
    [TestCase("Progressing", "made anew", true)]
    [TestCase("Progressing", "not known yet", false)]
    [TestCase("Progressing", "gone", true)]
    public void The_holder_is_looked_up_by_its_kind(string phase, string state, bool leaked) => Run(async (server, leaks) =>
    {
        var uid = "uid-of-a-request-that-is-gone";
        if (state != "gone")
            uid = Request(server, phase);
        if (state == "made anew")
            uid = "uid-of-an-earlier-one";
        if (state != "not known yet")
            await Task.Delay(TimeSpan.FromSeconds(1), server.Time);

        Assert.That(await leaks.IsLeakedAsync(new PauseHolder(OtherRequests.Kind, new("demo", "r"), uid), default), Is.EqualTo(leaked));
    });

    [Test]
    public void A_kind_that_no_engine_has_is_never_leaked() => Run(async (_, leaks) =>
        Assert.That(await leaks.IsLeakedAsync(new PauseHolder("RequestOfTheFuture", new("demo", "r"), "uid"), default), Is.False));

    private static string Request(InMemoryApiServer server, string phase)
    {
        var body = Json.Parse("""
            {"apiVersion":"ops.kubedb.com/v1alpha1","kind":"OtherOpsRequest","metadata":{"name":"r","namespace":"demo"},
            "spec":{"type":"Restart","databaseRef":{"name":"db"}}}
            """);
        var status = Json.Parse($$"""{"status":{"phase":"{{phase}}"} }""");
        var create = new ApiRequest { Verb = ApiVerb.Create, Type = OtherRequests, Namespace = "demo", Body = body };
        Assert.That(server.Handle(create, "test").Error, Is.Null);
        Assert.That(server.Handle(create with { Verb = ApiVerb.MergePatch, Name = "r", Subresource = "status", Body = status }, "test").Error, Is.Null);
        return server.Peek(OtherRequests, "demo", "r")!.Uid();
    }

    private static void Run(Func<InMemoryApiServer, PauseLeaks, Task> body)
    {
        var simulation = new Simulation();
        var server = new InMemoryApiServer(simulation.Time);
        var redis = new RedisEngine(new FakeServers(), simulation.Time);
        var other = redis.Kinds with
        {
            Name = "Other",
            Database = new("kubedb.com", "v1", "others", "Other"),
            Version = new("catalog.kubedb.com", "v1alpha1", "otherversions", "OtherVersion", Namespaced: false),
            OpsRequest = OtherRequests,
        };
        foreach (var kind in new[] { other.Database, other.Version, other.OpsRequest, redis.Kinds.Database, redis.Kinds.Version, redis.Kinds.OpsRequest })
            server.Register(CustomKinds.Loose(kind.Group, kind.Version, kind.Plural, kind.Kind, kind.Namespaced));
        server.CreateNamespace("demo");
        using var connection = server.Connect("operator");
        using var runtime = new OperatorRuntime(new OperatorOptions(), new OperatorParts
        {
            Client = connection,
            LeaseName = "operator",
            EventSource = "operator",
            Identity = "operator",
            OwnNamespace = "demo",
            Time = simulation.Time,
            Random = new Random(1),
            Logs = NullLoggerFactory.Instance,
        });
        var caches = new DatabaseCaches([redis, new TestEngine(redis, new EngineHooks { Kinds = other })], runtime);
        simulation.Run(
            async () =>
            {
                using var stop = new CancellationTokenSource();
                var run = runtime.RunAsync(stop.Token);
                await Task.Delay(TimeSpan.FromSeconds(1), simulation.Time);
                await body(server, new PauseLeaks(runtime.Client, caches));
                End(stop);
                await run;
            },
            TimeSpan.FromMinutes(1));
    }

    // Not asynchronously: what is cancelled stays on the thread of the simulation.
    private static void End(CancellationTokenSource stop) => stop.Cancel();
}
