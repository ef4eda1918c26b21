namespace KubeDb.Api.Kinds.Shared;

/// <summary>Finds what a misspelt name was meant to be.</summary>
public static class Spelling
{
    /// <summary>The known name that the given one is most likely a slip of; null when none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var lower = name.ToLowerInvariant();
        var most = Math.Max(1, lower.Length / 4);

        // Names that differ in length by more are not compared: a name may be as long as a request.
        var (best, distance) = known
            .Where(n => Math.Abs(n.Length - lower.Length) <= most)
            .Select(n => (Name: n, Distance: Distance(lower, n.ToLowerInvariant())))
            .OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal)
            .FirstOrDefault(("", int.MaxValue));
        return distance <= most ? best : null;
    }

    /// <summary>Letters to insert, remove, replace or swap with their neighbour to make one of the other.</summary>
    public static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
                rows[i, j] = i == 0 ? j : j == 0 ? i : Least(rows, a, b, i, j);
        }

        return rows[a.Length, b.Length];
    }

    private static int Least(int[,] rows, string a, string b, int i, int j)
    {
        var least = Math.Min(Math.Min(rows[i, j - 1], rows[i - 1, j]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
        var isSwap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return isSwap ? Math.Min(least, rows[i - 2, j - 2] + 1) : least;
    }
}
