namespace KubeDb.Api.Kinds.Shared;

/// <summary>The phase of a database, from its conditions alone.</summary>
public static class PhaseRule
{
    /// <summary>The phase; empty before anything is known. The first row that matches decides.</summary>
    public static string Of(IReadOnlyList<Condition> conditions)
    {
        var provisioned = conditions.IsTrue(ConditionTypes.Provisioned);
        if (conditions.IsTrue(ConditionTypes.HealthCheckPaused))
            return DatabasePhases.Unknown;
        if (conditions.IsTrue(ConditionTypes.Halted))
            return DatabasePhases.Halted;
        if (conditions.IsTrue(ConditionTypes.DataRestoreStarted) && conditions.Of(ConditionTypes.DataRestored) is null)
            return DatabasePhases.DataRestoring;
        if (conditions.IsFalse(ConditionTypes.DataRestored))
            return DatabasePhases.NotReady;
        if (provisioned && conditions.IsFalse(ConditionTypes.AcceptingConnection))
            return DatabasePhases.NotReady;
        if (provisioned && conditions.IsFalse(ConditionTypes.ReplicaReady))
            return DatabasePhases.Critical;
        if (provisioned && conditions.IsFalse(ConditionTypes.Ready))
            return DatabasePhases.Critical;
        if (provisioned && conditions.IsTrue(ConditionTypes.Ready))
            return DatabasePhases.Ready;
        return conditions.IsTrue(ConditionTypes.ProvisioningStarted) ? DatabasePhases.Provisioning : "";
    }
}
