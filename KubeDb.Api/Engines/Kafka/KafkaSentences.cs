using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>The condition types and sentences that users of Kafka know, by operation and step.</summary>
internal static class KafkaSentences
{
    private const string RestartNodes = "RestartNodes";
    private const string RestartedAll = "Successfully restarted all nodes";

    /// <summary>All of them.</summary>
    public static EngineSentences All { get; } = new()
    {
        ClientTerm = "client",
        Step = Of,
        Evicted = static pod => new(
            OpsConditionTypes.EvictPod(pod), OpsConditionTypes.EvictPodMessage(pod, true), OpsConditionTypes.EvictPodMessage(pod, false)),
        Back = static pod => new(
            $"CheckPodRunning--{pod}", RunningMessage(pod, true), RunningMessage(pod, false)),
    };

    private static readonly Dictionary<(string Operation, string Step), StepText> Texts = new()
    {
        [(OpsRequestTypes.Restart, OpsConditionTypes.Restart)] = new(OpsConditionTypes.Restart, "Kafka ops-request has started to restart kafka nodes"),
        [(OpsRequestTypes.Restart, OpsConditionTypes.RestartPods)] = new(RestartNodes, "Successfully Restarted Kafka nodes"),
        [(OpsRequestTypes.Restart, OpsConditionTypes.Successful)] = new(OpsConditionTypes.Successful, "Controller has successfully restart the Kafka replicas"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.Reconfigure)] = new(OpsConditionTypes.Reconfigure, "Kafka ops-request has started to reconfigure kafka nodes"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.UpdatePetSets)] = new(OpsConditionTypes.UpdatePetSets, "successfully reconciled the Kafka with new configure"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.RestartPods)] = new(RestartNodes, RestartedAll),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.Successful)] = new(OpsConditionTypes.Successful, "Successfully completed reconfigure kafka"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.ReconfigureTls)] = new(OpsConditionTypes.ReconfigureTls, "Kafka ops-request has started to reconfigure tls for kafka nodes"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.CertificateSynced)] = new(OpsConditionTypes.CertificateSynced, "Successfully synced all certificates"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.UpdatePetSets)] = new(OpsConditionTypes.UpdatePetSets, "successfully reconciled the Kafka with tls configuration"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.RestartPods)] = new(RestartNodes, RestartedAll),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.Successful)] = new(OpsConditionTypes.Successful, "Successfully completed reconfigureTLS for kafka."),
    };

    /// <summary>The text of a step; a step that no document names says its own name.</summary>
    private static StepText Of(string operation, string step) => Texts.GetValueOrDefault((operation, step)) ?? new(step, step);

    private static string RunningMessage(string pod, bool done) => $"check pod running; ConditionStatus:{(done ? Condition.True : Condition.False)}; PodName:{pod}";
}
