using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;
using Microsoft.Extensions.Logging;

namespace KubeDb.Api.Controllers;

/// <summary>
/// Elects one process by a Lease. Another's lease counts as expired only when this process has watched it unchanged for its whole duration on
/// its own monotonic clock, so that wrong wall clocks do not matter; its own right to write ends <see cref="LeaderElectionOptions.RenewDeadline"/>
/// after the last successful renewal was <i>sent</i>, measured the same way. A lost connection therefore stops the writes of the old leader
/// before a new one can be elected. With the right, the connections end: a write that the network holds back can not arrive later.
/// </summary>
public sealed partial class LeaderElection : ILeadership, IDisposable
{
    private const string Lost = "lost";

    private readonly Lock _gate = new();
    private readonly LeaderElectionOptions _options;
    private readonly IKubernetesClient _client;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly ITimer _fence;
    private readonly KeyValuePair<string, object?> _label;
    private readonly List<TaskCompletionSource<LeaderTerm>> _waiters = [];
    private LeaderTerm? _term;
    private CancellationTokenSource? _lost;
    private long _writeUntil;
    private int _terms;
    private LeaseRecord _seen = LeaseRecord.None;
    private long _seenAt;
    private string _toldHolder = "";
    private long _lastSign;

    /// <summary>An election that this process has not entered yet.</summary>
    /// <param name="options">Lease and times.</param>
    /// <param name="client">A client that is not fenced.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Spreads the attempts.</param>
    /// <param name="log">The log.</param>
    public LeaderElection(LeaderElectionOptions options, IKubernetesClient client, TimeProvider time, Random random, ILogger<LeaderElection> log)
    {
        options.Validate();
        _options = options;
        _client = client;
        _time = time;
        _random = random;
        _log = log;
        _label = Instruments.Label("lease", options.Lease.Name);
        _lastSign = time.GetTimestamp();
        _fence = time.CreateTimer(_ => OnFence(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public bool IsLeader => Term is not null;

    /// <inheritdoc/>
    public LeaderTerm? Term
    {
        get
        {
            // The clock decides, not the timer: a timer can be late when the process was starved or stopped.
            lock (_gate)
                return _term is not null && _time.GetTimestamp() < _writeUntil ? _term : null;
        }
    }

    /// <summary>When it last tried for the lease, as a timestamp of its <see cref="TimeProvider"/>.</summary>
    public long LastSign => Interlocked.Read(ref _lastSign);

    /// <inheritdoc/>
    public async Task<LeaderTerm> WaitAsync(CancellationToken cancel)
    {
        var waiter = new TaskCompletionSource<LeaderTerm>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (Term is { } term)
                return term;
            _waiters.Add(waiter);
        }

        await using (cancel.Register(static (state, token) => ((TaskCompletionSource<LeaderTerm>)state!).TrySetCanceled(token), waiter))
            return await waiter.Task;
    }

    /// <summary>Tries for the lease and keeps it, until cancelled; call <see cref="ReleaseAsync"/> afterwards, when the last write has ended.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                Interlocked.Exchange(ref _lastSign, _time.GetTimestamp());
                await TryOnceAsync(cancel);
                await Task.Delay(_options.RetryPeriod * (1 + (_random.NextDouble() / 5)), _time, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The expected way out.
        }
    }

    /// <summary>Ends the right to write and gives the lease back, so that the next leader need not wait for it to expire.</summary>
    public async Task ReleaseAsync(CancellationToken cancel)
    {
        var led = IsLeader;
        End("released");
        if (!led || _seen.Holder != _options.Identity)
            return;
        var released = _seen with { Holder = "", Duration = TimeSpan.FromSeconds(1), RenewTime = Now() };
        var result = await SendAsync(released, cancel);
        if (!result.Succeeded)
            LogNotReleased(_log, _options.Lease, result.Error.Message);
    }

    /// <summary>Ends the term that runs.</summary>
    public void Dispose()
    {
        End("released");
        _fence.Dispose();
    }

    private async Task TryOnceAsync(CancellationToken cancel)
    {
        try
        {
            await TryAsync(cancel);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            // An answer that can not be read must not end the election for good.
            LogBroken(_log, _options.Lease, problem);
        }
    }

    private async Task TryAsync(CancellationToken cancel)
    {
        // While leading, the version that was written last is almost always still the current one: one request renews.
        if (IsLeader && _seen.Holder == _options.Identity)
        {
            var renewed = await WriteAsync(_seen with { RenewTime = Now(), Duration = _options.LeaseDuration }, cancel);
            if (renewed.Succeeded || renewed.Error.Kind is not (ApiErrorKind.Conflict or ApiErrorKind.NotFound))
                return;
        }

        if (!await ReadAsync(cancel))
            return;
        if (_seen.Holder == _options.Identity)
        {
            // Renewed by a request whose answer was lost, or left from before this process lost its right to write.
            await WriteAsync(_seen with { RenewTime = Now(), Duration = _options.LeaseDuration }, cancel);
            return;
        }

        if (IsLeader)
            End(Lost);
        if (_seen.Holder.Length == 0 || _time.GetElapsedTime(_seenAt) >= Later(_seen.Duration, _options.LeaseDuration))
            await WriteAsync(Taken(), cancel);
    }

    private LeaseRecord Taken() => _seen with
    {
        Holder = _options.Identity,
        Duration = _options.LeaseDuration,
        Transitions = _seen.Version.Length == 0 ? 0 : _seen.Transitions + 1,
        AcquireTime = Now(),
        RenewTime = Now(),
    };

    private async Task<bool> ReadAsync(CancellationToken cancel)
    {
        var result = await CallAsync(token => _client.GetAsync(LeaseRecord.Type, _options.Lease, token), cancel);
        if (result.Succeeded)
            See(LeaseRecord.Read(result.Value));
        else if (result.Error.Kind is ApiErrorKind.NotFound)
            See(LeaseRecord.None);
        else
            LogUnreachable(_log, _options.Lease, result.Error.Message);
        return result.Succeeded || result.Error.Kind is ApiErrorKind.NotFound;
    }

    private async Task<ApiResult<LeaseRecord>> WriteAsync(LeaseRecord record, CancellationToken cancel)
    {
        var sent = _time.GetTimestamp();
        var result = await SendAsync(record, cancel);
        if (result.Succeeded)
        {
            See(result.Value);
            Renew(sent);
        }
        else if (result.Error.Kind is not (ApiErrorKind.Conflict or ApiErrorKind.AlreadyExists))
        {
            LogUnreachable(_log, _options.Lease, result.Error.Message);
        }

        return result;
    }

    private async Task<ApiResult<LeaseRecord>> SendAsync(LeaseRecord record, CancellationToken cancel)
    {
        var body = record.Write(_options.Lease);
        var result = await CallAsync(
            token => record.Version.Length == 0
                ? _client.CreateAsync(LeaseRecord.Type, body, token)
                : _client.UpdateAsync(LeaseRecord.Type, body, null, token),
            cancel);
        return result.Succeeded ? new(LeaseRecord.Read(result.Value)) : new(result.Error);
    }

    // A call that hangs must not use up the whole time there is to renew.
    private async Task<ApiResult<T>> CallAsync<T>(Func<CancellationToken, Task<ApiResult<T>>> call, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_options.RenewDeadline / 3, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(new ApiError(ApiErrorKind.Unreachable, 0, "Timeout", "The API server did not answer in time."));
        }
    }

