using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>A request to change a running ZooKeeper.</summary>
[CustomResource("zookeeperopsrequest", ShortNames = "zkops", Categories = "ops,kubedb,appscode")]
[PrinterColumn("Type", "string", ".spec.type")]
[PrinterColumn("Status", "string", ".status.phase")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Database", "string", ".spec.databaseRef.name")]
[PrinterColumn("Step", "string", ".status.conditions[-1:].type")]
[PrinterColumn("Message", "string", ".status.conditions[-1:].message", Priority = 1)]
public sealed record ZooKeeperOpsRequest : OpsRequest<ZooKeeperOpsRequestSpec>, IKubernetesObject<ZooKeeperOpsRequest>
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("ops.kubedb.com", "v1alpha1", "zookeeperopsrequests", "ZooKeeperOpsRequest");

    private protected override ResourceType Kind => Resource;

    /// <inheritdoc/>
    public static ZooKeeperOpsRequest Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<ZooKeeperOpsRequest>(utf8);
}

/// <summary>What to do with a running ZooKeeper; the block that belongs to the type is the one that counts.</summary>
public sealed record ZooKeeperOpsRequestSpec : OpsRequestSpec
{
    /// <summary>The change of configuration, for Reconfigure; its file is zoo.cfg.</summary>
    public ReconfigureBlock? Configuration { get; init; }

    /// <summary>The new number of members, for HorizontalScaling.</summary>
    public ZooKeeperHorizontalScaling? HorizontalScaling { get; init; }

    /// <summary>The change of TLS, for ReconfigureTLS.</summary>
    public TlsBlock? Tls { get; init; }

    /// <summary>What to do.</summary>
    [RequiredField]
    [OneOf(OpsRequestTypes.UpdateVersion, OpsRequestTypes.HorizontalScaling, OpsRequestTypes.VerticalScaling, OpsRequestTypes.VolumeExpansion, OpsRequestTypes.Restart, OpsRequestTypes.Reconfigure, OpsRequestTypes.ReconfigureTls, OpsRequestTypes.RotateAuth)]
    public override string Type { get; init => field = value ?? ""; } = "";

    /// <summary>The new resources, for VerticalScaling.</summary>
    public ZooKeeperVerticalScaling? VerticalScaling { get; init; }

    /// <summary>The new size of volumes, for VolumeExpansion.</summary>
    public ZooKeeperVolumeExpansion? VolumeExpansion { get; init; }

    internal override IReconfigureSpec? Reconfiguration => Configuration;

    internal override ITlsChangeSpec? TlsChange => Tls;
}

/// <summary>A new number of members.</summary>
public sealed record ZooKeeperHorizontalScaling
{
    /// <summary>Members; at least 3.</summary>
    public int? Replicas { get; init; }
}

/// <summary>New resources of containers.</summary>
public sealed record ZooKeeperVerticalScaling
{
    /// <summary>Restart the pods, or resize them in place.</summary>
    [OneOf("Restart", "InPlace")]
    [SchemaDefault("\"Restart\"")]
    public string? Mode { get; init; }

    /// <summary>The members.</summary>
    public PodScaling? Node { get; init; }
}

/// <summary>A new size of volumes.</summary>
public sealed record ZooKeeperVolumeExpansion
{
    /// <summary>Offline deletes the pods first; Online does not.</summary>
    [RequiredField]
    [OneOf("Offline", "Online")]
    public string Mode { get; init => field = value ?? ""; } = "";

    /// <summary>The new size.</summary>
    public Quantity? Node { get; init; }
}
