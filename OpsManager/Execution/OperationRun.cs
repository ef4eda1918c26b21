using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using Condition = KubeDb.Api.Kinds.Shared.Condition;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// One pass over one running request: what is known, and what the pass learns. Lives as long as the pass; the next one starts from the
/// world again.
/// </summary>
internal sealed class OperationRun(DatabaseView view, IOperation operation, IOpsRequest request, IDatabase database)
{
    private DatabaseInstances? _instances;

    /// <summary>The engine.</summary>
    public IEngine Engine => view.Engine;

    /// <summary>What is being done.</summary>
    public IOperation Operation => operation;

    /// <summary>The request, as the last write left it.</summary>
    public IOpsRequest Request { get; set; } = request;

    /// <summary>The database, defaulted, as the last write left it.</summary>
    public IDatabase Database
    {
        get;
        set
        {
            field = value;
            _instances = null;
        }
    } = database;

    /// <summary>The optional parts of the API server.</summary>
    public ServerOffers Offers => view.Offers;

    /// <summary>The world that the database lives in.</summary>
    public DatabaseView View => view;

    /// <summary>The database's pods, by name.</summary>
    public IReadOnlyList<Pod> Pods => view.PodsOf(Database);

    /// <summary>The attempt that runs; 1 for the first.</summary>
    public int Attempt => OpsConditions.AttemptOf(Request.Status.Conditions.Of(OpsConditionTypes.Retrying)?.Reason);

    /// <summary>When the request last got anywhere, by what is recorded on it.</summary>
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

            return new Progress(at, count);
        }
    }

    /// <summary>The condition of the step that failed; null while none has.</summary>
    public Condition? Failure => operation.Steps.Select(FailureOf).FirstOrDefault(c => c is not null);

    /// <summary>True once the step is recorded as passed.</summary>
    public bool IsRecorded(Step step) => ConditionOf(step) is not null && FailureOf(step) is null;

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
    public StepText Text(Step step) => step.Message is { } own ? new StepText(step.Name, own) : Engine.Text(operation.Type, step.Name);

    /// <summary>How long the step may go without getting anywhere.</summary>
    public TimeSpan DeadlineOf(Step step) => Request.Timeout is { } timeout && timeout > TimeSpan.Zero ? timeout : step.Deadline;

    /// <summary>The servers, and what is needed to talk to them. Read once a pass and after every change of the database.</summary>
    public async Task<DatabaseInstances> InstancesAsync(CancellationToken cancel) =>
        (_instances ??= await view.InstancesAsync(Database, cancel)) with { Pods = Pods };
}

/// <summary>A point in the course of a request.</summary>
/// <param name="At">When it was recorded.</param>
/// <param name="Count">How many things were recorded by then; tells points within one second apart.</param>
internal readonly record struct Progress(DateTimeOffset At, int Count);
