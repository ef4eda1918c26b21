using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kubernetes;
using Microsoft.Extensions.Logging;

namespace KubeDb.Api.Controllers;

/// <summary>
/// Makes objects as described, by server-side apply under <see cref="FieldManagers.Blueprint"/>, and writes nothing where nothing differs:
/// the fingerprint of the cached object (<see cref="OwnedFields"/>) tells. What it writes it puts into the cache. It never takes over an object
/// that someone else controls.
/// </summary>
public sealed partial class Applier(IKubernetesClient client, ILogger<Applier> log)
{
    private const int MaxRemembered = 50_000;
    private const string Name = "app.kubernetes.io/name";
    private const string Instance = "app.kubernetes.io/instance";
    private const string ManagedBy = "app.kubernetes.io/managed-by";

    // Where the server stores another form than was applied, the fingerprint that comes of applying the description: without this memory
    // such an object would be applied for ever. By UID, so that an object made anew starts anew.
    private readonly ConcurrentDictionary<string, (string Desired, string Observed)> _normalised = [];

    /// <summary>Applies a described object of a kind of which only metadata is kept.</summary>
    public Task<ApplyResult> ApplyAsync(JsonObject desired, ResourceType type, ICache<OwnedObject> cache, CancellationToken cancel) =>
        ApplyAsync(desired, type, cache, OwnedObjectDecoder.Decode, cancel);

    /// <summary>Applies a described object.</summary>
    /// <param name="desired">The whole description, with apiVersion, kind, name and namespace. Not kept.</param>
    /// <param name="type">The kind.</param>
    /// <param name="cache">The cache of that kind, synced.</param>
    /// <param name="decode">Decodes with <see cref="ObjectMeta.Fingerprint"/> set.</param>
    /// <param name="cancel">Cancels the call.</param>
    public async Task<ApplyResult> ApplyAsync<T>(
        JsonObject desired, ResourceType type, ICache<T> cache, ObjectDecoder<T> decode, CancellationToken cancel)
        where T : class, IKubernetesObject
    {
        var result = await DecideAsync(desired, type, cache, decode, cancel);
        Instruments.Applies.Add(1, Instruments.Label("resource", type.ToString()), Instruments.Label("result", result.Kind.ToString().ToLowerInvariant()));
        return result;
    }

    /// <summary>
    /// Deletes an object that this owner controls: reads it live, checks that it is the one meant, and deletes exactly what was read.
    /// </summary>
    /// <param name="key">The object.</param>
    /// <param name="ownerUid">UID of the owner that the object must have, by reference or annotation; null to demand none.</param>
    /// <param name="type">The kind.</param>
    /// <param name="cache">The cache of that kind.</param>
    /// <param name="decode">Decodes the object.</param>
    /// <param name="cancel">Cancels the calls.</param>
    /// <param name="propagation"><c>Background</c>, <c>Foreground</c> or <c>Orphan</c>.</param>
    /// <returns>True once the object is gone; false while it is being deleted, or when it is not this owner's.</returns>
    /// <exception cref="ApiException">The server refused; a conflict when the object changed between read and delete.</exception>
    public async Task<bool> DeleteOwnedAsync<T>(
        ObjectKey key, string? ownerUid, ResourceType type, ICache<T> cache, ObjectDecoder<T> decode, CancellationToken cancel,
        string propagation = "Background")
        where T : class, IKubernetesObject
    {
        var read = await client.SendAsync(Get(type, key), decode, cancel);
        if (read.OrNotFound() is not { } live)
        {
            if (cache.Get(key) is { } stale)
                cache.ObserveDeleted(key, stale.Metadata.Uid);
            return true;
        }

        var meta = live.Metadata;
        cache.Observe(live);
        if (meta.IsDeleting || (ownerUid is not null && AnnotatedOwner.UidOf(meta) != ownerUid))
            return false;
        var deleted = await client.DeleteAsync(type, meta, propagation, exactVersion: true, cancel);
        if (deleted.Error?.Kind is not ApiErrorKind.NotFound)
            _ = deleted.OrThrow();
        _normalised.TryRemove(meta.Uid, out _);
        LogDeleted(log, type.Kind, key);
        var lingers = deleted.Value?["metadata"]?["deletionTimestamp"] is not null || meta.Finalizers.Count > 0 || propagation != "Background";
        if (!lingers)
            cache.ObserveDeleted(key, meta.Uid);
        else if (deleted.Value is { } rest && Text(rest["kind"]) != "Status")
            cache.Observe(decode(System.Text.Encoding.UTF8.GetBytes(rest.ToJsonString())));
        return !lingers;
    }

    private static ApiRequest Get(ResourceType type, ObjectKey key) =>
        new() { Verb = ApiVerb.Get, Type = type, Namespace = key.Namespace, Name = key.Name };

