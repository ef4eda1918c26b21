using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>Looks into claim specs.</summary>
public static class VolumeClaims
{
    /// <summary>The text of <c>resources.requests.storage</c>; null when absent.</summary>
    public static string? RequestText(JsonFragment? claim) =>
        claim?.ToNode().Member("resources").Member("requests").Member("storage").AsScalar();

    /// <summary>The size asked for, in bytes; null when absent or no amount.</summary>
    public static decimal? Request(JsonFragment? claim) => Quantity.Parse(RequestText(claim));

    /// <summary>The storage class; null for the cluster's default.</summary>
    public static string? StorageClass(JsonFragment? claim) => claim?.ToNode().Member("storageClassName").AsText();
}
