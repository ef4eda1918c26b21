using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Queue;

/// <summary>Carries out what is decided about requests that do not run.</summary>
internal sealed class RequestQueue(DatabaseView view, RequestWriter requests, RequestExecution execution)
{
    /// <summary>Removes the finalizer of requests that have ended, or are deleted before they began.</summary>
    public async Task SweepAsync(IReadOnlyList<IOpsRequest> all, CancellationToken cancel)
    {
        foreach (var request in all)
        {
            var began = request.Status.Phase == OpsRequestPhases.Progressing;
            if (OpsRequestPhases.IsTerminal(request.Status.Phase) || (request.Metadata.IsDeleting && !began))
                await requests.RemoveFinalizerAsync(request, cancel);
        }
    }

    /// <summary>Puts new requests into the queue, and with that accepts their spec as it is. What is not carried out at all fails at once.</summary>
    public async Task AdoptAsync(IReadOnlyList<IOpsRequest> open, CancellationToken cancel)
    {
        foreach (var request in open.Where(r => r.Status.Phase.Length == 0 && !r.Metadata.IsDeleting))
        {
            if (execution.Unsupported(request) is { } unsupported)
            {
                await execution.RefuseAsync(unsupported, cancel);
                continue;
            }

            await requests.ChangeAsync(request, s => s.In(OpsRequestPhases.Pending), cancel);
            OpsMetrics.Entered(view.Engine.Kinds, request, OpsRequestPhases.Pending);
        }
    }

    /// <summary>Checks the request whole, as if it began now.</summary>
    public async Task<Finding> CheckAsync(IOpsRequest request, IDatabase database, CancellationToken cancel) =>
        await execution.CheckAsync(request, database, cancel) switch
        {
            null => new Finding(FindingKind.Sound),
            { End: StepEnd.Fail } objection => new Finding(FindingKind.Broken, objection.Reason, objection.Message),
            { } objection => new Finding(FindingKind.Waits, objection.Reason, objection.Message),
        };

    /// <summary>Says why the request stays in the queue.</summary>
    public Task WaitAsync(Verdict wait, CancellationToken cancel) =>
        requests.ChangeAsync(wait.Request, s => s.With(OpsConditions.Waiting, true, wait.Reason, wait.Message), cancel);

    /// <summary>Ends a request that another one makes superfluous.</summary>
    public async Task SkipAsync(Verdict skip, CancellationToken cancel)
    {
        var request = await requests.ChangeAsync(
            skip.Request,
            s => s.Without(OpsConditions.Waiting).With(OpsConditionTypes.Skipped, true, skip.Reason, skip.Message).In(OpsRequestPhases.Skipped),
            cancel);
        requests.Emit(request, "Normal", skip.Reason, skip.Message);
        OpsMetrics.Entered(view.Engine.Kinds, request);
        await requests.RemoveFinalizerAsync(request, cancel);
    }
}
