using System.Collections.Concurrent;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Health;

/// <summary>
/// Maintains the running servers of databases of all engines and checks their health, periodically. It writes nothing to the API server: a
/// changed verdict requeues the database, and the reconciler, the only writer of the status, reads it here. However many databases there are, a
/// fixed number is checked at a time, and one that waits for its next check is an entry in a queue: no timer and no task of its own. Only those
/// whose servers announce a change of roles are listened to by a task each.
/// </summary>
internal sealed partial class HealthMonitor : IDisposable
{
    /// <summary>
    /// Checks a second that are never exceeded for long: beyond a few thousand databases the time between checks grows instead of the load.
    /// A pod that becomes ready or unready is checked at once all the same.
    /// </summary>
    public const int MostPerSecond = 200;

    private static readonly TimeSpan ListenAgain = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ObjectKey, Watched> _watched = new();
    private readonly CancellationTokenSource _end = new();
    private readonly int _concurrency;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly WorkQueue _due;
    private int _workers;

    /// <summary>A monitor that checks nothing yet.</summary>
    /// <param name="concurrency">Databases checked at a time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Source of jitter.</param>
    /// <param name="log">The log.</param>
    public HealthMonitor(int concurrency, TimeProvider time, Random random, ILogger<HealthMonitor> log)
    {
        (_concurrency, _time, _random, _log) = (concurrency, time, random, log);
        _due = new WorkQueue(new WorkQueueOptions { Name = "health" }, time);
        CertificateMetrics.Add(this);
    }

    /// <summary>Databases that are checked.</summary>
    public int Count => _watched.Count;

    /// <summary>
    /// Starts checking the database, the first time at once. Called on every reconcile: settings that changed take effect with
    /// the next check, servers that changed are checked at once, and a database with another UID starts over.
    /// </summary>
    public void Watch(HealthTarget target)
    {
        var key = KeyOf(target.Engine.Kinds.Database, target.Key);
        if (_watched.TryGetValue(key, out var known) && known.Checks.Uid == target.Uid)
        {
            if (known.Checks.Update(target))
                _due.Add(key);
            return;
        }

        Stop(key);
        var watched = _watched[key] = new Watched(new HealthChecks(target, _time, _random, _log), new CancellationTokenSource());
        _due.Add(key);
        if (target.Engine.RoleFeed is { } feed)
            StartTask(() => ListenAsync(feed, target, watched.Stop.Token));
        if (_workers < _concurrency && Interlocked.Increment(ref _workers) <= _concurrency)
            StartWorker();
    }

    /// <summary>Checks the database at once, if it is checked at all.</summary>
    public void CheckNow(ResourceType kind, ObjectKey database)
    {
        if (_watched.TryGetValue(KeyOf(kind, database), out var watched))
        {
            watched.Checks.Nudge();
            _due.Add(KeyOf(kind, database));
        }
    }

    /// <summary>Ends the checks of a database and forgets what they found.</summary>
    public void Stop(IEngine engine, ObjectKey database) => Stop(KeyOf(engine.Kinds.Database, database));

    /// <summary>The verdict of the checks; null while there is none.</summary>
    public HealthVerdict? Verdict(IEngine engine, ObjectKey database, string uid) => Find(engine, database, uid)?.Verdict;

    /// <summary>The roles of the pods by UID, as the last check found them; null while they are not known, or the engine has none.</summary>
    public IReadOnlyDictionary<string, string>? Roles(IEngine engine, ObjectKey database, string uid) => Find(engine, database, uid)?.Roles;

    /// <summary>What is known of the certificates that the servers show; null before they were seen, and without TLS.</summary>
    public CertificateReport? Certificates(IEngine engine, ObjectKey database, string uid) => Find(engine, database, uid)?.Certificates;

