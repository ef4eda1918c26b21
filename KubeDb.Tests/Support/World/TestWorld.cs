using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Provisioner;
using KubeDb.Provisioner.Credentials;
using KubeDb.Tests.Support.ApiServer;
using KubeDb.Tests.Support.SecondEngine;
using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Operations;

namespace KubeDb.Tests.Support.World;

/// <summary>
/// Both operators, put together as their own programs do it, on an in-process API server and cluster under virtual time. Doubles are the API
/// server, the cluster and the databases' servers, nothing in between; leader election is on.
/// </summary>
internal sealed partial class TestWorld
{
    /// <summary>Namespace of the databases.</summary>
    public const string Ns = "demo";

    /// <summary>Name of the database that most tests need.</summary>
    public const string Database = "cache";

    [ThreadStatic]
    private static IReadOnlyList<Kind>? _definitions;

    private readonly Simulation _simulation = new();
    private int _processes;

    /// <summary>A world without databases.</summary>
    public TestWorld()
        : this(null)
    {
        foreach (var kind in Definitions)
            Server.Register(kind);
        Server.CreateNamespace(Operator.Namespace);
        Server.CreateNamespace(Ns);
        foreach (var engine in Engines)
            engine.Prepare();
    }

    /// <summary>A world with the objects, pods and volumes of another one that is at rest, and no operator yet.</summary>
    public TestWorld(TestWorld? from)
    {
        if (from is not null)
            _simulation.Time.Advance(from.Now);
        Server = from is null ? new InMemoryApiServer(_simulation.Time) : new InMemoryApiServer(_simulation.Time, from.Server);
        Cluster = new FakeCluster(Server);
        CertManager = new FakeCertManager(Server);
        Redis = new RedisServers(Cluster);
        Ledgers = new LedgerServers(Cluster);
        ZooKeepers = new ZooKeeperServers(Cluster);
        Kafkas = new KafkaServers(Cluster);
        Druids = new DruidServers(Cluster);
        Engines = [RedisPart, LedgerPart, ZooKeeperPart, KafkaPart, DruidPart];
        Servers = new PodServers(Cluster, Engines);
        Logs = new WorldLogs(_simulation.Time);
        Seen = new Sightings(Server);
        Guard = new Guard(this);
        Provisioner = new Operator(this, "kubedb-provisioner", "KubeDB Operator", (runtime, engines, seed) =>
            Composition.Compose(runtime, engines, new PasswordGenerator(new Random(1000 + seed).NextBytes), new Random(seed)));
        Ops = new Operator(this, "kubedb-ops-manager", "KubeDB Ops-manager Operator", (runtime, engines, _) =>
            KubeDb.OpsManager.Program.Compose(runtime, engines, [.. OperationRegistry.All, .. Operations], (name, _) => Task.FromResult(Resolve(name))));
        if (from is not null)
            Take(from);
    }

    public InMemoryApiServer Server { get; }

    public FakeCluster Cluster { get; }

    /// <summary>Issues certificates once it is installed.</summary>
    public FakeCertManager CertManager { get; }

    /// <summary>The engines that both operators know; what is special about one stands in a part of its own.</summary>
    public IReadOnlyList<WorldEngine> Engines { get; }

    /// <summary>The servers that run in the pods.</summary>
    public PodServers Servers { get; }

    /// <summary>Operations that the test adds to those of the product.</summary>
    internal List<Func<OperationParts, IOperation>> Operations { get; } = [];

    /// <summary>What the cluster's DNS says for a name of a pod; nothing unless a test says otherwise, as outside of the cluster.</summary>
    public Func<string, IReadOnlyList<string>> Resolve { get; set; } = static _ => [];

    public WorldLogs Logs { get; }

    /// <summary>What happened that the end does not show.</summary>
    public Sightings Seen { get; }

    public Operator Provisioner { get; }

    public Operator Ops { get; }

    public TimeProvider Time => _simulation.Time;

    /// <summary>Virtual time since the beginning.</summary>
    public TimeSpan Now => _simulation.Time.Elapsed;

    /// <summary>Writes that must not have been.</summary>
    public Guard Guard { get; }

    /// <summary>True for all but the leases of the operators.</summary>
    public static bool IsNoLease(JournalEntry entry) => entry.Type.Plural != "leases";

    /// <summary>Runs the body with both operators.</summary>
    public static void Run(Func<TestWorld, Task> body, Action<TestWorld>? before = null)
    {
        var world = new TestWorld();
        before?.Invoke(world);
        world.Play(async () =>
        {
            world.Provisioner.Start();
            world.Ops.Start();
            await body(world);
        });
    }

