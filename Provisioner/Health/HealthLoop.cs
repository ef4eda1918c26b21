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
    private volatile TaskCompletionSource _nudge = NewNudge();
    private TimeSpan _retry = FirstRetry;

    public string Uid => _target.Uid;

    public HealthVerdict? Verdict => _judgement.Verdict;

    /// <summary>New settings; and if the servers changed, a check at once.</summary>
    public void Update(HealthTarget target)
    {
        var changed = target.Servers != _target.Servers;
        _target = target;
        if (changed)
            _nudge.TrySetResult();
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
        await gate.WaitAsync(cancel);
        HealthReport? report;
        try
        {
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
        using var sleep = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var nudged = _nudge.Task;
        await Task.WhenAny(Task.Delay(delay, time, sleep.Token), nudged);
        await sleep.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        if (!nudged.IsCompleted)
            return;
        _nudge = NewNudge();
        _retry = FirstRetry;
    }

    private static TaskCompletionSource NewNudge() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(200, LogLevel.Information, "Health of {Database} is now: ready {Ready}. {Text}")]
    private static partial void LogVerdict(ILogger log, ObjectKey database, bool ready, string text);

    [LoggerMessage(201, LogLevel.Error, "Checking the health of {Database} hit a fault.")]
    private static partial void LogFault(ILogger log, ObjectKey database, Exception problem);

    [LoggerMessage(202, LogLevel.Error, "The health checks of {Database} ended by a fault; they start again when it changes.")]
    private static partial void LogEnded(ILogger log, ObjectKey database, Exception problem);
}
