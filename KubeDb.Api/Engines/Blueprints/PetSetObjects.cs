using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>One PetSet of a database: what tells it from the others, and the pods it makes.</summary>
internal sealed record PetSetDescription
{
    /// <summary>Name of the PetSet.</summary>
    public required string Name { get; init; }

    /// <summary>Number of pods.</summary>
    public required int Replicas { get; init; }

    /// <summary>The container that commands run in by default.</summary>
    public required string MainContainer { get; init; }

    /// <summary>The operator's part of the pod spec.</summary>
    public required JsonObject Pod { get; init; }

    /// <summary>The user's template of this group of pods; null for none.</summary>
    public PodTemplate? Template { get; init; }

    /// <summary>Field that holds the template.</summary>
    public string TemplatePath { get; init; } = "spec.podTemplate";

    /// <summary>Labels that tell this group from the others (role, shard): on the PetSet and its pods, and selected by. Null for the only group.</summary>
    public IReadOnlyDictionary<string, string>? Group { get; init; }

    /// <summary>Claims that each pod gets.</summary>
    public IReadOnlyList<JsonObject> Claims { get; init; } = [];
}

/// <summary>PetSets. Pure.</summary>
internal static class PetSetObjects
{
    /// <summary>
    /// A PetSet whose pods are replaced only when someone deletes them and never wait for each other, with the user's template laid over its pods.
    /// </summary>
    /// <param name="d">The database.</param>
    /// <param name="set">The PetSet.</param>
    /// <param name="warnings">Takes what of the template was not taken.</param>
    public static DesiredObject Describe(DatabaseDescription d, PetSetDescription set, ICollection<SpecWarning> warnings)
    {
        var user = set.Template?.Spec?.ToNode() as JsonObject ?? [];
        var pod = set.Pod;
        pod["serviceAccountName"] = d.ServiceAccountOf(user);
        var placement = user["podPlacementPolicy"].Member("name").AsText() ?? "default";
        user.Remove("podPlacementPolicy");
        user.Remove("serviceAccountName");
        PodSpecMerge.Into(pod, user, $"{set.TemplatePath}.spec", warnings);
        var spec = new PetSetSpec
        {
            PodManagementPolicy = "Parallel",
            PodPlacementPolicy = new() { Name = placement },
            Replicas = set.Replicas,
            Selector = JsonFragment.From(new JsonObject { ["matchLabels"] = OffshootMetadata.Node(d.Offshoot.SelectorWith(set.Group)) }),
            ServiceName = d.GoverningService,
            Template = JsonFragment.From(new JsonObject { ["metadata"] = PodMetadata(d, set), ["spec"] = pod }),
            UpdateStrategy = JsonFragment.From(new JsonObject { ["type"] = "OnDelete" }),
            VolumeClaimTemplates = [.. set.Claims.Select(JsonFragment.From)],
        };
        var controller = set.Template?.Controller;
        return new(PetSet.Resource, new()
        {
            ["apiVersion"] = PetSet.Resource.ApiVersion,
            ["kind"] = PetSet.Resource.Kind,
            ["metadata"] = Manifests.ToJson(d.Offshoot.Metadata(set.Name, d.Offshoot.Labels(controller?.Labels, set.Group), controller?.Annotations)),
            ["spec"] = KindsJson.ToObject(spec),
        }) { CreatedEvent = "Successfully created PetSet", Pending = d.Facts.PendingCertificates };
    }

    /// <summary>A claim as a PetSet's pods get it, of the user's claim spec.</summary>
    /// <param name="volume">Name of the volume.</param>
    /// <param name="storage">The claim spec.</param>
    /// <param name="dataOf">Whose data is to be on it (<see cref="DatabaseLabels.DataOf"/>); null to say nothing.</param>
    public static JsonObject Claim(string volume, JsonFragment? storage, string? dataOf = null)
    {
        var spec = storage?.ToNode() as JsonObject ?? [];
        if (spec["accessModes"] is null)
            spec["accessModes"] = new JsonArray("ReadWriteOnce");
        var metadata = new JsonObject { ["name"] = volume };
        if (dataOf is not null)
            metadata["annotations"] = new JsonObject { [DatabaseLabels.DataOf] = dataOf };
        return new() { ["metadata"] = metadata, ["spec"] = spec };
    }

    /// <summary>
    /// The disruption budget of a PetSet, which owns it: as many pods may be away as leave a majority, and always one; null for a PetSet of
    /// one pod, which it would only keep on its node.
    /// </summary>
    /// <param name="d">The database.</param>
    /// <param name="petSet">Name of the PetSet.</param>
    /// <param name="replicas">Number of its pods.</param>
    /// <param name="group">Labels that tell its pods from others of the database; null for the only group.</param>
    public static DesiredObject? DisruptionBudget(DatabaseDescription d, string petSet, int replicas, IReadOnlyDictionary<string, string>? group = null)
    {
        if (replicas <= 1)
            return null;
        var type = d.Facts.Offers.PolicyV1 ? ResourceTypes.PodDisruptionBudget : ResourceTypes.PodDisruptionBudgetV1Beta1;
        return DesiredObject.Of(type, new V1PodDisruptionBudget
        {
            Metadata = d.Offshoot.Metadata(petSet, d.Offshoot.Labels(group)),
            Spec = new()
            {
                MaxUnavailable = Math.Max(1, (replicas - 1) / 2),
                Selector = new() { MatchLabels = d.Offshoot.SelectorWith(group).ToDictionary() },
            },
        }) with { Owner = (PetSet.Resource, petSet) };
    }

    private static JsonObject PodMetadata(DatabaseDescription d, PetSetDescription set)
    {
        var annotations = new Dictionary<string, string> { ["kubectl.kubernetes.io/default-container"] = set.MainContainer };
        var template = set.Template?.Metadata;
        var metadata = d.Offshoot.Metadata("", d.Offshoot.Labels(template?.Labels, set.Group), annotations, template?.Annotations);
        (metadata.Name, metadata.NamespaceProperty) = (null, null);
        return Manifests.ToJson(metadata);
    }
}
