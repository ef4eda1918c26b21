namespace KubeDb.Api.Kinds.Shared;

/// <summary>Types of a database's conditions.</summary>
public static class ConditionTypes
{
    /// <summary>The operator took the database up. Set by the Provisioner.</summary>
    public const string ProvisioningStarted = "ProvisioningStarted";

    /// <summary>Every workload has all its pods ready. Set by the Provisioner.</summary>
    public const string ReplicaReady = "ReplicaReady";

    /// <summary>The database answers. Set by the health checker.</summary>
    public const string AcceptingConnection = "AcceptingConnection";

    /// <summary>The database works. Set by the health checker.</summary>
    public const string Ready = "Ready";

    /// <summary>The database was complete once. Set by the Provisioner, never taken back.</summary>
    public const string Provisioned = "Provisioned";

    /// <summary>The user halted the database. Set by the Provisioner, removed on resume.</summary>
    public const string Halted = "Halted";

    /// <summary>An operation holds the database. Set and removed by the OpsManager; see the pause protocol.</summary>
    public const string Paused = "Paused";

    /// <summary>The Provisioner saw the pause and stopped applying. Set and removed by the Provisioner.</summary>
    public const string PauseAcknowledged = "PauseAcknowledged";

    /// <summary>An external restore began.</summary>
    public const string DataRestoreStarted = "DataRestoreStarted";

    /// <summary>An external restore ended.</summary>
    public const string DataRestored = "DataRestored";

    /// <summary>A probe key can be read. Set by the health checker.</summary>
    public const string DatabaseReadAccess = "DatabaseReadAccess";

    /// <summary>A probe key can be written. Set by the health checker.</summary>
    public const string DatabaseWriteAccess = "DatabaseWriteAccess";

    /// <summary>Health checks are suspended. Set by the OpsManager.</summary>
    public const string HealthCheckPaused = "HealthCheckPaused";

    /// <summary>The spec can be carried out; False names what the user has to change. Set by the Provisioner.</summary>
    public const string SpecAccepted = "SpecAccepted";

    /// <summary>True names what the user wrote and nobody takes; the rest is carried out. Absent otherwise. Set and removed by the Provisioner.</summary>
    public const string SpecWarnings = "SpecWarnings";

    /// <summary>
    /// False names what running pods lack of what is wanted now, and the request that brings it. Absent otherwise, and while an operation
    /// holds the database as it was. Set and removed by the Provisioner.
    /// </summary>
    public const string PodsUpToDate = "PodsUpToDate";

    /// <summary>Everything the spec refers to is there; False names what is awaited. Set by the Provisioner.</summary>
    public const string DependenciesReady = "DependenciesReady";

    /// <summary>
    /// The public documentation's word on what a database depends on; only of engines whose documentation has it. Set by the Provisioner.
    /// </summary>
    public const string DatabaseDependencyReady = "DatabaseDependencyReady";

    /// <summary>The pods run; False says why they do not, absent when nothing keeps them from it. Set and removed by the Provisioner.</summary>
    public const string PodsRunning = "PodsRunning";

    /// <summary>A volume of the database is about to be lost. Set and removed by the Provisioner.</summary>
    public const string DataAtRisk = "DataAtRisk";

    /// <summary>The monitoring that the spec asks for is set up; False says what is awaited, absent otherwise. Set and removed by the Provisioner.</summary>
    public const string MonitoringReady = "MonitoringReady";

    /// <summary>A server shows a certificate that was not renewed in time; absent otherwise. Set and removed by the Provisioner.</summary>
    public const string CertificateExpiring = "CertificateExpiring";

    /// <summary>A deletion that was asked for is not carried out. Set and removed by the Provisioner.</summary>
    public const string DeletionBlocked = "DeletionBlocked";
}

/// <summary>Types of an ops request's conditions that every engine shares; the reason equals the type unless said otherwise.</summary>
public static class OpsConditionTypes
{
    /// <summary>The request is done; always the last condition.</summary>
    public const string Successful = "Successful";

    /// <summary>The request is given up; the message says why and what was undone.</summary>
    public const string Failed = "Failed";

    /// <summary>Another request took this one's place.</summary>
    public const string Skipped = "Skipped";

    /// <summary>The request was made of several; the message lists them.</summary>
    public const string MergedFromOps = "MergedFromOps";

    /// <summary>The requests that were merged are all Skipped.</summary>
    public const string OriginalOpsSkipped = "OriginalOpsSkipped";

    /// <summary>Backups are suspended while the request runs.</summary>
    public const string PauseBackupConfiguration = "PauseBackupConfiguration";

    /// <summary>Backups go on.</summary>
    public const string ResumeBackupConfiguration = "ResumeBackupConfiguration";

    /// <summary>The database is held.</summary>
    public const string DatabasePauseSucceeded = "DatabasePauseSucceeded";

