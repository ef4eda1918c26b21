using KubeDb.Api.Kinds;

namespace KubeDb.OpsManager.Execution;

/// <summary>Puts messages together.</summary>
internal static class Sentences
{
    /// <summary>Several violations as one text; each names its field once.</summary>
    public static string Of(IReadOnlyList<Violation> violations) => string.Join(
        " ",
        violations.Select(v => Ended(v.Path.Length == 0 || v.Message.Contains(v.Path, StringComparison.Ordinal) ? v.Message : $"{v.Path}: {v.Message}")));

    /// <summary>The text with a full stop, so that another sentence can follow.</summary>
    public static string Ended(string text) => text.Length == 0 || text[^1] is '.' or '!' or '?' or '…' ? text : text + ".";
}
