using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Rolling;

/// <summary>How a restarted pod gets along with peers that are not restarted yet.</summary>
internal enum PeerDifference
{
    /// <summary>It works with them, so it can catch up while they run.</summary>
    Tolerated,

    /// <summary>
    /// It does not (a quorum or listener that speaks one protocol only). Such a change needs a transition first, in which every pod accepts
    /// both; a roll of several pods without one is refused.
    /// </summary>
    Separating,
}

/// <summary>One rolling restart. A request may have several; each keeps its own account.</summary>
/// <param name="Id">Tells it from the request's other rolls; part of annotation names.</param>
/// <param name="Reason">Why the pods are restarted.</param>
internal sealed record Roll(string Id, RestartReason Reason)
{
    /// <summary>Names of the PetSets whose pods are restarted; null for all.</summary>
    public IReadOnlyList<string>? PetSets { get; init; }

    /// <summary>Which of their pods are to be replaced, asked once at the beginning.</summary>
    public Func<Pod, bool> Affects { get; init; } = static _ => true;

    /// <summary>How far one pod may differ from its peers.</summary>
    public PeerDifference Difference { get; init; } = PeerDifference.Tolerated;

    /// <summary>A new pod that crashes again and again ends it at once; otherwise only the deadline does.</summary>
    public bool FailsOnCrash { get; init; } = true;

    /// <summary>On the way back: the pods start once more on what the operation changed, before that is taken back.</summary>
    public bool KeepsChange { get; init; }

    /// <summary>Deleting the request ends it between two pods.</summary>
    public bool StopsOnDeletion { get; init; } = true;

    /// <summary>Appended to the displayed condition types, so that those of the way back stand beside those of the way there.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>The roll of the way there, which every operation that restarts pods once has.</summary>
    public static Roll Forward(RestartReason reason) => new("1", reason);

    /// <summary>The roll of the way back: it ends with its deadline only.</summary>
    public static Roll Back(RestartReason reason) => new("undo", reason) { FailsOnCrash = false, StopsOnDeletion = false, Suffix = "--undo" };
}
