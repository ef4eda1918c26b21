using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Kinds;

/// <summary>Reads and writes the custom resources. A field that is absent stays absent: neither nulls nor empty lists and texts appear (but required texts).</summary>
public static class KindsJson
{
    private static readonly Readers All = new();

    private static readonly JsonSerializerOptions Options = new(KindsJsonContext.Default.Options)
    {
        TypeInfoResolver = All.WithAddedModifier(OmitEmpty),
    };

    /// <summary>
    /// Adds the generated readers and writers of kinds that stand in another assembly, before the first of those kinds is read. They follow the
    /// rules of this class, whatever options they were generated with. Safe for threads.
    /// </summary>
    public static void Add(IJsonTypeInfoResolver kinds) => All.Add(kinds);

    /// <summary>Decodes an object or a part of one.</summary>
    /// <exception cref="JsonException">The bytes are not such an object.</exception>
    public static T Decode<T>(ReadOnlySpan<byte> utf8)
        where T : class => JsonSerializer.Deserialize(utf8, Info<T>()) ?? throw new JsonException("Expected an object, found null.");

    /// <summary>Decodes an object or a part of one.</summary>
    /// <exception cref="JsonException">The node is not such an object.</exception>
    public static T Decode<T>(JsonNode node)
        where T : class => node.Deserialize(Info<T>()) ?? throw new JsonException("Expected an object, found null.");

    /// <summary>Any part of a custom resource, known by its own type or an interface of it, as a fresh, mutable object, such as its spec.</summary>
    public static JsonObject ToObject<T>(T part)
        where T : class => (JsonObject)JsonSerializer.SerializeToNode(part, Options.GetTypeInfo(part.GetType()))!;

    /// <summary>A whole database of any kind as a fresh, mutable object, status and all.</summary>
    public static JsonObject WholeOf(IDatabase database) => (JsonObject)JsonSerializer.SerializeToNode(database, Options.GetTypeInfo(database.GetType()))!;

    /// <summary>
    /// A custom resource as a manifest to send: apiVersion, kind, name, namespace, labels, annotations and all but the metadata that the
    /// server keeps.
    /// </summary>
    public static JsonObject ToManifest<T>(T resource)
        where T : class, IKubernetesObject<T>
    {
        var body = ToObject(resource);
        body.Remove("metadata");
        var manifest = new JsonObject
        {
            ["apiVersion"] = T.Resource.ApiVersion,
            ["kind"] = T.Resource.Kind,
            ["metadata"] = Metadata(resource.Metadata),
        };
        foreach (var (name, value) in body.ToArray())
        {
            body.Remove(name);
            manifest[name] = value;
        }

        return manifest;
    }

    private static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static JsonObject Metadata(ObjectMeta metadata)
    {
        var node = new JsonObject { ["name"] = metadata.Name };
        if (metadata.Namespace.Length > 0)
            node["namespace"] = metadata.Namespace;
        if (metadata.Labels.Count > 0)
            node["labels"] = new JsonObject(metadata.Labels.Select(l => KeyValuePair.Create<string, JsonNode?>(l.Key, l.Value)));
        if (metadata.Annotations.Count > 0)
            node["annotations"] = new JsonObject(metadata.Annotations.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value)));
        return node;
    }

    private static bool IsRequired(JsonPropertyInfo property) =>
        property.AttributeProvider?.IsDefined(typeof(RequiredFieldAttribute), inherit: false) ?? false;

    private sealed class Readers : IJsonTypeInfoResolver
    {
        private ImmutableArray<IJsonTypeInfoResolver> _known = [KindsJsonContext.Default];

        public void Add(IJsonTypeInfoResolver kinds) => ImmutableInterlocked.Update(ref _known, static (known, more) => known.Add(more), kinds);

        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options)
        {
            foreach (var kinds in _known)
            {
                if (kinds.GetTypeInfo(type, options) is { } info)
                    return info;
            }

            return null;
        }
    }

    private static void OmitEmpty(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
                property.ShouldSerialize = (_, value) => value is not (null or ICollection { Count: 0 });
            else if (property.PropertyType == typeof(string) && !IsRequired(property))
                property.ShouldSerialize = (_, value) => value is not (null or "");
        }
    }
}

/// <summary>Times: read also in small letters and with any number of digits, written as Kubernetes writes them, UTC and without trailing zeros.</summary>
public sealed class KubernetesTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Text = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TolerantTimeConverter.TryRead(ref reader, out var time) ? time : throw new JsonException("Expected a time as of RFC 3339.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Text, CultureInfo.InvariantCulture));
}
