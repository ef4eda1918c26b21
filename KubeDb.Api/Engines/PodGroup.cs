using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines;

/// <summary>
/// The pods that one PetSet makes: equal in template, storage and role. A database is one group or several (a group a role, or a shard).
/// Every count of pods, every choice of which pods an operation touches, and the name of the container that serves come from here.
/// </summary>
/// <remarks>
/// A group that the spec no longer has is removed by a step of an operation that says so. Leaving it out of the blueprint removes nothing:
/// its pods may hold the only copy of data.
/// </remarks>
public sealed record PodGroup
{
    /// <summary>Name of the PetSet, and of its pods up to the ordinal.</summary>
    public required string PetSet { get; init; }

    /// <summary>The role where all pods are of one kind.</summary>
    public const string OnlyRole = "";

    /// <summary>The role that its pods have for as long as they live, such as broker or controller; <see cref="OnlyRole"/> where all pods are of one kind.</summary>
    public string Role { get; init; } = OnlyRole;

    /// <summary>Pods that the spec wants.</summary>
    public required int Replicas { get; init; }

    /// <summary>Where in the database object the group is described, such as <c>spec</c> or <c>spec.topology.broker</c>.</summary>
    public string Path { get; init; } = "spec";

    /// <summary>Name of the container that serves.</summary>
    public required string Container { get; init; }

    /// <summary>The user's pod template of the group; null when there is none.</summary>
    public PodTemplate? Template { get; init; }

    /// <summary>Claim spec of the data volume; null for ephemeral storage.</summary>
    public JsonFragment? Storage { get; init; }

    /// <summary>
    /// Label of machines whose value the pods of the group have to know: each is told in its annotation <see cref="DatabaseLabels.Machine"/> once it is
    /// bound to a machine. Null for none.
    /// </summary>
    public string? MachineLabel { get; init; }

    /// <summary>The service account that the user names for the group; null for the database's own.</summary>
    public string? ServiceAccount => Template?.Spec?.ToNode().Member("serviceAccountName").AsText() is { Length: > 0 } name ? name : null;

    /// <summary>True when a pod of that name belongs to the group.</summary>
    public bool Has(string pod) =>
        pod.Length > PetSet.Length + 1
        && pod.StartsWith(PetSet, StringComparison.Ordinal)
        && pod[PetSet.Length] == '-'
        && pod.AsSpan(PetSet.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;
}
