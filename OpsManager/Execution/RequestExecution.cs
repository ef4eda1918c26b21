using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Queue;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// The life of one request: checked before anything is touched, then the database is held, the steps run, the database is let go, the end is
/// recorded, the request is let go. Each of these can be the last thing a process does; the next one goes on from there.
/// </summary>
internal sealed partial class RequestExecution(
    DatabaseView view, IReadOnlyList<IOperation> operations, RequestWriter requests, PauseLock pause, StepMachine machine, ILogger<RequestExecution> log)
{
    /// <summary>Takes the request as far as it goes now.</summary>
    public async Task<Outcome> RunAsync(IOpsRequest request, IDatabase database, CancellationToken cancel)
    {
        if (operations.FirstOrDefault(o => o.Type == request.Type) is not { } operation)
        {
            var known = string.Join(", ", operations.Select(o => o.Type));
            return await RefuseAsync(
                new Verdict(request, OpsReasons.TypeNotSupported, $"Requests of type {request.Type} are not carried out by this version, only {known}."), cancel);
        }

        var run = new OperationRun(view, operation, request, database);
        try
        {
            return await RunAsync(run, cancel);
        }
        catch (ApiException refused) when (refused.Error.IsRefusal)
        {
            return await WaitAsync(run, Refusal.Wait(refused.Error), cancel);
        }
    }

    private async Task<Outcome> RunAsync(OperationRun run, CancellationToken cancel)
    {
        var request = run.Request;
        if (request.Metadata.IsDeleting && await view.NamespaceGoesAsync(request.Metadata.Namespace, cancel))
            return await AbandonAsync(run, cancel);
        if (request.Status.Phase != OpsRequestPhases.Progressing && await BeginAsync(run, cancel) is { } refused)
            return refused;
        if (!StepMachine.IsOver(run) && await pause.AcquireAsync(run, cancel) is { } pending)
            return pending;
        var outcome = await machine.RunAsync(run, cancel);
        return outcome.Kind == OutcomeKind.Continue ? await EndAsync(run, cancel) : outcome;
    }

    /// <summary>Ends a request that can not run, whether it had begun or not; its database is gone or was not touched.</summary>
    public async Task<Outcome> RefuseAsync(Verdict verdict, CancellationToken cancel)
    {
        var request = await requests.ChangeAsync(
            verdict.Request,
            s => s.Without(OpsConditions.Waiting).With(OpsConditionTypes.Failed, true, verdict.Reason, verdict.Message).In(OpsRequestPhases.Failed),
            cancel);
        requests.Emit(request, "Warning", verdict.Reason, verdict.Message);
        OpsMetrics.Entered(view.Engine.Kinds, request);
        LogRefused(request.Metadata.Key, verdict.Reason, verdict.Message);
        await pause.DropOfAsync(request, cancel);
        await requests.RemoveFinalizerAsync(request, cancel);
        return Outcome.Fail(verdict.Reason, verdict.Message);
    }

    private async Task<Outcome?> BeginAsync(OperationRun run, CancellationToken cancel)
    {
        if (await PreCheckAsync(run, cancel) is { } objection)
        {
            if (objection.End == StepEnd.Fail)
                return await RefuseAsync(new Verdict(run.Request, objection.Reason, objection.Message), cancel);
            return await WaitAsync(run, Outcome.Wait(objection.Reason, objection.Message, objection.RetryAfter), cancel);
        }

        run.Request = await requests.AddFinalizerAsync(run.Request, cancel);
        await requests.ChangeAsync(run, s => s.Without(OpsConditions.Waiting).In(OpsRequestPhases.Progressing), cancel);
        OpsMetrics.Entered(view.Engine.Kinds, run.Request);
        LogBegins(run.Request.Metadata.Key, run.Operation.Type, run.Database.Metadata.Key);
        return null;
    }

    /// <summary>Says what is waited for before the steps, or between them.</summary>
    private async Task<Outcome> WaitAsync(OperationRun run, Outcome wait, CancellationToken cancel)
    {
        await requests.ChangeAsync(run, s => s.With(OpsConditions.Waiting, true, wait.Reason, wait.Message), cancel);
        if (wait.Reason is Refusal.PermissionMissing or Refusal.AdmissionRefused)
            requests.EmitOnce(run.Request, "Warning", wait.Reason, wait.Message);
        return wait;
    }

    private async Task<StepResult?> PreCheckAsync(OperationRun run, CancellationToken cancel)
    {
        var violations = view.Engine.Check(run.Request, run.Database, view.VersionOf(run.Database));
        return violations.Count > 0
            ? StepResult.FailForGood(violations[0].Reason, Sentences.Of(violations))
            : await run.Operation.PreCheckAsync(run, cancel);
    }

    private async Task<Outcome> EndAsync(OperationRun run, CancellationToken cancel)
    {
        await pause.ReleaseAsync(run, cancel);
        if (run.Failure is { } failure)
        {
            var message = $"{failure.Type} failed: {Sentences.Ended(failure.Message)} {Account(run)}".TrimEnd();
            await requests.ChangeAsync(run, s => s.With(OpsConditionTypes.Failed, true, failure.Reason, message).In(OpsRequestPhases.Failed), cancel);
            requests.Emit(run.Request, "Warning", OpsConditionTypes.Failed, message);
            LogFailed(run.Request.Metadata.Key, message);
        }
        else
        {
            var text = view.Engine.Text(run.Operation.Type, OpsConditionTypes.Successful);
            var epilogue = run.Operation.Epilogue(run);
            await requests.ChangeAsync(
                run,
                s => s.Without(OpsConditions.Waiting).With(OpsConditionTypes.Successful, true, OpsConditionTypes.Successful, text.Message + epilogue).In(OpsRequestPhases.Successful),
                cancel);
            requests.Emit(run.Request, "Normal", OpsConditionTypes.Successful, (text.Event ?? text.Message) + epilogue);
            LogSucceeded(run.Request.Metadata.Key);
        }

        OpsMetrics.Entered(view.Engine.Kinds, run.Request);
        await requests.RemoveFinalizerAsync(run.Request, cancel);
        requests.Forget(run.Request.Metadata.Uid);
        return Outcome.Wait("Next", "The next request is looked at.", TimeSpan.Zero);
    }

    /// <summary>The namespace goes, and everything in it: nothing is brought back, nothing is waited for.</summary>
    private async Task<Outcome> AbandonAsync(OperationRun run, CancellationToken cancel)
    {
        await pause.DropOfAsync(run.Request, cancel);
        await requests.RemoveFinalizerAsync(run.Request, cancel);
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
