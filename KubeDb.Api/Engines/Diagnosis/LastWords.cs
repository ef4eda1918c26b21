using System.Text.RegularExpressions;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines.Diagnosis;

/// <summary>What a container said before it ended: the decisive lines of its log, on one line and free of what must stay in secrets.</summary>
public static partial class LastWords
{
    private const int Lines = 8;
    private const int Longest = 600;

    // The trace of one Java exception, with its causes, is some sixty lines.
    private const int Tail = 120;

    /// <summary>
    /// Reads the logs of the present and of the previous run and quotes the one that names trouble. Null when neither can be had: the node keeps
    /// only that of the last run, and for a moment none.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="confidential">Words that must not be quoted (<see cref="IEngine.Confidential"/>).</param>
    /// <param name="cancel">Cancels the calls.</param>
    public static async Task<string?> ReadAsync(
        IKubernetesClient client, ObjectKey pod, string container, IEnumerable<string> confidential, CancellationToken cancel)
    {
        // A word may hold another one: the longest first.
        string[] secrets = [.. confidential.OrderByDescending(s => s.Length)];
        var words = new List<string>();
        foreach (var previous in new[] { false, true })
        {
            var log = await client.LogsAsync(new LogRequest(pod, container, previous, Tail), cancel);
            if (log.Succeeded && IsLog(log.Value))
                words.Add(Of(log.Value, secrets));
        }

        return words.Find(w => Trouble().IsMatch(w)) ?? words.FirstOrDefault();
    }

    /// <summary>False for no text, and for the kubelet's own excuse, which it sends in place of a log that is gone.</summary>
    public static bool IsLog(string text) =>
        !string.IsNullOrWhiteSpace(text) && !text.StartsWith("unable to retrieve container logs", StringComparison.Ordinal);

    /// <summary>
    /// The decisive lines of a log: from the one that names a fatal error on; without one, the last exception and its causes, with the line that announces
    /// it; without that, from the last line that names any trouble on; without that, the end. Frames of stack traces are left out.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="secrets">Words to replace, the longest first.</param>
    public static string Of(string log, IReadOnlyList<string> secrets)
    {
        string[] lines = [.. log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => !Frame().IsMatch(l))];
        var earliest = Math.Max(0, lines.Length - Lines);
        var decisive = Array.FindLastIndex(lines, l => l.Contains("FATAL", StringComparison.OrdinalIgnoreCase));
        if (decisive < earliest)
            decisive = Announcement(lines);
        if (decisive < 0)
            decisive = Math.Max(earliest, Array.FindLastIndex(lines, l => Trouble().IsMatch(l)));
        var text = string.Join(" / ", lines.Skip(decisive).Take(Lines).Select(l => Redact(l, secrets)));
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }

    // A logger writes a line of its own, and the exception below it.
    private static int Announcement(string[] lines)
    {
        var first = Array.FindLastIndex(lines, l => Thrown().IsMatch(l));
        while (first > 0 && Thrown().IsMatch(lines[first - 1]))
            first--;
        return first > 0 ? first - 1 : first;
    }

    private static string Redact(string line, IReadOnlyList<string> secrets)
    {
        line = secrets.Where(s => s.Length > 0).Aggregate(line, (text, secret) => text.Replace(secret, "***", StringComparison.Ordinal));
        return Confidential().Replace(line, "$1 ***");
    }

    [GeneratedRegex("(?i)fatal|error|fail|can't|cannot|invalid|denied|bad ", RegexOptions.CultureInvariant)]
    private static partial Regex Trouble();

    [GeneratedRegex(@"^(Caused by: |Exception in thread ""[^""]*"" )?[\w.$]+\.[\w$]*(Exception|Error)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Thrown();

    [GeneratedRegex(@"^(at \S+\(|\.\.\. \d+ )", RegexOptions.CultureInvariant)]
    private static partial Regex Frame();

    /// <summary>A word that announces a secret, and the rest of the line behind it.</summary>
    [GeneratedRegex(@"(?i)\b([\w-]*(?:pass(?:word|phrase|wd)?|secret|token|masterauth|credential)[\w-]*)['""]?[ \t:=]+\S.*$", RegexOptions.CultureInvariant)]
    private static partial Regex Confidential();
}
