using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines;

/// <summary>The request that holds a database.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Request">Its namespace and name.</param>
/// <param name="Uid">Its UID: the identity of the holder, since names come again.</param>
public sealed record PauseHolder(string Kind, ObjectKey Request, string Uid);

/// <summary>The results of an attempt to acquire or release the pause.</summary>
public enum PauseEnd
{
    /// <summary>Acquired, or released.</summary>
    Done,

    /// <summary>Someone else holds the database.</summary>
    HeldByAnother,

    /// <summary>The database changed meanwhile; try again.</summary>
    Conflict,

    /// <summary>The database is gone, or was replaced by another of its name.</summary>
    Gone,
}

/// <summary>
/// The pause protocol. Condition <c>Paused</c> names the one request that may change a database; writing it, on condition that nobody
/// changed the database since it was read, is the lock. The Provisioner stops applying and answers with <c>PauseAcknowledged</c>, which
/// carries the same UID; only then the holder begins. A pause whose request is gone or terminal is removed by either process.
/// </summary>
public static partial class Pause
{
    private const string AcknowledgedReason = "ProvisionerStoppedApplying";

    /// <summary>True when the database is paused by any holder: a pause set by hand names no request and counts as well.</summary>
    public static bool IsPaused(DatabaseStatus status) => Find(status, ConditionTypes.Paused) is { IsTrue: true };

    /// <summary>Who holds the database; null when nobody does, or the pause names no request.</summary>
    public static PauseHolder? Holder(DatabaseStatus status) =>
        Find(status, ConditionTypes.Paused) is { IsTrue: true } paused ? Parse(paused.Message) : null;

    /// <summary>True when the Provisioner has answered to this holder.</summary>
    public static bool IsAcknowledged(DatabaseStatus status, string uid) =>
        Find(status, ConditionTypes.PauseAcknowledged) is { IsTrue: true } answer && Parse(answer.Message)?.Uid == uid;

    /// <summary>The Provisioner's answer to the pause that the status holds; null when it holds none.</summary>
    public static Condition? Acknowledge(DatabaseStatus status, DateTimeOffset now)
    {
        if (!IsPaused(status))
            return null;
        var held = Holder(status) is { } holder
            ? $"by {Describe(holder)}; nothing is applied until it is done."
            : "by hand; nothing is applied until the condition Paused is removed from the status.";
        return new Condition
        {
            Type = ConditionTypes.PauseAcknowledged,
            Status = Condition.True,
            Reason = AcknowledgedReason,
            Message = "The database is held " + held,
            LastTransitionTime = now,
        };
    }

    /// <summary>
    /// True when the pause is to be removed: it names a request that is gone, was recreated, or is terminal. One without a holder was set by
    /// a person and stays.
    /// </summary>
    /// <param name="holder">The holder.</param>
    /// <param name="request">The request of that name as it is known; null when there is none.</param>
    public static bool IsLeaked(PauseHolder holder, IOpsRequest? request) =>
        request is null || request.Metadata.Uid != holder.Uid || OpsRequestPhases.IsTerminal(request.Status.Phase);

    /// <summary>Acquires the pause for a request. <see cref="PauseEnd.Done"/> also when the request holds it already.</summary>
    public static async Task<PauseEnd> AcquireAsync(
        IKubernetesClient client, IDatabase database, PauseHolder holder, DateTimeOffset now, CancellationToken cancel)
    {
        var (live, status, end) = await ReadAsync(client, database, cancel);
        if (end != PauseEnd.Done)
            return end;
        if (IsPaused(status))
            return Holder(status)?.Uid == holder.Uid ? PauseEnd.Done : PauseEnd.HeldByAnother;
        var conditions = Conditions(live!);
        Remove(conditions, ConditionTypes.Paused);
        conditions.Add((JsonNode)KindsJson.ToObject(new Condition
        {
            Type = ConditionTypes.Paused,
            Status = Condition.True,
            Reason = holder.Kind,
            Message = $"The database is held by {Describe(holder)}.",
            LastTransitionTime = now,
        }));
        return await WriteAsync(client, database, live!, FieldManagers.OpsManager, cancel);
    }

