using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.Controllers;

/// <summary>Two processes that share the status of one object.</summary>
[TestFixture]
[Category("Machine")]
public sealed class StatusWriterTests
{
    private const string Definition = """
        {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "boxes.test.example.com"},
         "spec": {"group": "test.example.com", "scope": "Namespaced", "names": {"plural": "boxes", "kind": "Box"},
          "versions": [{"name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
           "schema": {"openAPIV3Schema": {"type": "object", "properties": {"status": {"type": "object", "properties": {
             "phase": {"type": "string"}, "observedGeneration": {"type": "integer"},
             "conditions": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
               "items": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}, "status": {"type": "string"},
                 "reason": {"type": "string"}, "message": {"type": "string"}, "lastTransitionTime": {"type": "string"}}}}}}}}}}]}}
        """;

    private static readonly string Keyless =
        Definition.Replace("\"x-kubernetes-list-type\": \"map\", \"x-kubernetes-list-map-keys\": [\"type\"],", "", StringComparison.Ordinal);

    private static readonly ResourceType Boxes = new("test.example.com", "v1", "boxes", "Box");
    private static readonly ObjectKey Key = new("demo", "b");

    [Test]
    public void Nothing_is_written_when_nothing_changes_and_times_stay() => Run(async world =>
    {
        await world.WriteAsync(Wanted("Ready", ("Ready", "True")));
        var first = world.Condition("Ready")["lastTransitionTime"]!.ToString();
        var writes = world.One.Journal.WriteCount;
        await Task.Delay(TimeSpan.FromMinutes(1), world.Time);
        await world.WriteAsync(Wanted("Ready", ("Ready", "True")));
        Assert.That(world.One.Journal.WriteCount, Is.EqualTo(writes));

        var reworded = Wanted("Ready", ("Ready", "True"));
        reworded["conditions"]![0]!["message"] = "other words";
        await world.WriteAsync(reworded);
        Assert.That(world.Condition("Ready")["lastTransitionTime"]!.ToString(), Is.EqualTo(first), "the status did not change");

        await world.WriteAsync(Wanted("NotReady", ("Ready", "False")));
        Assert.That(world.Condition("Ready")["lastTransitionTime"]!.ToString(), Is.GreaterThan(first));
    });

    [Test]
    public void What_is_left_out_goes_and_the_others_part_stays() => Run(async world =>
    {
        await world.WriteAsync(Wanted("Ready", ("Ready", "True"), ("Extra", "True")));
        await world.WriteAsOtherAsync("Paused");
        await world.WriteAsync(Wanted("Ready", ("Ready", "True")));

        Assert.That(world.Types, Is.EquivalentTo(new[] { "Ready", "Paused" }));
        var writes = world.One.Journal.WriteCount;
        await world.WriteAsync(Wanted("Ready", ("Ready", "True")));
        Assert.That(world.One.Journal.WriteCount, Is.EqualTo(writes));
    });

    [Test]
    public void The_status_of_an_object_that_is_gone_is_an_error_not_a_new_object() => Run(async world =>
    {
        await world.DeleteAsync();
        var result = await world.WriteAsync(Wanted("Ready", ("Ready", "True")));

        Assert.That(result.Error!.Kind, Is.EqualTo(ApiErrorKind.NotFound).Or.EqualTo(ApiErrorKind.Conflict));
        Assert.That(world.Server.Peek(Boxes, "demo", "b"), Is.Null);
    });

    /// <summary>Old servers, and definitions that do not declare what the conditions' key is: an apply replaces all of them.</summary>
    [Test]
    public void Where_conditions_are_one_value_the_others_stay_all_the_same() => Run(
        async world =>
        {
            await world.WriteAsOtherAsync("Paused");
            await world.ReadAsync();
            await world.WriteAsync(Wanted("Ready", ("Ready", "True")));
            Assert.That(world.Types, Is.EquivalentTo(new[] { "Ready", "Paused" }));

            await world.WriteAsync(Wanted("NotReady", ("Ready", "False")));
            Assert.That(world.Types, Is.EquivalentTo(new[] { "Ready", "Paused" }));
        },
        Keyless);

    [Test]
    public void Where_conditions_are_one_value_nothing_that_was_not_seen_is_written_over() => Run(
        async world =>
        {
            var seen = world.Status;
            await world.WriteAsOtherAsync("Paused");
            var result = await world.WriteAsync(Wanted("Ready", ("Ready", "True")), seen);

            Assert.That(result.Error?.Kind, Is.EqualTo(ApiErrorKind.Conflict));
            Assert.That(world.Types, Is.EquivalentTo(new[] { "Paused" }));
        },
        Keyless);

    /// <summary>Else the other could not take its condition away again.</summary>
    [Test]
    public void Where_conditions_have_a_key_each_stays_its_owners() => Run(async world =>
    {
        await world.WriteAsync(Wanted("Ready", ("Ready", "True")));
        await world.WriteAsOtherAsync("Paused");
        await world.WriteAsync(Wanted("NotReady", ("Ready", "False")));
        await world.WriteAsOtherAsync(null);

        Assert.That(world.Types, Is.EquivalentTo(new[] { "Ready" }));
    });

