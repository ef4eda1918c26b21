using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeDb.Api.Kubernetes.Models;

/// <summary>
/// Labels or annotations of an observed object: a few keys, read often, never changed, held by tens of thousands. One array of keys and
/// values takes a third of a dictionary's memory and is searched as fast at this size.
/// </summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is a map of strings.")]
public sealed class StringMap : IReadOnlyDictionary<string, string>
{
    private static readonly RecentValues<StringMap> Shared = new();

    [ThreadStatic]
    private static List<string>? _scratch;

    private readonly string[] _pairs;

    private StringMap(string[] pairs) => _pairs = pairs;

    /// <summary>No keys.</summary>
    public static StringMap Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _pairs.Length / 2;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => this.Select(p => p.Key);

    /// <inheritdoc/>
    public IEnumerable<string> Values => this.Select(p => p.Value);

    /// <inheritdoc/>
    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no key '{key}'.");

    /// <summary>Takes the pairs; of equal keys the last counts.</summary>
    public static StringMap From(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var list = new List<string>();
        foreach (var (key, value) in pairs)
            Put(list, key, value);
        return Own(list);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        for (var i = 0; i < _pairs.Length; i += 2)
        {
            if (string.Equals(_pairs[i], key, StringComparison.Ordinal))
            {
                value = _pairs[i + 1];
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (var i = 0; i < _pairs.Length; i += 2)
            yield return new(_pairs[i], _pairs[i + 1]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static StringMap Read(ref Utf8JsonReader reader, Func<string, bool>? keep = null)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return Empty;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("Expected a mapping of texts.");
        var list = _scratch ??= [];
        list.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = StringPool.Read(ref reader);
            reader.Read();
            if (keep is null || keep(key))
                Put(list, key, StringPool.Read(ref reader));
        }

        return Own(list);
    }

    private static void Put(List<string> list, string key, string value)
    {
        for (var i = 0; i < list.Count; i += 2)
        {
            if (list[i] == key)
            {
                list[i + 1] = value;
                return;
            }
        }

        list.Add(key);
        list.Add(value);
    }

    private static StringMap Own(List<string> list) => list.Count == 0 ? Empty : new([.. list]);

    /// <summary>An equal map that is kept already, or this one: the children of a database have the same few sets of labels.</summary>
    internal StringMap Share()
    {
        if (_pairs.Length == 0)
            return Empty;
        var hasher = new HashCode();
        foreach (var text in _pairs)
            hasher.Add(text);
        var hash = hasher.ToHashCode();
        if (Shared.Find(hash) is { } known && known._pairs.AsSpan().SequenceEqual(_pairs))
            return known;
        Shared.Keep(hash, this);
        return this;
    }
}

/// <summary>Reads labels and selectors.</summary>
public sealed class StringMapConverter : JsonConverter<IReadOnlyDictionary<string, string>>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        StringMap.Read(ref reader).Share();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value, JsonSerializerOptions options) =>
        Write(writer, value);

    internal static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in value)
            writer.WriteString(key, text);
        writer.WriteEndObject();
    }
}

/// <summary>
/// Reads annotations. <c>kubectl.kubernetes.io/last-applied-configuration</c> is left out: it repeats the whole object, and of a Secret
/// it holds the secret.
/// </summary>
public sealed class AnnotationsConverter : JsonConverter<IReadOnlyDictionary<string, string>>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        StringMap.Read(ref reader, static key => key != "kubectl.kubernetes.io/last-applied-configuration").Share();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value, JsonSerializerOptions options) =>
        StringMapConverter.Write(writer, value);
}
