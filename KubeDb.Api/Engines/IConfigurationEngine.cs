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

    /// <summary>Several Reconfigure requests as the configuration block of one, oldest first: as if carried out one after the other.</summary>
    JsonObject Merge(IReadOnlyList<IOpsRequest> requests);

    /// <summary>
    /// What the running servers say against the plan before anything is touched (unknown directives); empty when nothing, or when no server
    /// can be asked.
    /// </summary>
    Task<IReadOnlyList<Violation>> CheckAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel);

    /// <summary>Applies the change to the running servers without a restart and reads it back. All of it or nothing.</summary>
    Task<LiveChange> ApplyLiveAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel);

    /// <summary>True once every running server has the planned values in effect, as far as it can be asked.</summary>
    Task<Readiness> InEffectAsync(DatabaseInstances instances, ConfigurationPlan plan, CancellationToken cancel);
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
