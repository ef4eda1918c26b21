using System.Globalization;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>What a watch hands out next.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Utf8">The object; null for bookmarks and errors.</param>
/// <param name="ResourceVersion">The version reached.</param>
/// <param name="Error">The error; null for others.</param>
internal sealed record WatchOutput(WatchEventType Type, byte[]? Utf8, string ResourceVersion, ApiError? Error);

/// <summary>One watch: a place in the log of changes, moved on as events fall due.</summary>
internal sealed class WatchStream(InMemoryApiServer server, ResourceType type, WatchOptions options, FaultPlan faults, int number)
{
    private readonly Queue<WatchOutput> _ready = new();
    private readonly Func<Stored, bool> _selected = Selector(options);
    private Kind? _kind;
    private long _position;
    private int _events;
    private bool _over;
    private TimeSpan _end;
    private TimeSpan _bookmark;
    private TimeSpan _heard;
    private TimeSpan _held;
    private long _delayed;
    private TaskCompletionSource? _change;
    private readonly int _epoch = faults.Epoch;

    /// <summary>Starts the watch, or says why not.</summary>
    public Answer Open()
    {
        _kind = server.Kinds.FirstOrDefault(k => k.Group == type.Group && k.Plural == type.Plural && k.Versions.Contains(type.Version));
        if (_kind is null)
            return Answer.Of(Errors.NoSuchApi);
        _position = server.Version;
        if (options.ResourceVersion is "" or "0")
        {
            foreach (var stored in server.Store.All(_kind).Where(_selected))
                _ready.Enqueue(Event(WatchEventType.Added, stored));
        }
        else
        {
            _position = long.Parse(options.ResourceVersion, CultureInfo.InvariantCulture);
            if (_position < server.Store.Compacted)
                return Answer.Of(Errors.TooOld(_position, server.Store.Compacted));
        }

        _heard = server.Now;
        _end = server.Now + options.Timeout;
        _bookmark = NextBookmark(server.Now);
        server.Observe(Wake);
        return new([], null);
    }

    /// <summary>Lets go of the server.</summary>
    public void Close() => server.Forget(Wake);

    /// <summary>The next event, once it is due; null at the watch's end.</summary>
    public async Task<WatchOutput?> NextAsync(CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (!faults.Partitioned && _ready.TryDequeue(out var output))
            {
                _heard = server.Now;
                return output;
            }

            if (_over)
                return null;
            if (server.Now >= _heard + options.IdleTimeout)
                return new(WatchEventType.Error, null, "", Errors.Unreachable with { Message = "nothing was heard for too long" });
            if (faults.Partitioned)
            {
                await PauseAsync(TimeSpan.FromSeconds(1), cancel);
                continue;
            }

            if (_epoch != faults.Epoch)
            {
                Fail(Errors.TooOld(_position, server.Version));
                continue;
            }

            if (Advance() is { } wait)
                await PauseAsync(wait, cancel);
        }
    }

    // Every so often, and once more shortly before the watch's end, so that the next one can begin there.
    private TimeSpan NextBookmark(TimeSpan now)
    {
        var last = _end - TimeSpan.FromSeconds(2);
        var next = now + server.BookmarkInterval;
        return last > now && last < next ? last : next;
    }

    // Takes the next change of the log when it is due; says how long there is nothing to do.
    private TimeSpan? Advance()
    {
        var now = server.Now;
        if (now >= _end)
        {
            _over = true;
            return null;
        }

        if (_position < server.Store.Compacted && _position < server.Version)
        {
            Fail(Errors.TooOld(_position, server.Store.Compacted));
            return null;
        }

        while (_position < server.Version)
        {
            var change = server.Store.At(_position + 1);
            var due = TimeSpan.FromTicks(Math.Max((change.At + server.WatchLatency).Ticks, _held.Ticks));
            if (due > now)
                return Least(due - now);
            if (!Take(change))
                return TimeSpan.Zero;
            if (_ready.Count > 0 || _over)
                return null;
        }

        if (now >= _bookmark)
        {
            _bookmark = NextBookmark(now);
            if (!faults.NoBookmarks)
            {
                _ready.Enqueue(new(WatchEventType.Bookmark, null, Text(_position), null));
                return null;
            }
        }

        return Least(_end - now);
    }

    // False when the change has to wait.
    private bool Take(Change change)
    {
        if (change.Now.Kind != _kind || Output(change) is not { } output)
        {
            _position++;
            return true;
        }

        _events++;
        var key = new ObjectKey(change.Now.Object.Namespace(), change.Now.Object.Name());
        var fault = _delayed == change.Version ? null : faults.For(new WatchMoment(type, output.Type, key, _events, number));
        switch (fault?.Kind)
        {
            case WatchFaultKind.Delay:
                _events--;
                _delayed = change.Version;
                _held = server.Now + fault.Value.Delay;
                return false;
            case WatchFaultKind.Cut:
                Fail(Errors.Unreachable);
                return true;
            case WatchFaultKind.Gone:
                Fail(Errors.TooOld(_position, server.Version));
                return true;
            case WatchFaultKind.End:
                _over = true;
                return true;
            case WatchFaultKind.Drop:
                break;
            case WatchFaultKind.Repeat:
                _ready.Enqueue(output);
                _ready.Enqueue(output);
                break;
            default:
                _ready.Enqueue(output);
                break;
        }

        _position++;
        return true;
    }

    // With a selector, an object that comes to fit appears and one that ceases to fit is gone, as far as this watch can see.
    private WatchOutput? Output(Change change)
    {
        var was = change.Before is { } before && _selected(before);
        var isNow = !change.Deleted && _selected(change.Now);
        if (was && isNow)
            return Event(WatchEventType.Modified, change.Now);
        if (isNow)
            return Event(WatchEventType.Added, change.Now);
        return was ? Event(WatchEventType.Deleted, change.Now) : null;
    }

    private WatchOutput Event(WatchEventType what, Stored stored) =>
        new(what, InMemoryApiServer.Sent(stored, type, options.MetadataOnly).Utf8, Text(stored.Version), null);

    private void Fail(ApiError error)
    {
        _over = true;
        _ready.Enqueue(new(WatchEventType.Error, null, "", error));
    }

    private TimeSpan Least(TimeSpan wait)
    {
        var now = server.Now;
        var idle = _heard + options.IdleTimeout - now;
        var mark = _bookmark - now;
        var least = TimeSpan.FromTicks(Math.Min(Math.Min(wait.Ticks, (_end - now).Ticks), Math.Min(idle.Ticks, mark.Ticks)));
        return least > TimeSpan.Zero ? least : TimeSpan.FromTicks(1);
    }

    private async Task PauseAsync(TimeSpan wait, CancellationToken cancel)
    {
        if (wait <= TimeSpan.Zero)
            return;
        var wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _change = wake;
        using var timer = server.Time.CreateTimer(_ => wake.TrySetResult(), null, wait, Timeout.InfiniteTimeSpan);
        using var registration = cancel.Register(() => wake.TrySetCanceled(cancel));
        await wake.Task;
    }

    private void Wake(Change change)
    {
        if (change.Now.Kind == _kind)
            _change?.TrySetResult();
    }

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static Func<Stored, bool> Selector(WatchOptions options)
    {
        var labels = Selectors.Labels(options.LabelSelector);
        var fields = Selectors.Fields(options.FieldSelector);
        return s => (options.Namespace.Length == 0 || s.Object.Namespace() == options.Namespace) && labels(s.Object) && fields(s.Object);
    }
}
