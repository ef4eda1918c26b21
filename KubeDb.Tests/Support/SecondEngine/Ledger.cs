using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.SecondEngine;

/// <summary>
/// A database that exists only in tests: controllers that form a quorum and elect a leader, and workers that serve. No data, no credential.
/// </summary>
internal sealed record Ledger : IKubernetesObject<Ledger>, IDatabase
{
    public static ResourceType Resource { get; } = new("kubedb.com", "v1alpha2", "ledgers", "Ledger");

    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public LedgerSpec Spec { get; init => field = value ?? new(); } = new();

    public DatabaseStatus Status { get; init => field = value ?? DatabaseStatus.None; } = DatabaseStatus.None;

    ResourceType IDatabase.Type => Resource;

    IDatabaseSpec IDatabase.Spec => Spec;

    public static Ledger Decode(ReadOnlySpan<byte> utf8) => LedgerJson.Decode<Ledger>(utf8);
}

internal sealed record LedgerSpec : IDatabaseSpec
{
    public string Version { get; init => field = value ?? ""; } = "";

    public bool Halted { get; init; }

    public string? DeletionPolicy { get; init; }

    public HealthChecker? HealthChecker { get; init; }

    public LedgerConfiguration? Configuration { get; init; }

    /// <summary>Pods of each role.</summary>
    public LedgerTopology Topology { get; init => field = value ?? new(); } = new();

    AuthSecret? IDatabaseSpec.AuthSecret => null;

    bool IDatabaseSpec.DisableAuth => true;

    MonitorSpec? IDatabaseSpec.Monitor => null;

    PodTemplate? IDatabaseSpec.PodTemplate => null;

    IReadOnlyList<ServiceTemplate> IDatabaseSpec.ServiceTemplates => [];

    string? IDatabaseSpec.StorageType => StorageTypes.Ephemeral;

    JsonFragment? IDatabaseSpec.Storage => null;

    TlsSpec? IDatabaseSpec.Tls => null;

    InitSpec? IDatabaseSpec.Init => null;

    ICustomConfiguration? IDatabaseSpec.Configuration => Configuration;

    AutoOps? IDatabaseSpec.AutoOps => null;
}

internal sealed record LedgerTopology
{
    public LedgerNodes? Controller { get; init; }

    public LedgerNodes? Worker { get; init; }
}

internal sealed record LedgerNodes
{
    public int? Replicas { get; init; }

    public PodTemplate? PodTemplate { get; init; }
}

internal sealed record LedgerConfiguration : ICustomConfiguration
{
    public IReadOnlyDictionary<string, string>? Inline { get; init; }

    public string? SecretName { get; init; }
}
