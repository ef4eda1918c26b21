using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using Condition = KubeDb.Api.Kinds.Shared.Condition;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// One pass over one running request: what is known, and what the pass learns. Lives as long as the pass; the next one reads everything
/// again.
/// </summary>
internal sealed class OperationRun(DatabaseView view, IOperation operation, IOpsRequest request, IDatabase live)
{
    private (bool Changed, string? Transition, IDatabase Database)? _accepted;
    private (bool Changed, string? Transition, DatabaseFacts Facts)? _facts;
    private ICatalogVersion? _version;

    /// <summary>The engine.</summary>
    public IEngine Engine => view.Engine;

    /// <summary>What is being done.</summary>
    public IOperation Operation => operation;

    /// <summary>The databases of the engine.</summary>
    public DatabaseView View => view;

    /// <summary>The optional parts of the API server.</summary>
    public ServerOffers Offers => view.Offers;

    /// <summary>The request, as the last write left it.</summary>
    public IOpsRequest Request { get; set; } = request;

    /// <summary>The database object as it is, defaulted: its status, and whatever its user makes of its spec meanwhile.</summary>
    public IDatabase Live { get; set; } = live;

    /// <summary>What the operation began with; null before it is recorded.</summary>
    public OperationRecord? Record
    {
        get;
        set
        {
            field = value;
            (_accepted, _facts, _version) = (null, null, null);
        }
    }

    /// <summary>
    /// The database that the operation works with, defaulted: as it was accepted, with the operation's own change once that is written and
    /// until it is taken back. What its user edits meanwhile takes effect after the operation.
    /// </summary>
    public IDatabase Database => Record is null ? Live : Accepted(IsChanged);

    /// <summary>The catalog version that the operation works with; null when the catalog has none of that name and none is recorded.</summary>
    public ICatalogVersion? Version => Record is { } record ? _version ??= view.DecodeVersion(record.Version) : view.Version(Live.Spec.Version);

    /// <summary>What the operation changes in the user's configuration; null when nothing.</summary>
    public ConfigurationPlan? Plan => Record?.Change?.Configuration is { } texts && Version is { } version
        ? ConfigurationPlan.Of([.. Engine.Configuration!.Files(version), .. Engine.Configuration.OwnFiles(version)], texts)
        : null;

    /// <summary>The database's pods, by name.</summary>
    public IReadOnlyList<Pod> Pods => view.PodsOf(Live);

    /// <summary>The groups of pods.</summary>
    public IReadOnlyList<PodGroup> Groups => Engine.Groups(Database);

    /// <summary>The PetSets whose pods the operation's change concerns; null for all.</summary>
    public IReadOnlyList<string>? ConcernedSets => Record?.Change?.PetSets;

    /// <summary>The pods that the operation's change concerns, by name.</summary>
    public IReadOnlyList<Pod> ConcernedPods
    {
        get
        {
            if (ConcernedSets is not { } sets)
                return Pods;
            var groups = Groups.Where(g => sets.Contains(g.PetSet)).ToList();
            return [.. Pods.Where(p => groups.Exists(g => g.Has(p.Metadata.Name)))];
        }
    }

    /// <summary>The attempt that runs; 1 for the first.</summary>
    public int Attempt => OpsConditions.AttemptOf(Request.Status.Conditions.Of(OpsConditionTypes.Retrying)?.Reason);

    /// <summary>When the request last made progress, by what is recorded on it.</summary>
    public Progress Progress
    {
        get
        {
            var at = Request.Metadata.CreationTimestamp ?? default;
            var count = 0;
            foreach (var condition in Request.Status.Conditions.Where(c => c.Type != OpsConditions.Waiting))
            {
                count++;
                if (condition.LastTransitionTime > at)
                    at = condition.LastTransitionTime;
            }

            foreach (var back in Journal.Returns(Request))
            {
                count++;
                if (back > at)
                    at = back;
            }

            return new Progress(at, count);
        }
    }

    /// <summary>The condition of the step that failed; null while none has.</summary>
    public Condition? Failure => operation.Steps.Select(FailureOf).FirstOrDefault(c => c is not null);

    /// <summary>True while the database is to be what the operation makes of it.</summary>
    public bool IsChanged => Failure is null && operation.Steps.Any(s => s.WritesSpec && IsRecorded(s));

    /// <summary>True once the step is recorded as passed.</summary>
    public bool IsRecorded(Step step) => ConditionOf(step) is not null && FailureOf(step) is null;