    private void See(LeaseRecord record)
    {
        if (record != _seen)
        {
            _seen = record;
            _seenAt = _time.GetTimestamp();
        }

        if (record.Holder == _toldHolder)
            return;
        _toldHolder = record.Holder;
        if (record.Holder.Length > 0 && record.Holder != _options.Identity)
            LogHolder(_log, _options.Lease, record.Holder);
    }

    /// <summary>Extends the term that runs, or begins one, if the right that comes of a renewal sent then has not run out by now.</summary>
    private void Renew(long sent)
    {
        LeaderTerm? begun = null;
        CancellationTokenSource? former = null;
        TaskCompletionSource<LeaderTerm>[] waiters = [];
        lock (_gate)
        {
            var until = sent + (long)(_options.RenewDeadline.TotalSeconds * _time.TimestampFrequency);
            var left = _time.GetElapsedTime(_time.GetTimestamp(), until);
            if (left <= TimeSpan.Zero)
                return;
            if (_term is not null && Term is null)
                former = EndLocked(Lost);
            _writeUntil = until;
            _fence.Change(left, Timeout.InfiniteTimeSpan);
            if (_term is null)
            {
                _lost = new CancellationTokenSource();
                begun = _term = new LeaderTerm(++_terms, _lost.Token);
                waiters = [.. _waiters];
                _waiters.Clear();
            }
        }

        former?.Cancel();
        if (begun is null)
            return;
        LogLeading(_log, _options.Lease, _options.Identity, begun.Number);
        Instruments.Leading.Add(1, _label);
        Instruments.LeaderChanges.Add(1, _label, Instruments.Label("change", "acquired"));
        foreach (var waiter in waiters)
            waiter.TrySetResult(begun);
    }

