using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.PetSets;

/// <summary>What a PetSet's status says. Pure.</summary>
internal static class PetSetConditions
{
    /// <summary>The PetSet can not be carried out; reason and message say why. Absent otherwise.</summary>
    public const string Stalled = "Stalled";

    /// <summary>The placement policy that is named does not exist. Absent otherwise.</summary>
    public const string PolicyMissing = "PlacementPolicyMissing";

    /// <summary>Only a person can help.</summary>
    public static bool IsStalled(Outcome outcome) =>
        outcome.Kind is OutcomeKind.Fail || outcome.Reason is Refusal.PermissionMissing or Refusal.AdmissionRefused or Reasons.ServerFails;

    /// <summary>The conditions.</summary>
    public static JsonArray Of(PetSet petSet, PlacementPolicy? policy, string? policyName, Outcome outcome)
    {
        var conditions = new JsonArray();
        if (policy is null && !string.IsNullOrEmpty(policyName))
        {
            conditions.Add((JsonNode)Condition(
                PolicyMissing,
                "PlacementPolicyNotFound",
                $"PlacementPolicy {policyName}, named by spec.podPlacementPolicy.name, does not exist. Pods are spread over zones and nodes where possible until it does.",
                petSet.Metadata.Generation));
        }

        if (IsStalled(outcome))
            conditions.Add((JsonNode)Condition(Stalled, outcome.Reason, outcome.Message, petSet.Metadata.Generation));
        return conditions;
    }

    /// <summary>The numbers, from the StatefulSet.</summary>
    /// <param name="petSet">The PetSet.</param>
    /// <param name="set">Its StatefulSet; null while there is none.</param>
    /// <param name="isAsWanted">The StatefulSet is what the PetSet asks for.</param>
    public static JsonObject Status(PetSet petSet, StatefulSet? set, bool isAsWanted)
    {
        var seen = set?.Status ?? new StatefulSetStatus();
        var observed = set is not null && isAsWanted && seen.ObservedGeneration >= set.Metadata.Generation;
        var status = new JsonObject
        {
            ["replicas"] = seen.Replicas,
            ["readyReplicas"] = seen.ReadyReplicas,
            ["currentReplicas"] = seen.CurrentReplicas,
            ["updatedReplicas"] = seen.UpdatedReplicas,

            // Servers before 1.22 do not count available pods; without a minimum time a ready one is available.
            ["availableReplicas"] = petSet.Spec.MinReadySeconds is > 0 ? seen.AvailableReplicas : Math.Max(seen.AvailableReplicas, seen.ReadyReplicas),
            ["selector"] = StatefulSetManifest.SelectorText(petSet),
        };
        var generation = observed ? petSet.Metadata.Generation : petSet.Status.ObservedGeneration;
        if (generation > 0)
            status["observedGeneration"] = generation;
        if (seen.CurrentRevision.Length > 0)
            status["currentRevision"] = seen.CurrentRevision;
        if (seen.UpdateRevision.Length > 0)
            status["updateRevision"] = seen.UpdateRevision;
        if (seen.CollisionCount is { } collisions)
            status["collisionCount"] = collisions;
        return status;
    }

    private static JsonObject Condition(string type, string reason, string message, long generation) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["reason"] = reason,
        ["message"] = message,
        ["observedGeneration"] = generation,
    };
}
