using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// Writes an operation's change into the database's spec, and takes it back. One mechanism for every operation: the paths and their values
/// come from the record.
/// </summary>
internal sealed class SpecWriter(IKubernetesClient client, DatabaseView view)
{
    /// <summary>Writes the change and applies the database that it makes.</summary>
    public async Task<StepResult> WriteAsync(OperationRun run, CancellationToken cancel)
    {
        if (run.Record?.Change is { } change)
        {
            var foreign = await PatchAsync(run, change.Before, change.After, change.WriteInto, cancel);
            if (foreign.Count > 0)
                return StepResult.FailForGood(
                    Api.Kinds.Shared.Reasons.SpecChangedMeanwhile,
                    $"{Named(foreign)} was changed by someone else after the request began, so the request does not overwrite it. Create the request again.");
        }

        return await view.ApplyAsync(await run.FactsAsync(changed: true, cancel), cancel);
    }

    /// <summary>Takes the change back, where it still stands as the operation wrote it, and applies the database as it was.</summary>
    public async Task<StepResult> RestoreAsync(OperationRun run, CancellationToken cancel)
    {
        IReadOnlyList<string> foreign = [];
        if (run.Record?.Change is { } change)
            foreign = await PatchAsync(run, change.After, change.Before, change.TakeOutOf, cancel);
        var applied = await view.ApplyAsync(await run.FactsAsync(changed: false, cancel), cancel);
        if (applied.End != StepEnd.Done)
            return applied;
        var observed = view.PetSetsObserved(run.Live);
        return observed.End != StepEnd.Done || foreign.Count == 0
            ? observed
            : StepResult.DoneWith($"The previous configuration is rendered again. {Named(foreign)} was changed by someone else while the request ran, so it stays as it is.");
    }

    /// <summary>
    /// Gives the paths their new values where they have the old ones, by a write that any change in between refuses. Returns the paths that
    /// have neither: someone else's.
    /// </summary>
    private async Task<IReadOnlyList<string>> PatchAsync(
        OperationRun run, IReadOnlyDictionary<string, JsonNode?> from, IReadOnlyDictionary<string, JsonNode?> to, Action<JsonObject> put, CancellationToken cancel)
    {
        var kinds = run.Engine.Kinds;
        var stored = await view.ReadRawAsync(kinds.Database, run.Live.Metadata.Key, cancel);
        var spec = (JsonObject)stored["spec"]!;
        var now = SpecPaths.Take(spec, to.Keys);
        var foreign = now.Where(n => !JsonNode.DeepEquals(n.Value, from[n.Key]) && !JsonNode.DeepEquals(n.Value, to[n.Key])).Select(n => n.Key).ToList();
        var wanted = (JsonObject)spec.DeepClone();
        if (foreign.Count == 0)
            put(wanted);
        if (JsonDifference.Patch(spec, wanted) is not { } difference)
            return foreign;
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = stored["metadata"]!["resourceVersion"]!.DeepClone() },
            ["spec"] = difference,
        };
        var written = await client.MergePatchAsync(
            kinds.Database, run.Live.Metadata.Key, patch, FieldManagers.OpsManager, null, kinds.DecodeDatabase, cancel);
        run.Live = view.Observe(written.OrThrow());
        return foreign;
    }

    private static string Named(IReadOnlyList<string> paths) => string.Join(", ", paths.Select(p => $"spec.{p}"));
}
