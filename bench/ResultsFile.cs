using System.Globalization;
using System.Runtime.InteropServices;

namespace KubeDb.Bench;

/// <summary>The table of <c>bench/RESULTS.md</c>: rows measured anew take the place of their old ones, the others stay.</summary>
internal static class ResultsFile
{
    private const string Head = "| What | Figure | Goal | Met | Measured | Repeat with |";

    /// <summary>Writes the rows into the file.</summary>
    public static void Update(string path, IReadOnlyList<Row> rows)
    {
        var lines = File.ReadAllLines(path).ToList();
        var head = lines.IndexOf(Head);
        if (head < 0)
            throw new InvalidOperationException($"{path} has no table \"{Head}\".");
        var end = head + 2;
        while (end < lines.Count && lines[end].StartsWith('|'))
            end++;
        foreach (var row in rows)
        {
            var text = $"| {row.What} | {row.Figure} | {row.Goal} | {(row.Goal == "–" ? "" : row.Met ? "yes" : "**no**")} | {Measured()} | {row.Repeat} |";
            var at = lines.FindIndex(head + 2, end - head - 2, l => l.StartsWith($"| {row.What} |", StringComparison.Ordinal));
            if (at >= 0)
            {
                lines[at] = text;
                continue;
            }

            lines.Insert(end++, text);
        }

        File.WriteAllLines(path, lines);
    }

    private static string Measured() => string.Create(
        CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores, load {Load()}, .NET {RuntimeInformation.FrameworkDescription[5..]}");

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
