using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>The condition types and sentences that users of ZooKeeper know, by operation and step.</summary>
internal static class ZooKeeperSentences
{
    /// <summary>One condition for all pods, as the public documentation has it; here it is True once the last of them runs.</summary>
    private const string RunningPod = "RunningPod";

    private const string RestartNodes = "RestartNodes";

    /// <summary>All of them.</summary>
    public static EngineSentences All { get; } = new()
    {
        ClientTerm = "connection",
        AllReplicasReady = static key => $"All replicas are ready for ZooKeeper {key}",
        Provisioned = static key => $"ZooKeeper: {key} is successfully provisioned.",
        Step = Of,
        Evicted = static pod => new(
            OpsConditionTypes.EvictPod(pod), OpsConditionTypes.EvictPodMessage(pod, true), OpsConditionTypes.EvictPodMessage(pod, false)),
        Back = static _ => new(RunningPod, RunningPodMessage(true), RunningPodMessage(false)),
    };

    private static readonly Dictionary<(string Operation, string Step), StepText> Texts = new()
    {
        [(OpsRequestTypes.Restart, OpsConditionTypes.Restart)] = new(OpsConditionTypes.Restart, "ZooKeeper ops-request has started to restart zookeeper nodes"),
        [(OpsRequestTypes.Restart, OpsConditionTypes.RestartPods)] = new(RestartNodes, "Successfully Restarted ZooKeeper nodes"),
        [(OpsRequestTypes.Restart, OpsConditionTypes.Successful)] = new(OpsConditionTypes.Successful, "Controller has successfully restart the ZooKeeper replicas"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.Reconfigure)] = new(OpsConditionTypes.Reconfigure, "ZooKeeper ops-request has started to reconfigure ZooKeeper nodes"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.UpdatePetSets)] = new(OpsConditionTypes.UpdatePetSets, "successfully reconciled the ZooKeeper with new configure"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.RestartPods)] = new(RestartNodes, "Successfully restarted all nodes"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.Successful)] = new(OpsConditionTypes.Successful, "Successfully completed reconfigure ZooKeeper"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.ReconfigureTls)] = new(OpsConditionTypes.ReconfigureTls, "ZooKeeper ops-request has started to reconfigure tls for zookeeper nodes"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.CertificateSynced)] = new(OpsConditionTypes.CertificateSynced, "Successfully synced all certificates"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.UpdatePetSets)] = new(OpsConditionTypes.UpdatePetSets, "successfully reconciled the ZooKeeper with tls configuration"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.RestartPods)] = new(RestartNodes, "Successfully restarted all nodes"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.Successful)] = new(OpsConditionTypes.Successful, "Successfully completed reconfigureTLS for zookeeper."),
    };

    /// <summary>The text of a step; a step that no document names says its own name.</summary>
    private static StepText Of(string operation, string step) => Texts.GetValueOrDefault((operation, step)) ?? new(step, step);

    private static string RunningPodMessage(bool done) => $"running pod; ConditionStatus:{(done ? Condition.True : Condition.False)}";
}
