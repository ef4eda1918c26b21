using System.Collections.Concurrent;

namespace KubeDb.OpsManager.Execution;

/// <summary>How long this process has seen a request stand at one point, by the clock that nobody sets.</summary>
internal sealed class Stopwatches(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (Progress Point, long Started)> _seen = new();

    /// <summary>Time since this process first asked about this point of the request.</summary>
    public TimeSpan Since(string uid, Progress point)
    {
        var entry = _seen.AddOrUpdate(
            uid,
            _ => (point, time.GetTimestamp()),
            (_, seen) => seen.Point == point ? seen : (point, time.GetTimestamp()));
        return time.GetElapsedTime(entry.Started);
    }

    /// <summary>The request has ended.</summary>
    public void Forget(string uid) => _seen.TryRemove(uid, out _);
}
