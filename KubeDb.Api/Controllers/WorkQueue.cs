using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>How a <see cref="WorkQueue"/> behaves.</summary>
public sealed record WorkQueueOptions
{
    /// <summary>Value of the <c>queue</c> label of its metrics.</summary>
    public required string Name { get; init; }

    /// <summary>Delay after the first failure of a key; it doubles with each further one.</summary>
    public TimeSpan BackoffStart { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Upper bound of the delay.</summary>
    public TimeSpan BackoffCap { get; init; } = TimeSpan.FromSeconds(1000);
}

/// <summary>
/// The keys that wait for a worker. A key is in it at most once, and is never with two workers at a time: added while it is being worked on,
/// it comes again after <see cref="Done"/>. Keys of <see cref="Lane.Fresh"/> come before those of <see cref="Lane.Backlog"/>, but one key in
/// sixteen is taken from the backlog, so that a flood of changes can not starve it.
/// </summary>
public sealed class WorkQueue : IDisposable
{
    private const int FreshInARow = 15;

    private readonly Lock _gate = new();
    private readonly WorkQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly Dictionary<ObjectKey, Entry> _entries = [];
    private readonly Queue<(ObjectKey Key, long Ticket)>[] _lanes = [new(), new()];
    private readonly PriorityQueue<(ObjectKey Key, long Ticket), long> _delayed = new();
    private readonly Queue<TaskCompletionSource<ObjectKey>> _waiters = new();
    private readonly ITimer _timer;
    private readonly KeyValuePair<string, object?> _label;
    private readonly int[] _depth = new int[2];
    private long _tickets;
    private long _timerDue = long.MaxValue;
    private int _freshInARow;
    private int _working;

    /// <summary>An empty queue.</summary>
    public WorkQueue(WorkQueueOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _label = Instruments.Label("queue", options.Name);
        _timer = time.CreateTimer(static state => ((WorkQueue)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys that wait for a worker, without those whose delay has not passed.</summary>
    public int Depth
    {
        get
        {
            lock (_gate)
                return _depth[0] + _depth[1];
        }
    }

    /// <summary>True while no key waits for a worker and none is being worked on; delays may run.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _depth[0] + _depth[1] + _working == 0;
        }
    }

    /// <summary>Puts a key in. One that waits in the backlog and is added as fresh moves up; one that is being worked on comes again.</summary>
    public void Add(ObjectKey key, Lane lane = Lane.Fresh)
    {
        lock (_gate)
            AddLocked(key, lane);
    }

    /// <summary>
    /// Puts a key in after the delay, or earlier if something else adds it. A delay that runs already is only ever shortened;
    /// handing the key to a worker ends it, since that worker decides anew when to look again.
    /// </summary>
    public void AddAfter(ObjectKey key, TimeSpan delay)
    {
        lock (_gate)
            AddAfterLocked(key, delay);
    }

    /// <summary>Puts a key in after a failure: after <see cref="WorkQueueOptions.BackoffStart"/> doubled with each failure in a row.</summary>
    /// <returns>The delay.</returns>
    public TimeSpan AddWithBackoff(ObjectKey key)
    {
        Instruments.QueueRetries.Add(1, _label);
        lock (_gate)
        {
            var entry = EntryOf(key);
            var delay = _options.BackoffStart * Math.Pow(2, Math.Min(entry.Failures, 40));
            if (delay > _options.BackoffCap)
                delay = _options.BackoffCap;
            entry.Failures++;
            AddAfterLocked(key, delay);
            return delay;
        }
    }

    /// <summary>Ends a key's row of failures.</summary>
    public void Forget(ObjectKey key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
                return;
            entry.Failures = 0;
            DropIfIdle(key, entry);
        }
    }

    /// <summary>Takes the next key, waiting for one. The caller calls <see cref="Done"/> when it has worked on it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no key is lost.</exception>
    public Task<ObjectKey> TakeAsync(CancellationToken cancel)
    {
        TaskCompletionSource<ObjectKey> waiter;
        lock (_gate)
        {
            if (cancel.IsCancellationRequested)
                return Task.FromCanceled<ObjectKey>(cancel);
            if (TryTake(out var key))
                return Task.FromResult(key);
            waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Enqueue(waiter);
        }

        return cancel.CanBeCanceled ? WaitAsync(waiter, cancel) : waiter.Task;
    }

