using KubeDb.Api.Controllers;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Provisioner.Databases;

/// <summary>Which conditions of a database are the Provisioner's.</summary>
internal static class ProvisionerConditions
{
    private static readonly HashSet<string> Own =
    [
        ConditionTypes.ProvisioningStarted, ConditionTypes.ReplicaReady, ConditionTypes.AcceptingConnection, ConditionTypes.Ready,
        ConditionTypes.Provisioned, ConditionTypes.Halted, ConditionTypes.PauseAcknowledged, ConditionTypes.SpecAccepted,
        ConditionTypes.DependenciesReady, ConditionTypes.DeletionBlocked, ConditionTypes.SpecWarnings, ConditionTypes.PodsUpToDate,
        ConditionTypes.PodsRunning, ConditionTypes.DataAtRisk, ConditionTypes.MonitoringReady, ConditionTypes.CertificateExpiring,
        ConditionTypes.DatabaseDependencyReady,
    ];

    /// <summary>The part of the status that is the Provisioner's.</summary>
    public static StatusScope Scope { get; } = new(new HashSet<string> { "phase", "observedGeneration" }, Own.Contains);

    /// <summary>True for a condition that the Provisioner writes.</summary>
    public static bool Owns(string type) => Own.Contains(type);
}
