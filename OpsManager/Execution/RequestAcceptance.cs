using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// Decides whether a request can be carried out on the database as it is, before anything is touched; and records what the operation begins
/// with, once the database is held.
/// </summary>
internal sealed class RequestAcceptance(DatabaseView view, OperationRecords records)
{
    /// <summary>Everything that can be said against the request without touching the database; null when nothing can.</summary>
    public async Task<StepResult?> CheckAsync(OperationRun run, CancellationToken cancel)
    {
        var violations = view.Engine.Check(run.Request, run.Live, view.Version);
        if (violations.Count > 0)
            return Violated(violations);
        var judged = await JudgeAsync(run, cancel);
        if (judged.Value is not { } accepted)
            return StepResult.Of(judged.Outcome);
        if (await run.Operation.PreCheckAsync(run, cancel) is { } objection)
            return objection;
        return await AskServersAsync(run, accepted, cancel) ?? await CheckResultAsync(run, accepted, cancel);
    }

    /// <summary>The first step of every operation: records what it begins with, unless that is recorded.</summary>
    public async Task<StepResult> RecordAsync(OperationRun run, CancellationToken cancel)
    {
        if (run.Record is not null)
            return StepResult.Done;
        var judged = await JudgeAsync(run, cancel);
        if (judged.Value is not { } accepted)
            return StepResult.Of(judged.Outcome);
        var version = await view.ReadRawAsync(view.Engine.Kinds.Version, accepted.Facts.Version.Metadata.Key, cancel);
        (version["metadata"] as JsonObject)?.Remove("managedFields");
        run.Record = await records.CreateAsync(
            run.Request,
            new OperationRecord
            {
                Database = accepted.Stored,
                Version = version,
                Runs = run.Pods.ToDictionary(p => p.Metadata.Name, OperationRecord.RunOf, StringComparer.Ordinal),
                Credential = accepted.Facts.Credential,
                Change = accepted.Change == SpecChange.None ? null : RecordedChange.Of(accepted.Change, (JsonObject)accepted.Stored["spec"]!),
            },
            cancel);
        return StepResult.Done;
    }

    /// <summary>
    /// Works out what the request makes of the database, and judges the result: a request may repair a spec that breaks a rule, and one that
    /// changes nothing needs a spec that breaks none.
    /// </summary>
    private async Task<Gathered<Acceptance>> JudgeAsync(OperationRun run, CancellationToken cancel)
    {
        if (run.Operation.Type == OpsRequestTypes.Reconfigure && view.Engine.Configuration is null)
            return Outcome.Fail(Reasons.TypeNotSupported, $"The configuration of a {view.Engine.Kinds.Name} can not be changed by a request.");
        var stored = await view.ReadRawAsync(view.Engine.Kinds.Database, run.Live.Metadata.Key, cancel);
        stored.Remove("status");
        (stored["metadata"] as JsonObject)?.Remove("managedFields");
        if (view.Version(run.Live.Spec.Version) is not { } version)
            return (await view.GatherAsync(run.Live, null, cancel)).Outcome;
        var current = await view.GatherAsync(view.Decode(stored, version), version, cancel);
        if (current.Value is not { } facts)
            return current.Outcome;
        var named = await view.SecretsAsync(run.Live.Metadata.Namespace, view.Engine.Configuration?.References(run.Request) ?? [], cancel);
        if (named.Value is not { } secrets)
            return named.Outcome;
        var change = view.Engine.Change(run.Request, facts with { Secrets = Both(facts.Secrets, secrets) }, view.Version);
        if (change.Violations.Count > 0)
            return Outcome.Fail(change.Violations[0].Reason, Sentences.Of(change.Violations));
        var changed = (JsonObject)stored.DeepClone();
        SpecPaths.Put((JsonObject)changed["spec"]!, change.Fields);
        if (run.Request is { Type: OpsRequestTypes.ReconfigureTls, Tls: { } tls } && view.Engine.Tls?.PeerOf(tls, facts.Database) is { } peer)
        {
            var metadata = (JsonObject)changed["metadata"]!;
            if (metadata["annotations"] is not JsonObject annotations)
                metadata["annotations"] = annotations = [];
            annotations[TlsTransition.PeersAnnotation] = TlsTransition.Text(peer.Before, peer.After);
        }

        var after = await view.GatherAsync(view.Engine.Kinds.DecodeDatabase(System.Text.Encoding.UTF8.GetBytes(changed.ToJsonString())), null, cancel);
        if (after.Value is not { } result)
            return after.Outcome;
        if (result.PendingCertificates is { Kind: OutcomeKind.Fail } foreign)
            return foreign;
        return view.Engine.Check(result) is { Count: > 0 } broken
            ? Outcome.Fail(broken[0].Reason, Sentences.Of(broken))
            : new Acceptance(stored, facts, change, result);
    }

    private async Task<StepResult?> AskServersAsync(OperationRun run, Acceptance accepted, CancellationToken cancel)
    {
        if (accepted.Change.Configuration is not { } plan || run.Pods.All(p => !p.IsReady))
            return null;
        var refused = await view.Engine.Configuration!.CheckAsync(view.Instances(accepted.Facts), plan, cancel);
        return refused.Count == 0 ? null : Violated(refused);
    }

    /// <summary>
    /// The configuration that the database has afterwards is checked as a spec is: a pod that an operation starts would read all of it, also what
    /// the user wrote into the spec before and the Provisioner refuses to apply.
    /// </summary>
    private async Task<StepResult?> CheckResultAsync(OperationRun run, Acceptance accepted, CancellationToken cancel)
    {
        if (view.Engine.Configuration is not { } configuration)
            return null;
        var ready = run.Pods.Where(p => p.IsReady).ToList();
        var instances = ready.Count > 0 ? view.Instances(accepted.Facts) with { Pods = ready } : null;
        var violations = (await configuration.CheckSpecAsync(accepted.Result, instances, cancel)).Judge(run.Live.Status);
        return violations.Count == 0 ? null : Violated(violations);
    }

    private static StepResult Violated(IReadOnlyList<Violation> violations) => StepResult.FailForGood(violations[0].Reason, Sentences.Of(violations));

    private static Dictionary<string, Secret> Both(IReadOnlyDictionary<string, Secret> own, IReadOnlyDictionary<string, Secret> named) =>
        own.Concat(named.Where(s => !own.ContainsKey(s.Key))).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);

    /// <summary>A request that can be carried out.</summary>
    /// <param name="Stored">The database as stored, without status.</param>
    /// <param name="Facts">What describes it.</param>
    /// <param name="Change">What the request makes of it.</param>
    /// <param name="Result">What describes it afterwards.</param>
    private sealed record Acceptance(JsonObject Stored, DatabaseFacts Facts, SpecChange Change, DatabaseFacts Result);
}
