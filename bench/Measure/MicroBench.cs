using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Configuration;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Bench.Double;
using KubeDb.Provisioner.Credentials;
using KubeDb.Tests.Support.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;
using KubeDb.OpsManager.Operations;

namespace KubeDb.Bench.Measure;

/// <summary>What one event and one reconcile cost, in this process.</summary>
internal sealed class MicroBench(BenchOptions options, Results results)
{
    private const int Databases = 500;
    private static readonly string[] OtherChildren = ["Service", "AppBinding", "ServiceAccount", "Role", "RoleBinding"];
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(2);

    /// <summary>Watch streams of recorded objects through an informer: cutting, decoding, fingerprint, store, subscribers.</summary>
    public async Task DecodeAsync()
    {
        await DecodeAsync("Pod", Pod.Resource, Pod.Decode);
        await DecodeAsync("PetSet", PetSet.Resource, PetSet.Decode);
        await DecodeAsync("Secret", Secret.Resource, ObservedKinds.ManagedSecret);
        await DecodeAsync("Redis", Redis.Resource, Redis.Decode);
        await DecodeAsync("Service", ResourceTypes.Service, OwnedObjectDecoder.Decode);
    }

    /// <summary>What the caches hold of each kind for one database.</summary>
    public void Held()
    {
        var total = Held("Redis", Redis.Resource, Redis.Decode) + Held("PetSet", PetSet.Resource, PetSet.Decode)
            + Held("StatefulSet", StatefulSet.Resource, StatefulSet.Decode) + Held("Pod", Pod.Resource, Pod.Decode)
            + Held("PersistentVolumeClaim", PersistentVolumeClaim.Resource, PersistentVolumeClaim.Decode)
            + Held("Secret", Secret.Resource, ObservedKinds.ManagedSecret)
            + OtherChildren.Sum(k => Held(k, ResourceTypes.Service, OwnedObjectDecoder.Decode));
        results.Add("held", "Held in the caches for one database", string.Create(CultureInfo.InvariantCulture, $"{total / 1000.0:0.0} kB"), "–", true, "`hack/bench held`");
    }

