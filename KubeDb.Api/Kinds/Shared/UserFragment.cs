using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>A piece of a Kubernetes object that a spec carries.</summary>
/// <param name="Path">The field that holds it.</param>
/// <param name="Shape">What it is a piece of.</param>
/// <param name="Content">The piece.</param>
public sealed record UserFragment(string Path, FragmentShape Shape, JsonFragment Content)
{
    /// <summary>The pieces that every database's spec can carry: its pod template and the overrides of its services.</summary>
    public static IEnumerable<UserFragment> Of(IDatabaseSpec spec)
    {
        if (spec.PodTemplate?.Spec is { } pod)
            yield return new("spec.podTemplate.spec", FragmentShape.PodSpec, pod);
        for (var i = 0; i < spec.ServiceTemplates.Count; i++)
        {
            if (spec.ServiceTemplates[i].Spec is { } service)
                yield return new($"spec.serviceTemplates[{i}].spec", FragmentShape.ServiceSpec, service);
        }
    }
}

/// <summary>
/// Finds fields that no Kubernetes object has where they stand. The definitions keep them, since a newer Kubernetes may know more than this
/// code, so a slip of the pen is stored without a word and then dropped: therefore a warning and never a refusal.
/// </summary>
public static class UnknownFields
{
    /// <summary>A warning for each field of the piece that is not known.</summary>
    public static IEnumerable<SpecWarning> In(UserFragment fragment) =>
        KubernetesFields.PieceOf(fragment.Shape) is { } piece ? In(fragment.Content.ToNode(), piece, fragment.Path) : [];

    private static IEnumerable<SpecWarning> In(JsonNode? node, string piece, string path)
    {
        if (node is JsonArray items)
            return items.SelectMany((item, i) => In(item, piece, $"{path}[{i}]"));
        if (node is not JsonObject map || KubernetesFields.Of(piece) is not { } known)
            return [];
        return map.SelectMany(field => !known.TryGetValue(field.Key, out var inner)
            ? [Unknown(field.Key, path, known.Keys)]
            : inner.Length > 0 ? In(field.Value, inner, $"{path}.{field.Key}") : []);
    }

    private static SpecWarning Unknown(string name, string path, IEnumerable<string> known)
    {
        var meant = Spelling.Nearest(name, known) is { } near ? $" Did you mean \"{near}\"?" : "";
        return new(
            $"{path}.{name}",
            Reasons.UnknownField,
            $"{path}.{name} is no field that is known; it has no effect, unless this Kubernetes is newer and knows it.{meant} Correct or remove it.");
    }
}
