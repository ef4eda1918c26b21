using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.SecondEngine;

/// <summary>A request to change a running <see cref="Ledger"/>.</summary>
internal sealed record LedgerOpsRequest : IKubernetesObject<LedgerOpsRequest>, IOpsRequest
{
    public static ResourceType Resource { get; } = new("ops.kubedb.com", "v1alpha1", "ledgeropsrequests", "LedgerOpsRequest");

    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public LedgerOpsRequestSpec Spec { get; init => field = value ?? new(); } = new();

    public OpsRequestStatus Status { get; init => field = value ?? OpsRequestStatus.None; } = OpsRequestStatus.None;

    ResourceType IOpsRequest.ResourceType => Resource;

    string IOpsRequest.DatabaseName => Spec.DatabaseRef?.Name ?? "";

    string IOpsRequest.Type => Spec.Type;

    TimeSpan? IOpsRequest.Timeout => GoDuration.Parse(Spec.Timeout);

    string IOpsRequest.Apply => Spec.Apply ?? ApplyOptions.IfReady;

    int IOpsRequest.MaxRetries => Math.Max(1, Spec.MaxRetries ?? 1);

    UpdateVersionSpec? IOpsRequest.UpdateVersion => null;

    IReconfigureSpec? IOpsRequest.Configuration => Spec.Configuration;

    ITlsChangeSpec? IOpsRequest.Tls => null;

    AuthenticationSpec? IOpsRequest.Authentication => null;

    public static LedgerOpsRequest Decode(ReadOnlySpan<byte> utf8) => LedgerJson.Decode<LedgerOpsRequest>(utf8);
}

internal sealed record LedgerOpsRequestSpec
{
    public string? Apply { get; init; }

    public LedgerReconfigure? Configuration { get; init; }

    public LocalReference? DatabaseRef { get; init; }

    public int? MaxRetries { get; init; }

    public string? Timeout { get; init; }

    public string Type { get; init => field = value ?? ""; } = "";
}

internal sealed record LedgerReconfigure : IReconfigureSpec
{
    public IReadOnlyDictionary<string, string>? ApplyConfig { get; init; }

    public LocalReference? ConfigSecret { get; init; }

    public bool RemoveCustomConfig { get; init; }

    public string Restart { get; init => field = value ?? RestartModes.Auto; } = RestartModes.Auto;
}
