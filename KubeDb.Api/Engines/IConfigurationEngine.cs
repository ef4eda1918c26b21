using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines;

/// <summary>
/// What only an engine knows of its configuration: the files, their rules, and how running servers are changed. What is the same for all
/// engines (layers, plan, check, merge) is in <see cref="ConfigurationPlanner"/> and <see cref="ReconfigureMerge"/>.
/// </summary>
public interface IConfigurationEngine
{
    /// <summary>The files that users may write into, for a version of the server; at least one, names unique.</summary>
    IReadOnlyList<ConfigurationFile> Files(ICatalogVersion version);

    /// <summary>
    /// Files that no user writes: the engine makes them of fields of <c>spec.configuration</c> that are its own, such as rules for users. What a
    /// request changes in them is planned by <see cref="PlanOwn"/>, recorded, applied and taken back like the change of any other file.
    /// </summary>
    IReadOnlyList<ConfigurationFile> OwnFiles(ICatalogVersion version) => [];

    /// <summary>Secrets that the engine's own part of a request names.</summary>
    IReadOnlyList<SecretReference> OwnReferences(IReconfigureSpec change) => [];

    /// <summary>True when the request has a part that only this engine's requests have.</summary>
    bool HasOwn(IReconfigureSpec change) => false;

    /// <summary>The plan, with what the engine's own part of the request makes of <see cref="OwnFiles"/> and of <c>spec.configuration</c>. Pure.</summary>
    /// <param name="plan">The plan of the files that users write.</param>
    /// <param name="change">The request's block.</param>
    /// <param name="current">As for <see cref="ConfigurationPlanner.Plan"/>.</param>
    ConfigurationPlan PlanOwn(ConfigurationPlan plan, IReconfigureSpec change, DatabaseFacts current) => plan;

    /// <summary>False when servers read their configuration only when they start: then nothing is ever changed, or set back, while they run.</summary>
    bool ChangesLive => true;

    /// <summary>
    /// What of the change takes effect only when a server starts, a phrase each; empty when all of it can be done in running servers. Judged
    /// without asking a server, which may still refuse.
    /// </summary>
    IReadOnlyList<string> AtStart(DatabaseInstances instances, ConfigurationPlan plan);

    /// <summary>
    /// What the running servers say against the plan before anything is touched; empty when nothing, or when no server can be asked.
    /// </summary>
    Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel);

    /// <summary>
    /// What is wrong with the configuration that the spec asks for, with the same rules as for a request. Where the table of known settings
    /// can not know (a module's setting, a newer server), a running server is asked; nobody is asked when nothing is doubtful.
    /// </summary>
    /// <param name="facts">Facts of the database.</param>
    /// <param name="instances">Its servers; null when they can not be talked to.</param>
    /// <param name="cancel">Cancels the wait.</param>
    Task<ConfigurationVerdict> CheckSpecAsync(DatabaseFacts facts, DatabaseInstances? instances, CancellationToken cancel);

    /// <summary>
    /// The settings that a running server has otherwise than the facts ask for, by pod; a pod that has them all is not among them. Null when
    /// a server can not be asked. What was changed live is no difference, and no restart is needed for it.
    /// </summary>
    Task<IReadOnlyDictionary<string, IReadOnlyList<string>>?> DifferencesAsync(DatabaseFacts facts, DatabaseInstances instances, CancellationToken cancel);

    /// <summary>Applies the change to the running servers without a restart and reads it back. All of it or nothing.</summary>
    Task<LiveChange> ApplyLiveAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel);

    /// <summary>True once every running server has the planned values in effect, as far as it can be asked.</summary>
    Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel);
}

/// <summary>What can be said of the configuration that a spec asks for.</summary>
/// <param name="Violations">What is certainly wrong.</param>
/// <param name="Doubts">What only a server could decide, and none was there to ask.</param>
public sealed record ConfigurationVerdict(IReadOnlyList<Violation> Violations, IReadOnlyList<Violation> Doubts)
{
    /// <summary>Nothing is wrong.</summary>
    public static ConfigurationVerdict Fine { get; } = new([], []);

    /// <summary>
    /// What counts as wrong for a database with this status. What a server refused stays refused while none can be asked: else the pod that
    /// starts next would start on it.
    /// </summary>
    public IReadOnlyList<Violation> Judge(DatabaseStatus status)
    {
        var refused = status.Conditions.Of(ConditionTypes.SpecAccepted) is { IsFalse: true } condition ? condition.Message : "";
        return [.. Violations, .. Doubts.Where(d => refused.Contains(d.Message, StringComparison.Ordinal))];
    }
}

/// <summary>The result of changing running servers.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Message">What changed, or which directives need a restart, or the server's own words of refusal; never a secret.</param>
public sealed record LiveChange(LiveChangeKind Kind, string Message);

/// <summary>The results of a live change.</summary>
public enum LiveChangeKind
{
    /// <summary>Every server has it, read back.</summary>
    Applied,

    /// <summary>Nothing was changed: some of it takes effect only at start.</summary>
    NeedsRestart,

    /// <summary>Nothing was changed: the server refuses a value.</summary>
    Refused,
}
