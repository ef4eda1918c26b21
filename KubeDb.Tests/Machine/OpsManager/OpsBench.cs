using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.OpsManager;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Machine.OpsManager;

/// <summary>An API server, a cluster and a database under virtual time, for the ops-manager to work on.</summary>
internal sealed class OpsBench
{
    /// <summary>Name of the database.</summary>
    public const string Database = "db";

    private const string Namespace = "demo";
    private static readonly string[] Ended = ["Successful", "Failed", "Skipped"];

    public OpsBench()
    {
        Server = new InMemoryApiServer(Simulation.Time);
        Server.Register(CustomKinds.Loose("kubedb.com", "v1", "redises", "Redis"));
        Server.Register(CustomKinds.Loose("catalog.kubedb.com", "v1alpha1", "redisversions", "RedisVersion", namespaced: false));
        Server.Register(CustomKinds.Loose("ops.kubedb.com", "v1alpha1", "redisopsrequests", "RedisOpsRequest"));
        Server.Register(CustomKinds.Loose("apps.k8s.appscode.com", "v1", "petsets", "PetSet"));
        Server.CreateNamespace(Namespace);
        Servers = new DoubleServers(Simulation.Time);
        Engine = new DoubleEngine(Servers);
        Cluster = new ClusterDouble(Server, Servers);
        Create(RedisVersion.Resource, """{"metadata":{"name":"8.2.2"},"spec":{"version":"8.2.2"}}""");
    }

    public Simulation Simulation { get; } = new();

    public InMemoryApiServer Server { get; }

    public DoubleServers Servers { get; }

    public DoubleEngine Engine { get; }

    public ClusterDouble Cluster { get; }

    public RecordedEvents Events { get; } = new();

    /// <summary>A Ready database with so many pods.</summary>
    public void HaveDatabase(int replicas, string inline = "")
    {
        var spec = new JsonObject { ["version"] = "8.2.2", ["replicas"] = replicas };
        if (inline.Length > 0)
            spec["configuration"] = new JsonObject { ["inline"] = new JsonObject { [DoubleServers.File] = inline } };
        Create(Redis.Resource, new JsonObject { ["metadata"] = new JsonObject { ["name"] = Database, ["namespace"] = Namespace }, ["spec"] = spec });
        SetPhase("Ready");
        var stored = (IDatabase)Redis.Decode(Bytes(Peek(Redis.Resource, Database)));
        foreach (var o in Engine.Describe(Facts(stored)).Objects)
            Server.Handle(new ApiRequest { Verb = ApiVerb.Create, Type = o.Type, Namespace = Namespace, Body = o.Manifest, FieldManager = "kubedb" }, "test");
        Simulation.Run(() => Task.Delay(TimeSpan.FromSeconds(10), Simulation.Time), TimeSpan.FromMinutes(1));
        Cluster.CountsDown = true;
    }

    /// <summary>Sets the database's phase.</summary>
    public void SetPhase(string phase) =>
        Server.Handle(
            new ApiRequest
            {
                Verb = ApiVerb.MergePatch, Type = Redis.Resource, Namespace = Namespace, Name = Database, Subresource = "status",
                Body = new JsonObject { ["status"] = new JsonObject { ["phase"] = phase } },
            },
            "test");

