using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>Generated readers of the observed kinds. What a type does not name is passed over.
/// The generated code sets every init-only property, to null or 0 where the JSON has none, whatever its initializer says: so each property
/// turns null into its empty value itself.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = JsonLimits.Depth, Converters = [typeof(TolerantTimeConverter)])]
[JsonSerializable(typeof(ObjectMeta))]
[JsonSerializable(typeof(Condition))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(PersistentVolumeClaim))]
[JsonSerializable(typeof(StatefulSet))]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(KubernetesEvent))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(Namespace))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(StorageClass))]
[JsonSerializable(typeof(CustomResourceDefinition))]
internal sealed partial class ModelJson : JsonSerializerContext
{
    /// <summary>Reads one object.</summary>
    /// <exception cref="JsonException">The bytes are not such an object.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type)
        where T : class =>
        JsonSerializer.Deserialize(utf8, type) ?? throw new JsonException($"Expected a {typeof(T).Name}, found null.");
}