    private async Task<ApplyResult> DecideAsync<T>(
        JsonObject desired, ResourceType type, ICache<T> cache, ObjectDecoder<T> decode, CancellationToken cancel)
        where T : class, IKubernetesObject
    {
        var meta = desired["metadata"] as JsonObject ?? throw new ArgumentException("The object has no metadata.", nameof(desired));
        var key = new ObjectKey(Text(meta["namespace"]), Text(meta["name"]));
        var wanted = OwnedFields.Desired(desired);
        var known = cache.Get(key);
        if (known is null)
        {
            // Not in the cache need not mean not on the server: the cache may hold only objects with our labels. To force-apply blindly
            // would take a stranger's object over.
            var read = await client.SendAsync(Get(type, key), decode, cancel);
            if (!read.Succeeded && read.Error.Kind is not ApiErrorKind.NotFound)
                return Failed(type, key, read.Error);
            known = read.Value;
        }

        if (known is not null)
        {
            if (known.Metadata.IsDeleting)
                return new(ApplyKind.BeingDeleted, $"{type.Kind} {key} is being deleted and is made anew when it is gone.");
            if (Stranger(known.Metadata, meta) is { } stranger)
                return new(ApplyKind.NameTaken, $"{type.Kind} {key} {stranger}, so it was left alone. {Wanted(meta)} Rename or delete one of the two.");
            if (IsAsWanted(known.Metadata, wanted))
            {
                cache.Observe(known);
                return new(ApplyKind.Unchanged);
            }
        }

        return await WriteAsync(desired, type, cache, decode, known?.Metadata, wanted, cancel);
    }

    private bool IsAsWanted(ObjectMeta known, string wanted) =>
        known.Fingerprint == wanted || (_normalised.TryGetValue(known.Uid, out var memory) && memory == (wanted, known.Fingerprint));

    private async Task<ApplyResult> WriteAsync<T>(
        JsonObject desired, ResourceType type, ICache<T> cache, ObjectDecoder<T> decode, ObjectMeta? known, string wanted, CancellationToken cancel)
        where T : class, IKubernetesObject
    {
        var body = desired;
        if (known is not null)
        {
            // With the UID, an object that was deleted meanwhile is not made anew by what was meant as a change.
            body = (JsonObject)desired.DeepClone();
            body["metadata"]!["uid"] = known.Uid;
        }

        var result = await client.ApplyAsync(type, body, FieldManagers.Blueprint, null, decode, cancel);
        if (result.Error?.Kind is ApiErrorKind.Invalid && known is not null && await ForeignItems.ReplaceAsync(client, type, known, desired, cancel))
            result = await client.ApplyAsync(type, body, FieldManagers.Blueprint, null, decode, cancel);
        if (!result.Succeeded)
            return Failed(type, new(Text(desired["metadata"]!["namespace"]), Text(desired["metadata"]!["name"])), result.Error);
        var now = result.Value.Metadata;
        if (now.Fingerprint is null)
            throw new InvalidOperationException($"The decoder of {type} computes no fingerprint, so every pass would write.");
        cache.Observe(result.Value);
        if (now.Fingerprint == wanted)
            _normalised.TryRemove(now.Uid, out _);
        else
            Remember(now, wanted);
        if (known is null)
        {
            LogApplied(log, "Created", type.Kind, now.Key);
            return new(ApplyKind.Created);
        }

        if (known.Uid == now.Uid && known.ResourceVersion == now.ResourceVersion)
            return new(ApplyKind.Unchanged);
        LogApplied(log, "Configured", type.Kind, now.Key);
        return new(ApplyKind.Configured);
    }

    private void Remember(ObjectMeta now, string wanted)
    {
        if (_normalised.Count >= MaxRemembered)
            _normalised.Clear();
        _normalised[now.Uid] = (wanted, now.Fingerprint!);
    }

    /// <summary>Why an object is not ours to change; null when it is.</summary>
    private static string? Stranger(ObjectMeta known, JsonObject desired)
    {
        var owner = (desired["ownerReferences"] as JsonArray)?.FirstOrDefault(o => o?["controller"]?.GetValue<bool>() == true);
        if (known.Controller is { } controller)
        {
            if (owner is not null && Text(owner["uid"]) == controller.Uid)
                return null;
            return owner is null && IsApplied(known) && SameLabels(known, desired) ? null : $"is controlled by {controller.Kind} {controller.Name}";
        }

        if (AnnotatedOwner.Of(known)?.Namespace is { } ns && (ns != AnnotatedOwner.NamespaceIn(desired) || !SameLabel(known, desired, Name)))
            return $"belongs to {known.Labels.GetValueOrDefault(Instance)} in namespace {ns}";

        // Left behind on purpose by a former owner, or applied by us without one; anything else with this name is a person's.
        return SameLabels(known, desired) && (IsApplied(known) || known.Labels.ContainsKey(Instance)) ? null : "exists already and was not made for this";
    }

    private static bool IsApplied(ObjectMeta known) => !string.IsNullOrEmpty(known.Fingerprint);

    private static bool SameLabels(ObjectMeta known, JsonObject desired) =>
        SameLabel(known, desired, Instance) && SameLabel(known, desired, ManagedBy);

    private static bool SameLabel(ObjectMeta known, JsonObject desired, string label) =>
        known.Labels.GetValueOrDefault(label, "") == Text(desired["labels"]?[label]);

    private static string Wanted(JsonObject meta)
    {
        var owner = (meta["ownerReferences"] as JsonArray)?.FirstOrDefault(o => o?["controller"]?.GetValue<bool>() == true);
        return owner is null ? "The name is needed." : $"{Text(owner["kind"])} {Text(owner["name"])} needs that name.";
    }

    private static ApplyResult Failed(ResourceType type, ObjectKey key, ApiError error) =>
        new(ApplyKind.Failed, $"{type.Kind} {key} could not be applied: {error.Message}", error);

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    [LoggerMessage(60, LogLevel.Information, "{Action} {Kind} {Key}.")]
    private static partial void LogApplied(ILogger log, string action, string kind, ObjectKey key);

    [LoggerMessage(61, LogLevel.Information, "Deleted {Kind} {Key}.")]
    private static partial void LogDeleted(ILogger log, string kind, ObjectKey key);
}
