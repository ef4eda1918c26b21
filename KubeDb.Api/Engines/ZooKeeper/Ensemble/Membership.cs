using System.Globalization;

namespace KubeDb.Api.Engines.ZooKeeper.Ensemble;

/// <summary>Who the members of an ensemble are, as one of them knows it.</summary>
/// <param name="Members">The members, by number.</param>
/// <param name="Version">Number of the change that made it so.</param>
internal sealed record Membership(IReadOnlyList<EnsembleSeat> Members, long Version)
{
    /// <summary>The members that vote.</summary>
    public IEnumerable<EnsembleSeat> Voters => Members.Where(m => m.Votes);

    /// <summary>How many voters make a majority.</summary>
    public int Quorum => (Voters.Count() / 2) + 1;

    /// <summary>Reads the lines of the answer to <c>conf</c>, or of the node <c>/zookeeper/config</c>; null when no member is in it.</summary>
    public static Membership? Parse(string text)
    {
        var members = new List<EnsembleSeat>();
        var version = 0L;
        foreach (var line in text.Split('\n'))
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
                continue;
            var (key, value) = (line[..at], line[(at + 1)..].Trim());
            if (key == "version")
                _ = long.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out version);
            else if (key.StartsWith("server.", StringComparison.Ordinal) && int.TryParse(key.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                members.Add(new(id, value.Split(':')[0], !value.Contains(":observer", StringComparison.Ordinal)));
        }

        return members.Count == 0 ? null : new([.. members.OrderBy(m => m.Id)], version);
    }
}

/// <summary>A member as the membership names it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Host">Its host.</param>
/// <param name="Votes">False for an observer.</param>
internal sealed record EnsembleSeat(int Id, string Host, bool Votes);
