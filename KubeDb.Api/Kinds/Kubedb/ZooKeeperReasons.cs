using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Kinds.Kubedb;

/// <summary>The reasons that only a ZooKeeper has. Ids are part of the interface: never renamed.</summary>
public static class ZooKeeperReasons
{
#pragma warning disable CS1591 // Each is explained in the table below, which the documentation prints.
    public const string EnsembleSizeInvalid = "EnsembleSizeInvalid";
    public const string PortInvalid = "PortInvalid";
    public const string IssuerMissing = "IssuerMissing";
    public const string TlsWithoutEffect = "TLSWithoutEffect";
    public const string ExporterSettingsWithoutEffect = "ExporterSettingsWithoutEffect";
    public const string EvenEnsemble = "EvenEnsemble";
#pragma warning restore CS1591

    /// <summary>Every reason of a ZooKeeper with its explanation.</summary>
    public static IReadOnlyList<ReasonEntry> All { get; } =
    [
        new(EnsembleSizeInvalid, "spec.replicas is 2, which survives no loss, or below 1.", "Set it to 1, or to 3 or more."),
        new(PortInvalid, "A port of the spec is out of range, or one that the servers use for something else.", "Choose another port between 1024 and 65535."),
        new(IssuerMissing, "spec.enableSSL is true, and spec.tls names no issuer.", "Set spec.tls.issuerRef, or set spec.enableSSL to false."),
        new(TlsWithoutEffect, "spec.tls names an issuer, and spec.enableSSL is not true: connections are plain.", "Make a request of type ReconfigureTLS, or remove spec.tls."),
        new(ExporterSettingsWithoutEffect, "spec.monitor sets up an exporter container; the servers serve their metrics themselves.", "Remove the named field."),
        new(EvenEnsemble, "An even number of members survives the loss of no more of them than one fewer would.", "Choose an odd number."),
    ];
}
