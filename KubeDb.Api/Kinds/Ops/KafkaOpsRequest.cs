using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>A request to change a running Kafka.</summary>
[CustomResource("kafkaopsrequest", ShortNames = "kfops", Categories = "ops,kubedb,appscode")]
[PrinterColumn("Type", "string", ".spec.type")]
[PrinterColumn("Status", "string", ".status.phase")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Database", "string", ".spec.databaseRef.name")]
[PrinterColumn("Step", "string", ".status.conditions[-1:].type")]
[PrinterColumn("Message", "string", ".status.conditions[-1:].message", Priority = 1)]
public sealed record KafkaOpsRequest : OpsRequest<KafkaOpsRequestSpec>, IKubernetesObject<KafkaOpsRequest>
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("ops.kubedb.com", "v1alpha1", "kafkaopsrequests", "KafkaOpsRequest");

    private protected override ResourceType Kind => Resource;

    /// <inheritdoc/>
    public static KafkaOpsRequest Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<KafkaOpsRequest>(utf8);
}

/// <summary>What to do with a running Kafka; the block that belongs to the type is the one that counts.</summary>
public sealed record KafkaOpsRequestSpec : OpsRequestSpec
{
    /// <summary>The change of configuration, for Reconfigure; its files are server.properties, broker.properties and controller.properties.</summary>
    public ReconfigureBlock? Configuration { get; init; }

    /// <summary>The new number of nodes, for HorizontalScaling.</summary>
    public KafkaHorizontalScaling? HorizontalScaling { get; init; }

    /// <summary>The new storage classes, for StorageMigration.</summary>
    public KafkaStorageMigration? Migration { get; init; }

    /// <summary>The change of TLS, for ReconfigureTLS.</summary>
    public TlsBlock? Tls { get; init; }

    /// <summary>What to do.</summary>
    [RequiredField]
    [OneOf(OpsRequestTypes.UpdateVersion, OpsRequestTypes.HorizontalScaling, OpsRequestTypes.VerticalScaling, OpsRequestTypes.VolumeExpansion, OpsRequestTypes.Restart, OpsRequestTypes.Reconfigure, OpsRequestTypes.ReconfigureTls, OpsRequestTypes.RotateAuth, OpsRequestTypes.StorageMigration)]
    public override string Type { get; init => field = value ?? ""; } = "";

    /// <summary>The new resources, for VerticalScaling.</summary>
    public KafkaVerticalScaling? VerticalScaling { get; init; }

    /// <summary>The new size of volumes, for VolumeExpansion.</summary>
    public KafkaVolumeExpansion? VolumeExpansion { get; init; }

    internal override IReconfigureSpec? Reconfiguration => Configuration;

    internal override ITlsChangeSpec? TlsChange => Tls;
}
