using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using Microsoft.Extensions.Logging;
using Nito.AsyncEx;

namespace KubeDb.Api.Controllers;

/// <summary>How an <see cref="EventRecorder"/> tells and how much.</summary>
public sealed record EventRecorderOptions
{
    /// <summary>The source that <c>kubectl describe</c> shows.</summary>
    public required string Component { get; init; }

    /// <summary>A repeated event is written at most once in this time, with its count.</summary>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After this long without a repetition it is a new event; the server keeps events for an hour.</summary>
    public TimeSpan SeriesLifetime { get; init; } = TimeSpan.FromMinutes(50);

    /// <summary>Different events that one object may have at once.</summary>
    public int Burst { get; init; } = 50;

    /// <summary>Time after which an object may have one more.</summary>
    public TimeSpan Refill { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Series and objects remembered.</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>Attempts at a write that the server did not answer or could not take.</summary>
    public int Attempts { get; init; } = 5;
}

/// <summary>
/// Writes core/v1 events one after the other, in the order in which they were recorded. The same event again is counted, not written anew;
/// an object that would flood the cluster is cut short; what can not be written is dropped and counted.
/// </summary>
public sealed partial class EventRecorder(EventRecorderOptions options, IKubernetesClient client, TimeProvider time, ILogger<EventRecorder> log)
    : IEventRecorder
{
    private const int MaxMessage = 1024;
    private static readonly ResourceType Type = ResourceTypes.Event;

    private readonly Lock _gate = new();
    private readonly Dictionary<SeriesKey, Series> _series = [];
    private readonly Dictionary<string, (double Tokens, long At)> _budgets = [];
    private readonly PriorityQueue<Series, (long Due, long Order)> _queue = new();
    private readonly AsyncAutoResetEvent _wake = new();
    private long _order;
    private long _lastTick;

    /// <summary>Events that wait to be written.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
                return _queue.Count;
        }
    }

    /// <inheritdoc/>
    public void Normal(EventTarget target, string reason, string message) => Record(new(target, "Normal", reason, Cut(message)));

    /// <inheritdoc/>
    public void Warning(EventTarget target, string reason, string message) => Record(new(target, "Warning", reason, Cut(message)));

    /// <summary>Writes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await using var timer = time.CreateTimer(_ => _wake.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                if (TryTake(timer) is { } series)
                    await WriteAsync(series, cancel);
                else
                    await _wake.WaitAsync(cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The expected way out.
        }
    }

    /// <summary>Writes what waits, repetitions at once, until nothing does or it is cancelled. Call when <see cref="RunAsync"/> has ended.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        try
        {
            while (TakeNext() is { } series)
                await WriteAsync(series, cancel);
        }
        catch (OperationCanceledException)
        {
            // Time is up; events are a courtesy.
        }
    }

    private static string Cut(string message) => message.Length <= MaxMessage ? message : string.Concat(message.AsSpan(0, MaxMessage - 1), "…");

    private void Record(SeriesKey key)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var at = time.GetUtcNow();
            if (_series.TryGetValue(key, out var series) && time.GetElapsedTime(series.Seen, now) < options.SeriesLifetime)
            {
                series.Count++;
                series.Last = at;
                series.Seen = now;
                if (!series.Queued)
                    Enqueue(series, Math.Max(now, series.Written + Ticks(options.RepeatInterval)));
            }
            else if (MayAdd(key.Target.Uid, now))
            {
                series = new Series(key) { First = at, Last = at, Seen = now, Count = 1 };
                Forget(_series, s => !s.Queued);
                _series[key] = series;
                Enqueue(series, now);
            }
            else
            {
                Count("dropped");
            }
        }
    }

    private bool MayAdd(string uid, long now)
    {
        if (_queue.Count >= options.Capacity)
            return false;
        var (tokens, at) = _budgets.GetValueOrDefault(uid, (options.Burst, now));
        tokens = Math.Min(options.Burst, tokens + (time.GetElapsedTime(at, now) / options.Refill));
        if (tokens < 1)
            return false;
        Forget(_budgets, _ => true);
        _budgets[uid] = (tokens - 1, now);
        return true;
    }

    // Bounds the memory: half goes at once, so that the cost is spread over many events.
    private void Forget<TKey, TValue>(Dictionary<TKey, TValue> map, Func<TValue, bool> may)
        where TKey : notnull
    {
        if (map.Count < options.Capacity)
            return;
        foreach (var key in map.Where(e => may(e.Value)).Select(e => e.Key).Take(options.Capacity / 2).ToArray())
            map.Remove(key);
    }

    private void Enqueue(Series series, long due)
    {
        series.Queued = true;
        _queue.Enqueue(series, (due, ++_order));
        _wake.Set();
    }

    private Series? TryTake(ITimer timer)
    {
        lock (_gate)
        {
            if (!_queue.TryPeek(out _, out var next))
                return null;
            var left = time.GetElapsedTime(time.GetTimestamp(), next.Due);
            if (left <= TimeSpan.Zero)
                return Dequeue();
            timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            return null;
        }
    }

    private Series? TakeNext()
    {
        lock (_gate)
            return _queue.Count == 0 ? null : Dequeue();
    }

    private Series Dequeue()
    {
        var series = _queue.Dequeue();
        series.Queued = false;
        series.Written = time.GetTimestamp();
        return series;
    }

    private async Task WriteAsync(Series series, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            ApiError? error;
            try
            {
                error = series.Name is null ? await CreateAsync(series, cancel) : await CountAsync(series, cancel);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                error = new ApiError(ApiErrorKind.Other, 0, "", problem.Message);
            }

            switch (error?.Kind)
            {
                case null:
                    return;
                case ApiErrorKind.NotFound when series.Name is not null:
                    // The server forgets events after an hour: told anew.
                    series.Name = null;
                    continue;
                case ApiErrorKind.AlreadyExists when attempt < options.Attempts:
                    // Another process had the same tick: the next name is another.
                    continue;
                case ApiErrorKind.Unreachable or ApiErrorKind.ServerError or ApiErrorKind.TooManyRequests when attempt < options.Attempts:
                    await Task.Delay(error.RetryAfter ?? TimeSpan.FromSeconds(1 << attempt), time, cancel);
                    continue;
                default:
                    // Also a namespace that is being deleted: nobody is left to read.
                    Count("failed");
                    LogDropped(log, series.Key.Target.Key, series.Key.Reason, error.Code, error.Message);
                    return;
            }
        }
    }

    private async Task<ApiError?> CreateAsync(Series series, CancellationToken cancel)
    {
        var target = series.Key.Target;
        var ns = target.Key.Namespace.Length == 0 ? "default" : target.Key.Namespace;
        var name = NextName(target.Key.Name);
        var body = Manifests.ToJson(Type, new Corev1Event
        {
            Metadata = new() { Name = name, NamespaceProperty = ns },
            InvolvedObject = new()
            {
                ApiVersion = target.ApiVersion,
                Kind = target.Kind,
                Name = target.Key.Name,
                NamespaceProperty = target.Key.Namespace.Length > 0 ? target.Key.Namespace : null,
                Uid = target.Uid,
            },
            Type = series.Key.Type,
            Reason = series.Key.Reason,
            Message = series.Key.Message,
            Source = new() { Component = options.Component },
            FirstTimestamp = series.First.UtcDateTime,
            LastTimestamp = series.Last.UtcDateTime,
            Count = series.Count,
        });
        var result = await client.CreateAsync(Type, body, cancel);
        if (!result.Succeeded)
            return result.Error;
        series.Name = new(ns, name);
        Count("created");
        return null;
    }

    private async Task<ApiError?> CountAsync(Series series, CancellationToken cancel)
    {
        var patch = new JsonObject { ["count"] = series.Count, ["lastTimestamp"] = Seconds(series.Last) };
        var result = await client.MergePatchAsync(Type, series.Name!.Value, patch, FieldManagers.Blueprint, null, KubernetesVerbs.DecodeJson, cancel);
        if (result.Succeeded)
            Count("aggregated");
        return result.Error;
    }

    // Timestamps are whole seconds, so within one second kubectl shows events in the order of their names: names grow, always.
    private string NextName(string name)
    {
        long tick;
        lock (_gate)
            tick = _lastTick = Math.Max(time.GetUtcNow().UtcTicks, _lastTick + 1);
        var suffix = tick.ToString("x16", CultureInfo.InvariantCulture);
        return string.Concat(name.AsSpan(0, Math.Min(name.Length, 236)), ".", suffix);
    }

    private static void Count(string result) => Instruments.Events.Add(1, Instruments.Label("result", result));

    private static string Seconds(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private sealed record SeriesKey(EventTarget Target, string Type, string Reason, string Message);

    private sealed class Series(SeriesKey key)
    {
        public SeriesKey Key => key;

        public DateTimeOffset First { get; init; }

        public DateTimeOffset Last { get; set; }

        public long Seen { get; set; }

        public long Written { get; set; }

        public int Count { get; set; }

        public bool Queued { get; set; }

        public ObjectKey? Name { get; set; }
    }

    [LoggerMessage(80, LogLevel.Debug, "Event {Reason} of {Key} was not written ({Code}: {Message}).")]
    private static partial void LogDropped(ILogger log, ObjectKey key, string reason, int code, string message);
}
