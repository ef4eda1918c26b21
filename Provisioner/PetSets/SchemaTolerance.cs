using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.PetSets;

/// <summary>
/// Remembers which fields this API server does not know. Old servers refuse a whole server-side apply for one unknown field (newer pod
/// fields on Kubernetes 1.20, say), and name it; such fields are optional refinements, so they are left out and the rest is applied.
/// </summary>
internal sealed partial class SchemaTolerance
{
    private ImmutableHashSet<string> _unknown = [];

    /// <summary>Paths without list keys, such as <c>spec.template.spec.containers.resizePolicy</c>, in no order.</summary>
    public IReadOnlyCollection<string> Unknown => _unknown;

    /// <summary>Learns from a refusal. False when it is not one for unknown fields, or names only fields that were left out already.</summary>
    public bool Learn(ApiError error)
    {
        var before = _unknown;
        foreach (Match match in Undeclared().Matches(error.Message))
            ImmutableInterlocked.Update(ref _unknown, static (set, path) => set.Add(path), ListKey().Replace(match.Groups["path"].Value, ""));
        return _unknown.Count != before.Count;
    }

    /// <summary>Takes the fields out that the server does not know.</summary>
    public void Trim(JsonObject manifest)
    {
        foreach (var path in _unknown)
            Remove(manifest, path.Split('.'));
    }

    private static void Remove(JsonNode? node, ReadOnlySpan<string> path)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                    Remove(item, path);
                break;
            case JsonObject map when path.Length == 1:
                map.Remove(path[0]);
                break;
            case JsonObject map:
                Remove(map[path[0]], path[1..]);
                break;
        }
    }

    [GeneratedRegex("""\.(?<path>[A-Za-z][^\s:]*(?:\[[^\]]*\][^\s:]*)*): field not declared in schema""")]
    private static partial Regex Undeclared();

    [GeneratedRegex("""\[[^\]]*\]""")]
    private static partial Regex ListKey();
}
