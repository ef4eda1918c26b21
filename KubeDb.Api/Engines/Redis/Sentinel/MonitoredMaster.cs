using System.Globalization;
using KubeDb.Api.Engines.Redis.Resp;

namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>What one sentinel says of a server: fields of SENTINEL MASTER, REPLICAS or SENTINELS. Immutable.</summary>
/// <param name="fields">The fields by name.</param>
internal sealed class SentinelEntry(IReadOnlyDictionary<string, string> fields)
{
    /// <summary>Name or address of the server, as it announces itself.</summary>
    public string Host => Text("ip");

    /// <summary>What the sentinel thinks of it.</summary>
    public IReadOnlyList<string> Flags { get; } = fields.GetValueOrDefault("flags", "").Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The sentinel reaches it.</summary>
    public bool IsUp => !Flags.Any(f => f is "s_down" or "o_down" or "disconnected");

    /// <summary>A field; empty when absent.</summary>
    public string Text(string name) => fields.GetValueOrDefault(name, "");

    /// <summary>A field as a number; 0 when it is none.</summary>
    public long Number(string name) => long.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>Reads a flat list of names and values.</summary>
    public static SentinelEntry Of(RespReply reply)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < reply.Items.Count; i += 2)
            fields[reply.Items[i].Text] = reply.Items[i + 1].Text;
        return new(fields);
    }

    /// <summary>Reads a list of such lists.</summary>
    public static IReadOnlyList<SentinelEntry> Many(RespReply reply) => [.. reply.Items.Select(Of)];
}

/// <summary>What one sentinel says of a master, its replicas and the other sentinels. Immutable.</summary>
/// <param name="Entry">The master.</param>
/// <param name="Replicas">Its replicas.</param>
/// <param name="Sentinels">The other sentinels that watch it.</param>
internal sealed record MonitoredMaster(SentinelEntry Entry, IReadOnlyList<SentinelEntry> Replicas, IReadOnlyList<SentinelEntry> Sentinels)
{
    /// <summary>Name or address of the master.</summary>
    public string Host => Entry.Host;

    /// <summary>Number of the decision by which it is the master: the highest is the newest.</summary>
    public long ConfigEpoch => Entry.Number("config-epoch");

    /// <summary>This sentinel makes another server the master.</summary>
    public bool IsFailingOver => Entry.Flags.Any(f => f is "failover_in_progress" or "force_failover");

    /// <summary>Asks a sentinel; null when it does not know the master.</summary>
    /// <exception cref="IOException">The connection broke, or the sentinel refuses to tell.</exception>
    /// <exception cref="TimeoutException">No reply in time.</exception>
    public static async Task<MonitoredMaster?> AskAsync(RespClient client, string name, CancellationToken cancel)
    {
        var replies = await client.SendManyAsync(cancel, ["SENTINEL", "MASTER", name], ["SENTINEL", "REPLICAS", name], ["SENTINEL", "SENTINELS", name]);
        if (replies[0].Error is { } error)
            return error.Message.Contains("No such master", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("No such primary", StringComparison.OrdinalIgnoreCase)
                ? null
                : throw new IOException($"it refuses SENTINEL MASTER: {error.Sentence}");
        return new(SentinelEntry.Of(replies[0]), SentinelEntry.Many(replies[1]), SentinelEntry.Many(replies[2]));
    }
}
