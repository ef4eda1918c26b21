using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes.Transport;

namespace KubeDb.Api.Kubernetes;

/// <summary>
/// Tells from a live object alone whether it still is as it was described. The server keeps in <c>metadata.managedFields</c> which fields
/// <see cref="FieldManagers.Blueprint"/> applied; the values of exactly these are hashed, and so is a desired object. Equal hashes mean that
/// nothing drifted and nothing is to be written. Who changes such a field by other means takes it out of that set, and the hashes differ.
/// <para>
/// Left out on both sides: identity (apiVersion, kind, name, namespace, …), <c>status</c>, nulls and empty arrays. Where the server stores
/// another form of a value (<c>1024Mi</c> as <c>1Gi</c>), fills defaults into an atomic list (a StatefulSet's claim templates) or drops an empty
/// map (<c>labels: {}</c>), the hashes differ though nothing drifted;
/// <c>Applier</c> copes, but a blueprint that writes the stored form saves a request per object and process start.
/// </para>
/// </summary>
public static class OwnedFields
{
    private const int Usual = 4096;

    // The text is hashed and goes nowhere: what a web page could take for markup (every script and base64 text has some of it) stays as it is.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = JsonLimits.Depth, SkipValidation = true };

    /// <summary>The fingerprint of a live object's fields owned by the blueprint; empty when the blueprint owns none.</summary>
    /// <exception cref="JsonException">The bytes are not a JSON object.</exception>
    public static string Fingerprint(ReadOnlySpan<byte> utf8)
    {
        var reader = JsonLimits.Reader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        return Fingerprint(document.RootElement);
    }

    /// <summary>The fingerprint of a live object's fields owned by the blueprint; empty when the blueprint owns none.</summary>
    public static string Fingerprint(JsonElement live)
    {
        if (live.ValueKind is not JsonValueKind.Object)
            throw new JsonException("Expected an object.");
        if (!TryFindFields(live, out var fields))
            return "";
        using var hash = new CanonicalHash();
        hash.Open('(');
        Members(hash, live, fields, Level.Root);
        hash.Close();
        return hash.Finish();
    }

    /// <summary>The metadata with its fingerprint, for decoders of kinds that we apply.</summary>
    /// <param name="meta">The decoded metadata.</param>
    /// <param name="utf8">The whole object.</param>
    /// <exception cref="JsonException">The bytes are not a JSON object.</exception>
    public static ObjectMeta Stamp(ObjectMeta meta, ReadOnlySpan<byte> utf8) => meta with { Fingerprint = Fingerprint(utf8) };

    /// <summary>The fingerprint that a live object has once this is applied to it.</summary>
    public static string Desired(JsonObject desired)
    {
        using var utf8 = new PooledBytes(Usual);
        using (var writer = new Utf8JsonWriter(utf8, Plain))
            desired.WriteTo(writer);
        using var document = JsonDocument.Parse(utf8.Memory, JsonLimits.Document);
        using var hash = new CanonicalHash();
        hash.Open('(');
        DesiredMembers(hash, document.RootElement, Level.Root);
        hash.Close();
        return hash.Finish();
    }

    /// <summary>
    /// Whether the server tells the items of a list apart by keys (true) or takes the list as one value (false), as what a manager applied of
    /// it shows; null when it applied none of it.
    /// </summary>
    /// <param name="utf8">The live object.</param>
    /// <param name="manager">The field manager.</param>
    /// <param name="parent">The member of the object that holds the list.</param>
    /// <param name="list">The list.</param>
    /// <exception cref="JsonException">The bytes are not a JSON object.</exception>
    public static bool? HaveKeys(ReadOnlySpan<byte> utf8, string manager, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> list)
    {
        var reader = JsonLimits.Reader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind is not JsonValueKind.Object)
            throw new JsonException("Expected an object.");
        bool? found = null;
        if (!TryGetEntries(document.RootElement, out var entries))
            return found;
        foreach (var entry in entries.EnumerateArray())
        {
            if (IsApplied(entry, manager, out var own) && TryGetField(own, parent, out var inside) && TryGetField(inside, list, out var items))
                found = items.EnumerateObject().MoveNext();
        }

