using System.Diagnostics;
using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;
using Microsoft.Extensions.Logging;

namespace KubeDb.Api.Controllers;

/// <summary>How a <see cref="Controller"/> runs its reconciler.</summary>
public sealed record ControllerOptions
{
    /// <summary>Reconciles at a time, each of another key.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>A reconcile that takes longer is cancelled and counts as failed.</summary>
    public TimeSpan ReconcileTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>On a stop, how long reconciles that run may still take before they are cancelled.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The informers whose first list has to be in before the first reconcile.</summary>
    public IReadOnlyList<IInformer> Needs { get; init; } = [];
}

/// <summary>
/// Runs a reconciler on the keys of a queue: only while this process leads and its informers have synced, never two at a time on one key.
/// What a reconcile throws is logged and tried again with backoff; nothing it does ends the controller.
/// </summary>
public sealed partial class Controller(
    IReconciler reconciler, WorkQueue queue, ILeadership leadership, ControllerOptions options, TimeProvider time, ILogger<Controller> log)
{
    private readonly KeyValuePair<string, object?> _label = Instruments.Label("controller", reconciler.Name);
    private long _reconciles;

    /// <summary>The reconciler's name.</summary>
    public string Name => reconciler.Name;

    /// <summary>The queue of keys.</summary>
    public WorkQueue Queue => queue;

    /// <summary>
    /// Runs until cancelled; returns when the last reconcile has ended. On <paramref name="stop"/> those that run may finish within
    /// <see cref="ControllerOptions.DrainTimeout"/>; on loss of leadership they are cancelled at once.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            foreach (var informer in options.Needs)
                await informer.SyncedAsync(stop);
            while (true)
                await RunTermAsync(await leadership.WaitAsync(stop), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The expected way out.
        }
    }

    private async Task RunTermAsync(LeaderTerm term, CancellationToken stop)
    {
        LogTerm(log, reconciler.Name, options.Workers, term.Number);
        using var take = CancellationTokenSource.CreateLinkedTokenSource(stop, term.Lost);
        using var work = CancellationTokenSource.CreateLinkedTokenSource(term.Lost);
        using var drain = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var abandon = drain.Token.Register(work.Cancel);
        await using var stopping = stop.Register(() => drain.CancelAfter(options.DrainTimeout));
        await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => WorkAsync(take.Token, work.Token)));
        stop.ThrowIfCancellationRequested();
    }

    private async Task WorkAsync(CancellationToken take, CancellationToken work)
    {
        while (true)
        {
            ObjectKey key;
            try
            {
                key = await queue.TakeAsync(take);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await ReconcileAsync(key, work);
            }
            finally
            {
                queue.Done(key);
            }
        }
    }

    private async Task ReconcileAsync(ObjectKey key, CancellationToken work)
    {
        var id = Interlocked.Increment(ref _reconciles);
        using var scope = log.BeginScope(new ReconcileScope(reconciler.Name, key, id));
        using var span = Instruments.Source.StartActivity("reconcile " + reconciler.Name);
        span?.SetTag("object", key.ToString()).SetTag("reconcile", id);
        using var deadline = new CancellationTokenSource(options.ReconcileTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(work, deadline.Token);
        var began = time.GetTimestamp();
        Instruments.ActiveReconciles.Add(1, _label);
        var result = "error";
        try
        {
            var outcome = await reconciler.ReconcileAsync(key, either.Token);
            result = Finish(key, outcome);
        }
        catch (OperationCanceledException) when (work.IsCancellationRequested)
        {
            // Another leader, or the next start, does it again.
            result = "cancelled";
            queue.Add(key, Lane.Backlog);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            result = "timeout";
            LogTimeout(log, reconciler.Name, key, options.ReconcileTimeout, queue.AddWithBackoff(key));
        }
        catch (Exception problem)
        {
            result = Retry(key, problem);
        }
        finally
        {
            Instruments.ActiveReconciles.Add(-1, _label);
            Instruments.Reconciles.Add(1, _label, Instruments.Label("result", result));
            Instruments.ReconcileDuration.Record(time.GetElapsedTime(began).TotalSeconds, _label);
            span?.SetTag("result", result);
            if (result is "error" or "timeout")
                span?.SetStatus(ActivityStatusCode.Error);
        }
    }

    private string Finish(ObjectKey key, Outcome outcome)
    {
        queue.Forget(key);
        if (outcome.RetryAfter is { } after)
            queue.AddAfter(key, after);
        switch (outcome.Kind)
        {
            case OutcomeKind.Wait:
            case OutcomeKind.Fail when outcome.RetryAfter is not null:
                LogWait(log, key, outcome.Reason, outcome.Message);
                return outcome.Kind is OutcomeKind.Wait ? "wait" : "fail";
            case OutcomeKind.Fail:
                LogFail(log, key, outcome.Reason, outcome.Message);
                return "fail";
            default:
                return "done";
        }
    }

    private string Retry(ObjectKey key, Exception problem)
    {
        var error = (problem as ApiException)?.Error;
        if (error?.Kind is ApiErrorKind.NotLeader)
        {
            queue.Add(key, Lane.Backlog);
            return "cancelled";
        }

        if (error is { IsNamespaceGoing: true })
        {
            LogNamespaceGoing(log, key, error.Message);
            queue.Forget(key);
            return "done";
        }

        if (error?.RetryAfter is { } asked)
        {
            queue.AddAfter(key, asked);
            LogAsked(log, reconciler.Name, key, error.Code, error.Message, asked);
            return "error";
        }

        var delay = queue.AddWithBackoff(key);
        switch (error?.Kind)
        {
            case ApiErrorKind.Conflict or ApiErrorKind.AlreadyExists:
                LogConflict(log, reconciler.Name, key, delay);
                return "conflict";
            case not null when error.IsObjectGone:
                LogGone(log, reconciler.Name, key, error.Message, delay);
                return "conflict";
            case not null:
                LogRefused(log, reconciler.Name, key, error.Code, error.Message, delay);
                return "error";
            default:
                LogFault(log, reconciler.Name, key, delay, problem);
                return "error";
        }
    }

    [LoggerMessage(20, LogLevel.Information, "Controller {Controller} starts {Workers} workers (term {Term}).")]
    private static partial void LogTerm(ILogger log, string controller, int workers, int term);

    [LoggerMessage(21, LogLevel.Debug, "{Key} waits: {Reason}: {Message}")]
    private static partial void LogWait(ILogger log, ObjectKey key, string reason, string message);

    [LoggerMessage(22, LogLevel.Warning, "{Key} can not go on: {Reason}: {Message}")]
    private static partial void LogFail(ILogger log, ObjectKey key, string reason, string message);

    [LoggerMessage(23, LogLevel.Warning, "Reconciling {Controller} {Key} took longer than {Limit} and was cancelled; again in {Delay}.")]
    private static partial void LogTimeout(ILogger log, string controller, ObjectKey key, TimeSpan limit, TimeSpan delay);

    [LoggerMessage(24, LogLevel.Debug, "{Controller} {Key} changed meanwhile; again in {Delay}.")]
    private static partial void LogConflict(ILogger log, string controller, ObjectKey key, TimeSpan delay);

    [LoggerMessage(29, LogLevel.Debug, "Reconciling {Controller} {Key}: something was deleted meanwhile: {Message}; again in {Delay}.")]
    private static partial void LogGone(ILogger log, string controller, ObjectKey key, string message, TimeSpan delay);

    [LoggerMessage(25, LogLevel.Warning, "Reconciling {Controller} {Key}: the API server answered {Code}: {Message}; again in {Delay}.")]
    private static partial void LogRefused(ILogger log, string controller, ObjectKey key, int code, string message, TimeSpan delay);

    [LoggerMessage(26, LogLevel.Error, "Reconciling {Controller} {Key} hit a fault; again in {Delay}.")]
    private static partial void LogFault(ILogger log, string controller, ObjectKey key, TimeSpan delay, Exception problem);

    [LoggerMessage(28, LogLevel.Debug, "{Key} is left alone: {Message}")]
    private static partial void LogNamespaceGoing(ILogger log, ObjectKey key, string message);

    [LoggerMessage(27, LogLevel.Warning, "Reconciling {Controller} {Key}: the API server answered {Code}: {Message}; it asked to wait {Delay}.")]
    private static partial void LogAsked(ILogger log, string controller, ObjectKey key, int code, string message, TimeSpan delay);
}
