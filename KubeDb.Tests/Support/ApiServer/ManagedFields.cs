using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>Who writes, as an entry of <c>managedFields</c> tells managers apart.</summary>
/// <param name="Manager">The field manager's name.</param>
/// <param name="Applies">True for server-side apply, false for every other write.</param>
/// <param name="ApiVersion">Version that the manager writes in.</param>
/// <param name="Subresource">The subresource written through; empty for the object itself.</param>
public sealed record FieldWriter(string Manager, bool Applies, string ApiVersion, string Subresource);

/// <summary>What server-side apply came to: the merged object, or a sentence about the fields that others own.</summary>
/// <param name="Merged">The new object; null after a conflict.</param>
/// <param name="Conflict">The server's sentence; null without a conflict.</param>
public sealed record ApplyResult(JsonObject? Merged, string? Conflict);

/// <summary>
/// Ownership of fields, kept in <c>metadata.managedFields</c>. Both operations take the live object (or the kind's empty form when there
/// is none) and leave it as it is.
/// </summary>
public sealed class ManagedFields
{
    private static readonly string[] Unowned =
        ["name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields", "resourceVersion"];

    private static readonly FieldSet Stripped = StrippedSet();

    private readonly Dictionary<FieldWriter, (FieldSet Fields, string Time)> _entries = [];

    private ManagedFields()
    {
    }

    /// <summary>A write that is not an apply: the writer takes over what it changed, in the object that is about to be stored.</summary>
    /// <param name="live">The object before.</param>
    /// <param name="updated">The object after; its managedFields are set here.</param>
    /// <param name="type">The kind's type.</param>
    /// <param name="writer">Who writes.</param>
    /// <param name="now">The server's time, RFC 3339.</param>
    /// <param name="inScope">Drops the fields that this endpoint does not write.</param>
    public static void Update(
        JsonObject live, JsonObject updated, FieldType type, FieldWriter writer, string now, Func<FieldSet, FieldSet> inScope)
    {
        var state = Read(live);
        var changes = FieldWalk.Compare(Bare(live), Bare(updated), type);
        FieldSet added = inScope(changes.Added), modified = inScope(changes.Modified), removed = inScope(changes.Removed);
        var taken = modified.Union(added).Without(Stripped);
        var lost = taken.Union(removed);
        var before = state._entries.GetValueOrDefault(writer);
        foreach (var (key, entry) in state._entries.ToList())
            state.Keep(key, entry.Fields.Difference(lost), entry.Time);
        if (!taken.IsEmpty)
            state.Keep(writer, (before.Fields ?? new FieldSet()).Difference(removed).Union(taken), now);
        state.Write(updated);
    }

    /// <summary>Server-side apply.</summary>
    /// <param name="live">The object before.</param>
    /// <param name="config">What the manager wants; all it wants.</param>
    /// <param name="type">The kind's type.</param>
    /// <param name="writer">Who applies.</param>
    /// <param name="force">Take fields from others instead of answering with a conflict.</param>
    /// <param name="now">The server's time, RFC 3339.</param>
    /// <param name="inScope">Drops the fields that this endpoint does not write.</param>
    public static ApplyResult Apply(
        JsonObject live, JsonObject config, FieldType type, FieldWriter writer, bool force, string now, Func<FieldSet, FieldSet> inScope)
    {
        var state = Read(live);
        var former = Read(live);
        var bareLive = Bare(live);
        var merged = FieldWalk.Merge(bareLive, Bare(config), type);
        var last = state._entries.GetValueOrDefault(writer).Fields;
        var claims = inScope(FieldWalk.Claims(Bare(config), type));
        var time = former._entries.GetValueOrDefault(writer).Time ?? now;
        state._entries[writer] = (claims, time);
        if (last is not null && !last.IsEmpty)
            state.Prune(merged, last, type);

        claims = claims.Without(Stripped);
        var changes = FieldWalk.Compare(bareLive, merged, type);
        var changed = inScope(changes.Modified.Union(changes.Added)).Without(Stripped);
        var conflicts = state._entries.Where(e => e.Key != writer)
            .Select(e => (Writer: e.Key, Fields: e.Value.Fields.Intersection(changed)))
            .Where(c => !c.Fields.IsEmpty)
            .ToList();
        if (conflicts.Count > 0 && !force)
            return new(null, Sentence(conflicts));

        var lost = changed.Union(changes.Removed);
        foreach (var (key, entry) in state._entries.Where(e => e.Key != writer).ToList())
            state.Keep(key, entry.Fields.Difference(lost), entry.Time);
        state.Keep(writer, claims, time);
        if (!changes.None || !state.SameAs(former))
            state.Touch(writer, now);
        state.Write(merged);
        return new(merged, null);
    }

