using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Machine.Controllers;

/// <summary>Whole processes of the controller core: two replicas on one server, with a reconciler that keeps a copy of every ConfigMap of kind "source".</summary>
[TestFixture]
[Category("Machine")]
public sealed class OperatorRuntimeTests
{
    private static readonly ResourceType ConfigMaps = new("", "v1", "configmaps", "ConfigMap");
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    [Test]
    public void A_change_is_acted_on_and_then_all_is_quiet() => Run(async world =>
    {
        var a = world.Start("a");
        await world.CreateAsync("one");
        await world.UntilCopiedAsync("one");
        Assert.That(a.Runtime.IsReady);
        Assert.That(a.Runtime.IsAlive);
        var mark = a.Connection.Journal.Entries.Count;
        await Task.Delay(TimeSpan.FromMinutes(10), world.Time);
        var since = a.Connection.Journal.Since(mark).Where(e => e.Does is RequestKind.Read or RequestKind.Write && e.Type.Plural != "leases");

        Assert.That(since, Is.Empty, "idle means no writes and no reads beyond watches and the lease");
    });

    [Test]
    public void Ten_thousand_objects_at_start_do_not_delay_a_fresh_change() => Run(async world =>
    {
        for (var i = 0; i < 2000; i++)
            world.Seed($"old{i}");
        world.Start("a");
        await world.UntilCopiedAsync("old0");
        var began = world.Time.GetTimestamp();
        await world.CreateAsync("fresh");
        await world.UntilCopiedAsync("fresh");

        Assert.That(world.Time.GetElapsedTime(began), Is.LessThan(TimeSpan.FromMilliseconds(300)));
        Assert.That(world.CopyOf("old1999"), Is.Null, "the backlog was meant to be long");
    });

    [Test]
    public void A_stop_finishes_the_work_gives_the_lease_back_and_writes_nothing_after() => Run(async world =>
    {
        var a = world.Start("a");
        await world.UntilAsync(() => a.Runtime.Leadership.IsLeader);
        var b = world.Start("b");
        world.Pace = TimeSpan.FromSeconds(3);
        await world.CreateAsync("one");
        await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
        var began = world.Time.GetTimestamp();
        await world.StopAsync(a);
        Assert.That(world.CopyOf("one"), Is.Not.Null, "the reconcile under way finished");
        Assert.That(world.Time.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(a.Connection.Journal.Writes.Last().Type.Plural, Is.EqualTo("leases"), "nothing is written after the lease is given back");
        await world.UntilAsync(() => b.Runtime.Leadership.IsLeader);
        Assert.That(world.Time.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(8)));
        world.Pace = TimeSpan.Zero;
        await world.CreateAsync("two");
        await world.UntilCopiedAsync("two");
    });

    [Test]
    public void A_leader_that_is_cut_off_is_replaced_and_never_are_there_two_writers() => Run(async world =>
    {
        var a = world.Start("a");
        await world.UntilAsync(() => a.Runtime.Leadership.IsLeader);
        var b = world.Start("b");
        await Task.Delay(TimeSpan.FromSeconds(5), world.Time);
        a.Connection.Faults.Partitioned = true;
        await world.CreateAsync("one");
        while (!b.Runtime.Leadership.IsLeader)
        {
            await Task.Delay(Tick, world.Time);
            Assert.That(a.Runtime.Leadership.IsLeader && b.Runtime.Leadership.IsLeader, Is.False);
        }

        Assert.That(a.Runtime.Leadership.IsLeader, Is.False);
        await world.UntilCopiedAsync("one");
        a.Connection.Faults.Partitioned = false;
        var effects = a.Connection.Journal.Writes.Count(e => e.TookEffect);
        await Task.Delay(TimeSpan.FromMinutes(2), world.Time);
        Assert.That(a.Connection.Journal.Writes.Count(e => e.TookEffect), Is.EqualTo(effects), "the former leader stands by");
    });

    [Test]
    public void What_can_not_be_read_is_told_on_it_by_whoever_leads_and_acted_on_once_mended() => Run(async world =>
    {
        var a = world.Start("a");
        await world.UntilAsync(() => a.Runtime.Leadership.IsLeader);
        var b = world.Start("b");
        world.SeedDeep("deep");
        await world.CreateAsync("one");
        await world.UntilCopiedAsync("one");
        await world.UntilAsync(() => world.EventsOf("deep").Any());
        await Task.Delay(TimeSpan.FromMinutes(30), world.Time);
        Assert.That(world.CopyOf("deep"), Is.Null);
        Assert.That(world.EventsOf("deep"), Is.EqualTo(new[] { "Unreadable, told 1 times" }));

        await world.StopAsync(a);
        await world.UntilAsync(() => b.Runtime.Leadership.IsLeader);
        await world.UntilAsync(() => world.EventsOf("deep").Count() == 2);
        world.Mend("deep");
        await world.UntilCopiedAsync("deep");
    });

    private static void Run(Func<World, Task> body)
    {
        var sim = new Simulation();
        sim.Run(
            async () =>
            {
                var world = new World(sim);
                await body(world);
                await world.EndAsync();
            },
            TimeSpan.FromHours(2));
    }