    /// <summary>The database can not be held.</summary>
    public const string DatabasePauseFailed = "DatabasePauseFailed";

    /// <summary>The database can not be given back.</summary>
    public const string DatabaseResumeFailed = "DatabaseResumeFailed";

    /// <summary>A Reconfigure began.</summary>
    public const string Reconfigure = "Reconfigure";

    /// <summary>A Reconfigure failed.</summary>
    public const string ReconfigureFailed = "ReconfigureFailed";

    /// <summary>A secret of the database was changed.</summary>
    public const string PatchedSecret = "patchedSecret";

    /// <summary>The rules for users of a Reconfigure request are written; only where the request changes them.</summary>
    public const string UpdateAclSecret = "UpdateAclSecret";

    /// <summary>The workloads have the new template.</summary>
    public const string UpdatePetSets = "UpdatePetSets";

    /// <summary>The workloads can not take the new template.</summary>
    public const string UpdatePetSetsFailed = "UpdatePetSetsFailed";

    /// <summary>The pods were restarted.</summary>
    public const string RestartPods = "RestartPods";

    /// <summary>The pods can not be restarted.</summary>
    public const string RestartPodsFailed = "RestartPodsFailed";

    /// <summary>A Restart began.</summary>
    public const string Restart = "Restart";

    /// <summary>A RotateAuth began.</summary>
    public const string RotateAuth = "RotateAuth";

    /// <summary>The credential is new.</summary>
    public const string UpdateCredential = "UpdateCredential";

    /// <summary>A VerticalScaling began.</summary>
    public const string VerticalScaling = "VerticalScaling";

    /// <summary>The workloads have the new resources.</summary>
    public const string UpdatePetSetResources = "UpdatePetSetResources";

    /// <summary>The pods have the new resources.</summary>
    public const string RestartedPodsWithResources = "RestartedPodsWithResources";

    /// <summary>A VerticalScaling failed.</summary>
    public const string VerticalScaleFailed = "VerticalScaleFailed";

    /// <summary>A ReconfigureTLS began.</summary>
    public const string ReconfigureTls = "ReconfigureTLS";

    /// <summary>A ReconfigureTLS failed.</summary>
    public const string ReconfigureTlsFailed = "ReconfigureTLSFailed";

    /// <summary>New certificates were asked for.</summary>
    public const string IssueCertificatesSucceeded = "IssueCertificatesSucceeded";

    /// <summary>New certificates do not come.</summary>
    public const string IssueCertificatesFailed = "IssueCertificatesFailed";

    /// <summary>The certificates' secrets are there.</summary>
    public const string CertificateSynced = "CertificateSynced";

    /// <summary>An UpdateVersion began.</summary>
    public const string VersionUpdate = "VersionUpdate";

    /// <summary>An UpdateVersion failed.</summary>
    public const string VersionUpdateFailed = "VersionUpdateFailed";

    /// <summary>A HorizontalScaling failed.</summary>
    public const string HorizontalScaleFailed = "HorizontalScaleFailed";

    /// <summary>A VolumeExpansion began.</summary>
    public const string VolumeExpansion = "VolumeExpansion";

    /// <summary>A VolumeExpansion failed.</summary>
    public const string VolumeExpansionFailed = "VolumeExpansionFailed";

    /// <summary>A step is tried again.</summary>
    public const string Retrying = "Retrying";

    /// <summary>Condition of a pod's eviction.</summary>
    public static string EvictPod(string pod) => $"EvictPod--{pod}";

    /// <summary>Condition of a pod's readiness after its restart.</summary>
    public static string IsPodReady(string pod) => $"IsPodReady--{pod}";

    /// <summary>Message of <see cref="EvictPod"/>; also the reason of its event.</summary>
    public static string EvictPodMessage(string pod, bool done) => $"evict pod; ConditionStatus:{(done ? Condition.True : Condition.False)}; PodName:{pod}";

    /// <summary>Message of <see cref="IsPodReady"/>; also the reason of its event.</summary>
    public static string IsPodReadyMessage(string pod, bool done) => $"is pod ready; ConditionStatus:{(done ? Condition.True : Condition.False)}; PodName:{pod}";

    /// <summary>Message of <see cref="Skipped"/>.</summary>
    public static string SkippedMessage(string newest, string kind, string type, DateTimeOffset time) =>
        $"skipped as {newest} is the most updated {kind} of type {type} at {time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}";

    /// <summary>Message of <see cref="Skipped"/> for a request that was merged.</summary>
    public static string MergedIntoMessage(string merged) => $"Configuration merged into newly created ops request {merged}";

    /// <summary>Message of <see cref="OriginalOpsSkipped"/>.</summary>
    public const string OriginalOpsSkippedMessage = "All original ops requests have been marked as Skipped";
}
