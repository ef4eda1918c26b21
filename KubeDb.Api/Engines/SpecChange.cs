using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;

namespace KubeDb.Api.Engines;

/// <summary>Finds a version of the engine's catalog by name; null when there is none.</summary>
public delegate ICatalogVersion? VersionLookup(string name);

/// <summary>
/// What a request changes in a database's spec. The engine only computes it; the OpsManager records the previous values, writes the change, and
/// reverts it if the operation fails. With violations, ignore the rest.
/// </summary>
public sealed record SpecChange
{
    /// <summary>A change of nothing.</summary>
    public static SpecChange None { get; } = new();

    /// <summary>The fields that change, by path below <c>spec</c> with dots between names (such as <c>configuration</c>), with their new values; null removes.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Fields { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>The PetSets whose pods the change concerns; null for all.</summary>
    public IReadOnlyList<string>? PetSets { get; init; }

    /// <summary>What changes in the user's configuration; null when nothing does.</summary>
    public ConfigurationPlan? Configuration { get; init; }

    /// <summary>Why it can not be done; empty when it can.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];

    /// <summary>
    /// A change of the user's configuration. It concerns the pods that read a file whose settings change, and all of them when no setting does:
    /// whoever asks for a restart nevertheless names no file.
    /// </summary>
    /// <param name="plan">What becomes of the configuration.</param>
    /// <param name="groups">The groups of pods of the database.</param>
    /// <param name="removed">Older fields of the spec that are removed: left in place they would take the place of the new one.</param>
    public static SpecChange Of(ConfigurationPlan plan, IReadOnlyList<PodGroup> groups, params IReadOnlyList<string> removed)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var fields = removed.ToDictionary(f => f, _ => (JsonNode?)null, StringComparer.Ordinal);
        fields["configuration"] = plan.SpecConfiguration;
        var roles = plan.AffectedRoles;
        return new SpecChange
        {
            Fields = fields,
            PetSets = roles.Count == 0 ? null : [.. groups.Where(g => roles.Contains(g.Role)).Select(g => g.PetSet)],
            Configuration = plan,
            Violations = plan.Violations,
        };
    }

    /// <summary>A change that can not be carried out.</summary>
    public static SpecChange Refused(params IReadOnlyList<Violation> violations) => new() { Violations = violations };
}
