using System.Text.Json.Nodes;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Configuration;

/// <summary>
/// Several Reconfigure requests as one: only where the one gives exactly the database that they would give one after the other, whatever
/// the database's configuration and the named secrets hold. Pure.
/// </summary>
public static class ReconfigureMerge
{
    /// <summary>
    /// True when both are Reconfigures that ask to be carried out the same way (<c>apply</c>, <c>timeout</c>, <c>maxRetries</c>, <c>restart</c>),
    /// so that neither is restarted, bounded or held up by what the other asked for. An equivalence; it says nothing of what they change.
    /// </summary>
    public static bool CanMerge(IOpsRequest a, IOpsRequest b) =>
        a.Type == OpsRequestTypes.Reconfigure
        && b.Type == OpsRequestTypes.Reconfigure
        && a.Apply == b.Apply
        && a.Timeout == b.Timeout
        && a.MaxRetries == b.MaxRetries
        && Restart(a) == Restart(b);

    /// <summary>
    /// The configuration block of the one request that changes what the given ones change, in their order. Null when no single request does,
    /// or when one of them is not plainly right by itself (files nobody reads, broken lines, operator-owned or possibly unknown settings): they
    /// then run one after the other, and a bad one fails alone.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="requests">The requests, in the order in which they take effect.</param>
    /// <param name="version">The database's catalog version; null, when it is not known, merges nothing.</param>
    public static JsonObject? Merge(this IConfigurationEngine engine, IReadOnlyList<IOpsRequest> requests, ICatalogVersion? version)
    {
        if (version is null || requests.Count == 0 || requests.Any(r => !CanMerge(requests[0], r)))
            return null;
        var files = engine.Files(version);
        Change? merged = null;
        foreach (var request in requests)
        {
            if (Change.Of(engine, request, files) is not { } change)
                return null;
            merged = merged is null ? change : merged.Then(change);
            if (merged is null)
                return null;
        }

        return merged!.Describe(Restart(requests[0]));
    }

    private static string Restart(IOpsRequest request) => request.Configuration?.Restart ?? RestartModes.Auto;

    /// <summary>What one request changes.</summary>
    /// <param name="Remove">Drop everything first.</param>
    /// <param name="Secret">Then take this secret; null to keep the present one.</param>
    /// <param name="Applied">Then merge these files into the inline text, by name; some may be without a setting.</param>
    private sealed record Change(bool Remove, string? Secret, SortedDictionary<string, IConfigurationDocument> Applied)
    {
        private bool Applies => Applied.Values.Any(d => d.Settings.Count > 0);

        public static Change? Of(IConfigurationEngine engine, IOpsRequest request, IReadOnlyList<ConfigurationFile> files)
        {
            // How an engine's own parts add up is not known here.
            if (request.Configuration is not { } change || engine.HasOwn(change))
                return null;
            var violations = new List<Violation>();
            var applied = ConfigurationPlanner.ReadApplied(change, files, violations);
            var isSure = violations.Count == 0 && files.Where(f => applied.ContainsKey(f.Name)).All(f => applied[f.Name].Settings.All(s => f.Rules.IsKnown(s) == true));
            return isSure
                ? new(change.RemoveCustomConfig, ConfigurationPlanner.NewSecret(change), new(applied.ToDictionary(), StringComparer.Ordinal))
                : null;
        }

        /// <summary>
        /// This change and then another. A later removal leaves nothing of this one. A later secret takes what it sets out of the inline
        /// text, the present one and what this change put into it; a request can say the former but, as the content of secrets is not known
        /// here, not the latter, and no request can name two secrets whose settings are to be taken out.
        /// </summary>
        public Change? Then(Change later)
        {
            if (later.Remove)
                return later;
            if (later.Secret is null)
                return this with { Applied = Merge(Applied, later.Applied) };
            if (Applies || (!Remove && Secret is not null && Secret != later.Secret))
                return null;
            return new(Remove, later.Secret, Merge(Applied, later.Applied));
        }

        public JsonObject Describe(string restart)
        {
            var node = new JsonObject { ["restart"] = restart };
            if (Remove)
                node["removeCustomConfig"] = true;
            if (Secret is not null)
                node["configSecret"] = new JsonObject { ["name"] = Secret };
            if (Applied.Count > 0)
                node["applyConfig"] = new JsonObject(Applied.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value.Settings.Count > 0 ? f.Value.Render() : "")));
            return node;
        }

        private static SortedDictionary<string, IConfigurationDocument> Merge(
            SortedDictionary<string, IConfigurationDocument> lower, SortedDictionary<string, IConfigurationDocument> upper)
        {
            var merged = new SortedDictionary<string, IConfigurationDocument>(lower, StringComparer.Ordinal);
            foreach (var (file, document) in upper.Where(u => u.Value.Settings.Count > 0 || !lower.ContainsKey(u.Key)))
                merged[file] = merged.TryGetValue(file, out var below) && below.Settings.Count > 0 ? below.Merge(document) : document;
            return merged;
        }
    }
}
