namespace KubeDb.Api.Kinds.Shared;

/// <summary>A reason as the documentation explains it.</summary>
/// <param name="Id">The id that conditions, events, metrics and logs carry.</param>
/// <param name="When">When it is seen.</param>
/// <param name="Action">What the user has to do; empty for nothing.</param>
public sealed record ReasonEntry(string Id, string When, string Action = "");

/// <summary>The reasons that every engine shares. Ids are part of the interface: never renamed.</summary>
public static partial class Reasons
{
#pragma warning disable CS1591 // Each is explained in the table below, which the documentation prints.
    public const string ProvisioningStarted = "DatabaseProvisioningStartedSuccessfully";
    public const string AllReplicasReady = "AllReplicasReady";
    public const string SomeReplicasNotReady = "SomeReplicasNotReady";
    public const string AcceptingConnection = "DatabaseAcceptingConnectionRequest";
    public const string NotAcceptingConnection = "DatabaseNotAcceptingConnectionRequest";
    public const string ReadinessCheckSucceeded = "ReadinessCheckSucceeded";
    public const string ReadinessCheckFailed = "ReadinessCheckFailed";
    public const string Provisioned = "DatabaseSuccessfullyProvisioned";
    public const string Halted = "DatabaseHaltedSuccessfully";
    public const string DataRestoreStarted = "DataRestoreStartedByExternalInitializer";
    public const string DataRestored = "SuccessfullyDataRestored";
    public const string DataRestoreFailed = "FailedToRestoreData";
    public const string DataRestoreInterrupted = "DataRestoreInterrupted";
    public const string ReadAccessSucceeded = "DatabaseReadAccessCheckSucceeded";
    public const string ReadAccessFailed = "DatabaseReadAccessCheckFailed";
    public const string WriteAccessSucceeded = "DatabaseWriteAccessCheckSucceeded";
    public const string WriteAccessFailed = "DatabaseWriteAccessCheckFailed";

    public const string NameTooLong = "NameTooLong";
    public const string NameInvalid = "NameInvalid";
    public const string NotOffered = "NotOffered";
    public const string MachineLabelMissing = "MachineLabelMissing";
    public const string VersionMissing = "VersionMissing";
    public const string VersionNotFound = "VersionNotFound";
    public const string VersionUnusable = "VersionUnusable";
    public const string StorageTypeInvalid = "StorageTypeInvalid";
    public const string StorageMissing = "StorageMissing";
    public const string StorageRequestInvalid = "StorageRequestInvalid";
    public const string StorageTypeImmutable = "StorageTypeImmutable";
    public const string InitImmutable = "InitImmutable";
    public const string PodTemplateInvalid = "PodTemplateInvalid";
    public const string DuplicateKey = "DuplicateKey";
    public const string OperatorOwnedField = "OperatorOwnedField";
    public const string ReservedVolumeName = "ReservedVolumeName";
    public const string ReservedMountPath = "ReservedMountPath";
    public const string ReservedVariable = "ReservedVariable";
    public const string HealthCheckerInvalid = "HealthCheckerInvalid";
    public const string AuthSecretNotSupported = "AuthSecretNotSupported";
    public const string AuthSecretInvalid = "AuthSecretInvalid";
    public const string SecretNotFound = "SecretNotFound";
    public const string SecretKeyMissing = "SecretKeyMissing";
    public const string SecretOwnedByOther = "SecretOwnedByOther";
    public const string CredentialLost = "CredentialLost";
    public const string PredecessorPresent = "PredecessorPresent";
    public const string DeletionPolicyInvalid = "DeletionPolicyInvalid";
    public const string CannotHalt = "CannotHalt";
    public const string CannotTerminate = "CannotTerminate";
    public const string NamespaceDeleted = "NamespaceDeleted";
    public const string TlsNotSupported = "TlsNotSupported";
    public const string CertificateNotLoaded = "CertificateNotLoaded";
    public const string CertificateRenewed = "CertificateRenewed";
    public const string CertificateNotRenewed = "CertificateNotRenewed";
    public const string NotSwitched = "NotSwitched";
    public const string IssuerNotReady = "IssuerNotReady";
    public const string CertificateNotIssued = "CertificateNotIssued";
    public const string CertificateNotTrusted = "CertificateNotTrusted";
    public const string CertificateSecretForeign = "CertificateSecretForeign";
    public const string PodsRefused = "PodsRefused";
    public const string PodUnschedulable = "PodUnschedulable";
    public const string VolumeMissing = "VolumeMissing";
    public const string ImageNotPulled = "ImageNotPulled";
    public const string ContainerNotStarted = "ContainerNotStarted";
    public const string ContainerCrashes = "ContainerCrashes";
    public const string PodNotReady = "PodNotReady";
    public const string PodDoesNotEnd = "PodDoesNotEnd";
    public const string ClaimBeingDeleted = "ClaimBeingDeleted";
    public const string PodReplaced = "PodReplaced";
    public const string ApiAbsent = "ApiAbsent";
    public const string MonitorInvalid = "MonitorInvalid";
    public const string ConfigurationInvalid = "ConfigurationInvalid";
    public const string OperatorOwnedDirective = "OperatorOwnedDirective";
    public const string UnknownDirective = "UnknownDirective";
    public const string DurationInvalid = "DurationInvalid";

