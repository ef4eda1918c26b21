using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>A request to change running sentinels.</summary>
[CustomResource("redissentinelopsrequest", ShortNames = "rdsops", Categories = "ops,kubedb,appscode")]
[PrinterColumn("Type", "string", ".spec.type")]
[PrinterColumn("Status", "string", ".status.phase")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Database", "string", ".spec.databaseRef.name")]
[PrinterColumn("Step", "string", ".status.conditions[-1:].type")]
[PrinterColumn("Message", "string", ".status.conditions[-1:].message", Priority = 1)]
public sealed record RedisSentinelOpsRequest : OpsRequest<RedisSentinelOpsRequestSpec>, IKubernetesObject<RedisSentinelOpsRequest>
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("ops.kubedb.com", "v1alpha1", "redissentinelopsrequests", "RedisSentinelOpsRequest");

    private protected override ResourceType Kind => Resource;

    /// <inheritdoc/>
    public static RedisSentinelOpsRequest Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<RedisSentinelOpsRequest>(utf8);
}

/// <summary>What to do with running sentinels; the block that belongs to the type is the one that counts.</summary>
public sealed record RedisSentinelOpsRequestSpec : OpsRequestSpec
{
    /// <summary>The change of configuration, for Reconfigure.</summary>
    public RedisSentinelReconfigure? Configuration { get; init; }

    /// <summary>The new number of sentinels, for HorizontalScaling.</summary>
    public RedisSentinelHorizontalScaling? HorizontalScaling { get; init; }

    /// <summary>The change of TLS, for ReconfigureTLS.</summary>
    public TlsBlock? Tls { get; init; }

    /// <summary>What to do.</summary>
    [RequiredField]
    [OneOf(OpsRequestTypes.UpdateVersion, OpsRequestTypes.HorizontalScaling, OpsRequestTypes.VerticalScaling, OpsRequestTypes.Restart, OpsRequestTypes.Reconfigure, OpsRequestTypes.ReconfigureTls, OpsRequestTypes.RotateAuth)]
    public override string Type { get; init => field = value ?? ""; } = "";

    /// <summary>The new resources, for VerticalScaling.</summary>
    public RedisSentinelVerticalScaling? VerticalScaling { get; init; }

    internal override IReconfigureSpec? Reconfiguration => Configuration;

    internal override ITlsChangeSpec? TlsChange => Tls;
}

/// <summary>A change of the configuration of sentinels.</summary>
public sealed record RedisSentinelReconfigure : IReconfigureSpec
{
    /// <summary>Text under sentinel.conf, merged over the configuration by directive.</summary>
    public IReadOnlyDictionary<string, string>? ApplyConfig { get; init; }

    /// <summary>Secret that becomes the user's configuration.</summary>
    public LocalReference? ConfigSecret { get; init; }

    /// <summary>Drop the user's configuration first.</summary>
    public bool RemoveCustomConfig { get; init; }

    // The public kind has no such field: sentinels restart when a setting needs it.
    string IReconfigureSpec.Restart => RestartModes.Auto;
}

/// <summary>A new number of sentinels.</summary>
public sealed record RedisSentinelHorizontalScaling
{
    /// <summary>Sentinels.</summary>
    public int? Replicas { get; init; }
}

/// <summary>New resources of containers.</summary>
public sealed record RedisSentinelVerticalScaling
{
    /// <summary>The exporter.</summary>
    public ContainerScaling? Exporter { get; init; }

    /// <summary>Restart the pods, or resize them in place.</summary>
    [OneOf("Restart", "InPlace")]
    [SchemaDefault("\"Restart\"")]
    public string? Mode { get; init; }

    /// <summary>The sentinel.</summary>
    public PodScaling? Redissentinel { get; init; }
}
