using System.Text.Json;
using System.Text.Json.Serialization;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.LocalNode;

/// <summary>A PersistentVolume as observed, down to what decides on its removal.</summary>
internal sealed record LocalVolume : IKubernetesObject<LocalVolume>
{
    /// <summary>Marks a volume with who made it; Kubernetes' own controllers leave such a volume to that one.</summary>
    public const string MadeBy = "pv.kubernetes.io/provisioned-by";

    public static ResourceType Resource => ResourceTypes.PersistentVolume;

    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public LocalVolumeSpec Spec { get; init => field = value ?? new(); } = new();

    public LocalVolumeStatus Status { get; init => field = value ?? new(); } = new();

    public bool IsOurs => Metadata.Annotations.GetValueOrDefault(MadeBy) == VolumeControllers.Provisioner;

    /// <summary>True when nobody claims it any more and its class says that it goes then.</summary>
    public bool IsToGo => IsOurs && !Metadata.IsDeleting && Status.Phase is "Released" && Spec.PersistentVolumeReclaimPolicy == "Delete";

    public static LocalVolume Decode(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, NodeJson.Default.LocalVolume) ?? throw new JsonException("Expected a PersistentVolume, found null.");
}

internal sealed record LocalVolumeSpec
{
    public string PersistentVolumeReclaimPolicy { get; init => field = value ?? ""; } = "";

    public LocalVolumeSource Local { get; init => field = value ?? new(); } = new();
}

internal sealed record LocalVolumeSource
{
    public string Path { get; init => field = value ?? ""; } = "";
}

internal sealed record LocalVolumeStatus
{
    public string Phase { get; init => field = value ?? ""; } = "";
}

/// <summary>Generated readers of this tool's own view of objects.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LocalVolume))]
[JsonSerializable(typeof(NamedService))]
[JsonSerializable(typeof(ServiceEndpoints))]
internal sealed partial class NodeJson : JsonSerializerContext;
