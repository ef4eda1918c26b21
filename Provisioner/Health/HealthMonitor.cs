using System.Collections.Concurrent;
using KubeDb.Api.Kubernetes;
using Microsoft.Extensions.Logging;

namespace KubeDb.Provisioner.Health;

/// <summary>
/// Checks the health of databases, each in a loop of its own in memory. It writes nothing: a changed verdict is reported, and the reconciler,
/// the only writer of the status, reads it here. However many databases there are, only so many are checked at a time.
/// </summary>
internal sealed class HealthMonitor : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ObjectKey, HealthLoop> _loops = new();
    private readonly SemaphoreSlim _gate;
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<ObjectKey> _changed;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;

    /// <summary>A monitor of nothing yet.</summary>
    /// <param name="changed">Called when the verdict on a database changed; short, and never throws.</param>
    /// <param name="concurrency">Databases checked at a time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Source of jitter.</param>
    /// <param name="log">The log.</param>
    public HealthMonitor(Action<ObjectKey> changed, int concurrency, TimeProvider time, Random random, ILogger<HealthMonitor> log)
    {
        _changed = changed;
        _gate = new SemaphoreSlim(concurrency);
        _time = time;
        _random = random;
        _log = log;
    }

    /// <summary>Databases that are checked.</summary>
    public int Count => _loops.Count;

    /// <summary>
    /// Sees to it that the database is checked, the first time at once. Called on every reconcile: settings that changed take effect with
    /// the next check, and one with another UID starts over.
    /// </summary>
    public void Watch(HealthTarget target)
    {
        if (_loops.TryGetValue(target.Key, out var loop) && loop.Uid == target.Uid)
        {
            loop.Target = target;
            return;
        }

        Stop(target.Key);
        loop = new HealthLoop(target, _gate, _changed, _time, _random, _log);
        _loops[target.Key] = loop;
        loop.Start(_stop.Token);
    }

    /// <summary>Ends the checks of a database and forgets what they found.</summary>
    public void Stop(ObjectKey key)
    {
        if (_loops.TryRemove(key, out var loop))
            loop.Stop();
    }

    /// <summary>Something happened to the servers of the database: if it is not known to be healthy, it is checked now.</summary>
    public void Nudge(ObjectKey key)
    {
        if (_loops.TryGetValue(key, out var loop))
            loop.Nudge();
    }

    /// <summary>What the checks came to; null while they came to nothing, or none run.</summary>
    public HealthVerdict? Verdict(ObjectKey key, string uid) =>
        _loops.TryGetValue(key, out var loop) && loop.Uid == uid ? loop.Verdict : null;

    /// <summary>True when the database is checked.</summary>
    public bool Watches(ObjectKey key, string uid) => _loops.TryGetValue(key, out var loop) && loop.Uid == uid;

    /// <summary>Ends all checks.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var key in _loops.Keys)
            Stop(key);
        _stop.Dispose();
        _gate.Dispose();
    }
}
