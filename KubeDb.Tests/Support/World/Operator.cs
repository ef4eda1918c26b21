using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Engines;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Support.World;

/// <summary>One of the two operators: its replicas, which are processes that can be killed, started and cut off each by itself.</summary>
internal sealed class Operator(TestWorld world, string name, string source, Action<OperatorRuntime, IReadOnlyList<IEngine>, int> compose)
{
    /// <summary>Namespace of the leases.</summary>
    public const string Namespace = "kubedb";

    /// <summary>Name of the deployment and of the lease.</summary>
    public string Name => name;

    /// <summary>A killed process is started again, as its node does; false where another replica is to take over.</summary>
    public bool ComesBack { get; set; } = true;

    /// <summary>All processes that ever were, in order.</summary>
    public List<OperatorProcess> Processes { get; } = [];

    /// <summary>The process that was started last.</summary>
    public OperatorProcess Last => Processes[^1];

    /// <summary>The processes that run.</summary>
    public IEnumerable<OperatorProcess> Alive => Processes.Where(p => !p.IsOver);

    /// <summary>The process that the lease names; null when none of those that run.</summary>
    public OperatorProcess? Leader => Alive.FirstOrDefault(p => p.Identity == Holder);

    /// <summary>Whom the lease names; empty for nobody.</summary>
    public string Holder => world.Server.Store.Find(world.Server.KindOf("coordination.k8s.io", "leases"), Namespace, name)?.Object["spec"].Text("holderIdentity") ?? "";

    /// <summary>All requests of all its processes, leases aside.</summary>
    public IEnumerable<JournalEntry> Requests => Processes.SelectMany(p => p.Connection.Journal.Entries).Where(TestWorld.IsNoLease);

    /// <summary>All writes of all its processes, leases aside.</summary>
    public IEnumerable<JournalEntry> Writes => Requests.Where(e => e.Does is RequestKind.Write);

    /// <summary>Starts one more process.</summary>
    public OperatorProcess Start()
    {
        var number = world.NextProcess();
        var process = new OperatorProcess($"{name}-{number}", world.Server.Connect($"{name}-{number}"), new SkewedTime(world.Time));
        var runtime = new OperatorRuntime(
            new OperatorOptions { More = new Dictionary<string, string> { ["provisioner-namespace"] = "" } },
            new OperatorParts
            {
                Client = process.Connection,
                LeaseName = name,
                EventSource = source,
                Identity = process.Identity,
                OwnNamespace = Namespace,
                Time = process.Clock,
                Random = new Random(number),
                Logs = world.Logs.Of(process.Identity, process.Connection.Killed),
            });
        var fenced = new FencedDialer(world.Servers.Connect(process.Connection), runtime.Leadership);
        compose(runtime, [.. world.Engines.Select(e => e.Make(fenced, process.Clock))], number);
        process.Connection.Arrived = e => world.Guard.Arrived(this, process, e);
        Processes.Add(process);
        process.Run(runtime);
        process.Connection.Killed.Register(() =>
        {
            if (ComesBack)
                world.Server.After(TimeSpan.FromSeconds(1), () => Start());
        });
        return process;
    }

    /// <summary>Stops all processes in order, as a deletion of their pods does.</summary>
    public Task StopAsync() => Task.WhenAll(Alive.ToList().Select(p => p.StopAsync()));
}

/// <summary>One replica of an operator.</summary>
internal sealed class OperatorProcess(string identity, Connection connection, SkewedTime clock) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;

    /// <summary>Its name in the lease.</summary>
    public string Identity => identity;

    /// <summary>Its connection to the API server.</summary>
    public Connection Connection => connection;

    /// <summary>What was asked, and what goes wrong with it.</summary>
    public Journal Journal => connection.Journal;

    /// <summary>Its clock.</summary>
    public SkewedTime Clock => clock;

    /// <summary>The parts of the process.</summary>
    public OperatorRuntime Runtime { get; private set; } = null!;

    /// <summary>True once it has ended, or was killed.</summary>
    public bool IsOver => connection.Killed.IsCancellationRequested || _stop.IsCancellationRequested;

    /// <summary>Ends it at once.</summary>
    public void Kill() => connection.Kill();

    /// <summary>Ends it in order.</summary>
    public async Task StopAsync()
    {
        Cancel();
        await _run;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        connection.Dispose();
    }

    internal void Run(OperatorRuntime runtime)
    {
        Runtime = runtime;
        _run = runtime.RunAsync(_stop.Token);
    }

    // Not asynchronously: what is cancelled stays on the thread of the simulation.
    private void Cancel() => _stop.Cancel();
}
