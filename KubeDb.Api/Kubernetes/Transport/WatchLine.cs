using System.Text.Json;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>Finds the parts of a watch event in its bytes.</summary>
internal static class WatchLine
{
    /// <summary>The event's type and where its object lies.</summary>
    /// <exception cref="JsonException">The line is no watch event.</exception>
    public static (WatchEventType Type, Range Object) Split(ReadOnlySpan<byte> line)
    {
        WatchEventType? type = null;
        Range? body = null;
        var reader = JsonLimits.EnvelopeReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("An event is no JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = TypeOf(ref reader);
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                body = start..(int)reader.BytesConsumed;
            }
            else
            {
                reader.Skip();
            }
        }

        return type is { } t && body is { } b ? (t, b) : throw new JsonException("An event has no type or no object.");
    }

    /// <summary><c>metadata.resourceVersion</c> of an object; empty without one.</summary>
    public static string ResourceVersion(ReadOnlySpan<byte> utf8)
    {
        var reader = JsonLimits.EnvelopeReader(utf8);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("metadata"u8))
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals("resourceVersion"u8);
                reader.Read();
                if (found)
                    return reader.GetString() ?? "";
                reader.Skip();
            }
        }

        return "";
    }

    private static WatchEventType TypeOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("ADDED"u8))
            return WatchEventType.Added;
        if (reader.ValueTextEquals("MODIFIED"u8))
            return WatchEventType.Modified;
        if (reader.ValueTextEquals("DELETED"u8))
            return WatchEventType.Deleted;
        if (reader.ValueTextEquals("BOOKMARK"u8))
            return WatchEventType.Bookmark;
        return reader.ValueTextEquals("ERROR"u8) ? WatchEventType.Error : throw new JsonException($"Unknown event type {reader.GetString()}.");
    }
}
