using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Redis;

/// <summary>The condition types and sentences that users of these databases know, by operation and step.</summary>
internal static class RedisSentences
{
    /// <summary>All of them.</summary>
    public static EngineSentences All { get; } = new()
    {
        ClientTerm = "rdClient",
        Step = Of,
        Evicted = static pod => new(
            OpsConditionTypes.EvictPod(pod), OpsConditionTypes.EvictPodMessage(pod, true), OpsConditionTypes.EvictPodMessage(pod, false)),
        Back = static pod => new(
            OpsConditionTypes.IsPodReady(pod), OpsConditionTypes.IsPodReadyMessage(pod, true), OpsConditionTypes.IsPodReadyMessage(pod, false)),
    };

    private static readonly Dictionary<(string Operation, string Step), string> Messages = new()
    {
        [(OpsRequestTypes.Reconfigure, "Reconfigure")] = "Redis ops request is reconfiguring the cluster",
        [(OpsRequestTypes.Reconfigure, "patchedSecret")] = "reconfiguring new secret",
        [(OpsRequestTypes.Reconfigure, "UpdateAclSecret")] = "Successfully updated the ACL secret",
        [(OpsRequestTypes.Reconfigure, "UpdatePetSets")] = "reconfiguring redis",
        [(OpsRequestTypes.Reconfigure, "RestartPods")] = "Restarted pods after reconfiguration",
        [(OpsRequestTypes.Reconfigure, "Successful")] = "Successfully completed the modification process.",
        [(OpsRequestTypes.ReconfigureTls, "ReconfigureTLS")] = "Redis ops request is reconfiguring TLS",
        [(OpsRequestTypes.ReconfigureTls, "IssueCertificatesSucceeded")] = "successfully add issuing condition to all the certificates",
        [(OpsRequestTypes.ReconfigureTls, "CertificateSynced")] = "Successfully synced all certificates",
        [(OpsRequestTypes.ReconfigureTls, "UpdatePetSets")] = "successfully reconciled the Redis with tls configuration",
        [(OpsRequestTypes.ReconfigureTls, "RestartPods")] = "Successfully restarted pods",
        [(OpsRequestTypes.ReconfigureTls, "Successful")] = "Successfully reconfigured TLS",
        [(OpsRequestTypes.Restart, "Restart")] = "Redis ops request is restarting the database nodes",
        [(OpsRequestTypes.Restart, "RestartPods")] = "Successfully restarted pods",
        [(OpsRequestTypes.Restart, "Successful")] = "Successfully Restarted Database",
    };

    /// <summary>What the event says where it differs from the condition.</summary>
    private static readonly Dictionary<(string Operation, string Step), string> Events = new()
    {
        [(OpsRequestTypes.Reconfigure, "Successful")] = "Successfully Reconfigured Database",
    };

    /// <summary>The text of a step; a step that no document names says its own name.</summary>
    private static StepText Of(string operation, string step) =>
        new(step, Messages.GetValueOrDefault((operation, step), step), Events.GetValueOrDefault((operation, step)));
}
