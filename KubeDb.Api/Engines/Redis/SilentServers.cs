using System.Collections.Concurrent;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Redis;

/// <summary>
/// How long a server from which nothing is heard counts as running: a long command, or a fork of much memory, keeps a healthy one silent for a
/// while. What is remembered only paces the questions.
/// </summary>
internal sealed class SilentServers(TimeProvider time)
{
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, long> _silentSince = new(StringComparer.Ordinal);

    /// <summary>The server was heard.</summary>
    public void Heard(Pod pod) => _silentSince.TryRemove(pod.Metadata.Uid, out _);

    /// <summary>Nothing was heard of the server in time: not yet down for half a minute, then down, and it begins anew.</summary>
    public Readiness Silent(Pod pod, string message)
    {
        var now = time.GetTimestamp();
        var since = _silentSince.GetOrAdd(pod.Metadata.Uid, now);
        if (time.GetElapsedTime(since, now) < SilentFor)
            return Readiness.NotYet($"{pod.Metadata.Name} does not answer; it is asked for half a minute before it counts as down: {message}");
        _silentSince.TryRemove(pod.Metadata.Uid, out _);
        return Readiness.Yes;
    }
}
