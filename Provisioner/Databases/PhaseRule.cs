using KubeDb.Api.Kinds.Shared;
using static KubeDb.Provisioner.Databases.ProvisionerConditions;

namespace KubeDb.Provisioner.Databases;

/// <summary>The phase as a function of the conditions, whoever wrote them: the first rule that holds decides. Order of conditions plays no part.</summary>
internal static class PhaseRule
{
    /// <summary>The phase; empty before provisioning has started.</summary>
    public static string Phase(IReadOnlyCollection<Condition> conditions)
    {
        Condition? Find(string type) => conditions.FirstOrDefault(c => c.Type == type);
        bool Is(string type) => Find(type) is { IsTrue: true };
        bool IsNot(string type) => Find(type) is { IsFalse: true };

        var provisioned = Is(Provisioned);
        if (Is(HealthCheckPaused))
            return DatabasePhases.Unknown;
        if (Is(Halted))
            return DatabasePhases.Halted;
        if (Is(DataRestoreStarted) && Find(DataRestored) is null)
            return DatabasePhases.DataRestoring;
        if (IsNot(DataRestored))
            return DatabasePhases.NotReady;
        if (IsNot(AcceptingConnection) && provisioned)
            return DatabasePhases.NotReady;
        if ((IsNot(ReplicaReady) || IsNot(Ready)) && provisioned)
            return DatabasePhases.Critical;
        if (Is(Ready) && provisioned)
            return DatabasePhases.Ready;
        return Is(ProvisioningStarted) ? DatabasePhases.Provisioning : "";
    }
}
