using System.Globalization;
using System.Text.Json;

namespace KubeDb.Bench.Measure;

/// <summary>One request as the API server wrote it down.</summary>
/// <param name="User">Who asked.</param>
/// <param name="Verb">get, list, watch, create, update, patch, delete.</param>
/// <param name="Resource">The kind, with its subresource.</param>
/// <param name="Name">The object; empty for none.</param>
/// <param name="Received">When it arrived (server's clock).</param>
/// <param name="Done">When it was answered (server's clock).</param>
internal sealed record AuditEntry(string User, string Verb, string Resource, string Name, DateTimeOffset Received, DateTimeOffset Done)
{
    public bool IsWrite => Verb is not ("get" or "list" or "watch");
}

/// <summary>The tail of the API server's audit log, from a moment on.</summary>
internal sealed class AuditLog(string path)
{
    private long _from = new FileInfo(path).Length;

    /// <summary>Forgets what was written up to now.</summary>
    public void Mark() => _from = new FileInfo(path).Length;

    /// <summary>What was written since the mark, leases and events left out.</summary>
    public IReadOnlyList<AuditEntry> Read()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

        // A log that became shorter was rotated: all of the new one is younger than the mark.
        file.Position = file.Length < _from ? 0 : _from;
        using var reader = new StreamReader(file);
        var entries = new List<AuditEntry>();
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            if (Entry(line) is { } entry)
                entries.Add(entry);
        }

        return entries;
    }

    private static AuditEntry? Entry(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (!root.TryGetProperty("objectRef", out var target))
            return null;
        string Of(JsonElement from, string name) => from.TryGetProperty(name, out var value) ? value.GetString()! : "";
        DateTimeOffset At(string name) => DateTimeOffset.Parse(Of(root, name), CultureInfo.InvariantCulture);
        var resource = Of(target, "resource");
        var user = Of(root.TryGetProperty("impersonatedUser", out var acting) ? acting : root.GetProperty("user"), "username");
        var subresource = Of(target, "subresource");
        return resource is "leases" or "events"
            ? null
            : new(user, Of(root, "verb"), subresource.Length > 0 ? $"{resource}/{subresource}" : resource, Of(target, "name"), At("requestReceivedTimestamp"), At("stageTimestamp"));
    }
}
