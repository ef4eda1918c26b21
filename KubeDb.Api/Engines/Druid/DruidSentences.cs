using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Druid;

/// <summary>The condition types and sentences that users of Druid know, by operation and step.</summary>
internal static class DruidSentences
{
    private const string RestartNodes = "RestartNodes";

    /// <summary>All of them.</summary>
    public static EngineSentences All { get; } = new()
    {
        ClientTerm = "client",
        AcceptingConnection = static key => $"The Druid: {key} is accepting client requests and nodes formed a cluster",
        Dependencies = new("DatabaseDependencyReady", "Database dependency is ready", "FailedToEnsureDependency"),
        Step = Of,
        Evicted = static pod => new(OpsConditionTypes.EvictPod(pod), OpsConditionTypes.EvictPodMessage(pod, true), OpsConditionTypes.EvictPodMessage(pod, false)),
        Back = static pod => new($"CheckPodRunning--{pod}", RunningMessage(pod, true), RunningMessage(pod, false)),
    };

    private static readonly Dictionary<(string Operation, string Step), StepText> Texts = new()
    {
        [(OpsRequestTypes.Restart, OpsConditionTypes.Restart)] = new(OpsConditionTypes.Restart, "Druid ops-request has started to restart druid nodes"),
        [(OpsRequestTypes.Restart, OpsConditionTypes.RestartPods)] = new(RestartNodes, "Successfully Restarted Druid nodes"),
        [(OpsRequestTypes.Restart, OpsConditionTypes.Successful)] = new(OpsConditionTypes.Successful, "Controller has successfully restart the Druid replicas"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.Reconfigure)] = new(OpsConditionTypes.Reconfigure, "Druid ops-request has started to reconfigure druid nodes"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.UpdatePetSets)] = new(OpsConditionTypes.UpdatePetSets, "successfully reconciled the Druid with new configure"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.RestartPods)] = new(RestartNodes, "Successfully restarted all nodes"),
        [(OpsRequestTypes.Reconfigure, OpsConditionTypes.Successful)] = new(OpsConditionTypes.Successful, "Successfully completed reconfigure druid"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.ReconfigureTls)] = new(OpsConditionTypes.ReconfigureTls, "Druid ops-request has started to reconfigure tls for druid nodes"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.CertificateSynced)] = new(OpsConditionTypes.CertificateSynced, "Successfully synced all certificates"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.UpdatePetSets)] = new(OpsConditionTypes.UpdatePetSets, "successfully reconciled the Druid with tls configuration"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.RestartPods)] = new(RestartNodes, "Successfully restarted all nodes"),
        [(OpsRequestTypes.ReconfigureTls, OpsConditionTypes.Successful)] = new(OpsConditionTypes.Successful, "Successfully completed reconfigureTLS for druid."),
    };

    /// <summary>The text of a step; a step that no document names says its own name.</summary>
    private static StepText Of(string operation, string step) => Texts.GetValueOrDefault((operation, step)) ?? new(step, step);

    private static string RunningMessage(string pod, bool done) => $"check pod running; ConditionStatus:{(done ? Condition.True : Condition.False)}; PodName:{pod}";
}
