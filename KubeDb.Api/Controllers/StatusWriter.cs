using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>Which part of a kind's status one process answers for; the rest is the other process's.</summary>
/// <param name="Fields">Members of <c>status</c> besides <c>conditions</c>.</param>
/// <param name="OwnsCondition">Whether a condition type is this process's.</param>
public sealed record StatusScope(IReadOnlySet<string> Fields, Func<string, bool> OwnsCondition);

/// <summary>
/// Writes the part of an object's status that this process answers for, by server-side apply under the process's own field manager, and
/// only when it differs from what the object has. What is left out of the wanted status is taken away.
/// <para>
/// Invariant: the other process's conditions stay as they are. Where the server knows the conditions' key that is the server's doing. Where it
/// takes all conditions as one value (Kubernetes 1.20 with any kind that holds an amount; a definition that declares no key), an apply replaces
/// them: it then repeats the other's as they were seen, on condition that the object has not changed since. Which it is, the answer to each
/// write tells; until the first answer the careful way is taken.
/// </para>
/// </summary>
/// <remarks>One for each kind: definitions differ.</remarks>
public sealed class StatusWriter(IKubernetesClient client, string fieldManager, StatusScope scope, TimeProvider time)
{
    private volatile bool _conditionsHaveKeys;

    /// <summary>Brings the status to what is wanted.</summary>
    /// <param name="seen">Metadata of the cached object.</param>
    /// <param name="current">Its status as JSON; null when it has none.</param>
    /// <param name="wanted">
    /// This process's whole part. A condition without <c>lastTransitionTime</c> keeps the one it has while its status stays the same, and else
    /// gets the current time.
    /// </param>
    /// <param name="type">The kind.</param>
    /// <param name="decode">Decodes the answer.</param>
    /// <param name="cache">Takes in the answer.</param>
    /// <param name="cancel">Cancels the call.</param>
    /// <returns>The object as it is now; null when nothing was written.</returns>
    public async Task<ApiResult<T?>> WriteAsync<T>(
        ObjectMeta seen, JsonObject? current, JsonObject wanted, ResourceType type, ObjectDecoder<T> decode, ICache<T> cache, CancellationToken cancel)
        where T : class, IKubernetesObject
    {
        var status = (JsonObject)wanted.DeepClone();
        FillTimes(current, status);
        if (IsSame(current, status))
            return new(default(T));
        var metadata = new JsonObject { ["name"] = seen.Name, ["namespace"] = seen.Namespace, ["uid"] = seen.Uid };
        if (!_conditionsHaveKeys)
        {
            metadata["resourceVersion"] = seen.ResourceVersion;
            AddOthers(current, status);
        }

        var body = new JsonObject { ["apiVersion"] = type.ApiVersion, ["kind"] = type.Kind, ["metadata"] = metadata, ["status"] = status };
        var result = await client.ApplyAsync(type, body, fieldManager, "status", Read, cancel);
        if (!result.Succeeded)
            return new(result.Error);
        cache.Observe(result.Value);
        return new(result.Value);

        T Read(ReadOnlySpan<byte> utf8)
        {
            _conditionsHaveKeys = OwnedFields.HaveKeys(utf8, fieldManager, "status"u8, "conditions"u8) ?? _conditionsHaveKeys;
            return decode(utf8);
        }
    }

    private void AddOthers(JsonObject? current, JsonObject wanted)
    {
        var own = Conditions(wanted);
        foreach (var (type, condition) in Conditions(current).Where(c => !scope.OwnsCondition(c.Key) && !own.ContainsKey(c.Key)))
        {
            if (wanted["conditions"] is not JsonArray conditions)
                wanted["conditions"] = conditions = [];
            conditions.Add((JsonNode)condition.DeepClone());
        }
    }

    private static Dictionary<string, JsonObject> Conditions(JsonObject? status)
    {
        var found = new Dictionary<string, JsonObject>();
        if (status?["conditions"] is not JsonArray conditions)
            return found;
        foreach (var condition in conditions.OfType<JsonObject>())
            found[Text(condition["type"])] = condition;
        return found;
    }

    private void FillTimes(JsonObject? current, JsonObject wanted)
    {
        var before = Conditions(current);
        foreach (var (type, condition) in Conditions(wanted))
        {
            if (condition["lastTransitionTime"] is not null)
                continue;
            var known = before.GetValueOrDefault(type);
            var kept = known is not null && Text(known["status"]) == Text(condition["status"]) ? Text(known["lastTransitionTime"]) : "";
            condition["lastTransitionTime"] = kept.Length > 0 ? kept : Seconds(time.GetUtcNow());
        }
    }

    private bool IsSame(JsonObject? current, JsonObject wanted)
    {
        foreach (var field in scope.Fields)
        {
            if (!JsonNode.DeepEquals(Value(current, field), Value(wanted, field)))
                return false;
        }

        var have = Conditions(current);
        var want = Conditions(wanted);
        return want.All(w => have.TryGetValue(w.Key, out var known) && SameCondition(known, w.Value))
            && have.Keys.All(type => !scope.OwnsCondition(type) || want.ContainsKey(type));
    }

    private static bool SameCondition(JsonObject have, JsonObject want) =>
        want.All(m => m.Key == "lastTransitionTime" ? SameTime(have[m.Key], m.Value) : JsonNode.DeepEquals(have[m.Key], m.Value))
        && have.All(m => m.Value is null || IsEmpty(m.Value) || want.ContainsKey(m.Key));

    private static bool SameTime(JsonNode? a, JsonNode? b) =>
        Text(a) == Text(b)
        || (DateTimeOffset.TryParse(Text(a), System.Globalization.CultureInfo.InvariantCulture, out var left)
            && DateTimeOffset.TryParse(Text(b), System.Globalization.CultureInfo.InvariantCulture, out var right) && left == right);

    private static JsonNode? Value(JsonObject? status, string field) => status?[field] is { } value && !IsEmpty(value) ? value : null;

    private static bool IsEmpty(JsonNode node) =>
        node is JsonArray { Count: 0 } || (node.GetValueKind() is System.Text.Json.JsonValueKind.String && Text(node).Length == 0);

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static string Seconds(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
