using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>What goes wrong with one request.</summary>
public sealed record Fault
{
    /// <summary>The connection is lost before the server sees the request.</summary>
    public static Fault LostBefore { get; } = new() { Instead = Errors.Unreachable };

    /// <summary>The server does it, but its answer is lost.</summary>
    public static Fault LostAnswer { get; } = new() { After = Errors.Unreachable };

    /// <summary>The process dies before the server sees the request.</summary>
    public static Fault KilledBefore { get; } = new() { KillBefore = true };

    /// <summary>The server does it, and the process dies before it hears of it.</summary>
    public static Fault KilledAfter { get; } = new() { KillAfter = true };

    /// <summary>409 without effect.</summary>
    public static Fault Conflict { get; } = Refused(new(ApiErrorKind.Conflict, 409, "Conflict", "the object has been modified"));

    /// <summary>410 without effect.</summary>
    public static Fault Gone { get; } = Refused(Errors.Expired("too old resource version"));

    /// <summary>500 without effect.</summary>
    public static Fault ServerError { get; } = Refused(Errors.Internal("etcdserver: leader changed"));

    /// <summary>The server asks to wait.</summary>
    public static Fault Throttled(TimeSpan wait) =>
        Refused(new(ApiErrorKind.TooManyRequests, 429, "TooManyRequests", "the server is currently unable to handle the request", wait));

    /// <summary>The server answers so, without effect.</summary>
    public static Fault Refused(ApiError error) => new() { Instead = error };

    /// <summary>The request takes so much longer.</summary>
    public static Fault Slow(TimeSpan by) => new() { Delay = by };

    /// <summary>A list or get is answered from the state of an older version.</summary>
    public static Fault Stale(long version) => new() { StaleVersion = version };

    /// <summary>Answered instead of asking the server.</summary>
    public ApiError? Instead { get; init; }

    /// <summary>Answered instead of the server's answer.</summary>
    public ApiError? After { get; init; }

    /// <summary>Dies before the effect.</summary>
    public bool KillBefore { get; init; }

    /// <summary>Dies after the effect.</summary>
    public bool KillAfter { get; init; }

    /// <summary>Extra travel time.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The version that a read is answered from; null for the newest.</summary>
    public long? StaleVersion { get; init; }
}

/// <summary>What goes wrong with one event of a watch.</summary>
public enum WatchFaultKind
{
    /// <summary>It never arrives; later ones do.</summary>
    Drop,

    /// <summary>It arrives twice.</summary>
    Repeat,

    /// <summary>It arrives late, and so does all after it.</summary>
    Delay,

    /// <summary>The connection is lost before it.</summary>
    Cut,

    /// <summary>The server ends the watch before it, without an error.</summary>
    End,

    /// <summary>410 comes instead of it.</summary>
    Gone,
}

/// <summary>An event on its way to a watch.</summary>
/// <param name="Type">The watched kind.</param>
/// <param name="Event">What happened.</param>
/// <param name="Key">The object.</param>
/// <param name="Number">The event's number on this watch, from 1.</param>
/// <param name="Watch">The watch's number on the connection, from 1.</param>
public sealed record WatchMoment(ResourceType Type, WatchEventType Event, ObjectKey Key, int Number, int Watch);

/// <summary>The faults of one connection. Rules are asked in the order they were added; the first that fits is used up by it.</summary>
public sealed class FaultPlan
{
    private readonly List<(Func<JournalEntry, bool> When, Fault Fault, int Left)> _requests = [];
    private readonly List<(Func<WatchMoment, bool> When, WatchFaultKind Kind, TimeSpan Delay, int Left)> _events = [];

    /// <summary>Watches get no bookmarks.</summary>
    public bool NoBookmarks { get; set; }

    /// <summary>While true nothing gets through: requests fail, watches fall silent.</summary>
    public bool Partitioned { get; set; }

    /// <summary>The request with this number on the connection, from 1.</summary>
    public FaultPlan OnRequest(int number, Fault fault) => On(e => e.Number == number, fault);

    /// <summary>The write with this number on the connection, from 1.</summary>
    public FaultPlan OnWrite(int number, Fault fault) => On(e => e.Write == number, fault);

    /// <summary>The next requests that fit.</summary>
    public FaultPlan On(Func<JournalEntry, bool> when, Fault fault, int times = 1)
    {
        _requests.Add((when, fault, times));
        return this;
    }

    /// <summary>The next events that fit.</summary>
    public FaultPlan OnEvent(Func<WatchMoment, bool> when, WatchFaultKind kind, TimeSpan delay = default, int times = 1)
    {
        _events.Add((when, kind, delay, times));
        return this;
    }

    /// <summary>Ends all watches that run with 410, so that everything is listed anew.</summary>
    public void Expire() => Epoch++;

    /// <summary>Grows with each <see cref="Expire"/>.</summary>
    internal int Epoch { get; private set; }

    /// <summary>Forgets all rules.</summary>
    public void Clear()
    {
        _requests.Clear();
        _events.Clear();
        NoBookmarks = Partitioned = false;
    }

    internal Fault? For(JournalEntry entry)
    {
        if (Partitioned)
            return Fault.LostBefore;
        var i = _requests.FindIndex(r => r.Left > 0 && r.When(entry));
        if (i < 0)
            return null;
        _requests[i] = _requests[i] with { Left = _requests[i].Left - 1 };
        return _requests[i].Fault;
    }

    internal (WatchFaultKind Kind, TimeSpan Delay)? For(WatchMoment moment)
    {
        var i = _events.FindIndex(r => r.Left > 0 && r.When(moment));
        if (i < 0)
            return null;
        _events[i] = _events[i] with { Left = _events[i].Left - 1 };
        return (_events[i].Kind, _events[i].Delay);
    }
}
