using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Tests.Support.SecondEngine;

/// <summary>Words unlike those of Redis: steps under other names, a condition for each evicted pod, and one that all returned pods share.</summary>
internal static class LedgerSentences
{
    public const string RestartNodes = "RestartNodes";
    public const string RunningPod = "RunningPod";

    public static EngineSentences All { get; } = new()
    {
        ClientTerm = "ledgerClient",
        Step = static (operation, step) => step switch
        {
            OpsConditionTypes.RestartPods => new(RestartNodes, $"Restarted the nodes for {operation}"),
            OpsConditionTypes.UpdatePetSets => new("UpdateWorkloads", "The workloads are up to date"),
            OpsConditionTypes.Successful => new(step, $"{operation} of the ledger is done"),
            _ => new(step, $"{step} of the ledger"),
        },
        Evicted = static pod => new($"CheckPodRunning--{pod}", $"node {pod} was taken down", $"node {pod} can not be taken down yet"),
        Back = static pod => new(RunningPod, $"node {pod} runs", $"node {pod} does not run yet"),
    };
}
