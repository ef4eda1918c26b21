using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using k8s.Models;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>
/// Writes the models of Kubernetes' own kinds as JSON. What is null is left out; whole objects get their apiVersion and kind. What users wrote
/// never goes through a model, which would lose the fields that it does not know: it is merged into the JSON.
/// </summary>
public static class Manifests
{
    private static readonly JsonSerializerOptions Options = new(ManifestJson.Default.Options)
    {
        TypeInfoResolver = ManifestJson.Default.WithAddedModifier(MicroTimes),
    };

    /// <summary>A whole object, to send.</summary>
    /// <param name="type">Its kind: gives apiVersion and kind, whatever the model says.</param>
    /// <param name="model">The object.</param>
    public static JsonObject ToJson<T>(ResourceType type, T model)
        where T : class, k8s.IKubernetesObject
    {
        model.ApiVersion = type.ApiVersion;
        model.Kind = type.Kind;
        return ToJson(model);
    }

    /// <summary>A part of an object, such as a container.</summary>
    public static JsonObject ToJson<T>(T model)
        where T : class => (JsonObject)JsonSerializer.SerializeToNode(model, (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T)))!;

    /// <summary>A list of parts.</summary>
    public static JsonArray ToJson<T>(IEnumerable<T> models)
        where T : class => [.. models.Select(JsonNode (m) => ToJson(m))];

    // The server reads times of these kinds only with exactly six digits; all others are whole seconds.
    private static void MicroTimes(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if ((type.Type == typeof(V1LeaseSpec) || property.Name == "eventTime") && property.PropertyType == typeof(DateTime?))
                property.CustomConverter = new MicroTimeConverter();
        }
    }
}

/// <summary>Times as Kubernetes writes most of them: UTC in whole seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TolerantTimeConverter.TryRead(ref reader, out var time) ? time.UtcDateTime : throw new JsonException("Expected a time as of RFC 3339.");

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}

/// <summary>Times as Kubernetes demands them where it counts microseconds.</summary>
internal sealed class MicroTimeConverter : JsonConverter<DateTime?>
{
    public override DateTime? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TolerantTimeConverter.TryRead(ref reader, out var time) ? time.UtcDateTime : null;

    public override void Write(Utf8JsonWriter writer, DateTime? value, JsonSerializerOptions options)
    {
        if (value is { } time)
            writer.WriteStringValue(time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        else
            writer.WriteNullValue();
    }
}

/// <summary>
/// The generated writers, of the kinds that are written and nothing else: the library's own serializer would bring every model of Kubernetes
/// into the program. A kind that is to be written is a line here.
/// </summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    MaxDepth = JsonLimits.Depth,
    Converters = [typeof(SecondsConverter), typeof(IntOrStringJsonConverter), typeof(ResourceQuantityJsonConverter)])]
[JsonSerializable(typeof(V1Service))]
[JsonSerializable(typeof(V1Secret))]
[JsonSerializable(typeof(V1ConfigMap))]
[JsonSerializable(typeof(V1ServiceAccount))]
[JsonSerializable(typeof(V1Role))]
[JsonSerializable(typeof(V1RoleBinding))]
[JsonSerializable(typeof(V1PodDisruptionBudget))]
[JsonSerializable(typeof(V1StatefulSet))]
[JsonSerializable(typeof(V1Lease))]
[JsonSerializable(typeof(Corev1Event))]
[JsonSerializable(typeof(V1Eviction))]
internal sealed partial class ManifestJson : JsonSerializerContext;
