using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Queue;

namespace KubeDb.OpsManager.Execution;

/// <summary>What the execution of requests works with.</summary>
internal sealed record ExecutionParts
{
    /// <summary>The databases.</summary>
    public required DatabaseView View { get; init; }

    /// <summary>Every operation that is carried out.</summary>
    public required IReadOnlyList<IOperation> Operations { get; init; }

    /// <summary>Writes parts.Requests.</summary>
    public required RequestWriter Requests { get; init; }

    /// <summary>What operations began with.</summary>
    public required OperationRecords Records { get; init; }

    /// <summary>Judges requests before anything is touched.</summary>
    public required RequestAcceptance Acceptance { get; init; }

    /// <summary>Restores the credential secret.</summary>
    public required CredentialKeeper Credential { get; init; }

    /// <summary>Pauses and resumes databases.</summary>
    public required PauseLock Pause { get; init; }

    /// <summary>Runs steps.</summary>
    public required StepMachine Machine { get; init; }
}

/// <summary>
/// Executes one request: it is checked before anything is touched, then the database is paused, the steps run, the database is resumed, the
/// end is recorded, and the finalizer is removed. Each of these can be the last thing a process does; the next one goes on from there.
/// </summary>
internal sealed partial class RequestExecution(ExecutionParts parts, ILogger<RequestExecution> log)
{
    /// <summary>Runs the request until something has to be waited for, or to its end.</summary>
    public async Task<Outcome> RunAsync(IOpsRequest request, IDatabase database, CancellationToken cancel)
    {
        if (Unsupported(request) is { } unsupported)
            return await RefuseAsync(unsupported, cancel);
        var run = new OperationRun(parts.View, OperationOf(request)!, request, database);
        try
        {
            return await RunAsync(run, cancel);
        }
        catch (ApiException refused) when (refused.Error.IsRefusal)
        {
            return await WaitAsync(run, Refusal.Wait(refused.Error), cancel);
        }
    }

    /// <summary>Why requests of that type are not carried out; null when they are.</summary>
    public Verdict? Unsupported(IOpsRequest request)
    {
        if (OperationOf(request) is not null)
            return null;
        var known = string.Join(", ", parts.Operations.Select(o => o.Type));
        return new Verdict(request, Reasons.TypeNotSupported, $"Requests of type {request.Type} are not carried out by this version, only {known}.");
    }

    /// <summary>What stands against the request before anything is touched; null when nothing does.</summary>
    public async Task<StepResult?> CheckAsync(IOpsRequest request, IDatabase database, CancellationToken cancel)
    {
        if (Unsupported(request) is { } unsupported)
            return StepResult.FailForGood(unsupported.Reason, unsupported.Message);
        try
        {
            return await parts.Acceptance.CheckAsync(new OperationRun(parts.View, OperationOf(request)!, request, database), cancel);
        }
        catch (NotGatheredException e)
        {
            return e.Why;
        }
        catch (ApiException refused) when (refused.Error.IsRefusal)
        {
            return StepResult.Of(Refusal.Wait(refused.Error));
        }
    }

    private IOperation? OperationOf(IOpsRequest request) => parts.Operations.FirstOrDefault(o => o.Type == request.Type);

    private async Task<Outcome> RunAsync(OperationRun run, CancellationToken cancel)
    {
        var request = run.Request;
        if (request.Metadata.IsDeleting && await parts.View.NamespaceGoesAsync(request.Metadata.Namespace, cancel))
            return await AbandonAsync(run, cancel);
        if (request.Status.Phase != OpsRequestPhases.Progressing && await BeginAsync(run, cancel) is { } refused)
            return refused;
        if (await ReadRecordAsync(run, cancel) is { } gone)
            return await RefuseAsync(gone, cancel);
        if (!StepMachine.IsOver(run) && await parts.Pause.AcquireAsync(run, cancel) is { } pending)
            return pending;
        await parts.Credential.KeepAsync(run, cancel);
        var outcome = await parts.Machine.RunAsync(run, cancel);
        return outcome.Kind == OutcomeKind.Continue ? await EndAsync(run, cancel) : outcome;
    }

    /// <summary>
    /// Reads what the operation began with, and stays with that database: one that the request has come to name by an edit, or that was made
    /// anew under the same name, is not its own. A verdict when its own is gone.
    /// </summary>
    private async Task<Verdict?> ReadRecordAsync(OperationRun run, CancellationToken cancel)
    {
        run.Record = await parts.Records.ReadAsync(run.Request, cancel);
        if (run.Record is not { } record)
            return null;
        if (record.Key != run.Live.Metadata.Key && parts.View.Database(record.Key) is { } own)
            run.Live = own;
        return run.Live.Metadata.Uid == record.Uid
            ? null
            : new Verdict(run.Request, Reasons.DatabaseDeleting, $"{parts.View.Engine.Kinds.Name} {record.Key} that the request began with is gone; the one of that name now is another.");
    }

