using System.Globalization;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.OpsManager.Execution;

/// <summary>Conditions of requests beyond the contract's, and how the reasons of all are formed.</summary>
internal static class OpsConditions
{
    /// <summary>What it waits for; there only while it waits.</summary>
    public const string Waiting = "Waiting";

    private const string Attempt = "Attempt";

    /// <summary>Reason of <see cref="OpsConditionTypes.Retrying"/>: it counts the attempts.</summary>
    public static string AttemptReason(int attempt) => Attempt + attempt.ToString(CultureInfo.InvariantCulture);

    /// <summary>The attempt that a reason of <see cref="OpsConditionTypes.Retrying"/> names; 1 when there is none.</summary>
    public static int AttemptOf(string? reason) =>
        reason is not null && reason.StartsWith(Attempt, StringComparison.Ordinal)
        && int.TryParse(reason.AsSpan(Attempt.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? attempt
            : 1;

    /// <summary>Reason of a step's condition once the step failed, such as <c>RestartPodsFailed</c>.</summary>
    public static string FailedReason(string condition) => $"{char.ToUpperInvariant(condition[0])}{condition[1..]}Failed";
}
