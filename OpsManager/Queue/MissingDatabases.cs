using System.Collections.Concurrent;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kubernetes;

namespace KubeDb.OpsManager.Queue;

/// <summary>
/// How long requests have waited for databases that do not exist. It counts from when this process first saw the request without its database,
/// by the monotonic clock: neither downtime nor a wrong clock makes the wait shorter.
/// </summary>
internal sealed class MissingDatabases(TimeProvider time)
{
    /// <summary>How long a request waits for its database.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Each inner map belongs to the one worker that reconciles its key.
    private readonly ConcurrentDictionary<ObjectKey, Dictionary<string, long>> _since = new();

    /// <summary>How long each of the requests, the only ones of this database, has waited; by UID.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Waited(ObjectKey database, IEnumerable<IOpsRequest> open)
    {
        var before = _since.GetValueOrDefault(database);
        var now = time.GetTimestamp();
        var since = open.ToDictionary(r => r.Metadata.Uid, r => before?.GetValueOrDefault(r.Metadata.Uid, now) ?? now);
        _since[database] = since;
        return since.ToDictionary(s => s.Key, s => time.GetElapsedTime(s.Value, now));
    }

    /// <summary>The database exists, or no request waits for it any more.</summary>
    public void Forget(ObjectKey database) => _since.TryRemove(database, out _);
}