    /// <summary>A change of TLS was taken away before its end.</summary>
    public const string TlsTransitionLeft = "TLSTransitionLeft";

    /// <summary>An issuer is of a kind that cert-manager does not have.</summary>
    public const string IssuerKindInvalid = "IssuerKindInvalid";

    public const string VirtualSecretNotSupported = "VirtualSecretNotSupported";
    public const string NameTaken = "NameTaken";
    public const string Refused = "Refused";
    public const string PermissionMissing = "PermissionMissing";
    public const string AdmissionRefused = "AdmissionRefused";
    public const string BeingDeleted = "BeingDeleted";
    public const string OwnerNotThere = "OwnerNotThere";
    public const string Recreating = "Recreating";
    public const string DistributedNotSupported = "DistributedNotSupported";
    public const string ProvisionerStoppedApplying = "ProvisionerStoppedApplying";

    public const string DatabaseNotFound = "DatabaseNotFound";
    public const string ReferencedDatabaseNotFound = "ReferencedDatabaseNotFound";
    public const string ApplicationNotFound = "ApplicationNotFound";
    public const string PodsLeftOut = "PodsLeftOut";
    public const string TypeNotSupported = "TypeNotSupported";
    public const string OpsSpecImmutable = "OpsSpecImmutable";
    public const string OpsBlockMissing = "OpsBlockMissing";
    public const string UpdateNotAllowed = "UpdateNotAllowed";
    public const string ScalingInvalid = "ScalingInvalid";
    public const string VolumeSizeInvalid = "VolumeSizeInvalid";
    public const string ReconfigureInvalid = "ReconfigureInvalid";
    public const string ReconfigureTlsInvalid = "ReconfigureTLSInvalid";
    public const string RotateAuthInvalid = "RotateAuthInvalid";
    public const string MigrationInvalid = "MigrationInvalid";
    public const string ConfigurationMerged = "ConfigurationMerged";
    public const string DatabaseDeleting = "DatabaseDeleting";
    public const string DatabaseHalted = "DatabaseHalted";
    public const string DatabaseNotReady = "DatabaseNotReady";
    public const string AnotherRequestRuns = "AnotherRequestRuns";
    public const string Skipped = "Skipped";
    public const string PauseNotAcknowledged = "PauseNotAcknowledged";
    public const string DatabaseChanged = "DatabaseChanged";
    public const string PausedByAnother = "PausedByAnother";
    public const string PetSetNotObserved = "PetSetNotObserved";
    public const string SpecChangedMeanwhile = "SpecChangedMeanwhile";
    public const string AnotherPodDown = "AnotherPodDown";
    public const string TransitionMissing = "TransitionMissing";
    public const string HandoverPending = "HandoverPending";
    public const string PodGoing = "PodGoing";
    public const string DisruptionBudget = "DisruptionBudget";
    public const string NotInEffect = "NotInEffect";
#pragma warning restore CS1591

