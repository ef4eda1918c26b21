using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.SecondEngine;

/// <summary>A version of a <see cref="Ledger"/>.</summary>
internal sealed record LedgerVersion : IKubernetesObject<LedgerVersion>, ICatalogVersion
{
    public static ResourceType Resource { get; } = new("catalog.kubedb.com", "v1alpha1", "ledgerversions", "LedgerVersion", Namespaced: false);

    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public LedgerVersionSpec Spec { get; init => field = value ?? new(); } = new();

    ResourceType ICatalogVersion.Type => Resource;

    string ICatalogVersion.Version => Spec.Version;

    string ICatalogVersion.Distribution => "";

    string ICatalogVersion.DatabaseImage => Spec.Image;

    string ICatalogVersion.ExporterImage => "";

    bool ICatalogVersion.Deprecated => false;

    long? ICatalogVersion.RunAsUser => 1000;

    UpdateConstraints? ICatalogVersion.UpdateConstraints => null;

    public static LedgerVersion Decode(ReadOnlySpan<byte> utf8) => LedgerJson.Decode<LedgerVersion>(utf8);
}

internal sealed record LedgerVersionSpec
{
    public string Version { get; init => field = value ?? ""; } = "";

    public string Image { get; init => field = value ?? ""; } = "";
}