    private sealed record Replica(OperatorRuntime Runtime, Connection Connection, CancellationTokenSource Stop)
    {
        public Task Running { get; set; } = Task.CompletedTask;
    }

    private sealed class World
    {
        private readonly Simulation _sim;
        private readonly List<Replica> _replicas = [];
        private readonly Connection _person;

        public World(Simulation sim)
        {
            _sim = sim;
            Server = new InMemoryApiServer(sim.Time);
            Server.CreateNamespace("demo");
            Server.CreateNamespace("kubedb");
            Server.Collector.Enabled = false;
            _person = Server.Connect("kubectl");
        }

        public InMemoryApiServer Server { get; }

        public TimeProvider Time => _sim.Time;

        public TimeSpan Pace { get; set; } = TimeSpan.Zero;

        public Replica Start(string name)
        {
            var connection = Server.Connect(name);
            var parts = new OperatorParts
            {
                Client = connection,
                LeaseName = "test-operator",
                EventSource = "Test Operator",
                Identity = name,
                OwnNamespace = "kubedb",
                Time = _sim.Time,
                Random = new Random(name[0]),
                Logs = NullLoggerFactory.Instance,
            };
            var runtime = new OperatorRuntime(new OperatorOptions { MaxConcurrentReconciles = 2 }, parts);
            var queue = runtime.NewQueue("copies");
            var cache = runtime.AddInformer(new InformerOptions<OwnedObject> { Type = ConfigMaps, Decode = OwnedObjectDecoder.Decode });
            cache.FeedMany(queue, c => c.Latest.Metadata.Name.EndsWith("-copy", StringComparison.Ordinal) ? [] : [c.Latest.Metadata.Key]);
            runtime.AddController(new Copier(runtime, cache, this), queue);
            var replica = new Replica(runtime, connection, new CancellationTokenSource());
            replica.Running = runtime.RunAsync(replica.Stop.Token);
            _replicas.Add(replica);
            return replica;
        }

        public async Task CreateAsync(string name) => (await _person.CreateAsync(ConfigMaps, Map(name, ""), CancellationToken.None)).OrThrow();

        /// <summary>Creates a source that goes deeper than anything is read.</summary>
        public void SeedDeep(string name)
        {
            var map = Map(name, "");
            for (var (i, at) = (0, (JsonObject)map["data"]!); i < 600; i++)
                at["x"] = at = [];
            Server.Handle(new ApiRequest { Verb = ApiVerb.Create, Type = ConfigMaps, Namespace = "demo", Body = map }, "test");
        }

        public void Mend(string name) =>
            Server.Handle(new ApiRequest { Verb = ApiVerb.Update, Type = ConfigMaps, Namespace = "demo", Name = name, Body = Map(name, "") }, "test");

        /// <summary>Reason of each event about a source, and how often it was told.</summary>
        public IEnumerable<string> EventsOf(string name) => Server.PeekAll(new("", "v1", "events", "Event"))
            .Where(e => e.At("involvedObject", "name")?.GetValue<string>() == name && e.At("involvedObject", "uid")?.GetValue<string>().Length > 0)
            .Select(e => $"{e.Text("reason")}, told {e["count"]} times");

        public void Seed(string name) =>
            Server.Handle(new ApiRequest { Verb = ApiVerb.Create, Type = ConfigMaps, Namespace = "demo", Body = Map(name, "") }, "test");

        public JsonObject? CopyOf(string name) => Server.Peek(ConfigMaps, "demo", name + "-copy");

        public Task UntilAsync(Func<bool> condition) => _sim.UntilAsync(condition, Tick);

        public Task UntilCopiedAsync(string name) => UntilAsync(() => CopyOf(name) is not null);

        public Task StopAsync(Replica replica)
        {
            replica.Stop.Cancel();
            return replica.Running;
        }

        public async Task EndAsync()
        {
            foreach (var replica in _replicas)
            {
                await StopAsync(replica);
                replica.Runtime.Dispose();
                replica.Stop.Dispose();
                replica.Connection.Dispose();
            }

            _person.Dispose();
        }

        public static JsonObject Map(string name, string instance) => new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "demo", ["labels"] = new JsonObject { ["app.kubernetes.io/instance"] = instance } },
            ["data"] = new JsonObject { ["a"] = "1" },
        };
    }

    private sealed class Copier(OperatorRuntime runtime, ICache<OwnedObject> cache, World world) : IReconciler
    {
        public string Name => "copies";

        public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancel)
        {
            if (cache.Get(key) is null)
                return Outcome.Done;
            if (world.Pace > TimeSpan.Zero)
                await Task.Delay(world.Pace, world.Time, cancel);
            var result = await runtime.Applier.ApplyAsync(World.Map(key.Name + "-copy", key.Name), ConfigMaps, cache, cancel);
            runtime.Events.Normal(EventTarget.Of(ConfigMaps, cache.Get(key)!.Metadata), "Copied", "copied");
            return result.ToOutcome();
        }
    }
}