    /// <summary>Those above with their explanations.</summary>
    private static IReadOnlyList<ReasonEntry> Verdicts { get; } =
    [
        new(ProvisioningStarted, "The operator took a new database up."),
        new(AllReplicasReady, "Every workload has all its pods ready."),
        new(SomeReplicasNotReady, "A pod is missing or not ready.", "Nothing at first; if it lasts, look at the pod's events (kubectl describe pod)."),
        new(AcceptingConnection, "The database answers."),
        new(NotAcceptingConnection, "The database does not answer; the message is the error.", "If it lasts, look at the pod's log."),
        new(ReadinessCheckSucceeded, "All health checks pass."),
        new(ReadinessCheckFailed, "A health check fails; the message is the error.", "If it lasts, look at the pod's log."),
        new(Provisioned, "The database was complete for the first time."),
        new(Halted, "spec.halted is true: workloads are removed, data is kept.", "Set spec.halted to false to start it again."),
        new(DataRestoreStarted, "An external restore began."),
        new(DataRestored, "An external restore succeeded."),
        new(DataRestoreFailed, "An external restore failed.", "Look at the restore session, and start another."),
        new(DataRestoreInterrupted, "An external restore was interrupted.", "Look at the restore session, and start another."),
        new(ReadAccessSucceeded, "The probe key can be read."),
        new(ReadAccessFailed, "The probe key can not be read; the message is the error.", "If it lasts, look at the pod's log."),
        new(WriteAccessSucceeded, "The probe key can be written."),
        new(WriteAccessFailed, "The probe key can not be written; the message is the error.", "Look for a full disk or memory limit, or a read-only replica."),
        new(NameTooLong, "The name is so long that no pod could be made: Kubernetes adds a suffix to it in a label of at most 63 characters.", "Create the database under a name of at most 52 characters."),
        new(NameInvalid, "The name can not be that of a service.", "Create the database under a name of lower-case letters, digits and dashes that begins with a letter."),
        new(MachineLabelMissing, "The machine that a pod was bound to lacks the label by which the pod is to know where it stands.", "Label the machine, then make a request of type Restart."),
        new(NotOffered, "The spec asks for something that this version of the operator can not provide yet.", "Remove the named field, or install a newer operator."),
        new(VersionMissing, "spec.version is empty.", "Set spec.version to the name of a catalog version."),
        new(VersionNotFound, "The catalog has no version of that name; the operator goes on by itself when it appears.", "Correct spec.version, or install the catalog version."),
        new(VersionUnusable, "The catalog version lacks an image or its version is no semantic version.", "Correct the catalog version."),
        new(StorageTypeInvalid, "spec.storageType is unknown.", "Set it to Durable or Ephemeral."),
        new(StorageMissing, "Storage is durable, and spec.storage is absent.", "Give spec.storage, or set spec.storageType to Ephemeral."),
        new(StorageRequestInvalid, "spec.storage requests no size, or none above zero.", "Set spec.storage.resources.requests.storage."),
        new(StorageTypeImmutable, "spec.storageType was changed.", "Change it back; create another database for other storage."),
        new(InitImmutable, "spec.init was changed after the database was initialised.", "Change it back."),
        new(PodTemplateInvalid, "spec.podTemplate.spec does not have the form of a pod spec.", "Correct the named field."),
        new(DuplicateKey, "A list of the spec holds two items of the same key, such as a variable of the same name.", "Remove one of the two named items."),
        new(OperatorOwnedField, "A field of the spec was not taken, because the operator sets it itself.", "Remove the named field."),
        new(ReservedVolumeName, "A volume of the pod template has a name that the operator uses.", "Rename the volume."),
        new(ReservedMountPath, "A container mounts something where the operator mounts.", "Mount it elsewhere."),
        new(ReservedVariable, "A container sets an environment variable that the operator sets.", "Remove the variable."),
        new(HealthCheckerInvalid, "A value of spec.healthChecker is below 1.", "Raise it."),
        new(AuthSecretNotSupported, "spec.authSecret names a secret although authentication is off.", "Remove spec.authSecret, or set spec.disableAuth to false."),
        new(AuthSecretInvalid, "spec.authSecret is contradictory.", "Name the secret that is externally managed."),
        new(SecretNotFound, "A secret that the spec names does not exist; the operator goes on by itself when it appears.", "Create the secret, or correct the name."),
        new(SecretKeyMissing, "A secret that the spec names lacks a key.", "Add the key."),
        new(SecretOwnedByOther, "The auth secret belongs to another database.", "Name another secret."),
        new(CredentialLost, "The generated auth secret was deleted while servers run with it, and its content is not known any more.", "Create it again with the credential that the servers use; or halt the database and start it again, for a new one."),
        new(PredecessorPresent, "A workload or volume of an earlier database of this name is still being deleted; the operator goes on by itself once it is gone."),
        new(DeletionPolicyInvalid, "spec.deletionPolicy is unknown, or Halt with ephemeral storage.", "Choose another policy."),
        new(CannotHalt, "spec.halted is true with the deletion policy DoNotTerminate.", "Change spec.deletionPolicy first."),
        new(CannotTerminate, "Deletion of a database with the policy DoNotTerminate.", "Change spec.deletionPolicy first."),
        new(NamespaceDeleted, "A database with the policy DoNotTerminate goes with its namespace."),
        new(PodsRefused, "Kubernetes refuses to create the pods: a quota, a policy, an admission webhook.", "Correct spec.podTemplate, or have it allowed."),
        new(PodUnschedulable, "No node can take a pod; the message is the scheduler's.", "Make room, or change resources, nodeSelector or tolerations."),
        new(VolumeMissing, "A claim has no volume; the message says why.", "Create the storage class or a volume that fits."),
        new(ImageNotPulled, "A node can not pull an image; the message is its error.", "Correct the image, or the pull secrets."),
        new(ContainerNotStarted, "A container does not start; the message is the node's.", "Correct what the message names."),
        new(ContainerCrashes, "A container ends again and again; the message quotes its last words.", "Correct what it complains of."),
        new(PodNotReady, "A pod runs and is not Ready; the message is the node's.", "If it lasts, look at the pod's log."),
        new(PodDoesNotEnd, "A pod is being deleted and does not end, mostly because its node is down.", "Bring the node back, or delete its Node object."),
        new(ClaimBeingDeleted, "A claim is being deleted and goes, with its data, once its pod ends.", "Save the data before the pod ends."),
        new(PodReplaced, "A pod that never started, of a template that is no longer wanted, was deleted to be made anew."),
        new(ApiAbsent, "The API server lacks an optional API that the spec asks for; the operator goes on by itself when it appears.", "Install what serves it."),
        new(TlsNotSupported, "The version does not support TLS.", "Choose a newer version, or remove spec.tls."),
        new(CertificateNotLoaded, "A server does not show its new certificate, or does not trust the new authority, yet.", "Wait; if it lasts, see the pod's events."),
        new(CertificateRenewed, "The running servers loaded a certificate that cert-manager renewed.", "Nothing is to be done."),
        new(CertificateNotRenewed, "A server shows a certificate that was not renewed in time.", "Correct what the message names; see kubectl describe certificate."),
        new(NotSwitched, "A server does not change between plain connections and TLS.", "See what the message says of it."),
        new(IssuerNotReady, "The issuer of a certificate does not exist or is not Ready.", "Create or mend the issuer that spec.tls names; see kubectl describe issuer."),
        new(CertificateNotTrusted, "An issued certificate does not lead to the authority that came with it.", "Mend the issuer, then delete the secret of the certificate."),
        new(CertificateNotIssued, "cert-manager has not issued a certificate of the database yet.", "Wait; if it lasts, see kubectl describe certificate."),
        new(CertificateSecretForeign, "The secret that a certificate would be kept in exists and holds something else.", "Delete or rename that secret, or name another one for the alias."),
        new(MonitorInvalid, "spec.monitor has an unknown agent or a forbidden port.", "Correct the named field."),
        new(ConfigurationInvalid, "spec.configuration has an unknown key or can not be parsed.", "Correct the named key."),
        new(OperatorOwnedDirective, "A configuration sets a directive that the operator sets itself.", "Remove the line."),
        new(UnknownDirective, "A configuration sets a directive that the server does not know.", "Correct or remove the line."),
        new(DurationInvalid, "A duration is not of the form 1h30m.", "Correct it."),
        new(TlsTransitionLeft, "A request of type ReconfigureTLS was taken away by force, and servers still accept plain connections and TLS.", "Create one with rotateCertificates, which goes on to TLS alone, or with remove."),
        new(IssuerKindInvalid, "An issuer of cert-manager.io is neither an Issuer nor a ClusterIssuer.", "Correct issuerRef.kind."),
        new(VirtualSecretNotSupported, "The credential is a virtual secret, which is not supported.", "Name a core Secret."),
        new(NameTaken, "An object that the database needs exists already and belongs to something else.", "Rename the database, or remove the object."),
        new(Refused, "The API server refuses an object that the database needs; the message is its sentence.", "Correct the part of the spec that the message names."),
        new(PermissionMissing, "The API server refuses the operator's service account a right; the message names account, verb and resource. Tried again every 15 s.", "Grant it; an upgrade of the operator's chart brings its roles."),
        new(AdmissionRefused, "A quota, policy or webhook refuses an object that is needed; the message is its sentence. Tried again every 15 s.", "Have it allowed."),
        new(BeingDeleted, "An object that the database needs is being deleted; it is made anew afterwards."),
        new(OwnerNotThere, "An object waits for the one that owns it."),
        new(Recreating, "A workload is being made anew; its pods stay."),
        new(DistributedNotSupported, "A PetSet asks for pods in several clusters.", "Set spec.distributed to false."),
        new(ProvisionerStoppedApplying, "The Provisioner saw the pause."),
        new(DatabaseNotFound, "The request names a database that does not exist. It waits for it for five minutes, then it fails.", "Create the database; or create another request with the right spec.databaseRef.name."),
        new(PodsLeftOut, "The spec has no place for pods of the database, which may hold data that is nowhere else.", "Take the change back."),
        new(ReferencedDatabaseNotFound, "A database that the spec names does not exist. What runs goes on as it is.", "Create it, or name another."),
        new(ApplicationNotFound, "The spec names an AppBinding that does not exist.", "Create it, or name another."),
        new(TypeNotSupported, "The request's type is unknown for this kind of database.", "Correct spec.type."),
        new(OpsSpecImmutable, "The spec of a request was changed after it was accepted; the request is not carried out.", "Create another request."),
        new(OpsBlockMissing, "The block that belongs to the request's type is absent.", "Add it."),
        new(UpdateNotAllowed, "The catalog does not allow this move between versions.", "Choose a version that the catalog allows."),
        new(ScalingInvalid, "The numbers or resources asked for are impossible.", "Correct the named field."),
        new(VolumeSizeInvalid, "The size asked for is absent or not above the present one.", "Ask for a larger size."),
        new(ReconfigureInvalid, "The change of configuration is empty or contradictory.", "Correct the named field."),
        new(ReconfigureTlsInvalid, "The change of TLS is empty or contradictory.", "Give exactly one of remove, rotateCertificates, and issuerRef or certificates."),
        new(RotateAuthInvalid, "The credential can not be changed this way.", "Correct the named field."),
        new(MigrationInvalid, "The storage migration can not be done.", "Correct the named field."),
        new(ConfigurationMerged, "Several Reconfigure requests were merged into one; conditions with this reason on the others name it and say how it ended."),
        new(DatabaseDeleting, "The database of the request is being deleted."),
        new(DatabaseHalted, "The database of the request is halted; the request waits.", "Set spec.halted to false."),
        new(DatabaseNotReady, "The database is not Ready, and the request has apply: IfReady.", "Wait, or make another request with apply: Always."),
        new(AnotherRequestRuns, "Another request runs on the database; this one waits for its turn."),
        new(Skipped, "A newer request of the same type takes the place of this one."),
        new(PauseNotAcknowledged, "The database is paused, and the Provisioner has not answered yet.", "If it lasts, see whether the Provisioner runs."),
        new(DatabaseChanged, "The database changed while it was being paused; it is tried again."),
        new(PausedByAnother, "Another request holds the database."),
        new(PetSetNotObserved, "The StatefulSet behind a PetSet does not have its newest template yet.", "If it lasts, see that the Provisioner runs."),
        new(SpecChangedMeanwhile, "The field that the request changes was changed by someone else after the request began.", "Create the request again."),
        new(AnotherPodDown, "A pod is not Ready or missing, so that no other is restarted.", "Mend that pod; the message says what is wrong with it."),
        new(TransitionMissing, "The change would cut a restarted pod off from the others.", "Report it: the operation lacks a step."),
        new(HandoverPending, "The engine can not spare the pod yet: data is being saved, or its role moves.", "If it lasts, the message says what keeps it."),
        new(PodGoing, "A pod was evicted or is being deleted."),
        new(DisruptionBudget, "A PodDisruptionBudget does not allow the eviction.", "If it lasts, see which budget selects the pod and why it allows no disruption."),
        new(NotInEffect, "A server does not have the new values in effect yet."),
    ];
}