    /// <summary>The step of the way there with that name; its condition has the name that the engine gives it.</summary>
    public Step StepOf(string name) => operation.Steps.First(s => s.Name == name);

    /// <summary>True once the step is recorded, as passed or as failed.</summary>
    public bool IsSettled(Step step) => ConditionOf(step) is not null;

    /// <summary>True when the request has the condition with status True.</summary>
    public bool IsTrue(string condition) => Request.Status.Conditions.IsTrue(condition);

    /// <summary>The condition that records the step; null before.</summary>
    public Condition? ConditionOf(Step step) => Request.Status.Conditions.Of(Text(step).Condition);

    /// <summary>The condition that records the step's failure.</summary>
    public Condition? FailureOf(Step step) =>
        ConditionOf(step) is { Status: "False" } condition && condition.Reason == OpsConditions.FailedReason(condition.Type) ? condition : null;

    /// <summary>The documented texts of the step.</summary>
    public StepText Text(Step step) => step.Message is { } own ? new StepText(step.Name, own) : Engine.Sentences.Step(operation.Type, step.Name);

    /// <summary>
    /// How long the step may go without progress. The request's timeout bounds the way there; the way back has its own bounds, for one too
    /// short for the way there would be too short for it as well.
    /// </summary>
    public TimeSpan DeadlineOf(Step step) =>
        Failure is null && Request.Timeout is { } timeout && timeout > TimeSpan.Zero ? timeout : step.Deadline;

    /// <summary>
    /// The database as it was accepted, with the operation's change or without it. Whether it is on its way between plain connections and TLS is
    /// taken from the live one: the other process reads it there.
    /// </summary>
    public IDatabase Accepted(bool changed)
    {
        var transition = Transition;
        if (_accepted is not { } known || known.Changed != changed || known.Transition != transition)
        {
            var json = Record!.DatabaseWith(changed);
            if (json["metadata"] is JsonObject metadata)
            {
                var annotations = metadata["annotations"] as JsonObject ?? [];
                foreach (var annotation in TlsTransition.Annotations)
                {
                    annotations.Remove(annotation);
                    if (Live.Metadata.Annotations.GetValueOrDefault(annotation) is { } value)
                        annotations[annotation] = value;
                }

                metadata.Remove("annotations");
                metadata["annotations"] = annotations;
            }

            _accepted = known = (changed, transition, view.Decode(json, Version!));
        }

        return known.Database;
    }

    private string Transition => string.Join('|', TlsTransition.Annotations.Select(a => Live.Metadata.Annotations.GetValueOrDefault(a)));

    /// <summary>What describes the database. Gathered once a pass and after the change is written or taken back.</summary>
    /// <exception cref="NotGatheredException">Something is missing.</exception>
    public async Task<DatabaseFacts> FactsAsync(CancellationToken cancel)
    {
        var changed = IsChanged;
        if (_facts is not { } known || known.Changed != changed || known.Transition != Transition)
            _facts = known = (changed, Transition, await GatherAsync(Database, cancel));
        return known.Facts;
    }

    /// <summary>The same, read again: the pass wrote what describes the database.</summary>
    /// <exception cref="NotGatheredException">Something is missing.</exception>
    public Task<DatabaseFacts> FreshFactsAsync(CancellationToken cancel)
    {
        _facts = null;
        return FactsAsync(cancel);
    }

    /// <summary>What describes the database with the operation's change, or without it.</summary>
    /// <exception cref="NotGatheredException">Something is missing.</exception>
    public Task<DatabaseFacts> FactsAsync(bool changed, CancellationToken cancel) => GatherAsync(Accepted(changed), cancel);

    /// <summary>The servers, and what is needed to talk to them.</summary>
    /// <exception cref="NotGatheredException">Something is missing.</exception>
    public async Task<DatabaseInstances> InstancesAsync(CancellationToken cancel) => view.Instances(await FactsAsync(cancel));

    private async Task<DatabaseFacts> GatherAsync(IDatabase database, CancellationToken cancel)
    {
        var gathered = await view.GatherAsync(database, Version, cancel);
        return gathered.Outcome.Kind == OutcomeKind.Continue ? gathered.Value! : throw new NotGatheredException(gathered.Outcome);
    }
}

/// <summary>A point in the course of a request.</summary>
/// <param name="At">When it was recorded.</param>
/// <param name="Count">How many things were recorded by then; tells points within one second apart.</param>
internal readonly record struct Progress(DateTimeOffset At, int Count);
