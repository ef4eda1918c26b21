using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Databases;

/// <summary>Something that running pods or their volumes lack of what is wanted now.</summary>
/// <param name="Reason">Stable id of the cause.</param>
/// <param name="Message">Which pods, what they lack, and which request brings it.</param>
internal sealed record PodLack(string Reason, string Message);

/// <summary>Compares what runs with what is wanted. Pure; knows no engine.</summary>
/// <param name="RequestKind">Kind of the requests that bring what is lacking.</param>
internal sealed record PodLacks(string RequestKind)
{
    private const int MostNames = 10;

    /// <summary>Pods that were made from another template than the one that a pod would get now.</summary>
    public IEnumerable<PodLack> Templates(IReadOnlyList<PetSet> petSets, IReadOnlyList<Pod> pods)
    {
        // Before the newest template has arrived in the StatefulSet its revision is not known.
        foreach (var petSet in petSets.Where(p => p.Status.ObservedGeneration >= p.Metadata.Generation && !string.IsNullOrEmpty(p.Status.UpdateRevision)))
        {
            var old = pods.Where(p => IsOf(petSet, p) && p.Revision.Length > 0 && p.Revision != petSet.Status.UpdateRevision).ToList();
            if (old.Count > 0)
                yield return new(Reasons.PodTemplateOutdated, $"{Subject(old.Select(p => p.Metadata.Name))} an older pod template{Details(petSet, old[0])}. {Brings(OpsRequestTypes.Restart)}");
        }
    }

    /// <summary>Claims whose size is not the one that the spec says: editing the spec changes no volume.</summary>
    public IEnumerable<PodLack> Volumes(IReadOnlyList<PetSet> petSets, IReadOnlyList<PersistentVolumeClaim> claims) =>
        from petSet in petSets
        from template in petSet.Spec.VolumeClaimTemplates.Select(t => t.ToObject())
        let name = template["metadata"].Member("name").AsText()
        let text = template["spec"].Member("resources").Member("requests").Member("storage").AsScalar()
        let wanted = Quantity.Parse(text)
        where wanted is not null
        from claim in claims
        where IsOf($"{name}-{petSet.Metadata.Name}", claim.Metadata.Name) && !claim.Metadata.IsDeleting
        let present = claim.Spec.Resources.Requests.GetValueOrDefault("storage")
        let size = Quantity.Parse(present)
        where size is not null && size != wanted
        select new PodLack(
            Reasons.VolumeSizeDiffers,
            $"PersistentVolumeClaim {claim.Metadata.Name} has {present}, and the spec asks for {text}. "
            + (wanted > size ? Brings(OpsRequestTypes.VolumeExpansion) : $"A volume can not shrink: set the size in the spec back to {present}."));

    /// <summary>Servers that run with other settings than the configuration says.</summary>
    public IEnumerable<PodLack> Configuration(IReadOnlyDictionary<string, IReadOnlyList<string>> differences) =>
        from different in differences.GroupBy(d => Listed(d.Value), d => d.Key)
        select new PodLack(
            Reasons.ConfigurationNotInEffect,
            $"{Subject(different)} another value than the configuration says of {different.Key}. {Brings(OpsRequestTypes.Restart)}");

    private string Brings(string type) => $"A {RequestKind} of type {type} brings it.";

    private static string Subject(IEnumerable<string> pods)
    {
        var names = pods.Order(StringComparer.Ordinal).ToList();
        return names.Count == 1 ? $"Pod {names[0]} runs with" : $"Pods {Listed(names)} run with";
    }

    private static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");

    // What a person can see of the difference without comparing templates: containers and their images.
    private static string Details(PetSet petSet, Pod pod)
    {
        var wanted = ((petSet.Spec.Template?.ToNode()).Member("spec").Member("containers") as JsonArray ?? [])
            .Select(c => (Name: c.Member("name").AsText() ?? "", Image: c.Member("image").AsText() ?? "")).ToList();
        var has = pod.Spec.Containers;
        var details = wanted.Where(w => has.All(c => c.Name != w.Name)).Select(w => $"container {w.Name} is missing")
            .Concat(has.Where(c => wanted.All(w => w.Name != c.Name)).Select(c => $"container {c.Name} is too much"))
            .Concat(wanted.SelectMany(w => has.Where(c => c.Name == w.Name && c.Image != w.Image).Select(c => $"container {c.Name} has image {c.Image} and not {w.Image}")))
            .ToList();
        return details.Count == 0 ? "" : $" ({string.Join(", ", details)})";
    }

    private static bool IsOf(PetSet petSet, Pod pod) =>
        !pod.Metadata.IsDeleting && pod.Metadata.Controller is { Kind: "StatefulSet" } set && set.Name == petSet.Metadata.Name;

    private static bool IsOf(string prefix, string claim) =>
        claim.Length > prefix.Length + 1 && claim.StartsWith(prefix + "-", StringComparison.Ordinal) && claim.AsSpan(prefix.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;
}
