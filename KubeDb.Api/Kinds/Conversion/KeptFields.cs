using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Conversion;

/// <summary>
/// What has to be done to a converted spec to make it the one that is meant: a list of fields, each with its place (names of members, and
/// <c>{"name": …}</c> for an item of a list of named items), the <c>value</c> that belongs there (none: the field goes) and what <c>was</c> there
/// (none: nothing). A place that no longer holds what was there was edited, and is left alone. <c>order</c> is that of a list's items.
/// </summary>
internal sealed class KeptFields
{
    private const string At = "at";
    private const string Value = "value";
    private const string Was = "was";
    private const string Order = "order";
    private const string Name = "name";

    // A value stands one level deeper in the annotation than in the object.
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = JsonLimits.Depth + 8 };
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = JsonLimits.Depth + 16 };

    private readonly JsonArray _entries;

    private KeptFields(JsonArray entries) => _entries = entries;

    /// <summary>Takes what is kept off the object.</summary>
    /// <exception cref="ConversionException">The annotation is not what a conversion writes.</exception>
    public static KeptFields Take(JsonObject of, string annotation)
    {
        var text = Drop(of, annotation);
        return text is null ? new([]) : Read(text) ?? throw new ConversionException(
            $"metadata.annotations[{annotation}] can not be read. It keeps fields that this version of the kind has no place for, and is not to be "
            + "edited: put it back as it was, or remove it together with those fields.");
    }

    /// <summary>The same, with what can not be read counted as nothing.</summary>
    public static KeptFields TakeReadable(JsonObject of, string annotation) => (Drop(of, annotation) is { } text ? Read(text) : null) ?? new([]);

    /// <summary>Takes the annotation off the object; returns its text, null when there is none.</summary>
    public static string? Drop(JsonObject of, string annotation)
    {
        if (of["metadata"] is not JsonObject metadata || metadata["annotations"] is not JsonObject annotations || !annotations.TryGetPropertyValue(annotation, out var kept))
            return null;
        annotations.Remove(annotation);
        if (annotations.Count == 0)
            metadata.Remove("annotations");
        return kept.AsText();
    }

    /// <summary>What has to be done to <paramref name="derived"/> to make it <paramref name="wanted"/>.</summary>
    public static KeptFields Difference(JsonObject derived, JsonObject wanted)
    {
        var entries = new JsonArray();
        Compare(derived, wanted, [], entries);
        return new(entries);
    }

    /// <summary>Writes it on the object, as an annotation; nothing when nothing is kept.</summary>
    public void PutOn(JsonObject on, string annotation)
    {
        if (_entries.Count == 0 || ContainerDefaults.EnsureObject(on, "metadata") is not { } metadata
            || ContainerDefaults.EnsureObject(metadata, "annotations") is not { } annotations)
            return;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
            _entries.WriteTo(writer);
        annotations[annotation] = System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>Puts the fields back into a spec. Returns the places that were edited, and so were left alone.</summary>
    public IReadOnlyCollection<string> RestoreInto(JsonObject spec)
    {
        var edited = new List<string>();
        foreach (var entry in _entries.Objects().Where(e => !e.ContainsKey(Order)))
        {
            if (!Restore(spec, entry))
                edited.Add(string.Join('.', Steps(entry).Select(s => s.Text)));
        }

        foreach (var entry in _entries.Objects().Where(e => e.ContainsKey(Order)))
        {
            if (Walk(spec, Steps(entry), create: false) is JsonArray items)
                Sort(items, [.. entry[Order]!.AsArray().Select(n => n.AsText()!)]);
        }

        return edited;
    }

    private static KeptFields? Read(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Reading) is JsonArray entries && entries.All(IsEntry) ? new(entries) : null;
        }
        catch (Exception e) when (JsonLimits.IsUnreadable(e))
        {
            return null;
        }
    }

    private static bool IsEntry(JsonNode? node) =>
        node is JsonObject entry && entry[At] is JsonArray { Count: > 0 } at
        && at.All(s => s.AsText() is not null || s.Member(Name).AsText() is not null)
        && (!entry.TryGetPropertyValue(Order, out var order) || (order is JsonArray names && names.All(n => n.AsText() is not null)));

    // In the order of names, so that equal objects keep equal texts.
    private static void Compare(JsonObject derived, JsonObject wanted, IReadOnlyList<Step> at, JsonArray entries)
    {
        foreach (var (name, was) in derived.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (!wanted.ContainsKey(name))
                entries.Add((JsonNode)Entry([.. at, new(name, false)], value: null, hasValue: false, was, hasWas: true));
        }

        foreach (var (name, value) in wanted.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            Step[] here = [.. at, new(name, false)];
            if (!derived.TryGetPropertyValue(name, out var was))
                entries.Add((JsonNode)Entry(here, value, hasValue: true, was: null, hasWas: false));
            else
                CompareValue(was, value, here, entries);
        }
    }

    private static void CompareValue(JsonNode? derived, JsonNode? wanted, IReadOnlyList<Step> at, JsonArray entries)
    {
        if (derived is JsonObject one && wanted is JsonObject other)
            Compare(one, other, at, entries);
        else if (Named(derived) is { } before && Named(wanted) is { } after)
            CompareItems(before, after, at, entries);
        else if (!JsonNode.DeepEquals(derived, wanted))
            entries.Add((JsonNode)Entry(at, wanted, hasValue: true, derived, hasWas: true));
    }

    private static void CompareItems(OrderedDictionary<string, JsonObject> derived, OrderedDictionary<string, JsonObject> wanted, IReadOnlyList<Step> at, JsonArray entries)
    {
        foreach (var (name, was) in derived.Where(d => !wanted.ContainsKey(d.Key)))
            entries.Add((JsonNode)Entry([.. at, new(name, true)], value: null, hasValue: false, was, hasWas: true));
        foreach (var (name, value) in wanted)
        {
            Step[] here = [.. at, new(name, true)];
            if (derived.TryGetValue(name, out var was))
                Compare(was, value, here, entries);
            else
                entries.Add((JsonNode)Entry(here, value, hasValue: true, was: null, hasWas: false));
        }

        var made = derived.Keys.Where(wanted.ContainsKey).Concat(wanted.Keys.Where(k => !derived.ContainsKey(k)));
        if (!made.SequenceEqual(wanted.Keys))
            entries.Add((JsonNode)new JsonObject { [At] = Path(at), [Order] = new JsonArray([.. wanted.Keys.Select(k => (JsonNode)k)]) });
    }

    private static JsonObject Entry(IReadOnlyList<Step> at, JsonNode? value, bool hasValue, JsonNode? was, bool hasWas)
    {
        var entry = new JsonObject { [At] = Path(at) };
        if (hasValue)
            entry[Value] = value?.DeepClone();
        if (hasWas)
            entry[Was] = was?.DeepClone();
        return entry;
    }

    private static JsonArray Path(IReadOnlyList<Step> at) =>
        new([.. at.Select(s => s.IsItem ? (JsonNode)new JsonObject { [Name] = s.Text } : JsonValue.Create(s.Text))]);

    private static List<Step> Steps(JsonObject entry) =>
        [.. entry[At]!.AsArray().Select(s => s.AsText() is { } member ? new Step(member, false) : new Step(s.Member(Name).AsText()!, true))];

    private static bool Restore(JsonObject root, JsonObject entry)
    {
        var steps = Steps(entry);
        var hasValue = entry.TryGetPropertyValue(Value, out var value);
        var hasWas = entry.TryGetPropertyValue(Was, out var was);
        var parent = Walk(root, steps[..^1], create: hasValue && !hasWas, steps[^1].IsItem);
        if (parent is null)
            return false;
        var there = Find(parent, steps[^1], out var current);
        if (there != hasWas || !JsonNode.DeepEquals(current, was))
        {
            // Into what was added where there was nothing, the rest of what is kept still belongs.
            return there && hasValue && (JsonNode.DeepEquals(current, value) || (!hasWas && Merge(current, value)));
        }

        return hasValue ? Set(parent, steps[^1], value?.DeepClone()) : Remove(parent, steps[^1]);
    }

    /// <summary>Adds what is absent; what is there stays. False when something else is in the way.</summary>
    private static bool Merge(JsonNode? into, JsonNode? from)
    {
        if (into is JsonObject target && from is JsonObject source)
        {
            var whole = true;
            foreach (var (name, value) in source)
            {
                if (target.TryGetPropertyValue(name, out var present))
                    whole &= Merge(present, value);
                else
                    target[name] = value?.DeepClone();
            }

            return whole;
        }

        if (into is JsonArray items && Named(into) is { } known && Named(from) is { } more)
        {
            var whole = true;
            foreach (var (name, item) in more)
            {
                if (known.TryGetValue(name, out var present))
                    whole &= Merge(present, item);
                else
                    items.Add(item.DeepClone());
            }

            return whole;
        }

        return JsonNode.DeepEquals(into, from);
    }

    /// <summary>The node at the place; null where something else is in the way, or nothing is there and it is not to be made.</summary>
    private static JsonNode? Walk(JsonObject root, List<Step> steps, bool create, bool endsInList = false)
    {
        JsonNode at = root;
        for (var i = 0; i < steps.Count; i++)
        {
            if (!Find(at, steps[i], out var next))
            {
                var list = i + 1 < steps.Count ? steps[i + 1].IsItem : endsInList;
                JsonNode made = list ? new JsonArray() : steps[i].IsItem ? new JsonObject { [Name] = steps[i].Text } : new JsonObject();
                if (!create || !Set(at, steps[i], made))
                    return null;
                next = made;
            }

            if (next is not (JsonObject or JsonArray))
                return null;
            at = next;
        }

        return at;
    }

    private static bool Find(JsonNode parent, Step step, out JsonNode? found)
    {
        found = null;
        if (!step.IsItem)
            return parent is JsonObject o && o.TryGetPropertyValue(step.Text, out found);
        found = (parent as JsonArray).Objects().FirstOrDefault(i => i[Name].AsText() == step.Text);
        return found is not null;
    }

    private static bool Set(JsonNode parent, Step step, JsonNode? value)
    {
        switch (parent)
        {
            case JsonObject o when !step.IsItem:
                o[step.Text] = value;
                return true;
            case JsonArray items when step.IsItem:
                items.Add(value);
                return true;
            default:
                return false;
        }
    }

    private static bool Remove(JsonNode parent, Step step)
    {
        if (step.IsItem && Find(parent, step, out var item))
            ((JsonArray)parent).Remove(item);
        else
            (parent as JsonObject)?.Remove(step.Text);
        return true;
    }

    /// <summary>Sorts named items; those that the order does not name come last, as they are.</summary>
    private static void Sort(JsonArray items, List<string> order)
    {
        var rank = order.Select((name, i) => (name, i)).DistinctBy(p => p.name).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        var sorted = items.OrderBy(i => i.Member(Name).AsText() is { } name ? rank.GetValueOrDefault(name, int.MaxValue) : int.MaxValue).ToList();
        items.Clear();
        foreach (var item in sorted)
            items.Add(item);
    }

    /// <summary>The items of a list by name; null when it is none, is empty, or has items without a name, or two of one.</summary>
    private static OrderedDictionary<string, JsonObject>? Named(JsonNode? node)
    {
        if (node is not JsonArray { Count: > 0 } items)
            return null;
        var named = new OrderedDictionary<string, JsonObject>(items.Count, StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item is not JsonObject o || o[Name].AsText() is not { } name || !named.TryAdd(name, o))
                return null;
        }

        return named;
    }

    /// <summary>A member of an object, or the item of that name of a list.</summary>
    private readonly record struct Step(string Text, bool IsItem);
}
