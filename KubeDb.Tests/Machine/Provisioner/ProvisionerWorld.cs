using System.Text.Json.Nodes;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Provisioner;
using KubeDb.Provisioner.Credentials;
using KubeDb.Tests.Support;
using KubeDb.Tests.Support.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDb.Tests.Machine.Provisioner;

/// <summary>The whole Provisioner on the in-process API server and cluster, under virtual time; the engine is a double.</summary>
internal sealed class ProvisionerWorld
{
    public const string Ns = "demo";

    private readonly Simulation _simulation = new();
    private int _processes;

    public ProvisionerWorld()
    {
        Server = new InMemoryApiServer(_simulation.Time);
        foreach (var file in Directory.GetFiles(Path.Combine(RepositoryRoot(), "charts/kubedb-crds"), "*.yaml", SearchOption.AllDirectories).Where(f => f.Contains('_')))
            Server.RegisterYaml(File.ReadAllText(file));
        Cluster = new FakeCluster(Server);
        Engine.Clock = () => _simulation.Time.Elapsed;
    }

    public InMemoryApiServer Server { get; }

    public FakeCluster Cluster { get; }

    public TestEngine Engine { get; } = new();

    public Connection Process { get; private set; } = null!;

    public OperatorRuntime Provisioner { get; private set; } = null!;

    public TimeProvider Time => _simulation.Time;

    /// <summary>Runs the body with a namespace, a catalog version and a running Provisioner.</summary>
    public static void Run(Func<ProvisionerWorld, Task> body, Action<ProvisionerWorld>? before = null)
    {
        var world = new ProvisionerWorld();
        before?.Invoke(world);
        world._simulation.Run(
            async () =>
            {
                world.Server.CreateNamespace(Ns);
                world.Create(RedisVersion.Resource, "", """{"metadata":{"name":"7.0.15"},"spec":{"version":"7.0.15","db":{"image":"redis:7.0.15"},"exporter":{"image":"exporter:1"},"coordinator":{"image":"c:1"},"podSecurityPolicies":{"databasePolicyName":""},"securityContext":{"runAsUser":999}}}""");
                await using (world.Start())
                    await body(world);
            },
            TimeSpan.FromHours(3));
    }

    /// <summary>Starts a Provisioner process; disposing stops it in order.</summary>
    public RunningProvisioner Start()
    {
        Process = Server.Connect($"provisioner-{++_processes}");
        var runtime = new OperatorRuntime(
            new OperatorOptions { LeaderElect = false },
            new OperatorParts
            {
                Client = Process,
                LeaseName = "kubedb-provisioner",
                EventSource = "KubeDB Operator",
                Identity = "test",
                OwnNamespace = "default",
                Time = _simulation.Time,
                Random = new Random(1),
                Logs = NullLoggerFactory.Instance,
            });
        Provisioner = runtime;
        var random = new Random(2);
        Composition.Compose(runtime, [Engine], new PasswordGenerator(random.NextBytes), new Random(3));
        return new RunningProvisioner(runtime, Process);
    }

    public void Create(ResourceType type, string ns, string json)
    {
        var body = Json.Parse(json);
        body["apiVersion"] = type.ApiVersion;
        body["kind"] = type.Kind;
        if (ns.Length > 0)
            body.Meta()["namespace"] = ns;
        Do(new ApiRequest { Verb = ApiVerb.Create, Type = type, Namespace = ns, Body = body });
    }

    /// <summary>Creates a Redis with 1 GiB.</summary>
    public void CreateRedis(string name = "cache", string more = "", string version = "7.0.15") => Create(
        Redis.Resource, Ns,
        $$$"""
          {"metadata":{"name":"{{{name}}}"},"spec":{"version":"{{{version}}}","storageType":"Durable",
          "storage":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } }{{{more}}} } }
          """);

