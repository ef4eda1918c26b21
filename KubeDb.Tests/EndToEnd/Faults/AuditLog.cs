using System.Globalization;
using System.Text.Json.Nodes;

namespace KubeDb.Tests.EndToEnd.Faults;

/// <summary>A call as the API server recorded it.</summary>
/// <param name="Received">When the server had the request.</param>
/// <param name="Ended">When it had answered.</param>
/// <param name="User">Who called.</param>
/// <param name="Address">Where from.</param>
/// <param name="Verb">Kubernetes' verb.</param>
/// <param name="Resource">Plural, with its subresource.</param>
/// <param name="Object">Namespace and name.</param>
/// <param name="Code">HTTP status.</param>
internal sealed record AuditedCall(
    DateTimeOffset Received, DateTimeOffset Ended, string User, string Address, string Verb, string Resource, string Object, int Code)
{
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete" or "deletecollection";

    public bool Succeeded => Code is >= 200 and < 300;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Received:HH:mm:ss.fff} {Address} {Verb} {Resource} {Object} → {Code}");
}

/// <summary>The API server's own record of who called what.</summary>
internal static class AuditLog
{
    /// <summary>Name of the file.</summary>
    public const string Name = "audit.log";

    /// <summary>The calls that the server answered since then.</summary>
    public static async Task<IReadOnlyList<AuditedCall>> SinceAsync(DateTimeOffset since)
    {
        var calls = new List<AuditedCall>();
        foreach (var file in Directory.GetFiles(HackCluster.LogFolder!, "audit*.log").Where(f => File.GetLastWriteTimeUtc(f) >= since.UtcDateTime))
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            while (await reader.ReadLineAsync() is { } line)
            {
                if (Read(line) is { } call && call.Received >= since)
                    calls.Add(call);
            }
        }

        return calls;
    }

    private static AuditedCall? Read(string line)
    {
        // A server that was killed can leave half a line.
        if (!line.EndsWith('}'))
            return null;
        var call = JsonNode.Parse(line)!;
        var about = call["objectRef"];
        var subresource = Text(about?["subresource"]);
        return new AuditedCall(
            Time(call["requestReceivedTimestamp"]),
            Time(call["stageTimestamp"]),
            Text(call["user"]?["username"]),
            Text(call["sourceIPs"]?[0]),
            Text(call["verb"]),
            Text(about?["resource"]) + (subresource.Length > 0 ? "/" + subresource : ""),
            $"{Text(about?["namespace"])}/{Text(about?["name"])}",
            call["responseStatus"]?["code"]?.GetValue<int>() ?? 0);
    }

    private static string Text(JsonNode? node) => node?.GetValue<string>() ?? "";

    private static DateTimeOffset Time(JsonNode? node) =>
        DateTimeOffset.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
