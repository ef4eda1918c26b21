using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.CrdGenerator;

/// <summary>Makes structural schemas from records.</summary>
internal sealed class SchemaBuilder(XmlDocs documents)
{
    /// <summary>Schema of a whole custom resource.</summary>
    public JsonObject Root(Type type)
    {
        var schema = OfRecord(type);
        var properties = (JsonObject)schema["properties"]!;
        properties["apiVersion"] = new JsonObject { ["type"] = "string", ["description"] = "Group and version of the schema." };
        properties["kind"] = new JsonObject { ["type"] = "string", ["description"] = "Kind of the object." };
        Describe(schema, documents.Of(type));
        return schema;
    }

    /// <summary>Makes the schema of a part that of an older version: without the fields that it lacks, and with those that it has otherwise.</summary>
    public void Replace(JsonObject schema, Type fields)
    {
        var properties = (JsonObject)schema["properties"]!;
        foreach (var name in fields.GetCustomAttribute<WithoutFieldsAttribute>()?.Names ?? [])
        {
            if (!properties.Remove(name))
                throw new InvalidOperationException($"{fields} is without {name}, which there is not.");
        }

        foreach (var (name, property) in (JsonObject)OfRecord(fields)["properties"]!)
            properties[name] = property!.DeepClone();
    }

    private JsonObject OfRecord(Type type)
    {
        var properties = new JsonObject();
        var required = new List<string>();
        var rules = new List<JsonNode>();
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (property.GetCustomAttribute<JsonIgnoreAttribute>() is not null)
                continue;
            var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            properties[name] = OfProperty(property);
            if (property.GetCustomAttribute<RequiredFieldAttribute>() is not null)
                required.Add(name);
            if (property.GetCustomAttribute<ImmutableAttribute>() is { } immutable)
                rules.Add(new JsonObject { ["rule"] = Unchanged(name, immutable), ["message"] = immutable.Message });
        }

        var schema = new JsonObject { ["type"] = "object" };
        if (properties.Count > 0)
            schema["properties"] = properties;
        if (required.Count > 0)
            schema["required"] = new JsonArray([.. required.Order(StringComparer.Ordinal).Select(r => (JsonNode)r)]);
        if (rules.Count > 0)
            schema["x-kubernetes-validations"] = new JsonArray([.. rules]);
        return schema;
    }

    // On the object that holds the field, so that adding and removing it count as changes. In the words that CEL had from its first version on.
    private static string Unchanged(string name, ImmutableAttribute immutable)
    {
        var (now, before) = ($"self.{name}", $"oldSelf.{name}");
        if (immutable.Default is { } fallback)
            return $"(has({now}) ? {now} : '{fallback}') == (has({before}) ? {before} : '{fallback}')";
        var same = $"has({now}) == has({before}) && (!has({now}) || {now} == {before})";
        return immutable.Once is { } once ? $"!has({before}) || !has({before}.{once}) || !{before}.{once} || ({same})" : same;
    }

    private JsonObject OfProperty(PropertyInfo property)
    {
        var shape = property.GetCustomAttribute<ShapeAttribute>()?.Shape;
        var schema = OfType(property.PropertyType, shape, property);
        if (property.GetCustomAttribute<OneOfAttribute>() is { } oneOf)
            schema["enum"] = Texts(oneOf.Values);
        // An empty text is left out: Kubernetes 1.20 reads it as null and refuses the definition, and absent means the same to every reader.
        if (property.GetCustomAttribute<SchemaDefaultAttribute>() is { Json: not "\"\"" } value)
            schema["default"] = JsonNode.Parse(value.Json);
        if (property.GetCustomAttribute<MapListAttribute>() is { } map)
        {
            schema["x-kubernetes-list-type"] = "map";
            schema["x-kubernetes-list-map-keys"] = Texts(map.Keys);
        }

        if (property.GetCustomAttribute<ItemOneOfAttribute>() is { } item)
            schema["items"]!["properties"]![item.Field]!["enum"] = Texts(item.Values);
        Describe(schema, documents.Of(property));
        return schema;
    }

    private JsonObject OfType(Type type, FragmentShape? shape, PropertyInfo property)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(JsonFragment))
        {
            return FragmentSchemas.Of(shape ?? throw new InvalidOperationException(
                $"{property.DeclaringType}.{property.Name} is a fragment without a [Shape]."));
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return new JsonObject { ["type"] = "array", ["items"] = OfType(type.GenericTypeArguments[0], shape, property) };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = OfType(type.GenericTypeArguments[1], shape, property) };
        return Scalar(type, property) ?? OfRecord(type);
    }

    private static JsonObject? Scalar(Type type, PropertyInfo property) => type switch
    {
        _ when type == typeof(string) => new JsonObject { ["type"] = "string" },
        _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
        _ when type == typeof(int) => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
        _ when type == typeof(long) => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
        _ when type == typeof(DateTimeOffset) => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        _ when type == typeof(byte[]) => new JsonObject { ["type"] = "string", ["format"] = "byte" },
        _ when type == typeof(ObjectMeta) => new JsonObject { ["type"] = "object" },
        _ when type == typeof(Quantity) => FragmentSchemas.Quantity(),
        { IsClass: true } when type.Namespace!.StartsWith("KubeDb.Api.Kinds", StringComparison.Ordinal) => null,
        _ => throw new InvalidOperationException($"{property.DeclaringType}.{property.Name} has type {type}, which has no schema."),
    };

    private static void Describe(JsonObject schema, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            schema["description"] = text;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
