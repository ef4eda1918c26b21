using System.Globalization;

namespace KubeDb.OpsManager;

/// <summary>Condition types of requests that belong to no step.</summary>
internal static class OpsConditions
{
    /// <summary>The request is done. The contract's final condition of every type.</summary>
    public const string Successful = "Successful";

    /// <summary>The request failed; the message says what was done and what was undone.</summary>
    public const string Failed = "Failed";

    /// <summary>A newer request, or the one it was merged into, makes it superfluous.</summary>
    public const string Skipped = "Skipped";

    /// <summary>It came from merging others.</summary>
    public const string MergedFromOps = "MergedFromOps";

    /// <summary>The requests that it came from are Skipped.</summary>
    public const string OriginalOpsSkipped = "OriginalOpsSkipped";

    /// <summary>A step failed and is tried again.</summary>
    public const string Retrying = "Retrying";

    /// <summary>What it waits for; there only while it waits.</summary>
    public const string Waiting = "Waiting";

    private const string Attempt = "Attempt";

    /// <summary>Reason of <see cref="Retrying"/>: it counts the attempts.</summary>
    public static string AttemptReason(int attempt) => Attempt + attempt.ToString(CultureInfo.InvariantCulture);

    /// <summary>The attempt that a reason of <see cref="Retrying"/> names; 1 when there is none.</summary>
    public static int AttemptOf(string? reason) =>
        reason is not null && reason.StartsWith(Attempt, StringComparison.Ordinal)
        && int.TryParse(reason.AsSpan(Attempt.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? attempt
            : 1;

    /// <summary>Reason of a step's condition once the step failed, such as <c>RestartPodsFailed</c>.</summary>
    public static string FailedReason(string condition) => $"{char.ToUpperInvariant(condition[0])}{condition[1..]}Failed";
}

/// <summary>Reasons of verdicts about requests that do not run (yet).</summary>
internal static class OpsReasons
{
    /// <summary>The database that it names does not exist.</summary>
    public const string DatabaseNotFound = "DatabaseNotFound";

    /// <summary>The database is being deleted.</summary>
    public const string DatabaseDeleting = "DatabaseDeleting";

    /// <summary>The database is switched off.</summary>
    public const string DatabaseHalted = "DatabaseHalted";

    /// <summary>The database is not Ready, and the request asks for that.</summary>
    public const string DatabaseNotReady = "DatabaseNotReady";

    /// <summary>It is another request's turn.</summary>
    public const string AnotherRequestRuns = "AnotherRequestRuns";

    /// <summary>A newer request of the same type exists.</summary>
    public const string Skipped = "Skipped";

    /// <summary>It became part of another request.</summary>
    public const string ConfigurationMerged = "ConfigurationMerged";

    /// <summary>No operation of that name is carried out by this version.</summary>
    public const string TypeNotSupported = "TypeNotSupported";
}
