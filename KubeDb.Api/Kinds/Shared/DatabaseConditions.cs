using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>
/// The conditions of a database with the documented reasons and sentences. <c>kind</c> is the kind's name. The time
/// of transition is set by <see cref="ConditionList.Set"/>.
/// </summary>
public static class DatabaseConditions
{
    /// <summary>The operator took the database up. Carries no generation.</summary>
    public static Condition ProvisioningStarted(string kind, ObjectKey key) => Make(
        ConditionTypes.ProvisioningStarted,
        true,
        Reasons.ProvisioningStarted,
        $"The KubeDB operator has started the provisioning of {kind}: {key}");

    /// <summary>Every workload has all its pods ready. Carries no generation.</summary>
    /// <param name="sentence">The engine's own sentence; null for the common one.</param>
    public static Condition AllReplicasReady(string? sentence = null) =>
        Make(ConditionTypes.ReplicaReady, true, Reasons.AllReplicasReady, sentence ?? "All desired replicas are ready.");

    /// <summary>A workload lacks ready pods. Carries no generation.</summary>
    public static Condition SomeReplicasNotReady(ObjectKey petSet, int desired, int ready) => Make(
        ConditionTypes.ReplicaReady,
        false,
        Reasons.SomeReplicasNotReady,
        $"All desired replicas are not ready. For PetSet: {petSet} desired replicas: {desired}, ready replicas: {ready}.");

    /// <summary>A workload is missing. Carries no generation.</summary>
    public static Condition PetSetsMissing(int desired, int available) => Make(
        ConditionTypes.ReplicaReady,
        false,
        Reasons.SomeReplicasNotReady,
        $"All PetSets are not available. Desire number of PetSet: {desired}, Available: {available}");

    /// <summary>The database answers.</summary>
    /// <param name="kind">Kind of the database.</param>
    /// <param name="key">The database.</param>
    /// <param name="client">What the engine calls its clients, such as <c>rdClient</c>.</param>
    /// <param name="generation">Generation that was checked.</param>
    /// <param name="sentence">The engine's own sentence; null for the common one.</param>
    public static Condition AcceptingConnection(string kind, ObjectKey key, string client, long generation, string? sentence = null) =>
        Make(ConditionTypes.AcceptingConnection, true, Reasons.AcceptingConnection, sentence ?? $"The {kind}: {key} is accepting {client} requests.", generation);

    /// <summary>The database does not answer.</summary>
    public static Condition NotAcceptingConnection(string error, long generation) =>
        Make(ConditionTypes.AcceptingConnection, false, Reasons.NotAcceptingConnection, error, generation);

    /// <summary>The database works.</summary>
    public static Condition Ready(string kind, ObjectKey key, long generation) =>
        Make(ConditionTypes.Ready, true, Reasons.ReadinessCheckSucceeded, $"The {kind}: {key} is ready.", generation);

    /// <summary>The database does not work.</summary>
    public static Condition NotReady(string error, long generation) =>
        Make(ConditionTypes.Ready, false, Reasons.ReadinessCheckFailed, error, generation);

    /// <summary>The database was complete once.</summary>
    /// <param name="kind">Kind of the database.</param>
    /// <param name="key">The database.</param>
    /// <param name="generation">Generation that was checked.</param>
    /// <param name="sentence">The engine's own sentence; null for the common one.</param>
    public static Condition Provisioned(string kind, ObjectKey key, long generation, string? sentence = null) =>
        Make(ConditionTypes.Provisioned, true, Reasons.Provisioned, sentence ?? $"The {kind}: {key} is successfully provisioned.", generation);

    /// <summary>The user halted the database.</summary>
    public static Condition Halted(string kind, ObjectKey key, long generation) =>
        Make(ConditionTypes.Halted, true, Reasons.Halted, $"The {kind}: {key} is halted; its data is kept. Set spec.halted to false to start it again.", generation);

    /// <summary>The health check's word on reading.</summary>
    public static Condition ReadAccess(bool works, string message, long generation) => Make(
        ConditionTypes.DatabaseReadAccess, works, works ? Reasons.ReadAccessSucceeded : Reasons.ReadAccessFailed, message, generation);

    /// <summary>The health check's word on writing.</summary>
    public static Condition WriteAccess(bool works, string message, long generation) => Make(
        ConditionTypes.DatabaseWriteAccess, works, works ? Reasons.WriteAccessSucceeded : Reasons.WriteAccessFailed, message, generation);

    /// <summary>A condition without a time.</summary>
    public static Condition Make(string type, bool holds, string reason, string message, long generation = 0) => new()
    {
        Type = type,
        Status = holds ? Condition.True : Condition.False,
        Reason = reason,
        Message = message,
        ObservedGeneration = generation,
    };
}