    /// <summary>When the first of the certificates that its servers show ends, of each database with TLS.</summary>
    public IEnumerable<(string Kind, ObjectKey Database, DateTimeOffset Ends)> CertificateEnds =>
        from watched in _watched.Values
        let report = watched.Checks.Certificates
        where report is not null
        select (watched.Checks.Target.Engine.Kinds.Database.Kind, watched.Checks.Target.Key, report.Ends);

    /// <summary>True when the database is checked.</summary>
    public bool Watches(IEngine engine, ObjectKey database, string uid) => Find(engine, database, uid) is not null;

    /// <inheritdoc/>
    public void Dispose()
    {
        CertificateMetrics.Remove(this);
        StopAll();
        _end.Cancel();
        _due.Dispose();
    }

    /// <summary>Ends all checks.</summary>
    public void StopAll()
    {
        foreach (var key in _watched.Keys)
            Stop(key);
    }

    // Names of objects hold no slash.
    private static ObjectKey KeyOf(ResourceType kind, ObjectKey database) => new(database.Namespace, $"{kind.Plural}/{database.Name}");

    private HealthChecks? Find(IEngine engine, ObjectKey database, string uid) =>
        _watched.TryGetValue(KeyOf(engine.Kinds.Database, database), out var watched) && watched.Checks.Uid == ObjectUid.Of(uid) ? watched.Checks : null;

    private void Stop(ObjectKey key)
    {
        if (_watched.TryRemove(key, out var watched))
            watched.Stop.Cancel();
    }

    // The reconcile that happens to start a task must not lend it its log scope and span for good.
    private static void StartTask(Func<Task> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = work();
            return;
        }

        using (ExecutionContext.SuppressFlow())
            _ = work();
    }

    private void StartWorker() => StartTask(WorkAsync);

    private async Task ListenAsync(IRoleFeed feed, HealthTarget target, CancellationToken stop)
    {
        // The caller must not wait for the first connection.
        await Task.Yield();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    if (target.Instances() is { } instances)
                        await feed.ListenAsync(instances, CheckNow, stop);
                }
                catch (Exception problem) when (problem is not OperationCanceledException)
                {
                    LogFeed(_log, target.Key, problem.Message);
                }

                await Task.Delay(ListenAgain, _time, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The database is no longer watched.
        }
    }

    private async Task WorkAsync()
    {
        // The caller must not run the checks itself.
        await Task.Yield();
        try
        {
            while (true)
            {
                var key = await _due.TakeAsync(_end.Token);
                try
                {
                    if (_watched.TryGetValue(key, out var watched))
                        await CheckAsync(key, watched);
                }
                finally
                {
                    if (!_end.IsCancellationRequested)
                        _due.Done(key);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task CheckAsync(ObjectKey key, Watched watched)
    {
        try
        {
            var (next, changed) = await watched.Checks.CheckAsync(watched.Stop.Token);
            _due.AddAfter(key, Stretch(next, watched.Checks.Period));
            if (changed)
                watched.Checks.Changed();
        }
        catch (OperationCanceledException)
        {
            // Stopped; if the database is watched anew, its key is in the queue.
        }
        catch (Exception problem)
        {
            // It makes room for a new start.
            _watched.TryRemove(KeyValuePair.Create(key, watched));
            LogEnded(_log, key, problem);
        }
    }

    private TimeSpan Stretch(TimeSpan next, TimeSpan period) =>
        next * Math.Max(1, Count / (MostPerSecond * Math.Max(1, period.TotalSeconds)));

    [LoggerMessage(203, LogLevel.Information, "The servers of {Database} can not be listened to for changes of roles: {Problem}")]
    private static partial void LogFeed(ILogger log, ObjectKey database, string problem);

    [LoggerMessage(202, LogLevel.Error, "The health checks of {Database} ended by a fault; they start again when it changes.")]
    private static partial void LogEnded(ILogger log, ObjectKey database, Exception problem);

    private sealed record Watched(HealthChecks Checks, CancellationTokenSource Stop);
}
