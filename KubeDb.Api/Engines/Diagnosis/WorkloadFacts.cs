using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Diagnosis;

/// <summary>What is seen of the workloads of a database that does not run.</summary>
public sealed record WorkloadFacts
{
    /// <summary>Its StatefulSets.</summary>
    public required IReadOnlyList<StatefulSet> Sets { get; init; }

    /// <summary>Its pods, by name.</summary>
    public required IReadOnlyList<Pod> Pods { get; init; }

    /// <summary>Its claims.</summary>
    public required IReadOnlyList<PersistentVolumeClaim> Claims { get; init; }

    /// <summary>For how long not all of its pods have been Ready.</summary>
    public required TimeSpan Lasts { get; init; }

    /// <summary>The events of the objects of <see cref="PodDiagnosis.EventsWanted"/> that were read, by UID of the object.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<KubernetesEvent>> Events { get; init; } = new Dictionary<string, IReadOnlyList<KubernetesEvent>>();

    /// <summary>The last words of containers that end again and again, by UID of the pod.</summary>
    public IReadOnlyDictionary<string, string> Words { get; init; } = new Dictionary<string, string>();
}

/// <summary>Why pods do not run.</summary>
/// <param name="Reason">Stable id.</param>
/// <param name="Message">What was seen, in the words of Kubernetes or of the server, and what to do.</param>
public sealed record Finding(string Reason, string Message);
