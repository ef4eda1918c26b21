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

/// <summary>A container that ends again and again.</summary>
/// <param name="Container">The container.</param>
/// <param name="ExitCode">How it ended last.</param>
/// <param name="Ends">How often it ended so far.</param>
internal sealed record Crash(string Container, int ExitCode, int Ends);

/// <summary>What a pod's status says. Pure.</summary>
internal static class PodJudgement
{
    /// <summary>A container that ended so often without success will not come up by itself.</summary>
    private const int EndsThatProve = 2;

    /// <summary>Where the pod stands.</summary>
    /// <param name="pod">The pod of that name now; null when there is none.</param>
    /// <param name="oldUid">UID of the one that has to go.</param>
    public static PodStage Stage(Pod? pod, string oldUid)
    {
        if (pod is null || (pod.Metadata.Uid == oldUid && pod.Metadata.IsDeleting))
            return PodStage.Gone;
        return pod.Metadata.Uid == oldUid ? PodStage.Old : PodStage.New;
    }

    /// <summary>The container that keeps the pod from starting; null when none does, or not for certain yet.</summary>
    public static Crash? Crash(Pod pod) =>
        pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses).Select(Crash).FirstOrDefault(c => c is not null);

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

    private static Crash? Crash(ContainerStatus status)
    {
        var ended = status.State.Terminated ?? status.LastState.Terminated;
        if (ended is null or { ExitCode: 0 } || status.State.Running is not null)
            return null;
        var ends = status.RestartCount + (status.State.Terminated is null ? 0 : 1);
        var backsOff = status.State.Waiting is { Reason: "CrashLoopBackOff" };
        return ends >= EndsThatProve || (backsOff && status.RestartCount >= EndsThatProve - 1)
            ? new Crash(status.Name, ended.ExitCode, Math.Max(ends, EndsThatProve))
            : null;
    }
}
