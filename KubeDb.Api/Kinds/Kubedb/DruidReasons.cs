using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The reasons that only a Druid has. Ids are part of the interface: never renamed.</summary>
public static class DruidReasons
{
#pragma warning disable CS1591 // Each is explained in the table below, which the documentation prints.
    public const string TopologyInvalid = "TopologyInvalid";
    public const string DeepStorageInvalid = "DeepStorageInvalid";
    public const string IssuerMissing = "IssuerMissing";
    public const string TlsWithoutEffect = "TLSWithoutEffect";
    public const string SuffixWithoutEffect = "SuffixWithoutEffect";
    public const string ExporterSettingsWithoutEffect = "ExporterSettingsWithoutEffect";
    public const string AdministratorNameInvalid = "AdministratorNameInvalid";
    public const string MetadataStorageUnusable = "MetadataStorageUnusable";
    public const string MetadataStorageBuiltIn = "MetadataStorageBuiltIn";
    public const string MetadataStorageNotThere = "MetadataStorageNotThere";
    public const string ZooKeeperUnusable = "ZooKeeperUnusable";
    public const string ZooKeeperNotReady = "ZooKeeperNotReady";
    public const string WorkerEnabled = "WorkerEnabled";
#pragma warning restore CS1591

    /// <summary>Every reason of a Druid with its explanation.</summary>
    public static IReadOnlyList<ReasonEntry> All { get; } =
    [
        new(TopologyInvalid, "spec.topology is missing, or a number of servers in it is below 1.", "Set spec.topology, which may be {}, and replicas of 1 or more."),
        new(DeepStorageInvalid, "spec.deepStorage is missing, names no known type, or its secret says another type.", "Correct the named field or secret."),
        new(IssuerMissing, "spec.enableSSL is true, and spec.tls names no issuer.", "Set spec.tls.issuerRef, or set spec.enableSSL to false."),
        new(TlsWithoutEffect, "spec.tls names an issuer, and spec.enableSSL is not true: connections are plain.", "Make a request of type ReconfigureTLS, or remove spec.tls."),
        new(SuffixWithoutEffect, "A role has a suffix; objects are named after the role.", "Remove the suffix."),
        new(ExporterSettingsWithoutEffect, "spec.monitor sets up an exporter container; the servers serve their metrics themselves.", "Remove the named field."),
        new(AdministratorNameInvalid, "The auth secret has another user name than admin, the only user of a new cluster.", "Set the key username of the secret to admin."),
        new(MetadataStorageUnusable, "The AppBinding of the metadata storage is of no form that can be used.", "Correct the AppBinding as the message says."),
        new(MetadataStorageBuiltIn, "Neither MySQL nor Postgres is installed in the cluster, so the metadata storage is one PostgreSQL server that the operator made: no replica, no backup.", "For production, name a database of your own in spec.metadataStorage."),
        new(MetadataStorageNotThere, "The metadata storage that the operator asked for is not Ready yet.", "Nothing at first; if it lasts, look at the named object."),
        new(ZooKeeperUnusable, "The AppBinding of the ZooKeeper is of no form that can be used.", "Correct the AppBinding as the message says."),
        new(ZooKeeperNotReady, "The ZooKeeper that the operator made is not Ready yet.", "Nothing at first; if it lasts, look at the named object."),
        new(WorkerEnabled, "A middle manager took no tasks, as after a restart that was given up; it takes some again."),
    ];
}
