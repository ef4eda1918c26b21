using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>
/// A kind of objects that databases own: watched, put back when changed, and deleted when the blueprint no longer holds them. Each costs both
/// processes a watch and the right to it.
/// </summary>
/// <param name="Type">The kind.</param>
/// <param name="KeptOnHalt">The objects stay while their database is halted.</param>
/// <param name="Optional">The server may not serve the kind.</param>
public sealed record OwnedKind(ResourceType Type, bool KeptOnHalt = false, bool Optional = false)
{
    /// <summary>Objects that are not managed are watched too: one that a user made is used, not replaced, so that it has to be known.</summary>
    public bool UsersToo { get; init; }

    /// <summary>
    /// Databases in their own right, which others have made for themselves: they hold data. Not found by labels but by their owner, never pruned, and
    /// halted and deleted the way their owner is (<c>spec.halted</c>, <c>spec.deletionPolicy</c>).
    /// </summary>
    public bool IsDatabase { get; init; }

    /// <summary>An optional kind that is not served is probed again after this long.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>The kinds that databases own, beside PetSets and secrets, which hold data and credentials and have rules of their own.</summary>
public static class OwnedKinds
{
    /// <summary>The kinds of every engine, in the order in which they are deleted: first what leads to a database.</summary>
    public static IReadOnlyList<OwnedKind> Common { get; } =
    [
        new(ResourceTypes.ServiceMonitor, Optional: true),
        new(AppBinding.Resource) { UsersToo = true },
        new(ResourceTypes.PodDisruptionBudget, Optional: true),

        // A version that the server has given up does not come back.
        new(ResourceTypes.PodDisruptionBudgetV1Beta1, Optional: true) { ProbeInterval = TimeSpan.FromHours(6) },
        new(ResourceTypes.Certificate, KeptOnHalt: true, Optional: true),
        new(ResourceTypes.Service),
        new(ResourceTypes.RoleBinding),
        new(ResourceTypes.Role),
        new(ResourceTypes.ServiceAccount) { UsersToo = true },
    ];

    /// <summary>The common kinds and those that only some of the engines have.</summary>
    public static IReadOnlyList<OwnedKind> Of(IEnumerable<IEngine> engines) => [.. Common.Concat(engines.SelectMany(e => e.OwnedKinds)).DistinctBy(k => k.Type)];
}
