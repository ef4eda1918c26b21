using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Queue;

/// <summary>Carries out what arbitration decides about requests that do not run.</summary>
internal sealed class RequestQueue(IKubernetesClient client, DatabaseView view, RequestWriter requests, RequestExecution execution)
{
    /// <summary>Lets go of requests that have ended, or are deleted before they began.</summary>
    public async Task SweepAsync(IReadOnlyList<IOpsRequest> all, CancellationToken cancel)
    {
        foreach (var request in all)
        {
            var began = request.Status.Phase == OpsRequestPhases.Progressing;
            if (OpsRequestPhases.IsTerminal(request.Status.Phase) || (request.Metadata.IsDeleting && !began))
                await requests.RemoveFinalizerAsync(request, cancel);
        }
    }

    /// <summary>Puts new requests into the queue.</summary>
    public async Task AdoptAsync(IReadOnlyList<IOpsRequest> open, CancellationToken cancel)
    {
        foreach (var request in open.Where(r => r.Status.Phase.Length == 0 && !r.Metadata.IsDeleting))
        {
            await requests.ChangeAsync(request, s => s.In(OpsRequestPhases.Pending), cancel);
            OpsMetrics.Entered(view.Engine.Kinds, request, OpsRequestPhases.Pending);
        }
    }

    /// <summary>
    /// Fails, each by itself, the waiting Reconfigures that break a rule, before they could spoil the one that they would be merged into.
    /// </summary>
    public async Task RefuseUnmergeableAsync(ObjectKey key, CancellationToken cancel)
    {
        if (view.Database(key) is not { } database)
            return;
        var pending = view.RequestsOf(key)
            .Where(r => r.Type == OpsRequestTypes.Reconfigure && r.Status.Phase is OpsRequestPhases.Pending or OpsRequestPhases.Approved && !r.Metadata.IsDeleting)
            .ToList();
        if (pending.Count < 2)
            return;
        foreach (var request in pending)
        {
            var violations = view.Engine.Check(request, database, view.Version);
            if (violations.Count > 0)
                await execution.RefuseAsync(new Verdict(request, violations[0].Reason, Sentences.Of(violations)), cancel);
        }
    }

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

    /// <summary>Makes one request of several, or finishes making it. Each write can be the last one that this process makes.</summary>
    public async Task MergeAsync(ObjectKey database, Merge merge, CancellationToken cancel)
    {
        var merged = merge.Created ?? await CreateAsync(database, merge, cancel);
        if (merged is null)
            return;
        var names = string.Join(",", merge.Sources.Select(s => s.Metadata.Name));
        if (merged.Status.Conditions.Of(OpsConditionTypes.MergedFromOps) is null)
        {
            merged = await requests.ChangeAsync(
                merged, s => s.In(OpsRequestPhases.Pending).With(OpsConditionTypes.MergedFromOps, true, OpsReasons.ConfigurationMerged, names), cancel);
        }

        foreach (var source in merge.Sources)
        {
            var message = OpsConditionTypes.MergedIntoMessage(merged.Metadata.Key.ToString());
            await SkipAsync(new Verdict(source, OpsReasons.ConfigurationMerged, message), cancel);
        }

        await requests.ChangeAsync(
            merged,
            s => s.With(OpsConditionTypes.OriginalOpsSkipped, true, OpsConditionTypes.OriginalOpsSkipped, OpsConditionTypes.OriginalOpsSkippedMessage),
            cancel);
    }

    private async Task<IOpsRequest?> CreateAsync(ObjectKey database, Merge merge, CancellationToken cancel)
    {
        var kinds = view.Engine.Kinds;
        var body = Body(database, merge);
        var created = await client.SendAsync(
            new ApiRequest { Verb = ApiVerb.Create, Type = kinds.OpsRequest, Namespace = database.Namespace, Body = body, FieldManager = FieldManagers.OpsManager },
            kinds.DecodeOpsRequest,
            cancel);
        if (created.Succeeded)
            return requests.Observe(created.Value);
        if (created.Error.Kind != ApiErrorKind.AlreadyExists)
            throw new ApiException(created.Error);

        // Ours, from before this process began, whose event has not come yet; or a stranger's, which gives another name next time.
        var there = await client.SendAsync(
            new ApiRequest { Verb = ApiVerb.Get, Type = kinds.OpsRequest, Namespace = database.Namespace, Name = merge.Name }, kinds.DecodeOpsRequest, cancel);
        if (there.OrNotFound() is not { } found)
            return null;
        requests.Observe(found);
        return found.Metadata.Annotations.GetValueOrDefault(MergeRecord.Annotation) == MergeRecord.Value(merge.Sources) ? found : null;
    }

    private JsonObject Body(ObjectKey database, Merge merge)
    {
        var spec = new JsonObject
        {
            ["databaseRef"] = new JsonObject { ["name"] = database.Name },
            ["type"] = OpsRequestTypes.Reconfigure,
            ["apply"] = merge.Sources.All(s => s.Apply == ApplyOptions.Always) ? ApplyOptions.Always : ApplyOptions.IfReady,
            ["maxRetries"] = merge.Sources.Max(s => s.MaxRetries),
            ["configuration"] = view.Engine.Configuration!.Merge(merge.Sources),
        };
        if (merge.Sources.Max(s => s.Timeout) is { } timeout)
            spec["timeout"] = $"{(long)timeout.TotalSeconds}s";
        return new JsonObject
        {
            ["apiVersion"] = view.Engine.Kinds.OpsRequest.ApiVersion,
            ["kind"] = view.Engine.Kinds.OpsRequest.Kind,
            ["metadata"] = new JsonObject
            {
                ["namespace"] = database.Namespace,
                ["name"] = merge.Name,
                ["annotations"] = new JsonObject { [MergeRecord.Annotation] = MergeRecord.Value(merge.Sources) },
            },
            ["spec"] = spec,
        };
    }
}
