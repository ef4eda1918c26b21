using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Health;

/// <summary>
/// Checks one database over and over: every period, give or take a tenth, while all is well; sooner after a failure, so that a recovery
/// shows within a fraction of a second, then slower up to the period.
/// </summary>
internal sealed partial class HealthLoop(
    HealthTarget first, SemaphoreSlim gate, Action<ObjectKey> changed, TimeProvider time, Random random, ILogger log)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    private volatile HealthTarget _target = first;
    private volatile HealthJudgement _judgement = HealthJudgement.Unknown;
    private readonly Lock _sleep = new();
    private CancellationTokenSource? _wake;
    private bool _nudged;
    private TimeSpan _retry = FirstRetry;

    public string Uid => _target.Uid;

    public HealthVerdict? Verdict => _judgement.Verdict;

    /// <summary>New settings; and if the servers changed, a check at once.</summary>
    public void Update(HealthTarget target)
    {
        var changed = target.Servers != _target.Servers;
        _target = target;
        if (!changed)
            return;
        lock (_sleep)
        {
            _nudged = true;
            _wake?.Cancel();
        }
    }

    /// <summary>Checks until cancelled; returns then.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
                await SleepAsync(await CheckAsync(stop), stop);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        catch (Exception problem)
        {
            LogEnded(log, _target.Key, problem);
        }
    }

    private async Task<TimeSpan> CheckAsync(CancellationToken cancel)
    {
        var target = _target;

        // Not cancelled: those before it in the line have a deadline, and a place that is given up costs more than it saves.
        await gate.WaitAsync(CancellationToken.None);
        HealthReport? report;
        try
        {
            cancel.ThrowIfCancellationRequested();
            report = await ProbeAsync(target, cancel);
        }
        finally
        {
            gate.Release();
        }

        if (report is null)
            return Slower(target.Period);
        var before = Verdict;
        _judgement = _judgement.Next(report, target.FailureThreshold);
        if (Verdict is { } verdict && !verdict.SaysTheSame(before))
        {
            LogVerdict(log, target.Key, verdict.IsReady, verdict.Message);
            changed(target.Key);
        }

        // A healthy server whose check fails for the first time is asked again after the period: the threshold counts periods.
        if (Verdict is not { IsReady: true })
            return Slower(target.Period);
        _retry = FirstRetry;
        return target.Period * (0.9 + (random.NextDouble() / 5));
    }

    private static async Task<HealthReport?> ProbeOnceAsync(HealthTarget target, CancellationToken cancel) =>
        target.Instances() is { } instances ? await target.Engine.ProbeAsync(instances, cancel) : null;

    private async Task<HealthReport?> ProbeAsync(HealthTarget target, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(target.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            return await ProbeOnceAsync(target, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(new HealthFailure("timeout", $"The health check got no answer within {target.Timeout.TotalSeconds:0.#} s.", false));
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            LogFault(log, target.Key, problem);
            return new(new HealthFailure("fault", $"The health check could not be carried out: {problem.Message}", false));
        }
    }

    private TimeSpan Slower(TimeSpan period)
    {
        var delay = _retry < period ? _retry : period;
        _retry = delay * 2;
        return delay * (0.9 + (random.NextDouble() / 5));
    }

    private async Task SleepAsync(TimeSpan delay, CancellationToken cancel)
    {
        CancellationTokenSource wake;
        lock (_sleep)
            _wake = wake = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (!Nudged(false))
            await Task.Delay(delay, time, wake.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (Nudged(true))
            _retry = FirstRetry;
        wake.Dispose();

        // Who woke this loop is not to carry out its check.
        await Task.Yield();
        cancel.ThrowIfCancellationRequested();
    }

    private bool Nudged(bool awake)
    {
        lock (_sleep)
        {
            var nudged = _nudged;
            if (awake)
                (_nudged, _wake) = (false, null);
            return nudged;
        }
    }

    [LoggerMessage(200, LogLevel.Information, "Health of {Database} is now: ready {Ready}. {Text}")]
    private static partial void LogVerdict(ILogger log, ObjectKey database, bool ready, string text);

    [LoggerMessage(201, LogLevel.Error, "Checking the health of {Database} hit a fault.")]
    private static partial void LogFault(ILogger log, ObjectKey database, Exception problem);

    [LoggerMessage(202, LogLevel.Error, "The health checks of {Database} ended by a fault; they start again when it changes.")]
    private static partial void LogEnded(ILogger log, ObjectKey database, Exception problem);
}
