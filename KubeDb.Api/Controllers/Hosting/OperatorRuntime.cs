using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;
using Microsoft.Extensions.Logging;

namespace KubeDb.Api.Controllers.Hosting;

/// <summary>What an <see cref="OperatorRuntime"/> is made of.</summary>
public sealed record OperatorParts
{
    /// <summary>The connection to the API server.</summary>
    public required IKubernetesClient Client { get; init; }

    /// <summary>Name of the lease.</summary>
    public required string LeaseName { get; init; }

    /// <summary>Source of events, as people see it.</summary>
    public required string EventSource { get; init; }

    /// <summary>Unique to this process: the lease's holder.</summary>
    public required string Identity { get; init; }

    /// <summary>Namespace that the process runs in.</summary>
    public required string OwnNamespace { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Spreads retries.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>The logs.</summary>
    public required ILoggerFactory Logs { get; init; }
}

/// <summary>
/// The running parts of a process and their order. Informers start at once, also on standby; controllers start when leading. On a stop,
/// reconciles finish or are cancelled, then events are written, then the lease is given back: nothing is written after it.
/// </summary>
public sealed partial class OperatorRuntime : IDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan UnreadableInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(3);

    private readonly OperatorOptions _options;
    private readonly OperatorParts _parts;
    private readonly LeaderElection? _election;
    private readonly EventRecorder _events;
    private readonly List<IInformer> _informers = [];
    private readonly List<Controller> _controllers = [];
    private readonly List<Func<CancellationToken, Task>> _leaderTasks = [];
    private readonly ILogger _log;
    private volatile bool _running;

    /// <summary>A runtime that has not started: informers and controllers are added now.</summary>
    public OperatorRuntime(OperatorOptions options, OperatorParts parts)
    {
        _options = options;
        _parts = parts;
        _log = parts.Logs.CreateLogger<OperatorRuntime>();
        Unfenced = new MeteredClient(parts.Client, parts.Time);
        if (options.LeaderElect)
            Leadership = _election = new LeaderElection(LeaseOf(options, parts), Unfenced, parts.Time, parts.Random, parts.Logs.CreateLogger<LeaderElection>());
        else
            Leadership = new AlwaysLeading();
        Client = new FencedClient(Unfenced, Leadership);
        Events = _events = new EventRecorder(
            new EventRecorderOptions { Component = parts.EventSource }, Client, parts.Time, parts.Logs.CreateLogger<EventRecorder>());
        Applier = new Applier(Client, parts.Logs.CreateLogger<Applier>());
    }

    /// <summary>The client for all that reconcilers do: metered, and its writes pass only while this process leads.</summary>
    public IKubernetesClient Client { get; }

    /// <summary>The metered client without the fence: for reads and for what a standby may write.</summary>
    public IKubernetesClient Unfenced { get; }

    /// <summary>Whether this process leads.</summary>
    public ILeadership Leadership { get; }

    /// <summary>Writes events.</summary>
    public IEventRecorder Events { get; }

