using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Rolling;

/// <summary>What is known when the next pod is about to be evicted.</summary>
/// <param name="Pod">The pod that is to go.</param>
/// <param name="Pods">All pods of the database.</param>
/// <param name="Groups">Its groups of pods.</param>
/// <param name="Claims">Its claims.</param>
/// <param name="PetSets">Its PetSets.</param>
internal sealed record RollFacts(
    Pod Pod, IReadOnlyList<Pod> Pods, IReadOnlyList<PodGroup> Groups, IReadOnlyList<PersistentVolumeClaim> Claims, IReadOnlyList<PetSet> PetSets);

/// <summary>Why a pod must not go now.</summary>
/// <param name="Reason">Stable id.</param>
/// <param name="Message">The sentence for people.</param>
/// <param name="IsFinal">Waiting can not help.</param>
internal sealed record RollBlock(string Reason, string Message, bool IsFinal = false);

/// <summary>
/// The rules that hold for every engine before a pod is evicted. Each is a pure question; the first that objects decides, and its answer is
/// what a user reads as the reason why a restart waits. The engine's own question comes after them.
/// </summary>
internal static class RollSafety
{
    /// <summary>The rules, in the order in which they are asked.</summary>
    public static IReadOnlyList<Func<RollFacts, RollBlock?>> Rules { get; } = [ClaimIsKept, TemplateIsInPlace, PeersAreThere, PeersAreReady];

    /// <summary>The first objection; null when there is none.</summary>
    public static RollBlock? Objection(RollFacts facts) => Rules.Select(rule => rule(facts)).FirstOrDefault(block => block is not null);

    /// <summary>A claim that is being deleted is kept by its pod alone: without the pod it goes, and the data with it.</summary>
    public static RollBlock? ClaimIsKept(RollFacts facts) =>
        facts.Claims.FirstOrDefault(c => c.Metadata.IsDeleting && c.Metadata.Name.EndsWith($"-{facts.Pod.Metadata.Name}", StringComparison.Ordinal)) is { } going
            ? new(
                Reasons.ClaimBeingDeleted,
                $"PersistentVolumeClaim {going.Metadata.Key} of pod {facts.Pod.Metadata.Name} is being deleted and lives only as long as the pod does: a restart would lose its data. "
                + "Copy the data first; the request can not be carried out on this pod.",
                IsFinal: true)
            : null;

    /// <summary>A pod that is made before its StatefulSet has the new template is made from the old one.</summary>
    public static RollBlock? TemplateIsInPlace(RollFacts facts) =>
        facts.PetSets.FirstOrDefault(p => p.Status.ObservedGeneration < p.Metadata.Generation) is { } behind
            ? new(Reasons.PetSetNotObserved, $"PetSet {behind.Metadata.Key} is not carried out yet; the Provisioner does that.")
            : null;

    /// <summary>While a peer is missing altogether, a pod that serves stays.</summary>
    public static RollBlock? PeersAreThere(RollFacts facts)
    {
        if (!facts.Pod.IsReady)
            return null;
        foreach (var group in facts.Groups)
        {
            var there = facts.Pods.Count(p => group.Has(p.Metadata.Name));
            if (there < group.Replicas)
                return new(Reasons.AnotherPodDown, $"PetSet {group.PetSet} has {there} of {group.Replicas} pods, so {facts.Pod.Metadata.Name} is left alone until all are there.");
        }

        return null;
    }

    /// <summary>While a peer is down, a pod that serves stays; one that is down anyway may go.</summary>
    public static RollBlock? PeersAreReady(RollFacts facts) =>
        facts.Pod.IsReady && facts.Pods.FirstOrDefault(p => p.Metadata.Name != facts.Pod.Metadata.Name && !p.IsReady) is { } other
            ? new(Reasons.AnotherPodDown, $"Pod {other.Metadata.Name} is not Ready, so {facts.Pod.Metadata.Name} is left alone. {PodJudgement.WhyNotReady(other)}")
            : null;
}
