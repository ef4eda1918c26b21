using KubeDb.Api.Controllers;
using KubeDb.Api.Engines;

namespace KubeDb.Provisioner.Databases;

/// <summary>The conditions of a database that the Provisioner writes, and their reasons.</summary>
internal static class ProvisionerConditions
{
    public const string ProvisioningStarted = "ProvisioningStarted";
    public const string ReplicaReady = "ReplicaReady";
    public const string AcceptingConnection = "AcceptingConnection";
    public const string Ready = "Ready";
    public const string Provisioned = "Provisioned";
    public const string Halted = "Halted";

    /// <summary>True while the database can not be brought to what its spec says; reason and message say why. Absent otherwise.</summary>
    public const string Stalled = "Stalled";

    /// <summary>True while a deletion that was asked for is not carried out.</summary>
    public const string DeletionBlocked = "DeletionBlocked";

    /// <summary>Written by the ops-manager or by a restore; read here.</summary>
    public const string HealthCheckPaused = "HealthCheckPaused";
    public const string DataRestoreStarted = "DataRestoreStarted";
    public const string DataRestored = "DataRestored";

    private static readonly HashSet<string> Own =
        [ProvisioningStarted, ReplicaReady, AcceptingConnection, Ready, Provisioned, Halted, Stalled, DeletionBlocked, Pause.Acknowledged];

    /// <summary>The part of the status that is the Provisioner's.</summary>
    public static StatusScope Scope { get; } = new(new HashSet<string> { "phase", "observedGeneration" }, Own.Contains);

    /// <summary>True for a condition that the Provisioner writes.</summary>
    public static bool Owns(string type) => Own.Contains(type);
}
