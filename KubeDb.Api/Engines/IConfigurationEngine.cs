using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;

namespace KubeDb.Api.Engines;

/// <summary>How an engine's configuration is changed by a Reconfigure request.</summary>
public interface IConfigurationEngine
{
    /// <summary>
    /// Secrets that the request names and that have to be read before <see cref="Plan"/>; those of the database itself are not among them.
    /// </summary>
    IReadOnlyList<SecretReference> References(IOpsRequest request);

    /// <summary>
    /// Works out, without touching anything, what the request makes of the database's configuration. Violations (unknown or operator-owned
    /// directive, broken quoting, missing key) leave the rest of the plan meaningless.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="current">Facts of the database as it is, with the secrets of both the database and the request.</param>
    ConfigurationPlan Plan(IOpsRequest request, DatabaseFacts current);

    /// <summary>
    /// Several Reconfigure requests as the configuration block of one, oldest first: as if carried out one after the other. Null when no single
    /// block does what they would do; they then run one after the other.
    /// </summary>
    JsonObject? Merge(IReadOnlyList<IOpsRequest> requests);

    /// <summary>
    /// What the running servers say against the plan before anything is touched (unknown directives); empty when nothing, or when no server
    /// can be asked.
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
}

/// <summary>What a Reconfigure request makes of a database's configuration.</summary>
/// <param name="SpecConfiguration">The new <c>spec.configuration</c>; null when it is removed.</param>
/// <param name="Before">The user's directives in effect before, as the engine's own text.</param>
/// <param name="After">The same after.</param>
/// <param name="Violations">Why it can not be done; empty when it can.</param>
public sealed record ConfigurationPlan(JsonObject? SpecConfiguration, string Before, string After, IReadOnlyList<Violation> Violations);

/// <summary>What came of changing running servers.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Message">What changed, or which directives need a restart, or the server's own words of refusal; never a secret.</param>
public sealed record LiveChange(LiveChangeKind Kind, string Message);

/// <summary>The ends of a live change.</summary>
public enum LiveChangeKind
{
    /// <summary>Every server has it, read back.</summary>
    Applied,

    /// <summary>Nothing was changed: some of it takes effect only at start.</summary>
    NeedsRestart,

    /// <summary>Nothing was changed: the server refuses a value.</summary>
    Refused,
}