    /// <summary>True when the two differ in nothing but the times in managedFields, so that a write would change nothing.</summary>
    public static bool OnlyTimesDiffer(JsonObject one, JsonObject other) =>
        JsonNode.DeepEquals(WithoutTimes(one), WithoutTimes(other));

    private static JsonObject WithoutTimes(JsonObject value)
    {
        var copy = (JsonObject)value.DeepClone();
        foreach (var entry in copy["metadata"]?["managedFields"]?.AsArray() ?? [])
            entry!.AsObject().Remove("time");
        return copy;
    }

    private static JsonObject Bare(JsonObject value)
    {
        var copy = (JsonObject)value.DeepClone();
        copy["metadata"]?.AsObject().Remove("managedFields");
        return copy;
    }

    private static ManagedFields Read(JsonObject live)
    {
        var state = new ManagedFields();
        foreach (var node in live["metadata"]?["managedFields"]?.AsArray() ?? [])
        {
            var entry = node!.AsObject();
            var writer = new FieldWriter(
                entry.Text("manager"), entry.Text("operation") == "Apply", entry.Text("apiVersion"), entry.Text("subresource"));
            state._entries[writer] = (FieldSet.Decode(entry["fieldsV1"] as JsonObject ?? []), entry.Text("time"));
        }

        return state;
    }

    private void Write(JsonObject target)
    {
        var list = new JsonArray();
        var order = _entries.OrderBy(e => e.Key.Applies ? 0 : 1)
            .ThenBy(e => e.Value.Time, StringComparer.Ordinal)
            .ThenBy(e => e.Key.Manager, StringComparer.Ordinal)
            .ThenBy(e => e.Key.ApiVersion, StringComparer.Ordinal)
            .ThenBy(e => e.Key.Subresource, StringComparer.Ordinal);
        foreach (var (writer, entry) in order)
        {
            var item = new JsonObject
            {
                ["manager"] = writer.Manager,
                ["operation"] = writer.Applies ? "Apply" : "Update",
                ["apiVersion"] = writer.ApiVersion,
                ["time"] = entry.Time,
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = entry.Fields.Encode(),
            };
            if (writer.Subresource.Length > 0)
                item["subresource"] = writer.Subresource;
            list.Add(item);
        }

        var metadata = (JsonObject)(target["metadata"] ??= new JsonObject());
        metadata.Remove("managedFields");
        if (list.Count > 0)
            metadata["managedFields"] = list;
    }

    // What the manager owned before and nobody owns now goes away.
    private void Prune(JsonObject merged, FieldSet last, FieldType type)
    {
        var owned = _entries.Values.Aggregate(new FieldSet(), (all, e) => all.Union(e.Fields)).WithNamedParents(type);
        FieldWalk.Remove(merged, last.WithNamedParents(type).Difference(owned), type);
    }

    private void Keep(FieldWriter writer, FieldSet fields, string time)
    {
        if (fields.IsEmpty)
            _entries.Remove(writer);
        else
            _entries[writer] = (fields, time);
    }

    private void Touch(FieldWriter writer, string now)
    {
        if (_entries.TryGetValue(writer, out var entry))
            _entries[writer] = (entry.Fields, now);
    }

    private bool SameAs(ManagedFields other) =>
        _entries.Count == other._entries.Count
        && _entries.All(e => other._entries.TryGetValue(e.Key, out var theirs) && theirs.Fields.SameAs(e.Value.Fields));

    private static string Sentence(List<(FieldWriter Writer, FieldSet Fields)> conflicts)
    {
        var lines = conflicts.OrderBy(c => c.Writer.Manager, StringComparer.Ordinal)
            .Select(c => (Who: Name(c.Writer), Paths: c.Fields.Paths().ToList()))
            .ToList();
        var count = lines.Sum(l => l.Paths.Count);
        if (count == 1)
            return $"Apply failed with 1 conflict: conflict with {lines[0].Who}: {lines[0].Paths[0]}";
        var text = lines.Select(l => $"conflicts with {l.Who}:\n" + string.Join('\n', l.Paths.Select(p => "- " + p)));
        return $"Apply failed with {count} conflicts: {string.Join('\n', text)}";
    }

    private static string Name(FieldWriter writer)
    {
        var subresource = writer.Subresource.Length > 0 ? $" with subresource \"{writer.Subresource}\"" : "";
        return $"\"{writer.Manager}\"{subresource}" + (writer.Applies ? "" : $" using {writer.ApiVersion}");
    }

    private static FieldSet StrippedSet()
    {
        var set = new FieldSet();
        set.Insert("f:apiVersion");
        set.Insert("f:kind");
        foreach (var field in Unowned)
            set.Insert("f:metadata", "f:" + field);
        return set;
    }
}
