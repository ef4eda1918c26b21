using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Ops;

/// <summary>A request to change a running Druid.</summary>
[CustomResource("druidopsrequest", ShortNames = "drops", Categories = "ops,kubedb,appscode")]
[PrinterColumn("Type", "string", ".spec.type")]
[PrinterColumn("Status", "string", ".status.phase")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Database", "string", ".spec.databaseRef.name")]
[PrinterColumn("Step", "string", ".status.conditions[-1:].type")]
[PrinterColumn("Message", "string", ".status.conditions[-1:].message", Priority = 1)]
public sealed record DruidOpsRequest : OpsRequest<DruidOpsRequestSpec>, IKubernetesObject<DruidOpsRequest>
{
    /// <inheritdoc/>
    public static ResourceType Resource { get; } = new("ops.kubedb.com", "v1alpha1", "druidopsrequests", "DruidOpsRequest");

    private protected override ResourceType Kind => Resource;

    /// <inheritdoc/>
    public static DruidOpsRequest Decode(ReadOnlySpan<byte> utf8) => KindsJson.Decode<DruidOpsRequest>(utf8);
}

/// <summary>What to do with a running Druid; the block that belongs to the type is the one that counts.</summary>
public sealed record DruidOpsRequestSpec : OpsRequestSpec
{
    /// <summary>The change of configuration, for Reconfigure; its files are those of the roles, such as historicals.properties.</summary>
    public ReconfigureBlock? Configuration { get; init; }

    /// <summary>The new numbers of servers, for HorizontalScaling.</summary>
    public DruidHorizontalScaling? HorizontalScaling { get; init; }

    /// <summary>The new storage class, for StorageMigration.</summary>
    public StorageMigrationSpec? Migration { get; init; }

    /// <summary>The change of TLS, for ReconfigureTLS.</summary>
    public TlsBlock? Tls { get; init; }

    /// <summary>What to do.</summary>
    [RequiredField]
    [OneOf(OpsRequestTypes.UpdateVersion, OpsRequestTypes.HorizontalScaling, OpsRequestTypes.VerticalScaling, OpsRequestTypes.VolumeExpansion, OpsRequestTypes.Restart, OpsRequestTypes.Reconfigure, OpsRequestTypes.ReconfigureTls, OpsRequestTypes.RotateAuth, OpsRequestTypes.StorageMigration)]
    public override string Type { get; init => field = value ?? ""; } = "";

    /// <summary>The new resources, for VerticalScaling.</summary>
    public DruidVerticalScaling? VerticalScaling { get; init; }

    /// <summary>The new sizes of volumes, for VolumeExpansion.</summary>
    public DruidVolumeExpansion? VolumeExpansion { get; init; }

    internal override IReconfigureSpec? Reconfiguration => Configuration;

    internal override ITlsChangeSpec? TlsChange => Tls;
}

/// <summary>New numbers of servers.</summary>
public sealed record DruidHorizontalScaling
{
    /// <summary>The roles.</summary>
    public DruidReplicas? Topology { get; init; }
}

/// <summary>Numbers of servers, by role.</summary>
public sealed record DruidReplicas
{
    /// <summary>Brokers.</summary>
    public int? Brokers { get; init; }

    /// <summary>Coordinators.</summary>
    public int? Coordinators { get; init; }

    /// <summary>Historicals.</summary>
    public int? Historicals { get; init; }

    /// <summary>Middle managers.</summary>
    public int? MiddleManagers { get; init; }

    /// <summary>Overlords.</summary>
    public int? Overlords { get; init; }

    /// <summary>Routers.</summary>
    public int? Routers { get; init; }

    /// <summary>The numbers that are given, by role.</summary>
    internal IEnumerable<(string Role, int Replicas)> Given =>
        from pair in ((string, int?)[])
        [
            (DruidNames.Brokers, Brokers), (DruidNames.Coordinators, Coordinators), (DruidNames.Historicals, Historicals),
            (DruidNames.MiddleManagers, MiddleManagers), (DruidNames.Overlords, Overlords), (DruidNames.Routers, Routers),
        ]
        where pair.Item2 is not null
        select (pair.Item1, pair.Item2!.Value);
}

/// <summary>New resources of containers, by role.</summary>
public sealed record DruidVerticalScaling
{
    /// <summary>Brokers.</summary>
    public PodScaling? Brokers { get; init; }

    /// <summary>Coordinators.</summary>
    public PodScaling? Coordinators { get; init; }

    /// <summary>Historicals.</summary>
    public PodScaling? Historicals { get; init; }

    /// <summary>Middle managers.</summary>
    public PodScaling? MiddleManagers { get; init; }

    /// <summary>Restart the pods, or resize them in place.</summary>
    [OneOf("Restart", "InPlace")]
    [SchemaDefault("\"Restart\"")]
    public string? Mode { get; init; }

    /// <summary>Overlords.</summary>
    public PodScaling? Overlords { get; init; }

    /// <summary>Routers.</summary>
    public PodScaling? Routers { get; init; }

    /// <summary>The roles that are given.</summary>
    internal IEnumerable<(string Role, PodScaling Scaling)> Given =>
        from pair in ((string, PodScaling?)[])
        [
            (DruidNames.Brokers, Brokers), (DruidNames.Coordinators, Coordinators), (DruidNames.Historicals, Historicals),
            (DruidNames.MiddleManagers, MiddleManagers), (DruidNames.Overlords, Overlords), (DruidNames.Routers, Routers),
        ]
        where pair.Item2 is not null
        select (pair.Item1, pair.Item2!);
}

/// <summary>New sizes of volumes, by role.</summary>
public sealed record DruidVolumeExpansion
{
    /// <summary>The new size of the historicals' volumes.</summary>
    public Quantity? Historicals { get; init; }

    /// <summary>The new size of the middle managers' volumes.</summary>
    public Quantity? MiddleManagers { get; init; }

    /// <summary>Offline deletes the pods first; Online does not.</summary>
    [RequiredField]
    [OneOf("Offline", "Online")]
    public string Mode { get; init => field = value ?? ""; } = "";
}
