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
public sealed record RedisSentinelOpsRequest : IKubernetesObject<RedisSentinelOpsRequest>, IOpsRequest
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("ops.kubedb.com", "v1alpha1", "redissentinelopsrequests", "RedisSentinelOpsRequest");

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What to do; never changes.</summary>
    [Immutable("the spec of a request never changes; create another request")]
    public RedisSentinelOpsRequestSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was observed.</summary>
    public OpsRequestStatus Status { get; init => field = value ?? OpsRequestStatus.None; } = OpsRequestStatus.None;

    ResourceType IOpsRequest.ResourceType => Resource;

    string IOpsRequest.DatabaseName => Spec.DatabaseRef?.Name ?? "";

    string IOpsRequest.Type => Spec.Type;

    TimeSpan? IOpsRequest.Timeout => GoDuration.Parse(Spec.Timeout);

    string IOpsRequest.Apply => Spec.Apply ?? ApplyOptions.IfReady;

    int IOpsRequest.MaxRetries => Math.Max(1, Spec.MaxRetries ?? 1);

    UpdateVersionSpec? IOpsRequest.UpdateVersion => Spec.UpdateVersion;

    IReconfigureSpec? IOpsRequest.Configuration => Spec.Configuration;

    ITlsChangeSpec? IOpsRequest.Tls => Spec.Tls;

    AuthenticationSpec? IOpsRequest.Authentication => Spec.Authentication;

    /// <inheritdoc/>
    public static RedisSentinelOpsRequest Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<RedisSentinelOpsRequest>(utf8);
}

/// <summary>What to do with running sentinels; the block that belongs to the type is the one that counts.</summary>
public sealed record RedisSentinelOpsRequestSpec
{
    /// <summary>IfReady waits until the sentinels are Ready; Always runs in any phase.</summary>
    [OneOf(ApplyOptions.IfReady, ApplyOptions.Always)]
    [SchemaDefault("\"IfReady\"")]
    public string? Apply { get; init; }

    /// <summary>The new credential, for RotateAuth.</summary>
    public AuthenticationSpec? Authentication { get; init; }

    /// <summary>The change of configuration, for Reconfigure.</summary>
    public RedisSentinelReconfigure? Configuration { get; init; }

    /// <summary>The RedisSentinel, in the request's namespace.</summary>
    [RequiredField]
    public LocalReference? DatabaseRef { get; init; }

    /// <summary>The new number of sentinels, for HorizontalScaling.</summary>
    public RedisSentinelHorizontalScaling? HorizontalScaling { get; init; }

    /// <summary>Attempts before the request fails.</summary>
    [SchemaDefault("1")]
    public int? MaxRetries { get; init; }

    /// <summary>For Restart.</summary>
    public EmptyBlock? Restart { get; init; }

    /// <summary>Bound of each step, such as 5m.</summary>
    public string? Timeout { get; init; }

    /// <summary>The change of TLS, for ReconfigureTLS.</summary>
    public RedisSentinelTlsChange? Tls { get; init; }

    /// <summary>What to do.</summary>
    [RequiredField]
    [OneOf(OpsRequestTypes.UpdateVersion, OpsRequestTypes.HorizontalScaling, OpsRequestTypes.VerticalScaling, OpsRequestTypes.Restart, OpsRequestTypes.Reconfigure, OpsRequestTypes.ReconfigureTls, OpsRequestTypes.RotateAuth)]
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>The version to move to, for UpdateVersion.</summary>
    public UpdateVersionSpec? UpdateVersion { get; init; }

    /// <summary>The new resources, for VerticalScaling.</summary>
    public RedisSentinelVerticalScaling? VerticalScaling { get; init; }
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

/// <summary>A change of the TLS of sentinels: exactly one of remove, rotateCertificates, and issuerRef or certificates.</summary>
public sealed record RedisSentinelTlsChange : ITlsChangeSpec
{
    /// <summary>Changes of certificates, by alias.</summary>
    public IReadOnlyList<CertificateSpec> Certificates { get; init => field = value ?? []; } = [];

    /// <summary>The new issuer.</summary>
    public IssuerReference? IssuerRef { get; init; }

    /// <summary>Turn TLS off.</summary>
    public bool Remove { get; init; }

    /// <summary>Issue new certificates from the same issuer.</summary>
    public bool RotateCertificates { get; init; }
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
