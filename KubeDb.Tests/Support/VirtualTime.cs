namespace KubeDb.Tests.Support;

/// <summary>A clock that stands still until it is told to move; timers fire in the order of their due times.</summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<VirtualTimer, (long Due, long Order)> _due = new();
    private long _order;
    private long _ticks;

    /// <summary>Where the clock starts.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How long the clock has run.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    /// <summary>Shifts the wall clock against the monotonic one, as a wrong clock on a node does.</summary>
    public TimeSpan WallClockError { get; set; }

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Start + Elapsed + WallClockError;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the next timer and fires it, unless none is due within the limit: then moves by the limit and returns false.</summary>
    public bool FireNext(TimeSpan limit)
    {
        VirtualTimer? timer = null;
        var end = Elapsed + limit;
        lock (_lock)
        {
            while (_due.TryPeek(out var next, out var due))
            {
                if (next.Due != due.Due || next.Order != due.Order)
                {
                    _due.Dequeue();
                    continue;
                }

                if (due.Due > end.Ticks)
                    break;
                _due.Dequeue();
                timer = next;
                Interlocked.Exchange(ref _ticks, Math.Max(due.Due, Elapsed.Ticks));
                timer.Rearm();
                break;
            }

            if (timer is null)
                Interlocked.Exchange(ref _ticks, end.Ticks);
        }

        timer?.Fire();
        return timer is not null;
    }

    /// <summary>Moves the clock, firing what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        var end = Elapsed + by;
        while (FireNext(end - Elapsed))
        {
        }
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _period;

        public long Due { get; private set; } = -1;

        public long Order { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                _period = period <= TimeSpan.Zero ? -1 : period.Ticks;
                Arm(dueTime < TimeSpan.Zero ? -1 : time._ticks + dueTime.Ticks);
            }

            return true;
        }

        public void Rearm() => Arm(_period < 0 ? -1 : Due + _period);

        public void Fire() => callback(state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(long due)
        {
            Due = due;
            if (due < 0)
                return;
            Order = ++time._order;
            time._due.Enqueue(this, (due, Order));
        }
    }
}