    /// <summary>Releases the pause that a request holds. The pause of another request stays, and the result is Done: this one holds nothing.</summary>
    /// <param name="client">The client.</param>
    /// <param name="database">The database.</param>
    /// <param name="uid">UID of the request.</param>
    /// <param name="fieldManager">The process that writes.</param>
    /// <param name="cancel">Cancels the call.</param>
    public static async Task<PauseEnd> ReleaseAsync(
        IKubernetesClient client, IDatabase database, string uid, string fieldManager, CancellationToken cancel)
    {
        var (live, status, end) = await ReadAsync(client, database, cancel);
        if (end != PauseEnd.Done)
            return end;
        if (Holder(status)?.Uid != uid)
            return PauseEnd.Done;
        Remove(Conditions(live!), ConditionTypes.Paused);
        return await WriteAsync(client, database, live!, fieldManager, cancel);
    }

    private static async Task<(JsonObject? Live, DatabaseStatus Status, PauseEnd End)> ReadAsync(
        IKubernetesClient client, IDatabase database, CancellationToken cancel)
    {
        var live = (await client.GetAsync(database.Type, database.Metadata.Key, cancel)).OrNotFound();
        if (live is null || live["metadata"]?["uid"]?.GetValue<string>() != database.Metadata.Uid)
            return (null, DatabaseStatus.None, PauseEnd.Gone);
        var status = live["status"] is JsonObject node ? KindsJson.Decode<DatabaseStatus>(node) : DatabaseStatus.None;
        return (live, status, PauseEnd.Done);
    }

    // Replaces all conditions, conditional on the version that was read: the condition goes, whichever process owns it.
    private static async Task<PauseEnd> WriteAsync(
        IKubernetesClient client, IDatabase database, JsonObject live, string fieldManager, CancellationToken cancel)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = database.Metadata.Uid,
                ["resourceVersion"] = live["metadata"]!["resourceVersion"]!.DeepClone(),
            },
            ["status"] = new JsonObject { ["conditions"] = Conditions(live).DeepClone() },
        };
        var written = await client.MergePatchAsync(
            database.Type, database.Metadata.Key, patch, fieldManager, "status", KubernetesVerbs.DecodeJson, cancel);
        return written.Error?.Kind switch
        {
            null => PauseEnd.Done,
            ApiErrorKind.Conflict => PauseEnd.Conflict,
            ApiErrorKind.NotFound => PauseEnd.Gone,
            _ => throw new ApiException(written.Error),
        };
    }

    private static JsonArray Conditions(JsonObject database)
    {
        if (database["status"] is not JsonObject status)
            database["status"] = status = [];
        if (status["conditions"] is not JsonArray conditions)
            status["conditions"] = conditions = [];
        return conditions;
    }

    private static void Remove(JsonArray conditions, string type)
    {
        for (var i = conditions.Count - 1; i >= 0; i--)
        {
            if (conditions[i]?["type"]?.GetValue<string>() == type)
                conditions.RemoveAt(i);
        }
    }

    private static Condition? Find(DatabaseStatus status, string type) => status.Conditions.Of(type);

    private static string Describe(PauseHolder holder) => $"{holder.Kind} {holder.Request} (uid {holder.Uid})";

    private static PauseHolder? Parse(string message)
    {
        var match = HolderText().Match(message);
        return match.Success
            ? new(match.Groups["kind"].Value, new(match.Groups["ns"].Value, match.Groups["name"].Value), match.Groups["uid"].Value)
            : null;
    }

    [GeneratedRegex(@"\bby (?<kind>[A-Za-z0-9]+) (?<ns>[a-z0-9-]+)/(?<name>[a-z0-9.-]+) \(uid (?<uid>[^\s)]+)\)")]
    private static partial Regex HolderText();
}
