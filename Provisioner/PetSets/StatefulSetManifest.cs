using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.PetSets;

/// <summary>
/// The StatefulSet that carries out a PetSet. Pods are replaced only when someone deletes them (<c>OnDelete</c>) and never wait for each
/// other (<c>Parallel</c>): the roller decides their order. Pure.
/// </summary>
internal static class StatefulSetManifest
{
    /// <summary>Label of every such StatefulSet: the PetSet's name.</summary>
    public const string Label = "apps.k8s.appscode.com/petset";

    /// <summary>Annotation: fingerprint of what a StatefulSet can not change in place.</summary>
    public const string FixedParts = "apps.k8s.appscode.com/fixed-parts";

    /// <summary>Builds the manifest.</summary>
    /// <param name="petSet">The PetSet.</param>
    /// <param name="policy">Its placement policy; null for the default spread.</param>
    public static JsonObject Build(PetSet petSet, PlacementPolicy? policy)
    {
        var wanted = petSet.Spec;
        var selector = wanted.Selector?.ToObject() ?? [];
        var manifest = Manifests.ToJson(StatefulSet.Resource, new V1StatefulSet
        {
            Metadata = new()
            {
                Name = petSet.Metadata.Name,
                NamespaceProperty = petSet.Metadata.Namespace,
                Labels = petSet.Metadata.Labels.Append(new(Label, petSet.Metadata.Name)).DistinctBy(l => l.Key).ToDictionary(),
            },
            Spec = Spec(wanted),
        });

        // Users' fragments, with what the models do not know.
        var spec = manifest["spec"]!.AsObject();
        spec["selector"] = selector;
        spec["template"] = Template(wanted, policy, selector);
        if (wanted.VolumeClaimTemplates.Count > 0)
            spec["volumeClaimTemplates"] = new JsonArray([.. wanted.VolumeClaimTemplates.Select(t => (JsonNode)Claim(t.ToObject()))]);
        var metadata = manifest["metadata"]!.AsObject();
        metadata["annotations"] = new JsonObject { [FixedParts] = Fingerprint(spec) };
        metadata["ownerReferences"] = new JsonArray(BlueprintApplier.OwnerNode(PetSet.Resource, petSet.Metadata));
        return manifest;
    }

    /// <summary>The selector as the scale subresource wants it.</summary>
    public static string SelectorText(PetSet petSet)
    {
        var selector = petSet.Spec.Selector?.ToObject() ?? [];
        var labels = (selector["matchLabels"] as JsonObject ?? []).Select(l => $"{l.Key}={l.Value}");
        var rules = (selector["matchExpressions"] as JsonArray ?? []).OfType<JsonObject>().Select(Rule);
        return string.Join(',', labels.Concat(rules).Order(StringComparer.Ordinal));
    }

    private static V1StatefulSetSpec Spec(PetSetSpec wanted) => new()
    {
        Replicas = wanted.Replicas ?? 1,
        ServiceName = wanted.ServiceName,
        PodManagementPolicy = "Parallel",
        UpdateStrategy = new() { Type = "OnDelete" },
        RevisionHistoryLimit = wanted.RevisionHistoryLimit,
        MinReadySeconds = wanted.MinReadySeconds is > 0 and var seconds ? seconds : null,
        PersistentVolumeClaimRetentionPolicy = wanted.PersistentVolumeClaimRetentionPolicy is { } retention
            ? new() { WhenDeleted = retention.WhenDeleted, WhenScaled = retention.WhenScaled }
            : null,
        Ordinals = wanted.Ordinals?.Start is > 0 and var start ? new() { Start = start } : null,
    };

    private static JsonObject Template(PetSetSpec wanted, PlacementPolicy? policy, JsonObject selector)
    {
        var template = wanted.Template?.ToObject() ?? [];
        if (template["spec"] is not JsonObject podSpec)
            template["spec"] = podSpec = [];
        PlacementRules.Apply(podSpec, policy is null ? PlacementRules.Default : KindsJson.ToObject(policy.Spec), selector);
        return template;
    }

    // The server fills these in; said here, what is stored equals what was applied, and nothing has to be applied to find that out.
    private static JsonObject Claim(JsonObject template)
    {
        template["apiVersion"] = "v1";
        template["kind"] = "PersistentVolumeClaim";
        template["status"] = new JsonObject { ["phase"] = "Pending" };
        (template["metadata"] as JsonObject)?.Remove("creationTimestamp");
        if (template["spec"] is JsonObject spec)
            spec["volumeMode"] ??= "Filesystem";
        return template;
    }

    private static string Fingerprint(JsonObject spec) => OwnedFields.Desired(new JsonObject
    {
        ["serviceName"] = spec["serviceName"]!.DeepClone(),
        ["volumeClaimTemplates"] = spec["volumeClaimTemplates"]?.DeepClone(),
    });

    private static string Rule(JsonObject rule)
    {
        var key = rule["key"]!.GetValue<string>();
        var values = string.Join(',', (rule["values"] as JsonArray ?? []).Select(v => v!.GetValue<string>()));
        return rule["operator"]!.GetValue<string>() switch
        {
            "In" => $"{key} in ({values})",
            "NotIn" => $"{key} notin ({values})",
            "DoesNotExist" => "!" + key,
            _ => key,
        };
    }
}
