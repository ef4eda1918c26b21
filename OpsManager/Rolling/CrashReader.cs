using KubeDb.Api.Engines.Diagnosis;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Rolling;

/// <summary>Finds out, in the container's own words, why a pod does not start.</summary>
internal sealed class CrashReader(IKubernetesClient client)
{
    private const int EndsToWaitFor = 4;

    /// <summary>
    /// The sentence: which container ended how often, and the last lines of its log. Null while the log can not be had although it may yet be.
    /// </summary>
    public async Task<string?> ExplainAsync(OperationRun run, Pod pod, CrashLoop crash, CancellationToken cancel)
    {
        var words = await LastWords.ReadAsync(client, pod.Metadata.Key, crash.Container, run.Engine.Confidential(await run.FactsAsync(cancel)), cancel);
        var what = $"Container {crash.Container} of pod {pod.Metadata.Name} ended {crash.Ends} times, last with exit code {crash.ExitCode}.";
        if (words is not null)
            return $"{what} Its last words: {words}";
        return crash.Ends < EndsToWaitFor ? null : $"{what} Its log says nothing.";
    }
}