    private static JsonObject Wanted(string phase, params (string Type, string Status)[] conditions) => new()
    {
        ["phase"] = phase,
        ["observedGeneration"] = 1,
        ["conditions"] = new JsonArray([.. conditions.Select(JsonNode (c) => new JsonObject { ["type"] = c.Type, ["status"] = c.Status, ["reason"] = c.Type, ["message"] = "m" })]),
    };

    private static void Run(Func<World, Task> body, string definition = Definition)
    {
        var sim = new Simulation();
        sim.Run(
            async () =>
            {
                using var world = new World(sim, definition);
                await world.CreateAsync();
                await body(world);
            },
            TimeSpan.FromHours(1));
    }

    private sealed class World : IDisposable
    {
        private readonly Simulation _sim;
        private readonly StatusWriter _writer;
        private readonly Connection _other;
        private ObjectMeta _meta = new();

        public World(Simulation sim, string definition)
        {
            _sim = sim;
            Server = new InMemoryApiServer(sim.Time);
            Server.CreateNamespace("demo");
            Server.Register(CustomKinds.Read(Json.Parse(definition)));
            One = Server.Connect("one");
            _other = Server.Connect("other");
            _writer = new StatusWriter(
                One, "one", new StatusScope(new HashSet<string> { "phase", "observedGeneration" }, type => type != "Paused"), sim.Time);
        }

        public InMemoryApiServer Server { get; }

        public Connection One { get; }

        public TimeProvider Time => _sim.Time;

        public IEnumerable<string> Types => Status!["conditions"]!.AsArray().Select(c => (string)c!["type"]!);

        public JsonObject? Status => Server.Peek(Boxes, "demo", "b")?["status"] as JsonObject;

        public JsonNode Condition(string type) => Status!["conditions"]!.AsArray().Single(c => (string?)c!["type"] == type)!;

        public async Task CreateAsync()
        {
            var body = new JsonObject { ["apiVersion"] = Boxes.ApiVersion, ["kind"] = "Box", ["metadata"] = new JsonObject { ["name"] = "b", ["namespace"] = "demo" } };
            var created = (await One.CreateAsync(Boxes, body, CancellationToken.None)).OrThrow();
            _meta = new ObjectMeta
            {
                Name = "b", Namespace = "demo", Uid = (string)created["metadata"]!["uid"]!, ResourceVersion = (string)created["metadata"]!["resourceVersion"]!,
            };
        }

        /// <summary>What a cache would do meanwhile.</summary>
        public async Task ReadAsync() =>
            _meta = _meta with { ResourceVersion = (string)(await One.GetAsync(Boxes, Key, CancellationToken.None)).OrThrow()["metadata"]!["resourceVersion"]! };

        public Task<ApiResult<OwnedObject?>> WriteAsync(JsonObject wanted) => WriteAsync(wanted, Status);

        public async Task<ApiResult<OwnedObject?>> WriteAsync(JsonObject wanted, JsonObject? seen)
        {
            var written = await _writer.WriteAsync(_meta, seen, wanted, Boxes, OwnedObjectDecoder.Decode, new NoCache(), CancellationToken.None);
            if (written.Succeeded && written.Value is { } now)
                _meta = _meta with { ResourceVersion = now.Metadata.ResourceVersion };
            return written;
        }

        public async Task WriteAsOtherAsync(string? type)
        {
            var body = new JsonObject
            {
                ["apiVersion"] = Boxes.ApiVersion,
                ["kind"] = "Box",
                ["metadata"] = new JsonObject { ["name"] = "b", ["namespace"] = "demo" },
                ["status"] = new JsonObject { ["conditions"] = type is null ? [] : new JsonArray(new JsonObject { ["type"] = type, ["status"] = "True" }) },
            };
            (await _other.ApplyAsync(Boxes, body, "other", "status", KubernetesVerbs.DecodeJson, CancellationToken.None)).OrThrow();
        }

        public async Task DeleteAsync() =>
            (await _other.SendAsync(new ApiRequest { Verb = ApiVerb.Delete, Type = Boxes, Namespace = Key.Namespace, Name = Key.Name }, KubernetesVerbs.DecodeJson, CancellationToken.None)).OrThrow();

        public void Dispose()
        {
            One.Dispose();
            _other.Dispose();
        }
    }

    private sealed class NoCache : ICache<OwnedObject>
    {
        public bool HasSynced => true;

        public bool IsServed => true;

        public OwnedObject? Get(ObjectKey key) => null;

        public IReadOnlyList<OwnedObject> List(string ns = "") => [];

        public IReadOnlyList<OwnedObject> ControlledBy(string ownerUid) => [];

        public IReadOnlyList<OwnedObject> WithLabel(string ns, string key, string value) => [];

        public void Observe(OwnedObject written)
        {
        }

        public void ObserveDeleted(ObjectKey key, string uid)
        {
        }
    }
}
