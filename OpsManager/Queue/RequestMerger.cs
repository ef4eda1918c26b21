using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Queue;

/// <summary>Makes one request of several, and tells those how the one ended.</summary>
internal sealed partial class RequestMerger(
    IKubernetesClient client, DatabaseView view, RequestWriter requests, RequestQueue queue, ILogger<RequestMerger> log)
{
    // Names that others have; more in a row do not come about by chance.
    private const int Attempts = 5;

    private EngineKinds Kinds => view.Engine.Kinds;

    /// <summary>
    /// Makes one request of several, or finishes making it. Each write can be the last one that this process makes. False when the API server
    /// refuses the merged request (too large, not permitted): nothing was changed, and the sources can run one after the other.
    /// </summary>
    public async Task<bool> MergeAsync(ObjectKey database, Merge merge, CancellationToken cancel)
    {
        var merged = merge.Created ?? await CreateAsync(database, merge, cancel);
        if (merged is null)
            return false;
        if (merged.Status.Conditions.Of(OpsConditionTypes.MergedFromOps) is null)
        {
            var names = string.Join(",", merge.Sources.Select(s => s.Metadata.Name));
            merged = await requests.ChangeAsync(
                merged, s => s.In(OpsRequestPhases.Pending).With(OpsConditionTypes.MergedFromOps, true, Reasons.ConfigurationMerged, names), cancel);
        }

        var message = OpsConditionTypes.MergedIntoMessage(merged.Metadata.Key.ToString());
        foreach (var source in merge.Sources)
            await queue.SkipAsync(new Verdict(source, Reasons.ConfigurationMerged, message), cancel);
        await requests.ChangeAsync(
            merged,
            s => s.With(OpsConditionTypes.OriginalOpsSkipped, true, OpsConditionTypes.OriginalOpsSkipped, OpsConditionTypes.OriginalOpsSkippedMessage),
            cancel);
        return true;
    }

    /// <summary>
    /// Gives requests that were merged the end of the one that they were merged into as their own condition; their phase stays Skipped. What
    /// tells its end is not looked at again.
    /// </summary>
    public async Task RecordEndsAsync(IReadOnlyList<IOpsRequest> all, CancellationToken cancel)
    {
        foreach (var source in all.Where(r => MergeRecord.AwaitsEnd(r) && !r.Metadata.IsDeleting))
        {
            if (MergeRecord.EndOf(source, all) is not { } end)
                continue;
            var succeeded = end.Condition?.Type == OpsConditionTypes.Successful;
            var type = succeeded ? OpsConditionTypes.Successful : OpsConditionTypes.Failed;
            var merged = $"{Kinds.OpsRequest.Kind} {end.Merged}, which this request was merged into,";
            var message = end.Condition is { } condition
                ? $"{merged} {(succeeded ? "was successful" : "failed")}: {condition.Message}"
                : $"{merged} was deleted before its end was seen. If the change is still wanted, create another {Kinds.OpsRequest.Kind}.";
            var written = await requests.ChangeAsync(source, s => s.With(type, true, Reasons.ConfigurationMerged, message), cancel);
            requests.Emit(written, succeeded ? "Normal" : "Warning", type, message);
        }
    }

    private async Task<IOpsRequest?> CreateAsync(ObjectKey database, Merge merge, CancellationToken cancel)
    {
        var value = MergeRecord.Value(merge.Sources);
        for (var attempt = 1; ; attempt++)
        {
            var name = MergeRecord.Name(database.Name, merge.Sources, n => view.Request(new ObjectKey(database.Namespace, n)));
            var create = new ApiRequest
            {
                Verb = ApiVerb.Create,
                Type = Kinds.OpsRequest,
                Namespace = database.Namespace,
                Body = Body(database, merge, name),
                FieldManager = FieldManagers.OpsManager,
            };
            var created = await client.SendAsync(create, Kinds.DecodeOpsRequest, cancel);
            if (created.Succeeded)
                return requests.Observe(created.Value);
            if (IsRefused(created.Error))
            {
                LogRefused(database, created.Error.Code, created.Error.Message);
                return null;
            }

            if (created.Error.Kind != ApiErrorKind.AlreadyExists || attempt == Attempts)
                throw new ApiException(created.Error);

            // Ours, from before this process began, whose event has not come yet; or a stranger's, which is known by now and gives another name.
            var read = new ApiRequest { Verb = ApiVerb.Get, Type = Kinds.OpsRequest, Namespace = database.Namespace, Name = name };
            if ((await client.SendAsync(read, Kinds.DecodeOpsRequest, cancel)).OrNotFound() is { } found
                && requests.Observe(found).Metadata.Annotations.GetValueOrDefault(MergeRecord.Annotation) == value)
                return found;
        }
    }

    private static bool IsRefused(ApiError error) =>
        error.Kind is ApiErrorKind.Invalid or ApiErrorKind.BadRequest || error.IsRefusal || error.Code == 413
        || error.Message.Contains("too large", StringComparison.OrdinalIgnoreCase);

    private JsonObject Body(ObjectKey database, Merge merge, string name)
    {
        // The sources ask for the same but for the configuration itself.
        var like = merge.Sources[0];
        var spec = new JsonObject
        {
            ["databaseRef"] = new JsonObject { ["name"] = database.Name },
            ["type"] = OpsRequestTypes.Reconfigure,
            ["apply"] = like.Apply,
            ["maxRetries"] = like.MaxRetries,
            ["configuration"] = merge.Configuration?.DeepClone(),
        };
        if (like.Timeout is { } timeout)
            spec["timeout"] = GoDuration.Format(timeout);
        return new JsonObject
        {
            ["apiVersion"] = Kinds.OpsRequest.ApiVersion,
            ["kind"] = Kinds.OpsRequest.Kind,
            ["metadata"] = new JsonObject
            {
                ["namespace"] = database.Namespace,
                ["name"] = name,
                ["annotations"] = new JsonObject
                {
                    [MergeRecord.Annotation] = MergeRecord.Value(merge.Sources),
                    [MergeRecord.PlaceAnnotation] = MergeRecord.Place(merge.Sources),
                },
            },
            ["spec"] = spec,
        };
    }

    [LoggerMessage(20, LogLevel.Warning, "Requests of {Database} are not merged, as the API server answers {Code}: {Message}. They run one after the other.")]
    private partial void LogRefused(ObjectKey database, int code, string message);
}
