using System.Collections.Concurrent;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Health;

/// <summary>
/// Checks the health of databases, each in a loop of its own in memory. It writes nothing: a changed verdict is reported, and the reconciler,
/// the only writer of the status, reads it here. However many databases there are, only so many are checked at a time.
/// </summary>
/// <param name="changed">Called when the verdict on a database changed; short, and never throws.</param>
/// <param name="concurrency">Databases checked at a time.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Source of jitter.</param>
/// <param name="log">The log.</param>
internal sealed class HealthMonitor(
    Action<ObjectKey> changed, int concurrency, TimeProvider time, Random random, ILogger<HealthMonitor> log) : IDisposable
{
    private readonly ConcurrentDictionary<ObjectKey, Watched> _watched = new();
    private readonly SemaphoreSlim _gate = new(concurrency);

    /// <summary>Databases that are checked.</summary>
    public int Count => _watched.Count;

    /// <summary>
    /// Sees to it that the database is checked, the first time at once. Called on every reconcile: settings that changed take effect with
    /// the next check, servers that changed are checked at once, and a database with another UID starts over.
    /// </summary>
    public void Watch(HealthTarget target)
    {
        if (_watched.TryGetValue(target.Key, out var known) && known.Loop.Uid == target.Uid)
        {
            known.Loop.Update(target);
            return;
        }

        Stop(target.Key);
        var watched = new Watched(new HealthLoop(target, _gate, changed, time, random, log), new CancellationTokenSource());
        _watched[target.Key] = watched;
        _ = RunAsync(target.Key, watched);
    }

    /// <summary>Ends the checks of a database and forgets what they found.</summary>
    public void Stop(ObjectKey key)
    {
        if (_watched.TryRemove(key, out var watched))
            watched.Stop.Cancel();
    }

    /// <summary>What the checks came to; null while they came to nothing, or none run.</summary>
    public HealthVerdict? Verdict(ObjectKey key, string uid) =>
        _watched.TryGetValue(key, out var watched) && watched.Loop.Uid == uid ? watched.Loop.Verdict : null;

    /// <summary>True when the database is checked.</summary>
    public bool Watches(ObjectKey key, string uid) => _watched.TryGetValue(key, out var watched) && watched.Loop.Uid == uid;

    /// <inheritdoc/>
    public void Dispose() => StopAll();

    /// <summary>Ends all checks.</summary>
    public void StopAll()
    {
        foreach (var key in _watched.Keys)
            Stop(key);
    }

    private async Task RunAsync(ObjectKey key, Watched watched)
    {
        await watched.Loop.RunAsync(watched.Stop.Token);

        // One that ended by a fault makes room for a new start.
        _watched.TryRemove(KeyValuePair.Create(key, watched));
    }

    private sealed record Watched(HealthLoop Loop, CancellationTokenSource Stop);
}