    /// <summary>Ends a request that can not run, whether it had begun or not; its database is gone or was not touched.</summary>
    public async Task<Outcome> RefuseAsync(Verdict verdict, CancellationToken cancel)
    {
        var request = await parts.Requests.ChangeAsync(
            verdict.Request,
            s => s.Without(OpsConditions.Waiting).With(OpsConditionTypes.Failed, true, verdict.Reason, verdict.Message).In(OpsRequestPhases.Failed),
            cancel);
        parts.Requests.Emit(request, "Warning", verdict.Reason, verdict.Message);
        OpsMetrics.Entered(parts.View.Engine.Kinds, request);
        LogRefused(request.Metadata.Key, verdict.Reason, verdict.Message);
        await parts.Pause.DropOfAsync(request, cancel);
        if (!MergeRecord.IsMerged(request))
            await parts.Requests.RemoveFinalizerAsync(request, cancel);
        return Outcome.Fail(verdict.Reason, verdict.Message);
    }

    private async Task<Outcome?> BeginAsync(OperationRun run, CancellationToken cancel)
    {
        if (await parts.Acceptance.CheckAsync(run, cancel) is { } objection)
        {
            if (objection.End == StepEnd.Fail)
                return await RefuseAsync(new Verdict(run.Request, objection.Reason, objection.Message), cancel);
            return await WaitAsync(run, Outcome.Wait(objection.Reason, objection.Message, objection.RetryAfter), cancel);
        }

        run.Request = await parts.Requests.AddFinalizerAsync(run.Request, cancel);
        await parts.Requests.ChangeAsync(run, s => s.Without(OpsConditions.Waiting).In(OpsRequestPhases.Progressing), cancel);
        OpsMetrics.Entered(parts.View.Engine.Kinds, run.Request);
        LogBegins(run.Request.Metadata.Key, run.Operation.Type, run.Live.Metadata.Key);
        return null;
    }

    /// <summary>Says what is waited for before the steps, or between them.</summary>
    private async Task<Outcome> WaitAsync(OperationRun run, Outcome wait, CancellationToken cancel)
    {
        await parts.Requests.ChangeAsync(run, s => s.With(OpsConditions.Waiting, true, wait.Reason, wait.Message), cancel);
        if (wait.Reason is Refusal.PermissionMissing or Refusal.AdmissionRefused)
            parts.Requests.EmitOnce(run.Request, "Warning", wait.Reason, wait.Message);
        return wait;
    }

    private async Task<Outcome> EndAsync(OperationRun run, CancellationToken cancel)
    {
        await parts.Pause.ReleaseAsync(run, cancel);
        if (run.Failure is { } failure)
        {
            var message = $"{failure.Type} failed: {Sentences.Ended(failure.Message)} {Account(run)}".TrimEnd();
            await parts.Requests.ChangeAsync(run, s => s.With(OpsConditionTypes.Failed, true, failure.Reason, message).In(OpsRequestPhases.Failed), cancel);
            parts.Requests.Emit(run.Request, "Warning", OpsConditionTypes.Failed, message);
            LogFailed(run.Request.Metadata.Key, message);
        }
        else
        {
            var text = parts.View.Engine.Sentences.Step(run.Operation.Type, OpsConditionTypes.Successful);
            var epilogue = run.Operation.Epilogue(run);
            await parts.Requests.ChangeAsync(
                run,
                s => s.Without(OpsConditions.Waiting).With(OpsConditionTypes.Successful, true, OpsConditionTypes.Successful, text.Message + epilogue).In(OpsRequestPhases.Successful),
                cancel);
            parts.Requests.Emit(run.Request, "Normal", OpsConditionTypes.Successful, (text.Event ?? text.Message) + epilogue);
            LogSucceeded(run.Request.Metadata.Key);
        }

        OpsMetrics.Entered(parts.View.Engine.Kinds, run.Request);

        // The sources of a merged request are told its end before it may go: the next pass does both.
        if (!MergeRecord.IsMerged(run.Request))
            await parts.Requests.RemoveFinalizerAsync(run.Request, cancel);
        parts.Requests.Forget(run.Request.Metadata.Uid);
        return Outcome.Wait("Next", "The next request may run.", TimeSpan.Zero);
    }

    /// <summary>The namespace goes, and everything in it: nothing is brought back, nothing is waited for.</summary>
    private async Task<Outcome> AbandonAsync(OperationRun run, CancellationToken cancel)
    {
        await parts.Pause.DropOfAsync(run.Request, cancel);
        await parts.Requests.RemoveFinalizerAsync(run.Request, cancel);
        return Outcome.Done;
    }

    /// <summary>What was undone and what was not, in a sentence each.</summary>
    private static string Account(OperationRun run)
    {
        var undone = run.Operation.Undo.Where(u => run.IsRecorded(u)).Select(u => run.ConditionOf(u)!.Message).ToList();
        var left = run.Operation.Undo.Select(run.FailureOf).OfType<Condition>().Select(c => $"Not undone ({c.Type}): {c.Message}").ToList();
        return string.Join(" ", (undone.Count > 0 ? undone.Prepend("Undone:") : undone).Concat(left));
    }

    [LoggerMessage(10, LogLevel.Information, "{Request}: {Type} of {Database} begins")]
    private partial void LogBegins(ObjectKey request, string type, ObjectKey database);

    [LoggerMessage(11, LogLevel.Information, "{Request}: successful")]
    private partial void LogSucceeded(ObjectKey request);

    [LoggerMessage(12, LogLevel.Warning, "{Request}: failed: {Message}")]
    private partial void LogFailed(ObjectKey request, string message);

    // Whoever made the request is told by its condition and event; for whoever runs the operator it is no trouble.
    [LoggerMessage(13, LogLevel.Information, "{Request}: refused: {Reason}: {Message}")]
    private partial void LogRefused(ObjectKey request, string reason, string message);
}
