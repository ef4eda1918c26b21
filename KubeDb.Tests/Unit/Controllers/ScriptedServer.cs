using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Unit.Controllers;

/// <summary>
/// A server of one kind with just enough to drive an informer: versioned objects, a log of events, lists in pages, watches that can be cut,
/// lose events, fall silent or be refused. Requests other than list go to <see cref="OnRequest"/>.
/// </summary>
internal sealed class ScriptedServer(TimeProvider time) : IKubernetesClient
{
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<(int Version, WatchEventType Type, string Json)> _log = [];
    private readonly List<TaskCompletionSource> _sleepers = [];
    private int _cuts;
    private (int Version, Dictionary<string, JsonObject> Objects)? _lagging;

    public int Version { get; private set; } = 100;

    public int Lists { get; private set; }

    public int Watches { get; private set; }

    /// <summary>Versions up to this one are forgotten: watching from there is Gone.</summary>
    public int Compacted { get; set; }

    public bool Served { get; set; } = true;

    /// <summary>Watches say nothing any more, not even bookmarks, and do not end.</summary>
    public bool Silent { get; set; }

    /// <summary>Errors that the next watches end with at once.</summary>
    public Queue<ApiError> WatchErrors { get; } = new();

    /// <summary>Answers requests other than list.</summary>
    public Func<ApiRequest, JsonObject>? OnRequest { get; set; }

    /// <summary>Called after each page of a list was made.</summary>
    public Action? AfterPage { get; set; }

    public static ApiError Error(ApiErrorKind kind, int code = 0) => new(kind, code, kind.ToString(), $"told to answer {kind}");

    public Thing Put(string name, string uid, string value = "", string? owner = null, string? instance = null, bool tell = true)
    {
        Version++;
        var type = _objects.ContainsKey(name) ? WatchEventType.Modified : WatchEventType.Added;
        var json = Thing.Json(name, uid, Version, value, owner: owner, instance: instance);
        _objects[name] = json;
        if (tell)
            Tell(type, json);
        return Thing.Decode(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    public void Delete(string name, bool tell = true)
    {
        Version++;
        _objects.Remove(name, out var json);
        json!["metadata"]!["resourceVersion"] = Version.ToString(CultureInfo.InvariantCulture);
        if (tell)
            Tell(WatchEventType.Deleted, json);
    }

    /// <summary>Puts an event in as it is, whatever the state.</summary>
    public void Tell(WatchEventType type, JsonObject json)
    {
        var version = int.Parse((string)json["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);
        _log.Add((version, type, json.ToJsonString()));
        Wake();
    }

    /// <summary>What <see cref="Restore"/> brings back.</summary>
    public (int Version, Dictionary<string, JsonObject> Objects) BackUp() => (Version, _objects.ToDictionary(o => o.Key, o => (JsonObject)o.Value.DeepClone()));

    /// <summary>Goes back to the state of a backup, versions included; what came later never was.</summary>
    public void Restore((int Version, Dictionary<string, JsonObject> Objects) backup)
    {
        Version = backup.Version;
        _objects.Clear();
        foreach (var (name, json) in backup.Objects)
            _objects[name] = json;
        _log.RemoveAll(e => e.Version > Version);
        CutWatches();
    }

    /// <summary>The next list is that of a server that lags behind.</summary>
    public void ListOnceFrom((int Version, Dictionary<string, JsonObject> Objects) backup) => _lagging = backup;

    public void CutWatches()
    {
        _cuts++;
        Wake();
    }

    public Task<ApiResult<T>> SendAsync<T>(ApiRequest request, ObjectDecoder<T> decode, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (request.Verb is not ApiVerb.List)
            return Task.FromResult(new ApiResult<T>(decode(Encoding.UTF8.GetBytes(OnRequest!(request).ToJsonString()))));
        if (!Served)
            return Task.FromResult(new ApiResult<T>(Error(ApiErrorKind.NotFound, 404)));
        Lists += request.Continue is null ? 1 : 0;
        var skip = int.Parse(request.Continue ?? "0", CultureInfo.InvariantCulture);
        var take = request.Limit == 0 ? int.MaxValue : request.Limit;
        var (version, objects) = _lagging ?? (Version, new(_objects));
        _lagging = null;
        var page = objects.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => o.Value).Skip(skip).Take(take).Select(JsonNode (o) => o.DeepClone()).ToArray();
        var more = take != int.MaxValue && skip + take < _objects.Count;
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = $"{version}", ["continue"] = more ? $"{skip + take}" : "" },
            ["items"] = new JsonArray(page),
        };
        AfterPage?.Invoke();
        return Task.FromResult(new ApiResult<T>(decode(Encoding.UTF8.GetBytes(body.ToJsonString()))));
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType type, WatchOptions options, ObjectDecoder<T> decode, [EnumeratorCancellation] CancellationToken cancel)
        where T : class
    {
        Watches++;
        var from = int.Parse(options.ResourceVersion, CultureInfo.InvariantCulture);
        if (WatchErrors.TryDequeue(out var error) || (from < Compacted && (error = Error(ApiErrorKind.Gone, 410)) is not null))
        {
            yield return new(WatchEventType.Error, null, "", error);
            yield break;
        }

        var cuts = _cuts;
        var next = _log.FindIndex(e => e.Version > from) is var at && at >= 0 ? at : _log.Count;
        var end = time.GetTimestamp() + (long)(options.Timeout.TotalSeconds * time.TimestampFrequency);
        while (cuts == _cuts && time.GetTimestamp() < end)
        {
            while (!Silent && next < _log.Count)
            {
                var (version, kind, json) = _log[next++];
                yield return new(kind, decode(Encoding.UTF8.GetBytes(json)), $"{version}", null);
            }

            if (!Silent)
                yield return new(WatchEventType.Bookmark, null, $"{Version}", null);
            await SleepAsync(TimeSpan.FromMinutes(1), cancel);
        }
    }

    public Task<ApiResult<ExecResult>> ExecAsync(ExecRequest request, CancellationToken cancel) => throw new NotSupportedException();

    public Task<ApiResult<string>> LogsAsync(LogRequest request, CancellationToken cancel) => throw new NotSupportedException();

    private async Task SleepAsync(TimeSpan limit, CancellationToken cancel)
    {
        var sleeper = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sleepers.Add(sleeper);
        using var bookmark = new CancellationTokenSource(limit, time);
        await using var onBookmark = bookmark.Token.Register(() => sleeper.TrySetResult());
        await using var onCancel = cancel.Register(() => sleeper.TrySetResult());
        await sleeper.Task;
        cancel.ThrowIfCancellationRequested();
    }

    private void Wake()
    {
        foreach (var sleeper in _sleepers)
            sleeper.TrySetResult();
        _sleepers.Clear();
    }
}
