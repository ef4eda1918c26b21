using System.Text.RegularExpressions;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Rolling;

/// <summary>Finds out, in the container's own words, why a pod does not start.</summary>
internal sealed partial class CrashReader(IKubernetesClient client)
{
    private const int Lines = 8;
    private const int Longest = 600;
    private const int EndsToWaitFor = 4;

    /// <summary>
    /// The sentence: which container ended how often, and the last lines of its log, free of what must stay in secrets. Null while the log can not
    /// be had although it may yet be: the node keeps only that of the last run, and for a moment none.
    /// </summary>
    public async Task<string?> ExplainAsync(OperationRun run, Pod pod, Crash crash, CancellationToken cancel)
    {
        string[] secrets = [.. run.Engine.Confidential(await run.FactsAsync(cancel)).OrderByDescending(s => s.Length)];
        var words = new List<string>();
        foreach (var previous in new[] { false, true })
        {
            var log = await client.LogsAsync(new LogRequest(pod.Metadata.Key, crash.Container, previous, TailLines: 40), cancel);
            if (log.Succeeded && IsLog(log.Value))
                words.Add(LastWords(log.Value, secrets));
        }

        var what = $"Container {crash.Container} of pod {pod.Metadata.Name} ended {crash.Ends} times, last with exit code {crash.ExitCode}.";
        if (words.Count > 0)
            return $"{what} Its last words: {words.Find(w => Trouble().IsMatch(w)) ?? words[0]}";
        return crash.Ends < EndsToWaitFor ? null : $"{what} Its log says nothing.";
    }

    /// <summary>False for no text, and for the kubelet's own excuse, which it sends in place of a log that is gone.</summary>
    internal static bool IsLog(string text) =>
        !string.IsNullOrWhiteSpace(text) && !text.StartsWith("unable to retrieve container logs", StringComparison.Ordinal);

    /// <summary>The end of a log on one line, trimmed and redacted. The line that names a fatal error, and what follows it, is preferred.</summary>
    internal static string LastWords(string log, IReadOnlyList<string> secrets)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var fatal = Array.FindLastIndex(lines, l => l.Contains("FATAL", StringComparison.OrdinalIgnoreCase));
        var from = fatal >= 0 && lines.Length - fatal <= Lines ? fatal : Math.Max(0, lines.Length - Lines);
        var text = string.Join(" / ", lines[from..].Select(l => Redact(l, secrets)));
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }

    private static string Redact(string line, IReadOnlyList<string> secrets)
    {
        line = secrets.Where(s => s.Length > 0).Aggregate(line, (text, secret) => text.Replace(secret, "***", StringComparison.Ordinal));
        return Confidential().Replace(line, "$1 ***");
    }

    [GeneratedRegex("(?i)fatal|error|fail|can't|cannot|invalid|denied|bad ", RegexOptions.CultureInvariant)]
    private static partial Regex Trouble();

    /// <summary>A word that announces a secret, and the rest of the line behind it.</summary>
    [GeneratedRegex(@"(?i)\b([\w-]*(?:pass(?:word|phrase|wd)?|secret|token|masterauth|credential)[\w-]*)['""]?[ \t:=]+\S.*$", RegexOptions.CultureInvariant)]
    private static partial Regex Confidential();
}