    private void OnFence()
    {
        lock (_gate)
        {
            var left = _time.GetElapsedTime(_time.GetTimestamp(), _writeUntil);
            if (_term is not null && left > TimeSpan.Zero)
            {
                // Renewed while the timer fired, or a timer that fired a moment early.
                _fence.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                return;
            }
        }

        End(Lost);
    }

    private void End(string change)
    {
        CancellationTokenSource? lost;
        lock (_gate)
            lost = EndLocked(change);
        if (lost is null)
            return;

        // Outside the lock: what is cancelled runs here. On a release every write has ended.
        try
        {
            lost.Cancel();
        }
        finally
        {
            if (change == Lost)
                _client.DropConnections();
        }
    }

    private CancellationTokenSource? EndLocked(string change)
    {
        if (_term is null)
            return null;
        var lost = _lost;
        _term = null;
        _lost = null;
        Instruments.Leading.Add(-1, _label);
        Instruments.LeaderChanges.Add(1, _label, Instruments.Label("change", change));
        LogEnded(_log, _options.Lease, change);
        return lost;
    }

    private string Now() => LeaseRecord.Micro(_time.GetUtcNow());

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    [LoggerMessage(40, LogLevel.Information, "Leading by lease {Lease} as {Identity} (term {Term}).")]
    private static partial void LogLeading(ILogger log, ObjectKey lease, string identity, int term);

    [LoggerMessage(41, LogLevel.Warning, "No longer leading by lease {Lease}: {Change}; no more writes.")]
    private static partial void LogEnded(ILogger log, ObjectKey lease, string change);

    [LoggerMessage(42, LogLevel.Information, "Lease {Lease} is held by {Holder}; standing by.")]
    private static partial void LogHolder(ILogger log, ObjectKey lease, string holder);

    [LoggerMessage(43, LogLevel.Warning, "Lease {Lease} could not be read or written: {Message}; trying again.")]
    private static partial void LogUnreachable(ILogger log, ObjectKey lease, string message);

    [LoggerMessage(44, LogLevel.Warning, "Lease {Lease} could not be given back: {Message}; it expires by itself.")]
    private static partial void LogNotReleased(ILogger log, ObjectKey lease, string message);

    [LoggerMessage(45, LogLevel.Error, "The election by lease {Lease} hit a fault; trying again.")]
    private static partial void LogBroken(ILogger log, ObjectKey lease, Exception problem);
}
