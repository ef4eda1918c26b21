using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;
using ApplyResult = KubeDb.Api.Controllers.ApplyResult;

namespace KubeDb.Tests.Machine.Controllers;

/// <summary>Informer and applier against the server in this process.</summary>
[TestFixture]
[Category("Machine")]
public sealed class ApplierTests
{
    private static readonly ResourceType ConfigMaps = new("", "v1", "configmaps", "ConfigMap");
    private static readonly ResourceType StatefulSets = new("apps", "v1", "statefulsets", "StatefulSet");
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    [Test]
    public void What_is_as_described_is_neither_read_nor_written() => Run(async world =>
    {
        Assert.That((await world.ApplyAsync(Map())).Kind, Is.EqualTo(ApplyKind.Created));
        var mark = world.Operator.Journal.Entries.Count(IsRequest);
        for (var i = 0; i < 10; i++)
            Assert.That((await world.ApplyAsync(Map())).Kind, Is.EqualTo(ApplyKind.Unchanged));

        Assert.That(world.Operator.Journal.Entries.Count(IsRequest), Is.EqualTo(mark));
    });

    [Test]
    public void A_new_process_without_memory_writes_nothing() => Run(async world =>
    {
        await world.ApplyAsync(Map());
        var second = await world.NewProcessAsync();

        Assert.That((await second(Map())).Kind, Is.EqualTo(ApplyKind.Unchanged));
    });

    [Test]
    public void What_someone_changed_is_put_back() => Run(async world =>
    {
        await world.ApplyAsync(Map());
        await world.PersonAsync(new JsonObject { ["data"] = new JsonObject { ["a"] = "changed", ["theirs"] = "x" } });
        await world.SeesAsync();
        Assert.That((await world.ApplyAsync(Map())).Kind, Is.EqualTo(ApplyKind.Configured));

        Assert.That((string?)world.Live["data"]!["a"], Is.EqualTo("1"));
        Assert.That((string?)world.Live["data"]!["theirs"], Is.EqualTo("x"), "what others add is theirs");
        Assert.That((await world.ApplyAsync(Map())).Kind, Is.EqualTo(ApplyKind.Unchanged));
    });

    [Test]
    public void What_someone_removed_is_put_back() => Run(async world =>
    {
        await world.ApplyAsync(Map());
        await world.PersonAsync(new JsonObject { ["data"] = new JsonObject { ["a"] = null } });
        await world.SeesAsync();
        Assert.That((await world.ApplyAsync(Map())).Kind, Is.EqualTo(ApplyKind.Configured));

        Assert.That((string?)world.Live["data"]!["a"], Is.EqualTo("1"));
    });

    [Test]
    public void What_is_no_longer_described_goes() => Run(async world =>
    {
        await world.ApplyAsync(Map());
        var less = Map();
        less["data"]!.AsObject().Remove("b");
        Assert.That((await world.ApplyAsync(less)).Kind, Is.EqualTo(ApplyKind.Configured));

        Assert.That(world.Live["data"]!.AsObject().Select(d => d.Key), Is.EqualTo(new[] { "a" }));
        Assert.That((await world.ApplyAsync(less)).Kind, Is.EqualTo(ApplyKind.Unchanged));
    });

    [Test]
    public void A_value_that_the_server_stores_in_another_form_is_not_written_for_ever() => Run(async world =>
    {
        var cache = await world.CacheAsync(StatefulSets);
        await world.ApplyAsync(Set(), StatefulSets, cache);
        var claim = world.Server.Peek(StatefulSets, "demo", "s")!["spec"]!["volumeClaimTemplates"]![0]!;
        Assert.That((string?)claim["spec"]!["volumeMode"], Is.EqualTo("Filesystem"), "the test needs a server that fills in defaults");
        await Task.Delay(Tick, world.Time);
        var writes = world.Operator.Journal.WriteCount;
        for (var i = 0; i < 10; i++)
            Assert.That((await world.ApplyAsync(Set(), StatefulSets, cache)).Kind, Is.EqualTo(ApplyKind.Unchanged));

        Assert.That(world.Operator.Journal.WriteCount, Is.EqualTo(writes));
    });

    [Test]
    public void Someone_elses_object_is_left_alone_and_both_are_named() => Run(async world =>
    {
        var theirs = Map(owner: "other");
        theirs["data"]!["a"] = "theirs";
        await world.Person.CreateAsync(ConfigMaps, theirs, CancellationToken.None);
        await world.SeesAsync();
        var result = await world.ApplyAsync(Map());

        Assert.That(result.Kind, Is.EqualTo(ApplyKind.NameTaken));
        Assert.That(result.Message, Does.Contain("ConfigMap demo/m").And.Contains("Boss other").And.Contains("Boss db"));
        Assert.That(result.ToOutcome().Kind, Is.EqualTo(OutcomeKind.Fail));
        Assert.That((string?)world.Live["data"]!["a"], Is.EqualTo("theirs"));
    });

