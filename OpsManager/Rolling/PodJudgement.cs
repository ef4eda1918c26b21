using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Rolling;

/// <summary>Where the pod of one name stands in a rolling restart.</summary>
internal enum PodStage
{
    /// <summary>It is still the one that has to go.</summary>
    Old,

    /// <summary>The old one is going or gone, and no new one is there.</summary>
    Gone,

    /// <summary>The new one is there.</summary>
    New,
}

/// <summary>What a pod's status says. Pure.</summary>
internal static class PodJudgement
{
    /// <summary>Where the pod stands.</summary>
    /// <param name="pod">The pod of that name now; null when there is none.</param>
    /// <param name="oldUid">UID of the one that has to go.</param>
    public static PodStage Stage(Pod? pod, string oldUid)
    {
        if (pod is null || (pod.Metadata.Uid == oldUid && pod.Metadata.IsDeleting))
            return PodStage.Gone;
        return pod.Metadata.Uid == oldUid ? PodStage.Old : PodStage.New;
    }

    /// <summary>Why the pod is not Ready, in a sentence.</summary>
    public static string WhyNotReady(Pod pod)
    {
        var name = pod.Metadata.Name;
        if (pod.Metadata.IsDeleting)
            return $"Pod {name} is going.";
        foreach (var container in pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses))
        {
            if (container.State.Waiting is { } waiting && waiting.Reason is not ("" or "ContainerCreating" or "PodInitializing"))
                return $"Container {container.Name} of pod {name} waits: {waiting.Reason}. {waiting.Message}".TrimEnd();
            if (container.State.Terminated is { ExitCode: not 0 } ended)
                return $"Container {container.Name} of pod {name} ended with exit code {ended.ExitCode}.";
        }

        var unscheduled = pod.Status.Conditions.FirstOrDefault(c => c.Type == "PodScheduled" && c.Status == "False");
        return unscheduled is null
            ? $"Pod {name} is not Ready yet."
            : $"Pod {name} can not be scheduled: {unscheduled.Message}";
    }
}
