using System.Diagnostics.CodeAnalysis;
using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;
using Microsoft.Extensions.Logging;
using Nito.AsyncEx;

namespace KubeDb.Api.Controllers;

/// <summary>Keeps a store in step with one namespace, or all, of the server: list, watch, and again.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Created by Informer.")]
internal sealed partial class Reflector<T>(
    string scope,
    InformerOptions<T> options,
    IKubernetesClient client,
    ObjectStore<T> store,
    Action<CacheChange<T>> publish,
    TimeProvider time,
    Random random,
    ILogger log)
    where T : class, IKubernetesObject
{
    // One list from the past can come of a server that lags behind; so many in a row mean that there is no other present.
    private const int OlderListsBelieved = 3;

    private readonly KeyValuePair<string, object?> _label = Instruments.Label("resource", options.Type.ToString());
    private readonly AsyncManualResetEvent _synced = new();
    private volatile bool _absent;
    private long _lastSign = time.GetTimestamp();
    private int _failures;

    // The version to go on from; null when a list is needed.
    private string? _version;

    // The latest version ever heard of, and how many lists in a row were older than it.
    private string _latest = "";
    private int _olderLists;

    private volatile IReadOnlyList<UnreadableObject> _unreadable = [];

    public bool HasSynced => _synced.IsSet;

    public bool IsServed => !_absent;

    public long LastSign => Interlocked.Read(ref _lastSign);

    /// <summary>What the server holds and can not be read, as far as is known.</summary>
    public IReadOnlyList<UnreadableObject> Unreadable => _unreadable;

    public Task SyncedAsync(CancellationToken cancel) => _synced.UntilSetAsync(cancel);

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var pause = _version is null ? await ListAsync(cancel) : await WatchAsync(_version, cancel);
                Sign(pause);
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, time, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                // Bytes that can not be decoded, or a fault of ours: an informer that ended would leave every decision on old facts.
                LogBroken(log, options.Type, problem);
                _version = null;
                try
                {
                    await Task.Delay(Backoff(), time, cancel);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Lists all pages and takes them in; returns how long to wait before going on.</summary>
    private async Task<TimeSpan> ListAsync(CancellationToken cancel)
    {
        store.BeginList();
        var replaced = false;
        try
        {
            var items = new List<T>();
            var unreadable = new List<UnreadableObject>();
            var (version, error) = await ReadPagesAsync(items, unreadable, cancel);
            if (error is not null)
                return OnListError(error);
            Instruments.Lists.Add(1, _label);
            var older = IsOlder(version);
            if (older && ++_olderLists < OlderListsBelieved)
                return Backoff();
            replaced = true;
            Take(items, version, isInitial: !HasSynced, restored: older);
            Take(unreadable);
            return TimeSpan.Zero;
        }
        finally
        {
            if (!replaced)
                store.AbandonList();
        }
    }

    /// <summary>
    /// Takes a list in. <paramref name="restored"/>: the server's history went back, as it does when etcd is restored from a backup; what the
    /// server says now holds, although it is older than what is held.
    /// </summary>
    private void Take(List<T> items, string version, bool isInitial, bool restored)
    {
        if (restored)
            LogRestored(log, options.Type, version, _latest);
        foreach (var change in store.Replace(scope, items, version, isInitial, restored))
            publish(change);
        _version = _latest = version;
        _olderLists = 0;
        _absent = false;
        _failures = 0;
        if (!HasSynced)
            LogSynced(log, items.Count, options.Type);
        _synced.Set();
    }

    private void Take(IReadOnlyList<UnreadableObject> unreadable)
    {
        foreach (var item in unreadable.Except(_unreadable))
            LogUnreadable(log, options.Type.Kind, item.Key, item.Why);
        Instruments.UnreadableObjects.Add(unreadable.Count - _unreadable.Count, _label);
        _unreadable = unreadable;
    }

    private async Task<(string Version, ApiError? Error)> ReadPagesAsync(List<T> items, List<UnreadableObject> unreadable, CancellationToken cancel)
    {
        // The token of a page can expire while pages are read; a list in one piece can not.
        var (version, error) = await ReadPagesAsync(items, unreadable, options.PageSize, cancel);
        if (error?.Kind is not ApiErrorKind.Gone)
            return (version, error);
        items.Clear();
        unreadable.Clear();
        return await ReadPagesAsync(items, unreadable, 0, cancel);
    }

    private async Task<(string Version, ApiError? Error)> ReadPagesAsync(List<T> items, List<UnreadableObject> unreadable, int pageSize, CancellationToken cancel)
    {
        var request = new ApiRequest
        {
            Verb = ApiVerb.List,
            Type = options.Type,
            Namespace = scope,
            LabelSelector = options.LabelSelector,
            FieldSelector = options.FieldSelector,
            MetadataOnly = options.MetadataOnly,
            Limit = pageSize,
        };
        while (true)
        {
            var page = await client.ListAsync(request, options.Decode, cancel);
            Sign();
            if (!page.Succeeded)
                return ("", page.Error);
            items.AddRange(page.Value.Items);
            unreadable.AddRange(page.Value.Unreadable);
            if (page.Value.Continue.Length == 0)
                return (page.Value.ResourceVersion, null);
            request = request with { Continue = page.Value.Continue };
        }
    }

    private TimeSpan OnListError(ApiError error)
    {
        if (error.Kind is not ApiErrorKind.NotFound || !options.Optional)
        {
            LogListFailed(log, options.Type, error.Code, error.Message);
            return error.RetryAfter is { } asked ? Jitter(asked) : Backoff();
        }

        if (!_absent)
            LogAbsent(log, options.Type);
        _absent = true;
        store.BeginList();
        foreach (var change in store.Replace(scope, [], "", isInitial: false))
            publish(change);
        Take([]);
        _synced.Set();
        return Jitter(options.ProbeInterval);
    }

    /// <summary>Watches until the watch ends, for whatever reason; returns how long to wait before going on.</summary>
    private async Task<TimeSpan> WatchAsync(string version, CancellationToken cancel)
    {
        using var watchdog = new CancellationTokenSource(options.IdleTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, watchdog.Token);
        var watch = new WatchOptions
        {
            Namespace = scope,
            ResourceVersion = version,
            LabelSelector = options.LabelSelector,
            FieldSelector = options.FieldSelector,
            MetadataOnly = options.MetadataOnly,
            Timeout = Jitter(options.WatchTimeout),
            IdleTimeout = options.IdleTimeout,
        };
        var began = time.GetTimestamp();
        ApiError? error = null;
        try
        {
            await foreach (var change in client.WatchAsync(options.Type, watch, options.Decode, either.Token))
            {
                watchdog.CancelAfter(options.IdleTimeout);
                Sign();
                if (change.Type is WatchEventType.Error)
                {
                    error = change.Error;
                    break;
                }

                // Such a server tells nothing before its new history has passed the version that was asked for.
                if (change.Type is WatchEventType.Bookmark && IsOlder(change.ResourceVersion))
                {
                    _version = null;
                    return Restart("older", TimeSpan.Zero);
                }

                Take(change);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Restart("idle", TimeSpan.Zero);
        }

        if (error is not null)
            return OnWatchError(error);

        // A server that ends watches at once must not be asked again at once.
        return Restart("ended", time.GetElapsedTime(began) < TimeSpan.FromSeconds(1) ? Backoff() : TimeSpan.Zero);
    }

    private void Take(WatchEvent<T> change)
    {
        _failures = 0;
        var known = _version!;
        var isNews = ResourceVersions.IsNewer(change.ResourceVersion, known);
        if (isNews)
            _version = _latest = change.ResourceVersion;
        if (change.Object is not { } item)
            return;
        if (_unreadable.Count > 0)
            Take([.. _unreadable.Where(u => u.Key != item.Metadata.Key)]);

        // The end of a UID is final, so a deletion always counts; other events in a watch come in order, and one that does not is a repeat.
        CacheChange<T>? taken = null;
        if (change.Type is WatchEventType.Deleted)
            taken = store.Remove(item.Metadata.Key, item.Metadata.Uid);
        else if (isNews)
            taken = store.Put(item, ownWrite: false);
        if (taken is { } news)
            publish(news);
    }

    private TimeSpan OnWatchError(ApiError error)
    {
        var resumes = error.Kind is ApiErrorKind.Unreachable or ApiErrorKind.TooManyRequests or ApiErrorKind.ServerError
            or ApiErrorKind.Unauthorized or ApiErrorKind.Forbidden;
        if (!resumes)
            _version = null;
        LogWatchFailed(log, options.Type, error.Code, error.Message, resumes ? "it goes on from the same version" : "the kind is listed again");
        var pause = error.RetryAfter is { } asked ? Jitter(asked) : Backoff();
        return Restart(error.Kind.ToString().ToLowerInvariant(), pause);
    }

    private bool IsOlder(string version) => ResourceVersions.TryCompare(version, _latest, out var order) && order < 0;

    private TimeSpan Restart(string reason, TimeSpan pause)
    {
        Instruments.WatchRestarts.Add(1, _label, Instruments.Label("reason", reason));
        return pause;
    }

    private TimeSpan Backoff()
    {
        var wait = options.BackoffStart * Math.Pow(2, Math.Min(_failures++, 30));
        return Jitter(wait < options.BackoffCap ? wait : options.BackoffCap);
    }

    private TimeSpan Jitter(TimeSpan wait) => wait * (1 + (random.NextDouble() / 2));

    // A loop that means to rest counts as heard of until the rest is over: an absent API is looked for only every few hours.
    private void Sign(TimeSpan rest = default) =>
        Interlocked.Exchange(ref _lastSign, time.GetTimestamp() + (long)(rest.TotalSeconds * time.TimestampFrequency));

    [LoggerMessage(1, LogLevel.Information, "Holding {Count} {Type}.")]
    private static partial void LogSynced(ILogger log, int count, ResourceType type);

    [LoggerMessage(2, LogLevel.Warning, "Listing {Type} failed ({Code}: {Message}); trying again.")]
    private static partial void LogListFailed(ILogger log, ResourceType type, int code, string message);

    [LoggerMessage(3, LogLevel.Information, "The server does not serve {Type}; looking for it from time to time.")]
    private static partial void LogAbsent(ILogger log, ResourceType type);

    [LoggerMessage(4, LogLevel.Debug, "The watch of {Type} ended ({Code}: {Message}); {Next}.")]
    private static partial void LogWatchFailed(ILogger log, ResourceType type, int code, string message, string next);

    [LoggerMessage(6, LogLevel.Error, "{Kind} {Key} can not be read, so it counts as not there until it is changed: {Why}")]
    private static partial void LogUnreadable(ILogger log, string kind, ObjectKey key, string why);

    [LoggerMessage(7, LogLevel.Warning, "The server lists {Type} at version {Version}, after it had been at {Latest}: it was restored from a backup. Its word holds.")]
    private static partial void LogRestored(ILogger log, ResourceType type, string version, string latest);

    [LoggerMessage(5, LogLevel.Error, "Keeping up with {Type} hit a fault; listing it again.")]
    private static partial void LogBroken(ILogger log, ResourceType type, Exception problem);
}
