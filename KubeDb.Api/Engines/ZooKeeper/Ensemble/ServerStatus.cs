using System.Globalization;

namespace KubeDb.Api.Engines.ZooKeeper.Ensemble;

/// <summary>What a server says of itself to <c>srvr</c>.</summary>
/// <param name="Mode">What it is in the ensemble.</param>
/// <param name="Zxid">Number of its last transaction; 0 where it serves nobody.</param>
internal sealed record ServerStatus(ServerMode Mode, long Zxid)
{
    /// <summary>Reads the answer; null when it is none of a ZooKeeper server.</summary>
    public static ServerStatus? Parse(string answer)
    {
        if (answer.Contains("not currently serving requests", StringComparison.Ordinal))
            return new(ServerMode.None, 0);
        var fields = Fields(answer, ": ");
        if (!fields.TryGetValue("Mode", out var mode))
            return null;
        var zxid = fields.GetValueOrDefault("Zxid", "");
        return new(
            mode switch
            {
                "leader" => ServerMode.Leader,
                "follower" => ServerMode.Follower,
                "observer" => ServerMode.Observer,
                "standalone" => ServerMode.Standalone,
                _ => ServerMode.ReadOnly,
            },
            zxid.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(zxid.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : 0);
    }

    /// <summary>It is part of an ensemble that has a leader.</summary>
    public bool Serves => Mode is ServerMode.Leader or ServerMode.Follower or ServerMode.Observer;

    /// <summary>The lines of an answer that are a name and a value; of those with one name the last.</summary>
    public static IReadOnlyDictionary<string, string> Fields(string answer, string separator)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in answer.Split('\n'))
        {
            if (line.IndexOf(separator, StringComparison.Ordinal) is var at and > 0)
                fields[line[..at]] = line[(at + separator.Length)..].TrimEnd('\r');
        }

        return fields;
    }
}

/// <summary>What a server is in its ensemble.</summary>
internal enum ServerMode
{
    /// <summary>It runs, and serves nobody: it knows no leader.</summary>
    None,

    /// <summary>Leads.</summary>
    Leader,

    /// <summary>Follows the leader.</summary>
    Follower,

    /// <summary>Follows the leader and never votes.</summary>
    Observer,

    /// <summary>Is no member of an ensemble.</summary>
    Standalone,

    /// <summary>Serves reads alone, cut off from the ensemble.</summary>
    ReadOnly,
}
