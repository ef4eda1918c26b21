using System.Collections.Concurrent;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Health;

/// <summary>
/// Checks the health of databases periodically. It writes nothing: a changed verdict requeues the database, and the reconciler, the only writer
/// of the status, reads it here. However many databases there are, a fixed number is checked at a time, and one that waits for its next check
/// is an entry in a queue: no timer and no task of its own.
/// </summary>
internal sealed partial class HealthMonitor : IDisposable
{
    /// <summary>
    /// Checks a second that are never exceeded for long: beyond a few thousand databases the time between checks grows instead of the load.
    /// A pod that becomes ready or unready is checked at once all the same.
    /// </summary>
    public const int MostPerSecond = 200;

    private readonly ConcurrentDictionary<ObjectKey, Watched> _watched = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Action<ObjectKey> _changed;
    private readonly int _concurrency;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly WorkQueue _due;
    private int _workers;

    /// <summary>A monitor that checks nothing yet.</summary>
    /// <param name="changed">Called when the verdict on a database changed; short, and never throws.</param>
    /// <param name="concurrency">Databases checked at a time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Source of jitter.</param>
    /// <param name="log">The log.</param>
    public HealthMonitor(Action<ObjectKey> changed, int concurrency, TimeProvider time, Random random, ILogger<HealthMonitor> log)
    {
        (_changed, _concurrency, _time, _random, _log) = (changed, concurrency, time, random, log);
        _due = new WorkQueue(new WorkQueueOptions { Name = "health" }, time);
    }

    /// <summary>Databases that are checked.</summary>
    public int Count => _watched.Count;

    /// <summary>
    /// Starts checking the database, the first time at once. Called on every reconcile: settings that changed take effect with
    /// the next check, servers that changed are checked at once, and a database with another UID starts over.
    /// </summary>
    public void Watch(HealthTarget target)
    {
        if (_watched.TryGetValue(target.Key, out var known) && known.Checks.Uid == target.Uid)
        {
            if (known.Checks.Update(target))
                _due.Add(target.Key);
            return;
        }

        Stop(target.Key);
        _watched[target.Key] = new Watched(new HealthChecks(target, _time, _random, _log), new CancellationTokenSource());
        _due.Add(target.Key);
        if (_workers < _concurrency && Interlocked.Increment(ref _workers) <= _concurrency)
            StartWorker();
    }

    /// <summary>Ends the checks of a database and forgets what they found.</summary>
    public void Stop(ObjectKey key)
    {
        if (_watched.TryRemove(key, out var watched))
            watched.Stop.Cancel();
    }

    /// <summary>The verdict of the checks; null while there is none.</summary>
    public HealthVerdict? Verdict(ObjectKey key, string uid) =>
        _watched.TryGetValue(key, out var watched) && watched.Checks.Uid == uid ? watched.Checks.Verdict : null;

    /// <summary>True when the database is checked.</summary>
    public bool Watches(ObjectKey key, string uid) => _watched.TryGetValue(key, out var watched) && watched.Checks.Uid == uid;

    /// <inheritdoc/>
    public void Dispose()
    {
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

    // The reconcile that happens to start a worker must not lend it its log scope and span for good.
    private void StartWorker()
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = WorkAsync();
            return;
        }

        using (ExecutionContext.SuppressFlow())
            _ = WorkAsync();
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
                _changed(key);
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

    [LoggerMessage(202, LogLevel.Error, "The health checks of {Database} ended by a fault; they start again when it changes.")]
    private static partial void LogEnded(ILogger log, ObjectKey database, Exception problem);

    private sealed record Watched(HealthChecks Checks, CancellationTokenSource Stop);
}