    /// <summary>Runs the body under virtual time; six hours at most.</summary>
    public void Play(Func<Task> body) => _simulation.Run(body, TimeSpan.FromHours(6));

    /// <inheritdoc cref="Play"/>
    public T PlayFor<T>(Func<Task<T>> body) => _simulation.Run(body, TimeSpan.FromHours(6));

    /// <summary>Waits in steps of virtual time; a failure says what was waited for.</summary>
    public async Task UntilAsync(Func<bool> condition, string what, double seconds = 60)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        var version = -1L;
        for (var turn = 0; ; turn++)
        {
            // Most conditions are about the state of the server, so mostly only a change of it can have changed them.
            if ((version != Server.Version || turn % 10 == 0) && condition())
                return;
            version = Server.Version;
            if (Now >= end)
                throw new AssertionException($"In {seconds} s it did not come about that {what}.\n{Report()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), Time);
        }
    }

    public Task PassAsync(TimeSpan time) => Task.Delay(time, Time);

    public Task PassAsync(double seconds) => PassAsync(TimeSpan.FromSeconds(seconds));

    /// <summary>
    /// Waits until the operators are at rest: both have a leader, and for ten seconds none of them sent anything but watches, leases, and looks
    /// for optional APIs.
    /// </summary>
    public async Task RestAsync(double seconds = 600)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        var mark = -1;
        var since = Now;
        while (Now - since < TimeSpan.FromSeconds(10))
        {
            if (Now >= end)
                throw new AssertionException($"The operators do not come to rest.\n{Report()}");
            var busy = Busy().Count();
            if (busy != mark || Provisioner.Leader is null || Ops.Leader is null)
                (mark, since) = (busy, Now);
            await PassAsync(0.5);
        }
    }

    /// <summary>The requests of the operators since then that are more than keeping watch.</summary>
    public IEnumerable<JournalEntry> Busy(TimeSpan since = default) => Provisioner.Requests.Concat(Ops.Requests)
        .Where(e => e.At >= since && e.Does is not RequestKind.Watch && e is not { Verb: "list", Outcome: "NotFound" });

    /// <summary>What is known, for the message of a failure.</summary>
    public string Report()
    {
        var requests = Provisioner.Processes.Concat(Ops.Processes).SelectMany(p => p.Journal.Entries.Where(IsNoLease).Where(e => e.Does is not RequestKind.Watch).TakeLast(40).Select(e => (e.At, Line: $"{p.Identity} {e}")));
        return string.Join('\n', [
            $"--- at {Now.TotalSeconds:F1} s",
            .. AllDatabases.Select(d => $"{d.Text("kind")} {d.Name()}: {d["spec"]?.ToJsonString()}\n{d["status"]?.ToJsonString()}"),
            .. AllRequests.Select(r => $"{r.Name()}: {r["status"]?.ToJsonString()} deleted {r["metadata"].Text("deletionTimestamp")}"),
            "--- logs", .. Logs.Lines.TakeLast(30).Select(l => l.Line),
            "--- requests", .. requests.OrderBy(r => r.At).Select(r => r.Line)]);
    }

    private void Take(TestWorld from)
    {
        _processes = from._processes;
        Engine.Plural = from.Engine.Plural;
        Seen.CountsDown = from.Seen.CountsDown;
        Cluster.Kubelet.Addresses = from.Cluster.Kubelet.Addresses;
        CertManager.Take(from.CertManager);
        Redis.Take(from.Redis);
        Ledgers.Take(from.Ledgers);
        ZooKeepers.Take(from.ZooKeepers);
        Kafkas.Take(from.Kafkas);
        Druids.Take(from.Druids);
        Servers.StartAll();
        foreach (var lease in Server.PeekAll(Lease.Resource))
            Server.Handle(new ApiRequest { Verb = ApiVerb.Delete, Type = Lease.Resource, Namespace = lease.Namespace(), Name = lease.Name() }, "test");
    }

    internal int NextProcess() => ++_processes;

    // One copy for each thread: worlds run side by side, and reading JSON is not promised to be safe for threads.
    private static IReadOnlyList<Kind> Definitions => _definitions ??=
    [
        .. Directory.GetFiles(Path.Combine(RepositoryRoot(), "charts/kubedb-crds"), "*.yaml", SearchOption.AllDirectories)
            .Where(f => f.Contains('_', StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(f => CustomKinds.FromYaml(File.ReadAllText(f))),
    ];

    private static string RepositoryRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "KubeDb.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("The tests do not run from within the repository.");
    }
}