    /// <summary>Creates a request; <paramref name="rest"/> are further members of its spec.</summary>
    public void Ask(string name, string type, string rest = "", string database = Database)
    {
        var spec = Json.Parse("{" + rest + "}");
        spec["databaseRef"] = new JsonObject { ["name"] = database };
        spec["type"] = type;
        Create(RedisOpsRequest.Resource, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace }, ["spec"] = spec });
    }

    /// <summary>Asks for a change of configuration; <paramref name="rest"/> are further members of the block.</summary>
    public void AskFor(string name, string applied, string rest = "")
    {
        var block = Json.Parse("{" + rest + "}");
        block["applyConfig"] = new JsonObject { [DoubleServers.File] = applied };
        Ask(name, "Reconfigure", "\"configuration\":" + block.ToJsonString());
    }

    /// <summary>Deletes an object.</summary>
    public void Delete(ResourceType type, string name) =>
        Server.Handle(new ApiRequest { Verb = ApiVerb.Delete, Type = type, Namespace = type.Namespaced ? Namespace : "", Name = name }, "test");

    /// <summary>Starts an ops-manager.</summary>
    public OpsProcess Start(string name = "ops") => new(this, name);

    /// <summary>Runs until all requests have ended, and a little longer.</summary>
    public void RunToEnd()
    {
        var version = -1L;
        RunUntil(() =>
        {
            if (Server.Version == version)
                return false;
            version = Server.Version;
            return Requests.All(r => Ended.Contains(r["status"].Text("phase")));
        });
        RunFor(2);
    }

    /// <summary>Runs for a while.</summary>
    public void RunFor(double seconds) =>
        Simulation.Run(() => Task.Delay(TimeSpan.FromSeconds(seconds), Simulation.Time), TimeSpan.FromSeconds(seconds + 1));

    /// <summary>Runs until it holds; half an hour at most.</summary>
    public void RunUntil(Func<bool> holds)
    {
        try
        {
            Simulation.Run(() => Simulation.UntilAsync(holds, TimeSpan.FromMilliseconds(50)), TimeSpan.FromMinutes(30));
        }
        catch (TimeoutException)
        {
            Assert.Fail("It never came about.\n" + string.Join('\n', Requests.Select(r => r.ToJsonString())));
        }
    }

    /// <summary>All requests, by name.</summary>
    public IReadOnlyList<JsonObject> Requests => Server.PeekAll(RedisOpsRequest.Resource);

    /// <summary>A request.</summary>
    public RedisOpsRequest Request(string name) => RedisOpsRequest.Decode(Bytes(Peek(RedisOpsRequest.Resource, name)));

    /// <summary>The database.</summary>
    public Redis TheDatabase => Redis.Decode(Bytes(Peek(Redis.Resource, Database)));

    /// <summary>Conditions of a request as <c>Type=Status</c>, in order.</summary>
    public IReadOnlyList<string> ConditionsOf(string name) => [.. Request(name).Status.Conditions.Select(c => $"{c.Type}={c.Status}")];

    /// <summary>UIDs of the database's pods, by name.</summary>
    public IReadOnlyDictionary<string, string> Pods =>
        Server.PeekAll(ResourceTypes.Pod).ToDictionary(p => p.Name(), p => p.Uid());

    /// <summary>What all servers run with; null when they differ.</summary>
    public string? Running => Pods.Values.Select(Servers.ConfigurationOf).Distinct().ToList() is [var one] ? one : null;

    /// <summary>Facts for the blueprint.</summary>
    public DatabaseFacts Facts(IDatabase database) => new()
    {
        Database = database,
        Version = RedisVersion.Decode(Bytes(Server.Peek(RedisVersion.Resource, "", "8.2.2")!)),
        Credential = new Credential("default", "hunter2"),
        Offers = new ServerOffers(true, false, false),
        Secrets = Engine.References(database)
            .Select(r => Server.Peek(ResourceTypes.Secret, Namespace, r.Name))
            .OfType<JsonObject>()
            .ToDictionary(s => s.Name(), s => Secret.Decode(Bytes(s))),
    };

    /// <summary>Creates an object from JSON without apiVersion and kind.</summary>
    public void Create(ResourceType type, string json) => Create(type, Json.Parse(json));

    private void Create(ResourceType type, JsonObject body)
    {
        body["apiVersion"] = type.ApiVersion;
        body["kind"] = type.Kind;
        var answer = Server.Handle(new ApiRequest { Verb = ApiVerb.Create, Type = type, Namespace = type.Namespaced ? Namespace : "", Body = body }, "test");
        Assert.That(answer.Error, Is.Null, body.ToJsonString());
    }

    private JsonObject Peek(ResourceType type, string name) =>
        Server.Peek(type, Namespace, name) ?? throw new InvalidOperationException($"There is no {type.Kind} {name}.");

    private static byte[] Bytes(JsonObject json) => System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
}

/// <summary>Keeps events.</summary>
internal sealed class RecordedEvents : IEventRecorder
{
    /// <summary>Object, type, reason and message, in order.</summary>
    public List<(string Name, string Type, string Reason, string Message)> All { get; } = [];

    public void Normal(EventTarget target, string reason, string message) => All.Add((target.Key.Name, "Normal", reason, message));