    private static long Held<T>(string kind, ResourceType type, ObjectDecoder<T> decode)
        where T : class, IKubernetesObject
    {
        const int count = 2000;
        var informer = new Informer<T>(
            new InformerOptions<T> { Type = type, Decode = decode }, new ReplayClient(type, [], 0), TimeProvider.System, Random.Shared, NullLogger<Informer<T>>.Instance);
        var population = Population.Read();
        _ = decode(population.Texts(kind, 1).First());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var utf8 in population.Texts(kind, count))
            informer.Observe(decode(utf8));
        var held = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        GC.KeepAlive(informer);
        Console.Error.WriteLine($"  {kind}: {held} bytes a database");
        return held;
    }

    /// <summary>Reconciles that find nothing to do, from the queue to its end.</summary>
    public async Task ReconcileAsync()
    {
        await using var servers = new RedisServers();
        await using var host = await HostedApiServer.StartAsync(Path.Combine(options.Repository, "charts/kubedb-crds/crds"));
        Population.AddVersion(host);
        Population.Read().Fill(host, Databases);
        AddRequests(host);
        await ReconcileAsync(host, "Provisioner", runtime => KubeDb.Provisioner.Composition.Compose(
            runtime, EngineRegistry.Create(new TcpDialer(), runtime.Time), PasswordGenerator.Secure, Random.Shared));
        await ReconcileAsync(host, "OpsManager", runtime => KubeDb.OpsManager.Program.Compose(runtime, EngineRegistry.Create(new TcpDialer(), runtime.Time), OperationRegistry.All, static (_, _) => Task.FromResult<IReadOnlyList<string>>([])));
    }

    private async Task DecodeAsync<T>(string name, ResourceType type, ObjectDecoder<T> decode)
        where T : class, IKubernetesObject
    {
        var recorded = Population.Recorded().OfType<JsonObject>().Where(o => o.Text("kind") == name).MaxBy(o => o.ToJsonString().Length)!;
        var stream = new ReplayClient(type, recorded, objects: 500);
        var events = new InformerOptions<T> { Type = type, Decode = decode };

        // Once to warm up, then what counts.
        stream.Prepare(4000);
        await RunAsync(events, stream);
        stream.Prepare(8000);
        var (allocated, watch) = (GC.GetTotalAllocatedBytes(true), Stopwatch.StartNew());
        var seen = await RunAsync(events, stream);
        var bytes = (double)(GC.GetTotalAllocatedBytes(true) - allocated) / seen;
        var speed = stream.EventBytes / 1e6 * seen / watch.Elapsed.TotalSeconds;
        results.Add(
            $"decode.{name}", $"Watch event of a {name} ({stream.EventBytes / 1000.0:0.0} kB) through the informer",
            string.Create(CultureInfo.InvariantCulture, $"{speed:0} MB/s, {watch.Elapsed.TotalMicroseconds / seen:0} µs, {bytes / 1000:0.0} kB allocated"), "–", true, "`hack/bench decode`");
    }

    private static async Task<int> RunAsync<T>(InformerOptions<T> kind, ReplayClient stream)
        where T : class, IKubernetesObject
    {
        var seen = 0;
        var informer = new Informer<T>(kind, stream, TimeProvider.System, Random.Shared, NullLogger<Informer<T>>.Instance);
        informer.Subscribe(_ => seen++);
        using var end = new CancellationTokenSource();
        var run = informer.RunAsync(end.Token);
        await stream.Sent;
        await end.CancelAsync();
        await run;
        return seen;
    }

    private async Task ReconcileAsync(HostedApiServer host, string name, Action<OperatorRuntime> compose)
    {
        var source = new ConfigurationSource { KubeconfigPath = host.Kubeconfig(options.Work, name) };
        using var client = new HttpKubernetesClient(KubernetesConfiguration.Load(source));
        using var runtime = new OperatorRuntime(
            new OperatorOptions { LeaderElect = false, More = new Dictionary<string, string> { ["provisioner-namespace"] = "" } },
            new OperatorParts
            {
                Client = client,
                LeaseName = name,
                EventSource = name,
                Identity = name,
                OwnNamespace = "default",
                Logs = NullLoggerFactory.Instance,
            });
        host.WriteOut();
        compose(runtime);
        using var end = new CancellationTokenSource();
        var run = runtime.RunAsync(end.Token);
        while (!runtime.IsAtRest)
            await Task.Delay(100);
        await Task.Delay(TimeSpan.FromSeconds(3));
        host.Requests.Clear();
        foreach (var controller in runtime.Controllers)
            await ReconcileAsync(controller, name);
        var asked = host.Requests.Of(name).Count;
        if (asked > 0)
            results.Add($"reconcile.{name}.requests", $"Requests of those reconciles: {name}", string.Join(", ", host.Requests.Of(name)), "0", false, "`hack/bench reconcile`");
        await end.CancelAsync();
        await run;
    }

    private async Task ReconcileAsync(Controller controller, string process)
    {
        var keys = Enumerable.Range(0, Databases).Select(i => new ObjectKey(Population.Namespace(i), Population.Name(i))).ToList();
        await DrainAsync(controller, keys);
        var (count, allocated, watch) = (0, GC.GetTotalAllocatedBytes(true), Stopwatch.StartNew());
        while (watch.Elapsed < Enough)
        {
            await DrainAsync(controller, keys);
            count += keys.Count;
        }

        var bytes = (double)(GC.GetTotalAllocatedBytes(true) - allocated) / count;
        results.Add(
            $"reconcile.{process}.{controller.Name}", $"Reconcile that finds nothing to do: {process}, {controller.Name}",
            string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalMicroseconds / count:0} µs on {Environment.ProcessorCount} cores, {bytes / 1000:0.0} kB allocated"), "–", true, "`hack/bench reconcile`");
    }

    private static async Task DrainAsync(Controller controller, List<ObjectKey> keys)
    {
        foreach (var key in keys)
            controller.Queue.Add(key);
        while (!controller.Queue.IsIdle)
            await Task.Delay(1);
    }

    // A database with a request that has ended: the usual state where the OpsManager has nothing to do.
    private static void AddRequests(HostedApiServer host)
    {
        for (var i = 0; i < Databases; i++)
        {
            host.Send(new ApiRequest
            {
                Verb = ApiVerb.Create,
                Type = KubeDb.Api.Kinds.Ops.RedisOpsRequest.Resource,
                Namespace = Population.Namespace(i),
                Body = JsonNode.Parse($$$"""{"metadata":{"name":"done-{{{i}}}"},"spec":{"type":"Restart","databaseRef":{"name":"{{{Population.Name(i)}}}"} } }"""),
            });
            host.Send(new ApiRequest
            {
                Verb = ApiVerb.MergePatch,
                Type = KubeDb.Api.Kinds.Ops.RedisOpsRequest.Resource,
                Namespace = Population.Namespace(i),
                Name = $"done-{i}",
                Subresource = "status",
                Body = JsonNode.Parse("""{"status":{"phase":"Successful","observedGeneration":1}}"""),
            });
        }
    }
}