        return found;
    }

    private static bool TryGetField(JsonElement fields, ReadOnlySpan<byte> name, out JsonElement value)
    {
        foreach (var field in fields.EnumerateObject())
        {
            var tagged = CanonicalHash.RawName(field);
            if (!tagged.StartsWith("f:"u8) || !tagged[2..].SequenceEqual(name) || field.Value.ValueKind is not JsonValueKind.Object)
                continue;
            value = field.Value;
            return true;
        }

        value = default;
        return false;
    }

    private static bool TryFindFields(JsonElement live, out JsonElement fields)
    {
        fields = default;
        var found = false;
        if (!TryGetEntries(live, out var entries))
            return found;
        foreach (var entry in entries.EnumerateArray())
        {
            if (IsApplied(entry, FieldManagers.Blueprint, out var own) && (!entry.TryGetProperty("subresource"u8, out var sub) || sub.ValueEquals(""u8)))
            {
                fields = own;
                found = true;
            }
        }

        return found;
    }

    private static bool TryGetEntries(JsonElement live, out JsonElement entries)
    {
        entries = default;
        return live.TryGetProperty("metadata"u8, out var metadata) && metadata.TryGetProperty("managedFields"u8, out entries)
            && entries.ValueKind is JsonValueKind.Array;
    }

    /// <summary>Whether the entry is of what a manager applied, and the fields that it owns by that.</summary>
    private static bool IsApplied(JsonElement entry, string manager, out JsonElement own)
    {
        own = default;
        return Is(entry, "manager"u8, manager) && Is(entry, "operation"u8, "Apply")
            && entry.TryGetProperty("fieldsV1"u8, out own) && own.ValueKind is JsonValueKind.Object;
    }

    private static bool Is(JsonElement entry, ReadOnlySpan<byte> name, string value) =>
        entry.TryGetProperty(name, out var found) && found.ValueKind is JsonValueKind.String && found.ValueEquals(value);

    /// <summary>Members that say which object it is, or that the server alone writes.</summary>
    private static bool IsLeftOut(ReadOnlySpan<byte> name, Level level) => level switch
    {
        Level.Root => name.SequenceEqual("apiVersion"u8) || name.SequenceEqual("kind"u8) || name.SequenceEqual("status"u8),
        Level.Metadata => name.SequenceEqual("name"u8) || name.SequenceEqual("namespace"u8) || name.SequenceEqual("uid"u8)
            || name.SequenceEqual("resourceVersion"u8) || name.SequenceEqual("creationTimestamp"u8) || name.SequenceEqual("managedFields"u8)
            || name.SequenceEqual("generation"u8),
        _ => false,
    };

    private static Level Below(Level level, ReadOnlySpan<byte> name) =>
        level is Level.Root && name.SequenceEqual("metadata"u8) ? Level.Metadata : Level.Other;

    private static void DesiredMembers(CanonicalHash hash, JsonElement value, Level level)
    {
        var members = CanonicalHash.Sorted(value, out var count);
        foreach (ref readonly var member in members.AsSpan(0, count))
        {
            var name = CanonicalHash.RawName(member);
            if (IsLeftOut(name, level))
                continue;
            var before = hash.Position;
            hash.Name(name);
            if (Below(level, name) is Level.Metadata && member.Value.ValueKind is JsonValueKind.Object)
            {
                // Without its identity the metadata of a desired object may be empty, as the projection of a live one then is.
                hash.Open('(');
                var start = hash.Position;
                DesiredMembers(hash, member.Value, Level.Metadata);
                var empty = hash.Position == start;
                hash.Close();
                if (empty)
                    hash.Truncate(before);
            }
            else if (!hash.Value(member.Value))
            {
                hash.Truncate(before);
            }
        }

        CanonicalHash.Return(members);
    }

    /// <summary>Writes what of <paramref name="live"/> is in the set; false, and nothing written, when that is nothing.</summary>
    private static bool Project(CanonicalHash hash, JsonElement live, JsonElement fields, Level level)
    {
        var isLeaf = true;
        foreach (var field in fields.EnumerateObject())
        {
            isLeaf = false;
            var kind = CanonicalHash.RawName(field);
            if (kind.StartsWith("f:"u8))
                return live.ValueKind is JsonValueKind.Object && Enclosed(hash, live, fields, level);
            if (kind.StartsWith("k:"u8) || kind.StartsWith("v:"u8))
                return live.ValueKind is JsonValueKind.Array && Items(hash, live, fields);
        }

        // Only the place itself (".") is owned, not what is in it.
        return isLeaf && hash.Value(live);
    }

    private static bool Enclosed(CanonicalHash hash, JsonElement live, JsonElement fields, Level level)
    {
        var before = hash.Position;
        hash.Open('(');
        var start = hash.Position;
        Members(hash, live, fields, level);
        if (hash.Position == start)
        {
            hash.Truncate(before);
            return false;
        }

        hash.Close();
        return true;
    }

    private static void Members(CanonicalHash hash, JsonElement live, JsonElement fields, Level level)
    {
        // Sorted with their common prefix "f:" they are in the order of the names.
        var sorted = CanonicalHash.Sorted(fields, out var count);
        foreach (ref readonly var field in sorted.AsSpan(0, count))
        {
            var tagged = CanonicalHash.RawName(field);
            if (!tagged.StartsWith("f:"u8))
                continue;
            var name = tagged[2..];
            if (IsLeftOut(name, level) || !live.TryGetProperty(name, out var value))
                continue;
            var before = hash.Position;
            hash.Name(name);
            if (!Project(hash, value, field.Value, Below(level, name)))
                hash.Truncate(before);
        }

        CanonicalHash.Return(sorted);
    }

    private static bool Items(CanonicalHash hash, JsonElement live, JsonElement fields)
    {
        var keys = ItemKeys(fields);
        var before = hash.Position;
        var empty = true;
        hash.Open('[');
        foreach (var item in live.EnumerateArray())
        {
            foreach (var (isKey, key, owned) in keys)
            {
                if (!(isKey ? HasKey(item, key.RootElement) : JsonElement.DeepEquals(item, key.RootElement)))
                    continue;
                empty &= !Project(hash, item, owned, Level.Other);
                break;
            }
        }

        if (empty)
            hash.Truncate(before);
        else
            hash.Close();
        keys.ForEach(k => k.Key.Dispose());
        return !empty;
    }

    /// <summary>What identifies the owned items of a list: members of a map list's items ("k:"), or whole values of a set ("v:").</summary>
    private static List<(bool IsKey, JsonDocument Key, JsonElement Owned)> ItemKeys(JsonElement fields)
    {
        var keys = new List<(bool, JsonDocument, JsonElement)>();
        foreach (var field in fields.EnumerateObject())
        {
            var isKey = field.Name.StartsWith("k:", StringComparison.Ordinal);
            if (isKey || field.Name.StartsWith("v:", StringComparison.Ordinal))
                keys.Add((isKey, JsonDocument.Parse(field.Name.AsMemory(2)), field.Value));
        }

        return keys;
    }

    private static bool HasKey(JsonElement item, JsonElement key)
    {
        if (item.ValueKind is not JsonValueKind.Object)
            return false;
        foreach (var member in key.EnumerateObject())
        {
            if (!item.TryGetProperty(member.Name, out var value) || !JsonElement.DeepEquals(value, member.Value))
                return false;
        }

        return true;
    }

    private enum Level
    {
        Root,
        Metadata,
        Other,
    }
}
