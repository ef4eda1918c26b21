using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.PetSets;

/// <summary>
/// The StatefulSet that carries out a PetSet. Pods are replaced only when someone deletes them (<c>OnDelete</c>) and never wait for each
/// other (<c>Parallel</c>): order is the business of whoever operates the database. Pure.
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
        var spec = Spec(petSet, policy);
        return new JsonObject
        {
            ["apiVersion"] = StatefulSet.Resource.ApiVersion,
            ["kind"] = StatefulSet.Resource.Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = petSet.Metadata.Name,
                ["namespace"] = petSet.Metadata.Namespace,
                ["labels"] = Labels(petSet),
                ["annotations"] = new JsonObject { [FixedParts] = Fingerprint(spec) },
                ["ownerReferences"] = new JsonArray(BlueprintApplier.OwnerNode(PetSet.Resource, petSet.Metadata)),
            },
            ["spec"] = spec,
        };
    }

    /// <summary>The selector as the scale subresource wants it.</summary>
    public static string SelectorText(PetSet petSet)
    {
        var selector = petSet.Spec.Selector?.ToObject() ?? [];
        var labels = (selector["matchLabels"] as JsonObject ?? []).Select(l => $"{l.Key}={l.Value}");
        var rules = (selector["matchExpressions"] as JsonArray ?? []).OfType<JsonObject>().Select(Rule);
        return string.Join(',', labels.Concat(rules).Order(StringComparer.Ordinal));
    }

    private static JsonObject Labels(PetSet petSet)
    {
        var labels = new JsonObject { [Label] = petSet.Metadata.Name };
        foreach (var (key, value) in petSet.Metadata.Labels)
            labels[key] = value;
        return labels;
    }

    private static JsonObject Spec(PetSet petSet, PlacementPolicy? policy)
    {
        var wanted = petSet.Spec;
        var selector = wanted.Selector?.ToObject() ?? [];
        var spec = new JsonObject
        {
            ["replicas"] = wanted.Replicas ?? 1,
            ["selector"] = selector,
            ["serviceName"] = wanted.ServiceName,
            ["template"] = Template(wanted, policy, selector),
            ["podManagementPolicy"] = "Parallel",
            ["updateStrategy"] = new JsonObject { ["type"] = "OnDelete" },
        };
        if (wanted.VolumeClaimTemplates.Count > 0)
            spec["volumeClaimTemplates"] = new JsonArray([.. wanted.VolumeClaimTemplates.Select(t => (JsonNode)Claim(t.ToObject()))]);
        if (wanted.RevisionHistoryLimit is { } limit)
            spec["revisionHistoryLimit"] = limit;
        if (wanted.MinReadySeconds is > 0 and var seconds)
            spec["minReadySeconds"] = seconds;
        if (wanted.PersistentVolumeClaimRetentionPolicy is { } retention)
            spec["persistentVolumeClaimRetentionPolicy"] = KindsJson.ToObject(retention);
        if (wanted.Ordinals?.Start is > 0 and var start)
            spec["ordinals"] = new JsonObject { ["start"] = start };
        return spec;
    }

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