/// <summary>A client whose list is empty and whose watch is a stream of bytes with events of one kind; nothing else works.</summary>
internal sealed class ReplayClient : IKubernetesClient
{
    private readonly ResourceType _type;
    private readonly string[] _objects;
    private long _version = 1000;
    private long _listed;
    private byte[] _bytes = [];
    private TaskCompletionSource _sent = new();

    public ReplayClient(ResourceType type, JsonObject recorded, int objects)
    {
        _type = type;
        var text = recorded.ToJsonString();
        var version = recorded["metadata"].Text("resourceVersion");
        _objects = [.. Enumerable.Range(0, objects).Select(i => text
            .Replace(Population.RecordedName, Population.Name(i), StringComparison.Ordinal)
            .Replace($"\"resourceVersion\":\"{version}\"", "\"resourceVersion\":\"@\"", StringComparison.Ordinal))];
        EventBytes = objects == 0 ? 0 : Encoding.UTF8.GetByteCount(_objects[0]) + 35;
    }

    /// <summary>Bytes of one event.</summary>
    public int EventBytes { get; }

    /// <summary>Completes when the events were taken in.</summary>
    public Task Sent => _sent.Task;

    /// <summary>Makes what the next watch sends.</summary>
    public void Prepare(int events)
    {
        _listed = _version;
        _sent = new TaskCompletionSource();
        using var bytes = new MemoryStream();
        for (var i = 0; i < events; i++)
            bytes.Write(Encoding.UTF8.GetBytes($"{{\"type\":\"MODIFIED\",\"object\":{_objects[i % _objects.Length].Replace("\"@\"", $"\"{++_version}\"", StringComparison.Ordinal)}}}\n"));
        _bytes = bytes.ToArray();
    }

    public Task<ApiResult<T>> SendAsync<T>(ApiRequest request, ObjectDecoder<T> decode, CancellationToken cancel) =>
        Task.FromResult(new ApiResult<T>(decode(Encoding.UTF8.GetBytes($$"""{"metadata":{"resourceVersion":"{{_listed}}"},"items":[]}"""))));

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType type, WatchOptions options, ObjectDecoder<T> decode, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        where T : class
    {
        var settings = new KubeDb.Api.Kubernetes.Transport.WatchSettings(TimeSpan.FromMinutes(1), 8 << 20, TimeProvider.System, false);
        using var bytes = new MemoryStream(_bytes);
        await foreach (var change in KubeDb.Api.Kubernetes.Transport.WatchStream.ReadAsync(bytes, "replay", settings, decode, cancel))
            yield return change;
        _sent.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancel);
    }

    public Task<ApiResult<ExecResult>> ExecAsync(ExecRequest request, CancellationToken cancel) => throw new NotSupportedException(_type.ToString());

    public Task<ApiResult<string>> LogsAsync(LogRequest request, CancellationToken cancel) => throw new NotSupportedException();
}