    public void CreateSecret(string name, string data, string type = "Opaque", string labels = "{}") => Create(
        ResourceTypes.Secret, Ns,
        $$$"""{"metadata":{"name":"{{{name}}}","labels":{{{labels}}}},"type":"{{{type}}}","data":{{{data}}}}""");

    public void Patch(ResourceType type, string name, string json, string? subresource = null) => Do(new ApiRequest
    {
        Verb = ApiVerb.MergePatch,
        Type = type,
        Namespace = type.Namespaced ? Ns : "",
        Name = name,
        Body = JsonNode.Parse(json),
        Subresource = subresource,
        FieldManager = "kubectl",
    });

    public void Delete(ResourceType type, string name, string propagation = "Background") => Do(new ApiRequest
    {
        Verb = ApiVerb.Delete,
        Type = type,
        Namespace = type.Namespaced ? Ns : "",
        Name = name,
        Body = new JsonObject { ["propagationPolicy"] = propagation },
    });

    public JsonObject? Get(ResourceType type, string name) => Server.Peek(type, type.Namespaced ? Ns : "", name);

    public IReadOnlyList<string> Names(ResourceType type) =>
        [.. Server.PeekAll(type).Where(o => o.Namespace() is Ns or "").Select(o => o.Name()).Order(StringComparer.Ordinal)];

    public JsonObject? RedisNow(string name = "cache") => Get(Redis.Resource, name);

    public string Phase(string name = "cache") => RedisNow(name)?["status"].Text("phase") ?? "";

    public JsonObject? Condition(string type, string name = "cache") =>
        RedisNow(name)?.At("status", "conditions").Objects().FirstOrDefault(c => c.Text("type") == type);

    /// <summary>Messages of the events on the database, in the order in which they were written.</summary>
    public IReadOnlyList<string> Events(string name = "cache") =>
    [
        .. Server.PeekAll(ResourceTypes.Event)
            .Where(e => e["involvedObject"].Text("name") == name && e["involvedObject"].Text("kind") == "Redis")
            .OrderBy(e => long.Parse(e["metadata"].Text("resourceVersion"), System.Globalization.CultureInfo.InvariantCulture))
            .Select(e => e.Text("message")),
    ];

    public JsonObject? PetSetNow(string name = "cache") => Get(PetSet.Resource, name);

    public JsonObject? SetNow(string name = "cache") => Get(ResourceTypes.StatefulSet, name);

    /// <summary>Waits in steps of virtual time; a failure says what was waited for.</summary>
    public async Task UntilAsync(Func<bool> condition, string what, double seconds = 60)
    {
        for (var waited = 0.0; !condition(); waited += 0.05)
        {
            if (waited > seconds)
                Assert.Fail($"In {seconds} s it did not come about that {what}.\n{RedisNow()?["status"]?.ToJsonString()}\n{Process.Journal}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), Time);
        }
    }

    public Task PassAsync(TimeSpan time) => Task.Delay(time, Time);

    public async Task ReadyAsync(string name = "cache")
    {
        await UntilAsync(() => Phase(name) == "Ready", $"{name} is Ready");

        // What is still on its way (events, the last watch events) arrives.
        await PassAsync(TimeSpan.FromSeconds(2));
    }

    private void Do(ApiRequest request)
    {
        var answer = Server.Handle(request, "kubectl");
        Assert.That(answer.Error, Is.Null, () => $"{request.Verb} {request.Type} {request.Name}: {answer.Error!.Message}");
    }

    private static string RepositoryRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "KubeDb.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("The tests do not run from within the repository.");
    }
}

/// <summary>A Provisioner process that runs.</summary>
internal sealed class RunningProvisioner : IAsyncDisposable
{
    private readonly OperatorRuntime _runtime;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public RunningProvisioner(OperatorRuntime runtime, Connection process)
    {
        _runtime = runtime;
        process.Killed.Register(_stop.Cancel);
        _run = runtime.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _run;
        }
        catch (OperationCanceledException)
        {
            // A killed process ends anyhow.
        }

        _runtime.Dispose();
        _stop.Dispose();
    }
}
