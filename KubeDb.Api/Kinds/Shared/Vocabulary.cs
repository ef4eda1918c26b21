namespace KubeDb.Api.Kinds.Shared;

/// <summary>Values of a database's <c>status.phase</c>.</summary>
public static class DatabasePhases
{
    /// <summary>Being built for the first time.</summary>
    public const string Provisioning = "Provisioning";

    /// <summary>Waiting for, or in, an initial restore.</summary>
    public const string DataRestoring = "DataRestoring";

    /// <summary>All is well.</summary>
    public const string Ready = "Ready";

    /// <summary>Serves, but something is missing.</summary>
    public const string Critical = "Critical";

    /// <summary>Does not serve.</summary>
    public const string NotReady = "NotReady";

    /// <summary>Halted by the user.</summary>
    public const string Halted = "Halted";

    /// <summary>Health checks are suspended.</summary>
    public const string Unknown = "Unknown";
}

/// <summary>Values of <c>spec.deletionPolicy</c>.</summary>
public static class DeletionPolicies
{
    /// <summary>Keep volumes and secrets.</summary>
    public const string Halt = "Halt";

    /// <summary>Delete volumes, keep secrets. The default.</summary>
    public const string Delete = "Delete";

    /// <summary>Delete all.</summary>
    public const string WipeOut = "WipeOut";

    /// <summary>Refuse deletion.</summary>
    public const string DoNotTerminate = "DoNotTerminate";
}

/// <summary>Values of <c>spec.storageType</c>.</summary>
public static class StorageTypes
{
    /// <summary>A claim a pod. The default.</summary>
    public const string Durable = "Durable";

    /// <summary>A directory that goes with the pod.</summary>
    public const string Ephemeral = "Ephemeral";
}

/// <summary>Values of <c>spec.monitor.agent</c>.</summary>
public static class MonitorAgents
{
    /// <summary>A ServiceMonitor for the Prometheus operator.</summary>
    public const string PrometheusOperator = "prometheus.io/operator";

    /// <summary>An exporter and a stats service; the scraping is the user's.</summary>
    public const string Prometheus = "prometheus.io";

    /// <summary>Annotations that a Prometheus server discovers.</summary>
    public const string PrometheusBuiltin = "prometheus.io/builtin";
}

/// <summary>Values of an ops request's <c>spec.type</c>, over all engines.</summary>
public static class OpsRequestTypes
{
    /// <summary>Move to another catalog version.</summary>
    public const string UpdateVersion = "UpdateVersion";

    /// <summary>Change the number of pods.</summary>
    public const string HorizontalScaling = "HorizontalScaling";

    /// <summary>Change the resources of containers.</summary>
    public const string VerticalScaling = "VerticalScaling";

    /// <summary>Grow the volumes.</summary>
    public const string VolumeExpansion = "VolumeExpansion";

    /// <summary>Restart the pods.</summary>
    public const string Restart = "Restart";

    /// <summary>Change the configuration.</summary>
    public const string Reconfigure = "Reconfigure";

    /// <summary>Add, change, rotate or remove TLS.</summary>
    public const string ReconfigureTls = "ReconfigureTLS";

    /// <summary>Move a database to another set of sentinels.</summary>
    public const string ReplaceSentinel = "ReplaceSentinel";

    /// <summary>Change the credential.</summary>
    public const string RotateAuth = "RotateAuth";

    /// <summary>Change the announced endpoints.</summary>
    public const string Announce = "Announce";

    /// <summary>Move the volumes to another storage class.</summary>
    public const string StorageMigration = "StorageMigration";
}

/// <summary>Values of an ops request's <c>status.phase</c>.</summary>
public static class OpsRequestPhases
{
    /// <summary>In the queue.</summary>
    public const string Pending = "Pending";

    /// <summary>Running.</summary>
    public const string Progressing = "Progressing";

    /// <summary>Done.</summary>
    public const string Successful = "Successful";

    /// <summary>Accepted and displayed; nothing here sets it.</summary>
    public const string WaitingForApproval = "WaitingForApproval";

    /// <summary>Given up.</summary>
    public const string Failed = "Failed";

    /// <summary>Accepted and displayed; nothing here sets it.</summary>
    public const string Approved = "Approved";

    /// <summary>Accepted and displayed; nothing here sets it.</summary>
    public const string Denied = "Denied";

    /// <summary>Another request took its place.</summary>
    public const string Skipped = "Skipped";

    /// <summary>True for a phase that never changes again.</summary>
    public static bool IsTerminal(string phase) => phase is Successful or Failed or Skipped or Denied;
}

/// <summary>Values of an ops request's <c>spec.apply</c>.</summary>
public static class ApplyOptions
{
    /// <summary>Wait until the database is Ready. The default.</summary>
    public const string IfReady = "IfReady";

    /// <summary>Run in any phase.</summary>
    public const string Always = "Always";
}

/// <summary>Values of <c>spec.configuration.restart</c>.</summary>
public static class RestartModes
{
    /// <summary>Only when a change can not take effect live. The default.</summary>
    public const string Auto = "auto";

    /// <summary>Always.</summary>
    public const string Always = "true";

    /// <summary>Never.</summary>
    public const string Never = "false";
}
