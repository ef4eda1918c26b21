using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Diagnosis;

/// <summary>A container that ends again and again.</summary>
/// <param name="Container">The container.</param>
/// <param name="ExitCode">How it ended last.</param>
/// <param name="Reason">Kubernetes' word for it, such as <c>OOMKilled</c>; may be empty.</param>
/// <param name="Ends">How often it ended so far.</param>
public sealed record CrashLoop(string Container, int ExitCode, string Reason, int Ends)
{
    /// <summary>A container that ended so often without success will not come up by itself.</summary>
    private const int EndsThatProve = 2;

    /// <summary>The container that keeps the pod from starting; null when none does, or not for certain yet.</summary>
    public static CrashLoop? Of(Pod pod) =>
        pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses).Select(Of).FirstOrDefault(c => c is not null);

    private static CrashLoop? Of(ContainerStatus status)
    {
        var ended = status.State.Terminated ?? status.LastState.Terminated;
        if (ended is null or { ExitCode: 0 } || status.State.Running is not null)
            return null;
        var ends = status.RestartCount + (status.State.Terminated is null ? 0 : 1);
        var backsOff = status.State.Waiting is { Reason: "CrashLoopBackOff" };
        return ends >= EndsThatProve || (backsOff && status.RestartCount >= EndsThatProve - 1)
            ? new CrashLoop(status.Name, ended.ExitCode, ended.Reason, Math.Max(ends, EndsThatProve))
            : null;
    }
}
