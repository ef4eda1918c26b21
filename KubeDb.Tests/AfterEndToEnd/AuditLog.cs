using System.Text.Json.Nodes;

namespace KubeDb.Tests.AfterEndToEnd;

/// <summary>One call that the API server recorded.</summary>
/// <param name="User">Who called.</param>
/// <param name="Verb">The verb that was authorised.</param>
/// <param name="Group">API group; empty for the core.</param>
/// <param name="Resource">Resource, with its subresource after a slash.</param>
/// <param name="Namespace">Namespace; empty for all and for cluster-scoped objects.</param>
/// <param name="Name">Name of the object; empty for a collection.</param>
/// <param name="Code">HTTP status of the answer.</param>
/// <param name="IsForbidden">Authorisation refused it.</param>
/// <param name="Message">The server's sentence, where it failed.</param>
internal sealed record AuditedCall(
    string User, string Verb, string Group, string Resource, string Namespace, string Name, int Code, bool IsForbidden, string Message)
{
    /// <summary>Where the call came from; tells the replicas of an operator apart.</summary>
    public string Address { get; init; } = "";

    /// <summary>When the server had the request.</summary>
    public DateTimeOffset Received { get; init; }

    /// <summary>When it had answered.</summary>
    public DateTimeOffset Ended { get; init; }

    /// <summary>It can change something.</summary>
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete" or "deletecollection";

    /// <summary>It did what was asked.</summary>
    public bool Succeeded => Code is >= 200 and < 300;

    /// <inheritdoc/>
    public override string ToString() => $"{Received:HH:mm:ss.fff} {Address} {User} {Verb} {Resource}.{Group} {Namespace}/{Name}: {Code} {Message}";
}

/// <summary>The audit log of the local cluster's API server, with its rotated parts.</summary>
internal static class AuditLog
{
    /// <summary>The calls of the users whose name has the prefix, from a time on. Fails the test when the log does not go back that far.</summary>
    public static IReadOnlyList<AuditedCall> Read(string folder, string userPrefix, DateTimeOffset from)
    {
        var calls = new List<AuditedCall>();
        var oldest = DateTimeOffset.MaxValue;
        foreach (var file in Directory.EnumerateFiles(folder, "audit*.log"))
        {
            foreach (var line in File.ReadLines(file))
            {
                // The last line may be half written.
                if (!line.EndsWith('}') || JsonNode.Parse(line) is not JsonObject entry)
                    continue;
                var at = Time(entry, "requestReceivedTimestamp");
                oldest = at < oldest ? at : oldest;
                if (at >= from && Text(entry["user"], "username").StartsWith(userPrefix, StringComparison.Ordinal) && entry["objectRef"] is JsonObject about)
                    calls.Add(Call(entry, about));
            }
        }

        Assert.That(oldest, Is.LessThanOrEqualTo(from), "the audit log goes back to the beginning of the end-to-end tests");
        return calls;
    }

    /// <summary>The times from the start of an API server until it said that it was ready: meanwhile it may refuse what its roles grant.</summary>
    public static IReadOnlyList<(DateTimeOffset Began, DateTimeOffset Ready)> Starts(string folder)
    {
        var notes = Path.Combine(folder, "apiserver.starts");
        return File.Exists(notes) ? [.. File.ReadLines(notes).Select(l => l.Split(' ')).Select(l => (At(l[0]), At(l[1])))] : [];
    }

    private static AuditedCall Call(JsonObject entry, JsonObject about)
    {
        var subresource = Text(about, "subresource");
        return new(
            Text(entry["user"], "username"),
            Text(entry, "verb"),
            Text(about, "apiGroup"),
            Text(about, "resource") + (subresource.Length == 0 ? "" : $"/{subresource}"),
            Text(about, "namespace"),
            Text(about, "name"),
            entry["responseStatus"]?["code"]?.GetValue<int>() ?? 0,
            Text(entry["annotations"], "authorization.k8s.io/decision") == "forbid",
            Text(entry["responseStatus"], "message"))
        {
            Address = entry["sourceIPs"]?[0]?.GetValue<string>() ?? "",
            Received = Time(entry, "requestReceivedTimestamp"),
            Ended = Time(entry, "stageTimestamp"),
        };
    }

    private static DateTimeOffset Time(JsonObject entry, string field) => At(Text(entry, field));

    // Nanoseconds are more than a DateTimeOffset holds.
    private static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text.Length > 28 ? text[..27] + "Z" : text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(JsonNode? node, string field) => node?[field]?.GetValue<string>() ?? "";
}