    public void Warning(EventTarget target, string reason, string message) => All.Add((target.Key.Name, "Warning", reason, message));
}

/// <summary>An ops-manager as a process of its own: its caches, its queue, its connection, which can be killed.</summary>
internal sealed class OpsProcess : IProvisionerPresence
{
    private readonly OpsBench _bench;
    private readonly Informer<PetSet> _petSets;

    public OpsProcess(OpsBench bench, string name)
    {
        _bench = bench;
        Connection = bench.Server.Connect(name);
        var databases = Watch<IDatabase>(Redis.Resource, Redis.Decode);
        var versions = Watch<ICatalogVersion>(RedisVersion.Resource, RedisVersion.Decode);
        var requests = Watch<IOpsRequest>(RedisOpsRequest.Resource, RedisOpsRequest.Decode);
        var pods = Watch<Pod>(ResourceTypes.Pod, Pod.Decode);
        var petSets = _petSets = Watch<PetSet>(PetSet.Resource, PetSet.Decode);
        var sources = new WorldSources
        {
            Engine = bench.Engine,
            Databases = databases,
            Versions = versions,
            Requests = requests,
            Pods = pods,
            PetSets = petSets,
            Offers = static () => new ServerOffers(true, false, false),
            GatherAsync = (database, _) => Task.FromResult(new Gathered(bench.Facts(database), default)),
            ApplyAsync = ApplyAsync,
        };
        var queue = new WorkQueue(new WorkQueueOptions { Name = name }, bench.Simulation.Time);
        databases.Subscribe(c => queue.Add(c.Latest.Metadata.Key));
        requests.Subscribe(c => queue.Add(new(c.Latest.Metadata.Namespace, c.Latest.DatabaseName)));
        pods.Subscribe(c => Child(queue, c.Latest.Metadata));
        petSets.Subscribe(c => Child(queue, c.Latest.Metadata));
        var reconciler = OpsRoom.Compose(sources, Connection, bench.Events, this, bench.Simulation.Time, NullLoggerFactory.Instance);
        Controller = new Controller(
            reconciler,
            queue,
            new AlwaysLeading(),
            new ControllerOptions { Workers = 2, Needs = [databases, versions, requests, pods, petSets] },
            bench.Simulation.Time,
            NullLogger<Controller>.Instance);
        bench.Simulation.Run(
            () =>
            {
                foreach (var informer in new IInformer[] { databases, versions, requests, pods, petSets })
                    _ = informer.RunAsync(Connection.Killed);
                _ = Controller.RunAsync(Connection.Killed);
                return Task.CompletedTask;
            },
            TimeSpan.FromSeconds(1));
    }

    /// <summary>The connection.</summary>
    public Connection Connection { get; }

    /// <summary>The controller.</summary>
    public Controller Controller { get; }

    /// <summary>A Provisioner is known not to run.</summary>
    public bool ProvisionerAbsent { get; set; }

    public Task<bool> IsAbsentAsync(CancellationToken cancel) => Task.FromResult(ProvisionerAbsent);

    private static void Child(WorkQueue queue, ObjectMeta child)
    {
        if (child.Labels.GetValueOrDefault(DatabaseLabels.Instance) is { } name)
            queue.Add(new(child.Namespace, name));
    }

    private Informer<T> Watch<T>(ResourceType type, ObjectDecoder<T> decode)
        where T : class, IKubernetesObject =>
        new(new InformerOptions<T> { Type = type, Decode = decode }, Connection, _bench.Simulation.Time, new Random(1), NullLogger<Informer<T>>.Instance);

    private async Task<StepResult> ApplyAsync(DatabaseFacts facts, Blueprint blueprint, CancellationToken cancel)
    {
        foreach (var o in blueprint.Objects)
        {
            var applied = (await Connection.ApplyAsync(o.Type, (JsonObject)o.Manifest.DeepClone(), FieldManagers.Blueprint, null, KubernetesVerbs.DecodeJson, cancel)).OrThrow();
            if (o.Type == PetSet.Resource)
                _petSets.Observe(PetSet.Decode(System.Text.Encoding.UTF8.GetBytes(applied.ToJsonString())));
        }

        return StepResult.Done;
    }
}