    /// <summary>Applies described objects.</summary>
    public Applier Applier { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => _parts.Time;

    /// <summary>Namespace of the operators' leases.</summary>
    public string LeaseNamespace => LeaseNamespaceOf(_options, _parts);

    /// <summary>Namespace that the process runs in.</summary>
    public string OwnNamespace => _parts.OwnNamespace;

    /// <summary>What is served over HTTPS beside metrics and probes; null for nothing.</summary>
    public SecureEndPoint? Secure { get; set; }

    /// <summary>The logs.</summary>
    public ILoggerFactory Logs => _parts.Logs;

    /// <summary>The options.</summary>
    public OperatorOptions Options => _options;

    /// <summary>True once every informer has its first list.</summary>
    public bool IsReady => _running && _informers.TrueForAll(i => i.HasSynced);

    /// <summary>True while every informer has its first list and no key waits for a worker or is worked on: after a start, all of it has been worked through.</summary>
    public bool IsAtRest => IsReady && _controllers.TrueForAll(c => c.Queue.IsIdle);

    internal IReadOnlyList<Controller> Controllers => _controllers;

    /// <summary>What keeps the process from being ready or alive, for people; empty when nothing does.</summary>
    public string Trouble
    {
        get
        {
            var silent = _informers.Where(i => Time.GetElapsedTime(i.LastSign) > LongestSilence).Select(i => $"{i.Type} has not heard of the server for long");
            var unsynced = _informers.Where(i => !i.HasSynced).Select(i => $"{i.Type} is not listed yet");
            return string.Join("; ", silent.Concat(unsynced));
        }
    }

    /// <summary>False when an informer's or the election's loop hangs, which only a restart can mend. A server that does not answer is no reason.</summary>
    public bool IsAlive =>
        _informers.TrueForAll(i => Time.GetElapsedTime(i.LastSign) <= LongestSilence)
        && (_election is null || Time.GetElapsedTime(_election.LastSign) <= LongestSilence);

    /// <summary>Adds an informer on the namespaces of the options.</summary>
    public Informer<T> AddInformer<T>(InformerOptions<T> options)
        where T : class, IKubernetesObject
    {
        if (options.Namespaces.Count == 0)
            options = options with { Namespaces = _options.Namespaces };
        var informer = new Informer<T>(options, Unfenced, Time, _parts.Random, Logs.CreateLogger<Informer<T>>());
        _informers.Add(informer);
        return informer;
    }

    /// <summary>
    /// An informer that neither readiness nor other controllers wait for, so that a right which it lacks holds up nothing else. Its namespaces
    /// are its own, not those of the options.
    /// </summary>
    public Informer<T> AddAside<T>(InformerOptions<T> options)
        where T : class, IKubernetesObject
    {
        var informer = new Informer<T>(options, Unfenced, Time, _parts.Random, Logs.CreateLogger<Informer<T>>());
        AddLoop(informer.RunAsync);
        return informer;
    }

    /// <summary>
    /// A queue of its own and the controller that works on it; put keys in from the informers' callbacks. Without
    /// <see cref="ControllerOptions.Needs"/> it waits for every informer.
    /// </summary>
    public Controller AddController(IReconciler reconciler, WorkQueue queue, ControllerOptions? options = null)
    {
        options ??= new ControllerOptions { Workers = _options.MaxConcurrentReconciles };
        if (options.Needs.Count == 0)
            options = options with { Needs = _informers };
        var controller = new Controller(reconciler, queue, Leadership, options, Time, Logs.CreateLogger<Controller>());
        _controllers.Add(controller);
        return controller;
    }

    /// <summary>A queue with the backoff of a controller: from 5 ms to a minute.</summary>
    public WorkQueue NewQueue(string name) => new(new WorkQueueOptions { Name = name, BackoffCap = TimeSpan.FromMinutes(1) }, Time);

    /// <summary>Adds something that runs beside the controllers from start to stop, such as health checks; it asks for leadership itself.</summary>
    public void AddLoop(Func<CancellationToken, Task> run) => _leaderTasks.Add(run);

    /// <summary>Runs until told to stop; returns when all has ended in order.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var end = new CancellationTokenSource();
        var background = _informers.Select(i => i.RunAsync(end.Token)).ToList();
        if (_election is not null)
            background.Add(_election.RunAsync(end.Token));
        using var endEvents = new CancellationTokenSource();
        var events = _events.RunAsync(endEvents.Token);
        _running = true;
        try
        {
            await Task.WhenAll(
                [.. _controllers.Select(c => c.RunAsync(stop)), .. _leaderTasks.Select(l => l(stop)), TellUnreadableAsync(stop), UntilStoppedAsync(stop)]);
        }
        finally
        {
            _running = false;
            LogStopping(_log);
            Cancel(endEvents);
            await events;
            using var farewell = new CancellationTokenSource(FarewellTimeout, Time);
            await _events.FlushAsync(farewell.Token);
            Cancel(end);
            await Task.WhenAll(background);
            if (_election is not null)
                await ReleaseAsync(_election);
            LogStopped(_log);
        }
    }

    /// <summary>Ends the election and the queues.</summary>
    public void Dispose()
    {
        _election?.Dispose();
        foreach (var controller in _controllers)
            controller.Queue.Dispose();
    }

    // Who made such an object looks at the object, not into this process's log.
    private async Task TellUnreadableAsync(CancellationToken stop)
    {
        var told = new HashSet<(ResourceType, UnreadableObject)>();
        try
        {
            while (true)
            {
                await Leadership.WaitAsync(stop);
                var unreadable = _informers.SelectMany(i => i.Unreadable.Select(u => (i.Type, u))).ToHashSet();
                foreach (var (type, item) in unreadable.Except(told))
                {
                    Events.Warning(
                        new(type.ApiVersion, type.Kind, item.Key, item.Uid),
                        "Unreadable",
                        $"{_parts.EventSource} can not read this {type.Kind}, and does nothing about it until it is changed: {item.Why}");
                }

                told = unreadable;
                await Task.Delay(UnreadableInterval, Time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The expected way out.
        }
    }

    private async Task ReleaseAsync(LeaderElection election)
    {
        using var farewell = new CancellationTokenSource(FarewellTimeout, Time);
        try
        {
            await election.ReleaseAsync(farewell.Token);
        }
        catch (OperationCanceledException)
        {
            // The lease expires by itself.
        }
    }

    private static async Task UntilStoppedAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.Register(stopped.SetResult))
            await stopped.Task;
    }

    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    private static string LeaseNamespaceOf(OperatorOptions options, OperatorParts parts) =>
        options.LeaderElectionNamespace.Length > 0 ? options.LeaderElectionNamespace : parts.OwnNamespace;

    private static LeaderElectionOptions LeaseOf(OperatorOptions options, OperatorParts parts) => new()
    {
        Lease = new(LeaseNamespaceOf(options, parts), parts.LeaseName),
        Identity = parts.Identity,
        LeaseDuration = options.LeaseDuration,
        RenewDeadline = options.RenewDeadline,
        RetryPeriod = options.RetryPeriod,
    };

    [LoggerMessage(100, LogLevel.Information, "Stopping: reconciles have ended; writing events and giving the lease back.")]
    private static partial void LogStopping(ILogger log);

    [LoggerMessage(101, LogLevel.Information, "Stopped.")]
    private static partial void LogStopped(ILogger log);
}
