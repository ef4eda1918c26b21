using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// Carries one running request from step to step to its end, a pass at a time. It remembers nothing that matters: which steps are done
/// stands in the request's conditions, what a step needs to know from before in its record and annotations.
/// </summary>
/// <remarks>
/// Every wait has a deadline. It is measured from the last progress recorded on the request, and a process that has only just come to see
/// that progress allows a grace, so that neither its own downtime nor a wrong clock fails a request that goes well.
/// </remarks>
internal sealed partial class StepMachine(RequestWriter requests, TimeProvider time, ILogger<StepMachine> log)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Stopwatches _seen = new(time);

    /// <summary>
    /// Runs the steps until one waits, or, after a failure, those of the way back. <see cref="OutcomeKind.Continue"/>: every step is recorded, or
    /// the failure and all that was undone is; the caller ends the request.
    /// </summary>
    public async Task<Outcome> RunAsync(OperationRun run, CancellationToken cancel)
    {
        var outcome = run.Failure is null ? await ForwardAsync(run, cancel) : Outcome.Continue;
        if (outcome.Kind == OutcomeKind.Continue && run.Failure is not null)
            outcome = await BackAsync(run, cancel);
        if (outcome.Kind == OutcomeKind.Continue)
            _seen.Forget(run.Request.Metadata.Uid);
        return outcome;
    }

    /// <summary>True when nothing is left to do for the request but to end it.</summary>
    public static bool IsOver(OperationRun run) => run.Failure is null
        ? run.Operation.Steps.All(s => run.IsRecorded(s) || !s.IsNeeded(run))
        : run.Operation.Undo.All(s => run.IsSettled(s) || !s.IsNeeded(run));

    private async Task<Outcome> ForwardAsync(OperationRun run, CancellationToken cancel)
    {
        foreach (var step in run.Operation.Steps)
        {
            if (run.IsRecorded(step) || !step.IsNeeded(run))
                continue;
            var result = Interrupted(run) ?? await AttemptAsync(run, step, cancel);
            if (result.End == StepEnd.Wait && IsOverdue(run, step))
                result = StepResult.Fail($"It took longer than {Text(run.DeadlineOf(step))}. {result.Message}".TrimEnd());
            switch (result.End)
            {
                case StepEnd.Done:
                    await PassAsync(run, step, result, cancel);
                    break;
                case StepEnd.Wait:
                    return await WaitAsync(run, step, result, cancel);
                default:
                    if (await RetryAsync(run, step, result, cancel) is { } again)
                        return again;
                    await FailAsync(run, step, result, cancel);
                    return Outcome.Continue;
            }
        }

        return Outcome.Continue;
    }

    /// <summary>What ends an operation from outside between two attempts; null when nothing does.</summary>
    private static StepResult? Interrupted(OperationRun run)
    {
        if (run.Request.Metadata.IsDeleting)
            return StepResult.FailForGood("", "The request was deleted while it ran.");
        return AcceptedGeneration.IsEdited(run.Request)
            ? StepResult.FailForGood(Reasons.OpsSpecImmutable, "The request's spec was changed while it ran. A request is never changed: create another one.")
            : null;
    }

    private async Task<Outcome> BackAsync(OperationRun run, CancellationToken cancel)
    {
        foreach (var step in run.Operation.Undo)
        {
            if (run.IsSettled(step) || !step.IsNeeded(run))
                continue;
            var result = await AttemptAsync(run, step, cancel);
            if (result.End == StepEnd.Wait && IsOverdue(run, step))
                result = StepResult.Fail($"It took longer than {Text(run.DeadlineOf(step))}. {result.Message}".TrimEnd());
            switch (result.End)
            {
                case StepEnd.Done:
                    await PassAsync(run, step, result, cancel);
                    break;
                case StepEnd.Wait:
                    return await WaitAsync(run, step, result, cancel);
                default:
                    await FailAsync(run, step, result, cancel);
                    break;
            }
        }

        return Outcome.Continue;
    }

    /// <summary>
    /// Errors of the API server and of the database are waits with a reason, ended by the deadline. A conflict, or a lost leadership, is
    /// not the step's affair and ends the pass.
    /// </summary>
    private async Task<StepResult> AttemptAsync(OperationRun run, Step step, CancellationToken cancel)
    {
        try
        {
            return await step.DoAsync(run, cancel);
        }
        catch (NotGatheredException e)
        {
            return e.Why;
        }
        catch (ApiException e) when (e.Error.IsRefusal)
        {
            LogApiError(run.Request.Metadata.Key, step.Name, e.Error.Code, e.Error.Message);
            return StepResult.Of(Refusal.Wait(e.Error));
        }
        catch (ApiException e) when (e.Error is { IsNamespaceGoing: false, Kind: not (ApiErrorKind.Conflict or ApiErrorKind.NotLeader) })
        {
            if (!e.Error.IsObjectGone)
                LogApiError(run.Request.Metadata.Key, step.Name, e.Error.Code, e.Error.Message);
            var message = $"The API server answered {e.Error.Code}: {e.Error.Message}";
            return e.Error.Kind is ApiErrorKind.Invalid or ApiErrorKind.BadRequest
                ? StepResult.FailForGood("", message)
                : StepResult.Wait("ApiError", message, e.Error.RetryAfter ?? TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is not (ApiException or OperationCanceledException) || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            LogError(e, run.Request.Metadata.Key, step.Name);
            return StepResult.Wait("Unreachable", e is IOException ? e.Message : $"{e.GetType().Name} while asking the database.", TimeSpan.FromSeconds(1));
        }
    }

    private async Task PassAsync(OperationRun run, Step step, StepResult result, CancellationToken cancel)
    {
        var took = _seen.Since(run.Request.Metadata.Uid, run.Progress);
        var text = run.Text(step);
        var message = result.Message.Length > 0 ? result.Message : text.Message;
        await requests.ChangeAsync(
            run,
            s => s.Without(OpsConditions.Waiting).With(text.Condition, !result.Negative, result.Reason.Length > 0 ? result.Reason : text.Condition, message),
            cancel);
        requests.Emit(run.Request, "Normal", text.Condition, message);
        OpsMetrics.Step(run, step.Name, "done", took, time.GetUtcNow());
        LogPassed(run.Request.Metadata.Key, step.Name, message);
    }

    private async Task<Outcome> WaitAsync(OperationRun run, Step step, StepResult result, CancellationToken cancel)
    {
        var waited = _seen.Since(run.Request.Metadata.Uid, run.Progress);
        if (waited >= Patience)
        {
            await requests.ChangeAsync(
                run,
                s => s.With(OpsConditions.Waiting, true, result.Reason, $"To {step.Describe(run)}: {result.Message}"),
                cancel);
        }

        var limit = run.DeadlineOf(step) - waited;
        var next = new[] { result.RetryAfter, limit > TimeSpan.Zero ? limit : Patience, waited < Patience ? Patience - waited : RequestWriter.Cadence }.Min();
        return Outcome.Wait(result.Reason, result.Message, next);
    }

    private async Task<Outcome?> RetryAsync(OperationRun run, Step step, StepResult result, CancellationToken cancel)
    {
        var attempt = run.Attempt + 1;
        if (result.Final || attempt > run.Request.MaxRetries)
            return null;
        var message = $"{step.Name}: {result.Message} Attempt {attempt} of {run.Request.MaxRetries} begins.";
        await requests.ChangeAsync(run, s => s.Without(OpsConditions.Waiting).With(OpsConditionTypes.Retrying, true, OpsConditions.AttemptReason(attempt), message), cancel);
        requests.Emit(run.Request, "Warning", OpsConditionTypes.Retrying, message);
        return Outcome.Wait(OpsConditionTypes.Retrying, message, TimeSpan.FromSeconds(1));
    }

    private async Task FailAsync(OperationRun run, Step step, StepResult result, CancellationToken cancel)
    {
        var took = _seen.Since(run.Request.Metadata.Uid, run.Progress);
        var text = run.Text(step);
        var reason = OpsConditions.FailedReason(text.Condition);
        await requests.ChangeAsync(run, s => s.Without(OpsConditions.Waiting).With(text.Condition, false, reason, result.Message), cancel);
        requests.Emit(run.Request, "Warning", reason, result.Message);
        OpsMetrics.Step(run, step.Name, "failed", took, time.GetUtcNow());
        LogFailed(run.Request.Metadata.Key, step.Name, result.Message);
    }

    private bool IsOverdue(OperationRun run, Step step)
    {
        var deadline = run.DeadlineOf(step);
        var seen = _seen.Since(run.Request.Metadata.Uid, run.Progress);
        var recorded = time.GetUtcNow() - run.Progress.At;
        return seen >= deadline || (recorded >= deadline && seen >= (deadline < Grace ? deadline : Grace));
    }

    private static string Text(TimeSpan span) =>
        span.TotalSeconds < 120 ? $"{span.TotalSeconds:0.#} s" : $"{span.TotalMinutes:0.#} min";

    [LoggerMessage(1, LogLevel.Information, "{Request}: {Step} done: {Message}")]
    private partial void LogPassed(ObjectKey request, string step, string message);

    [LoggerMessage(2, LogLevel.Warning, "{Request}: {Step} failed: {Message}")]
    private partial void LogFailed(ObjectKey request, string step, string message);

    [LoggerMessage(3, LogLevel.Warning, "{Request}: {Step}: the API server answered {Code}: {Message}")]
    private partial void LogApiError(ObjectKey request, string step, int code, string message);

    [LoggerMessage(4, LogLevel.Warning, "{Request}: {Step} could not go on")]
    private partial void LogError(Exception error, ObjectKey request, string step);
}
