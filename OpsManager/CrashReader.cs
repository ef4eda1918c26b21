using System.Text.RegularExpressions;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager;

/// <summary>Finds out, in the container's own words, why a pod does not start.</summary>
internal sealed partial class CrashReader(IKubernetesClient client)
{
    private const int Lines = 8;
    private const int Longest = 600;

    /// <summary>The sentence: which container ended how often, and the last lines of its log, free of the database's password.</summary>
    public async Task<string> ExplainAsync(OperationRun run, Pod pod, Crash crash, CancellationToken cancel)
    {
        var log = await client.LogsAsync(new LogRequest(pod.Metadata.Key, crash.Container, Previous: true, TailLines: 40), cancel);
        if (!log.Succeeded || string.IsNullOrWhiteSpace(log.Value))
            log = await client.LogsAsync(new LogRequest(pod.Metadata.Key, crash.Container, Previous: false, TailLines: 40), cancel);
        var what = $"Container {crash.Container} of pod {pod.Metadata.Name} ended {crash.Ends} times, last with exit code {crash.ExitCode}.";
        var words = log.Succeeded ? LastWords(log.Value, (await run.InstancesAsync(cancel)).Credential?.Password) : "";
        return words.Length == 0 ? $"{what} Its log says nothing." : $"{what} Its last words: {words}";
    }

    /// <summary>The end of a log on one line, trimmed and redacted. The line that names a fatal error, and what follows it, is preferred.</summary>
    internal static string LastWords(string log, string? password)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var fatal = Array.FindLastIndex(lines, l => l.Contains("FATAL", StringComparison.OrdinalIgnoreCase));
        var from = fatal >= 0 && lines.Length - fatal <= Lines ? fatal : Math.Max(0, lines.Length - Lines);
        var text = string.Join(" / ", lines[from..].Select(l => Redact(l, password)));
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }

    private static string Redact(string line, string? password)
    {
        if (!string.IsNullOrEmpty(password))
            line = line.Replace(password, "***", StringComparison.Ordinal);
        return Confidential().Replace(line, "$1 ***");
    }

    /// <summary>A word that announces a secret, and the rest of the line behind it.</summary>
    [GeneratedRegex(@"(?i)\b([\w-]*(?:pass(?:word|phrase|wd)?|secret|token|masterauth|credential)[\w-]*)['""]?[ \t:=]+\S.*$", RegexOptions.CultureInvariant)]
    private static partial Regex Confidential();
}
