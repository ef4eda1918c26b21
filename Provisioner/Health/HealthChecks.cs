using KubeDb.Api.Engines;

namespace KubeDb.Provisioner.Health;

/// <summary>
/// The checks of one database: what is checked, the verdict, and when the next one is due. Every period ±10 % while the database is healthy;
/// sooner after a failure, so that a recovery shows within a fraction of a second, then with exponential backoff up to the period.
/// </summary>
internal sealed partial class HealthChecks(HealthTarget first, TimeProvider time, Random random, ILogger log)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    private volatile HealthTarget _target = first;
    private volatile HealthJudgement _judgement = HealthJudgement.Unknown;
    private volatile bool _nudged;
    private TimeSpan _retry = FirstRetry;

    public string Uid => _target.Uid;

    public TimeSpan Period => _target.Period;

    public HealthVerdict? Verdict => _judgement.Verdict;

    /// <summary>New settings; true when the servers changed, so that a check is due at once.</summary>
    public bool Update(HealthTarget target)
    {
        var changed = target.Servers != _target.Servers;
        _target = target;
        if (changed)
            _nudged = true;
        return changed;
    }

    /// <summary>Checks once; never two at a time.</summary>
    /// <returns>When to check again, and whether the verdict says something else than before.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is concluded.</exception>
    public async Task<(TimeSpan Next, bool Changed)> CheckAsync(CancellationToken cancel)
    {
        var target = _target;
        if (_nudged)
            (_nudged, _retry) = (false, FirstRetry);
        if (await ProbeAsync(target, cancel) is not { } report)
            return (Slower(target.Period), false);
        cancel.ThrowIfCancellationRequested();
        var before = Verdict;
        _judgement = _judgement.Next(report, target.FailureThreshold);
        var changed = Verdict is { } verdict && !verdict.SaysTheSame(before);
        if (changed)
            LogVerdict(log, target.Key, Verdict!.IsReady, Verdict.Message);

        // A healthy server whose check fails for the first time is asked again after the period: the threshold counts periods.
        if (Verdict is not { IsReady: true })
            return (Slower(target.Period), changed);
        _retry = FirstRetry;
        return (target.Period * (0.9 + (random.NextDouble() / 5)), changed);
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

    [LoggerMessage(200, LogLevel.Information, "Health of {Database} is now: ready {Ready}. {Text}")]
    private static partial void LogVerdict(ILogger log, Api.Kubernetes.ObjectKey database, bool ready, string text);

    [LoggerMessage(201, LogLevel.Error, "Checking the health of {Database} hit a fault.")]
    private static partial void LogFault(ILogger log, Api.Kubernetes.ObjectKey database, Exception problem);
}