    /// <summary>Ends the work on a key; if it was added meanwhile it waits again.</summary>
    public void Done(ObjectKey key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry) || !entry.Processing)
                throw new InvalidOperationException($"{key} is not being worked on.");
            entry.Processing = false;
            _working--;
            if (entry.Dirty is { } lane)
            {
                entry.Dirty = null;
                Enqueue(key, entry, lane);
            }
            else
            {
                DropIfIdle(key, entry);
            }
        }
    }

    /// <summary>Stops the timer and takes the waiting keys out of the metrics.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            Count(Lane.Fresh, -_depth[0]);
            Count(Lane.Backlog, -_depth[1]);
            _lanes[0].Clear();
            _lanes[1].Clear();
            _entries.Clear();
            _delayed.Clear();
        }
    }

    private static async Task<ObjectKey> WaitAsync(TaskCompletionSource<ObjectKey> waiter, CancellationToken cancel)
    {
        // A waiter that is cancelled stays in the line; a key finds it completed and goes to the next one.
        await using (cancel.Register(static (state, token) => ((TaskCompletionSource<ObjectKey>)state!).TrySetCanceled(token), waiter))
            return await waiter.Task;
    }

    private void AddLocked(ObjectKey key, Lane lane)
    {
        var entry = EntryOf(key);
        if (entry.Processing)
            entry.Dirty = entry.Dirty is Lane.Fresh ? Lane.Fresh : lane;
        else if (entry.Queued is null || (entry.Queued is Lane.Backlog && lane is Lane.Fresh))
            Enqueue(key, entry, lane);
    }

    private void Enqueue(ObjectKey key, Entry entry, Lane lane)
    {
        if (entry.Queued is { } before)
            Count(before, -1);
        else
            entry.Since = _time.GetTimestamp();
        entry.Queued = lane;
        entry.Ticket = ++_tickets;
        _lanes[(int)lane].Enqueue((key, entry.Ticket));
        Count(lane, 1);
        HandOut();
    }

    private void HandOut()
    {
        while (_waiters.TryPeek(out var waiter))
        {
            if (waiter.Task.IsCompleted)
            {
                _waiters.Dequeue();
                continue;
            }

            if (!TryTake(out var key))
                return;
            _waiters.Dequeue();
            if (!waiter.TrySetResult(key))
                PutBack(key);
        }
    }

    private void PutBack(ObjectKey key)
    {
        var entry = _entries[key];
        entry.Processing = false;
        _working--;
        entry.Queued = Lane.Fresh;
        entry.Ticket = ++_tickets;
        _lanes[(int)Lane.Fresh].Enqueue((key, entry.Ticket));
        Count(Lane.Fresh, 1);
    }

    private bool TryTake(out ObjectKey key)
    {
        var first = _freshInARow >= FreshInARow ? Lane.Backlog : Lane.Fresh;
        if (TryTake(first, out key))
            return true;
        return TryTake(first is Lane.Fresh ? Lane.Backlog : Lane.Fresh, out key);
    }

    private bool TryTake(Lane lane, out ObjectKey key)
    {
        while (_lanes[(int)lane].TryDequeue(out var next))
        {
            if (!_entries.TryGetValue(next.Key, out var entry) || entry.Queued != lane || entry.Ticket != next.Ticket)
                continue;
            key = next.Key;
            entry.Queued = null;
            entry.Processing = true;
            _working++;
            entry.Delay = 0;
            _freshInARow = lane is Lane.Fresh ? _freshInARow + 1 : 0;
            Count(lane, -1);
            Instruments.QueueLatency.Record(_time.GetElapsedTime(entry.Since).TotalSeconds, _label, LaneLabel(lane));
            return true;
        }

        key = default;
        return false;
    }

    private void AddAfterLocked(ObjectKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            AddLocked(key, Lane.Fresh);
            return;
        }

        var entry = EntryOf(key);
        var due = _time.GetTimestamp() + (long)Math.Min(delay.TotalSeconds * _time.TimestampFrequency, long.MaxValue / 4);
        if (entry.Delay != 0 && entry.Due <= due)
            return;
        entry.Due = due;
        entry.Delay = ++_tickets;
        _delayed.Enqueue((key, entry.Delay), due);
        ArmTimer();
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _timerDue = long.MaxValue;
            var now = _time.GetTimestamp();
            while (_delayed.TryPeek(out var next, out var due))
            {
                var live = _entries.TryGetValue(next.Key, out var entry) && entry.Delay == next.Ticket;
                if (live && due > now)
                    break;
                _delayed.Dequeue();
                if (!live)
                    continue;
                entry!.Delay = 0;
                AddLocked(next.Key, Lane.Fresh);
            }

            ArmTimer();
        }
    }

    private void ArmTimer()
    {
        if (!_delayed.TryPeek(out _, out var due) || due >= _timerDue)
            return;
        _timerDue = due;
        var wait = _time.GetElapsedTime(_time.GetTimestamp(), due);

        // Rounded up: a timer that fires a moment early would be armed again at once, in a busy loop.
        var milliseconds = Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, uint.MaxValue - 2);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private Entry EntryOf(ObjectKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
            _entries.Add(key, entry = new Entry());
        return entry;
    }

    private void DropIfIdle(ObjectKey key, Entry entry)
    {
        if (!entry.Processing && entry.Queued is null && entry.Delay == 0 && entry.Failures == 0)
            _entries.Remove(key);
    }

    private void Count(Lane lane, int by)
    {
        _depth[(int)lane] += by;
        Instruments.QueueDepth.Add(by, _label, LaneLabel(lane));
    }

    private static KeyValuePair<string, object?> LaneLabel(Lane lane) => Instruments.Label("lane", lane is Lane.Fresh ? "fresh" : "backlog");

    /// <summary>What is known of one key. Tickets tell a live place in a lane or among the delayed from one that was given up.</summary>
    private sealed class Entry
    {
        public Lane? Queued;
        public long Ticket;
        public long Since;
        public bool Processing;
        public Lane? Dirty;
        public int Failures;
        public long Delay;
        public long Due;
    }
}
