using System.Text.Json;

namespace KubeDb.Api.Kubernetes;

/// <summary>Decodes a list answer item by item, each from its own slice of the bytes, so that no tree of the whole list is built.</summary>
public static class ListDecoder
{
    /// <summary>Decodes one page.</summary>
    /// <exception cref="JsonException">The bytes are not a list of such objects.</exception>
    public static ObjectPage<T> Decode<T>(ReadOnlySpan<byte> utf8, ObjectDecoder<T> decode)
    {
        var items = new List<T>();
        var unreadable = new List<UnreadableObject>();
        string version = "", next = "";
        var reader = JsonLimits.EnvelopeReader(utf8);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
                ReadListMeta(ref reader, ref version, ref next);
            else if (reader.ValueTextEquals("items"u8))
                ReadItems(ref reader, utf8, decode, items, unreadable);
            else
                reader.Skip();
        }

        return new ObjectPage<T>(items, version, next) { Unreadable = unreadable };
    }

    private static void ReadListMeta(ref Utf8JsonReader reader, ref string version, ref string next)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("resourceVersion"u8))
            {
                reader.Read();
                version = reader.GetString() ?? "";
            }
            else if (reader.ValueTextEquals("continue"u8))
            {
                reader.Read();
                next = reader.GetString() ?? "";
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadItems<T>(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, ObjectDecoder<T> decode, List<T> items, List<UnreadableObject> unreadable)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var item = utf8[start..(int)reader.BytesConsumed];
            try
            {
                items.Add(decode(item));
            }
            catch (Exception e) when (JsonLimits.IsUnreadable(e))
            {
                unreadable.Add(Identify(item, JsonLimits.Describe(e)));
            }
        }
    }

    // The first level of metadata alone, which the server keeps in order whatever the rest is.
    private static UnreadableObject Identify(ReadOnlySpan<byte> item, string why)
    {
        string name = "", ns = "", uid = "";
        var reader = JsonLimits.EnvelopeReader(item);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (!isMetadata || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = reader.GetString();
                reader.Read();
                var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
                reader.Skip();
                (name, ns, uid) = field switch { "name" => (text, ns, uid), "namespace" => (name, text, uid), "uid" => (name, ns, text), _ => (name, ns, uid) };
            }
        }

        return new(new(ns, name), uid, why);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw new JsonException($"Expected {type} in a list answer.");
    }
}
