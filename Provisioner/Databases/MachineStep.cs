using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Tells pods the label of the machine that they were bound to (<see cref="PodGroup.MachineLabel"/>), once for each pod, so that they need no right to
/// look at machines. Also while the database is paused or blocked, since pods that are restarted wait for it. At rest it sends nothing.
/// </summary>
internal sealed class MachineStep(DatabaseParts parts)
{
    /// <summary>Tells each pod that is bound and was not told.</summary>
    public async Task RunAsync(DatabasePass pass, CancellationToken cancel)
    {
        var groups = GroupsOf(pass).Where(g => !string.IsNullOrEmpty(g.MachineLabel)).ToList();
        if (groups.Count == 0)
            return;
        foreach (var pod in parts.Caches.PodsOf(parts.Engine, pass.Stored).Where(p => !p.Metadata.IsDeleting && p.Spec.NodeName.Length > 0))
        {
            if (groups.FirstOrDefault(g => g.Has(pod.Metadata.Name))?.MachineLabel is { } label && !IsTold(pod, label))
                await TellAsync(pass, pod, label, cancel);
        }
    }

    private IReadOnlyList<PodGroup> GroupsOf(DatabasePass pass) => parts.Engine.Groups(
        pass.Resolved?.Database ?? parts.Engine.Default(pass.Stored, parts.Caches.Of(parts.Engine).Versions.Get(new("", pass.Stored.Spec.Version))));

    // A pod stays on its machine, whose label counts as it was when the pod came there.
    private static bool IsTold(Pod pod, string label) =>
        pod.Metadata.Annotations.GetValueOrDefault(DatabaseLabels.Machine)?.StartsWith(label + "=", StringComparison.Ordinal) == true;

    private async Task TellAsync(DatabasePass pass, Pod pod, string label, CancellationToken cancel)
    {
        var read = await parts.Client.GetAsync<Node>(new("", pod.Spec.NodeName), cancel);
        if (read.Error is { Kind: not ApiErrorKind.NotFound } error)
        {
            PodWrites.RetryLater(parts, pass, error);
            return;
        }

        // Without the machine, or its label, the pod is told so: it would wait for ever.
        if (read.Value?.Metadata.Labels.GetValueOrDefault(label) is not { Length: > 0 } value)
        {
            value = "";
            parts.Events.Warning(pass.Target, Reasons.MachineLabelMissing, $"Machine {pod.Spec.NodeName} has no label {label}: {pod.Metadata.Name} starts without knowing where it stands. Label the machine, then make a request of type Restart.");
        }

        await PodWrites.SetAsync(parts, pass, pod, "annotations", DatabaseLabels.Machine, $"{label}={value}", cancel);
    }
}
