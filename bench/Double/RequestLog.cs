using System.Diagnostics;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Bench.Double;

/// <summary>Counts the requests that processes send, and tells when one writes for an object that somebody waits for.</summary>
internal sealed class RequestLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string User, string What), int> _counts = [];
    private readonly Dictionary<string, TaskCompletionSource<long>> _awaited = [];

    /// <summary>Forgets what was counted.</summary>
    public void Clear()
    {
        lock (_gate)
            _counts.Clear();
    }

    /// <summary>What a user asked since the last <see cref="Clear"/>, but for its lease.</summary>
    public IReadOnlyDictionary<string, int> Of(string user)
    {
        lock (_gate)
            return _counts.Where(c => c.Key.User == user).ToDictionary(c => c.Key.What, c => c.Value);
    }

    /// <summary>The moment (a timestamp of the machine) of the next write to an object whose name begins so, by whomever.</summary>
    public Task<long> NextWriteAsync(string prefix)
    {
        lock (_gate)
        {
            var source = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited[prefix] = source;
            return source.Task;
        }
    }

    internal void Add(string user, ApiRequest request)
    {
        var now = Stopwatch.GetTimestamp();
        var isWrite = request.Verb is not (ApiVerb.Get or ApiVerb.List);
        var name = request.Name ?? "";
        lock (_gate)
        {
            if (request.Type.Plural != "leases")
            {
                var what = $"{request.Verb.ToString().ToLowerInvariant()} {request.Type.Plural}{(request.Subresource is { } sub ? "/" + sub : "")}";
                _counts[(user, what)] = _counts.GetValueOrDefault((user, what)) + 1;
            }

            if (!isWrite || request.Type.Plural == "events")
                return;
            var key = name.Length > Population.NameLength ? name[..Population.NameLength] : name;
            if (_awaited.Remove(key, out var waiting))
                waiting.TrySetResult(now);
        }
    }
}
