using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Provisioner.Health;

/// <summary>The verdict of the health checks of a database, as its conditions show it.</summary>
/// <param name="AcceptsConnections">A server answers.</param>
/// <param name="IsReady">Every check passed.</param>
/// <param name="Label">The kind of check that failed; empty when none did.</param>
/// <param name="Message">What was seen; empty when all is well.</param>
internal sealed record HealthVerdict(bool AcceptsConnections, bool IsReady, string Label, string Message)
{
    /// <summary>All is well.</summary>
    public static HealthVerdict Healthy { get; } = new(true, true, "", "");

    /// <summary>True when the conditions already show it, as they do after a start.</summary>
    public bool IsToldBy(IReadOnlyList<Condition> conditions) =>
        conditions.Of(ConditionTypes.Ready) is { } ready && ready.IsTrue == IsReady
        && conditions.Of(ConditionTypes.AcceptingConnection) is { } accepting && accepting.IsTrue == AcceptsConnections;

    /// <summary>True when both say the same in conditions. The words of one kind of failure vary from check to check; the first ones stay.</summary>
    public bool SaysTheSame(HealthVerdict? other) =>
        other is not null && AcceptsConnections == other.AcceptsConnections && IsReady == other.IsReady && Label == other.Label;
}

/// <summary>Turns rounds of checks into a verdict: one success is enough, a failure has to repeat. Pure and immutable.</summary>
/// <param name="Verdict">The verdict so far; null while there is none.</param>
/// <param name="Label">The kind of the last failure; empty after a success.</param>
/// <param name="Failures">Failures of that kind in a row.</param>
internal sealed record HealthJudgement(HealthVerdict? Verdict, string Label, int Failures)
{
    /// <summary>Nothing is known yet.</summary>
    public static HealthJudgement Unknown { get; } = new(null, "", 0);

    // One for all: almost every round of almost every database ends with it.
    private static HealthJudgement Healthy { get; } = new(HealthVerdict.Healthy, "", 0);

    /// <summary>Takes in a round. A failure counts only against others of its own kind, and changes the verdict from the threshold on.</summary>
    public HealthJudgement Next(HealthReport report, int threshold)
    {
        if (report.Failure is not { } failure)
            return Healthy;
        var failures = failure.Label == Label ? Failures + 1 : 1;
        if (failures < Math.Max(1, threshold))
            return new(Verdict, failure.Label, failures);
        var verdict = new HealthVerdict(failure.AcceptsConnections, false, failure.Label, failure.Message);
        return new(verdict.SaysTheSame(Verdict) ? Verdict : verdict, failure.Label, failures);
    }
}