    [Test]
    public void A_persons_object_that_the_cache_does_not_hold_is_left_alone() => Run(async world =>
    {
        var theirs = new JsonObject
        {
            ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "m", ["namespace"] = "demo" }, ["data"] = new JsonObject { ["a"] = "theirs" },
        };
        await world.Person.CreateAsync(ConfigMaps, theirs, CancellationToken.None);
        var result = await world.ApplyAsync(Map(), ConfigMaps, await world.CacheAsync(ConfigMaps, "app.kubernetes.io/instance"));

        Assert.That(result.Kind, Is.EqualTo(ApplyKind.NameTaken));
        Assert.That((string?)world.Live["data"]!["a"], Is.EqualTo("theirs"));
    });

    [Test]
    public void An_object_being_deleted_is_waited_for() => Run(async world =>
    {
        var held = Map();
        held["metadata"]!["finalizers"] = new JsonArray("test/hold");
        await world.ApplyAsync(held);
        await world.Person.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = ConfigMaps, Namespace = "demo", Name = "m" }, KubernetesVerbs.DecodeJson, CancellationToken.None);
        await world.SeesAsync();

        Assert.That((await world.ApplyAsync(held)).ToOutcome().Kind, Is.EqualTo(OutcomeKind.Wait));
    });

    [Test]
    public void An_object_deleted_behind_our_back_is_not_made_anew_by_a_change() => Run(async world =>
    {
        await world.ApplyAsync(Map());
        var stale = await world.StaleCacheAsync();
        await world.DeleteByPersonAsync();
        var changed = Map();
        changed["data"]!["a"] = "2";
        var result = await world.ApplyAsync(changed, ConfigMaps, stale);

        Assert.That(result.Kind, Is.EqualTo(ApplyKind.Failed));
        Assert.That(result.Error!.Kind, Is.EqualTo(ApiErrorKind.Conflict).Or.EqualTo(ApiErrorKind.NotFound));
    });

    [Test]
    public void A_delete_hits_only_what_was_read() => Run(async world =>
    {
        await world.ApplyAsync(Map());
        Assert.That(await world.DeleteAsync("someone-else"), Is.False);
        Assert.That(world.Server.Peek(ConfigMaps, "demo", "m"), Is.Not.Null);

        Assert.That(await world.DeleteAsync("u-db"), Is.True);
        Assert.That(world.Server.Peek(ConfigMaps, "demo", "m"), Is.Null);
        Assert.That(world.Cache.Get(new("demo", "m")), Is.Null, "read-your-writes");
        var delete = world.Operator.Journal.Writes.Last();
        Assert.That(delete.Request!.Body!["preconditions"]!["uid"], Is.Not.Null);
        Assert.That(delete.Request.Body["preconditions"]!["resourceVersion"], Is.Not.Null);
    });

    [Test]
    public void A_delete_of_something_that_changed_meanwhile_is_a_conflict() => Run(async world =>
    {
        await world.ApplyAsync(Map());
        world.Operator.Faults.On(e => e.Verb == "delete", Fault.Slow(TimeSpan.FromSeconds(1)));
        var deleting = world.DeleteAsync("u-db");
        await Task.Delay(TimeSpan.FromMilliseconds(500), world.Time);
        await world.PersonAsync(new JsonObject { ["data"] = new JsonObject { ["precious"] = "x" } });

        Assert.That(await ErrorOfAsync(deleting), Is.EqualTo(ApiErrorKind.Conflict));
        Assert.That((string?)world.Live["data"]!["precious"], Is.EqualTo("x"));
    });

    private static async Task<ApiErrorKind?> ErrorOfAsync(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (ApiException refused)
        {
            return refused.Error.Kind;
        }
    }

    private static bool IsRequest(JournalEntry entry) => entry.Does is RequestKind.Read or RequestKind.Write;

    private static JsonObject Map(string owner = "db") => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject
        {
            ["name"] = "m",
            ["namespace"] = "demo",
            ["labels"] = new JsonObject { ["app.kubernetes.io/instance"] = owner },
            ["ownerReferences"] = new JsonArray(
                new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Boss", ["name"] = owner, ["uid"] = "u-" + owner, ["controller"] = true }),
        },
        ["data"] = new JsonObject { ["a"] = "1", ["b"] = "2" },
    };

    private static JsonObject Set() => JsonNode.Parse(
        """
        {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "s", "namespace": "demo"},
         "spec": {"serviceName": "s", "selector": {"matchLabels": {"app": "s"}},
          "template": {"metadata": {"labels": {"app": "s"}}, "spec": {"containers": [{"name": "main", "image": "i"}]}},
          "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}}
        """)!.AsObject();

    private static void Run(Func<World, Task> body)
    {
        var sim = new Simulation();
        sim.Run(
            async () =>
            {
                using var world = new World(sim);
                await world.StartAsync();
                await body(world);
                await world.StopAsync();
            },
            TimeSpan.FromHours(1));
    }

    private sealed class World : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly List<Task> _running = [];
        private readonly Simulation _sim;
        private readonly Applier _applier;

        public World(Simulation sim)
        {
            _sim = sim;
            Server = new InMemoryApiServer(sim.Time);
            Server.CreateNamespace("demo");
            Operator = Server.Connect("operator");
            Person = Server.Connect("kubectl");
            _applier = new Applier(Operator, NullLogger<Applier>.Instance);
        }

        public InMemoryApiServer Server { get; }

        public Connection Operator { get; }

        public Connection Person { get; }

        public TimeProvider Time => _sim.Time;

        public ICache<OwnedObject> Cache { get; private set; } = null!;

        public JsonObject Live => Server.Peek(ConfigMaps, "demo", "m")!;

        public async Task StartAsync()
        {
            // The owners exist only by name: the garbage collector would take what they own.
            Server.Collector.Enabled = false;
            Cache = await CacheAsync(ConfigMaps);
        }

        public Task<ApplyResult> ApplyAsync(JsonObject desired) => ApplyAsync(desired, ConfigMaps, Cache);

        public Task<ApplyResult> ApplyAsync(JsonObject desired, ResourceType type, ICache<OwnedObject> cache) =>
            _applier.ApplyAsync(desired, type, cache, CancellationToken.None);

        public async Task<Func<JsonObject, Task<ApplyResult>>> NewProcessAsync()
        {
            var cache = await CacheAsync(ConfigMaps);
            var applier = new Applier(Operator, NullLogger<Applier>.Instance);
            return desired => applier.ApplyAsync(desired, ConfigMaps, cache, CancellationToken.None);
        }

        public async Task<ICache<OwnedObject>> CacheAsync(ResourceType type, string? selector = null)
        {
            var options = new InformerOptions<OwnedObject> { Type = type, Decode = OwnedObjectDecoder.Decode, LabelSelector = selector };
            var informer = new Informer<OwnedObject>(options, Operator, _sim.Time, new Random(1), NullLogger<Informer<OwnedObject>>.Instance);
            _running.Add(informer.RunAsync(_stop.Token));
            await _sim.UntilAsync(() => informer.HasSynced, Tick);
            return informer;
        }

        /// <summary>A cache that holds what is there now and learns nothing more.</summary>
        public async Task<ICache<OwnedObject>> StaleCacheAsync()
        {
            using var stop = new CancellationTokenSource();
            var options = new InformerOptions<OwnedObject> { Type = ConfigMaps, Decode = OwnedObjectDecoder.Decode };
            var informer = new Informer<OwnedObject>(options, Operator, _sim.Time, new Random(1), NullLogger<Informer<OwnedObject>>.Instance);
            var running = informer.RunAsync(stop.Token);
            await _sim.UntilAsync(() => informer.HasSynced, Tick);
            Cancel(stop);
            await running;
            return informer;
        }

        public async Task PersonAsync(JsonObject patch) =>
            (await Person.MergePatchAsync(ConfigMaps, new("demo", "m"), patch, "kubectl-edit", null, KubernetesVerbs.DecodeJson, CancellationToken.None)).OrThrow();

        public async Task DeleteByPersonAsync() =>
            (await Person.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = ConfigMaps, Namespace = "demo", Name = "m" }, KubernetesVerbs.DecodeJson, CancellationToken.None)).OrThrow();

        public Task<bool> DeleteAsync(string owner) =>
            _applier.DeleteOwnedAsync(new("demo", "m"), owner, ConfigMaps, Cache, OwnedObjectDecoder.Decode, CancellationToken.None);

        public Task SeesAsync() => _sim.UntilAsync(() => Cache.Get(new("demo", "m"))?.Metadata.ResourceVersion == (string?)Live["metadata"]!["resourceVersion"], Tick);

        public async Task StopAsync()
        {
            Cancel(_stop);
            await Task.WhenAll(_running);
        }

        public void Dispose()
        {
            _stop.Dispose();
            Operator.Dispose();
            Person.Dispose();
        }

        private static void Cancel(CancellationTokenSource source) => source.Cancel();
    }
}
