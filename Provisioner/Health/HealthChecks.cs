using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Provisioner.Health;

/// <summary>
/// The checks of one database, each a round of maintenance: what is checked, the verdict, and when the next one is due. Every period ±10 % while the database is healthy;
/// sooner after a failure, so that a recovery shows within a fraction of a second, then with exponential backoff up to the period.
/// </summary>
internal sealed partial class HealthChecks(HealthTarget first, TimeProvider time, Random random, ILogger log)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    private volatile HealthTarget _target = first;
    private volatile HealthJudgement _judgement = HealthJudgement.Unknown;
    private volatile bool _nudged;
    private volatile IReadOnlyDictionary<string, string>? _roles;
    private readonly CertificateRenewal _renewal = new();
    private volatile CertificateReport? _certificates;
    private TimeSpan _retry = FirstRetry;

    public ObjectUid Uid => _target.Uid;

    public TimeSpan Period => _target.Period;

    public HealthVerdict? Verdict => _judgement.Verdict;

    /// <summary>The roles by UID of the pod.</summary>
    public IReadOnlyDictionary<string, string>? Roles => _roles;

    /// <summary>What is known of the certificates that the servers show; null before they were seen, and without TLS.</summary>
    public CertificateReport? Certificates => _certificates;

    /// <summary>The database.</summary>
    public HealthTarget Target => _target;

    /// <summary>Tells that the verdict, the roles or the certificates changed.</summary>
    public void Changed() => _target.Changed();

    /// <summary>The next check is due at once, whatever the last ones found.</summary>
    public void Nudge() => _nudged = true;

    /// <summary>New settings; true when the servers changed, so that a check is due at once.</summary>
    public bool Update(HealthTarget target)
    {
        var changed = target.Servers != _target.Servers;
        _target = target;
        if (changed)
            _nudged = true;
        return changed;
    }

    /// <summary>Checks once; never two at a time.</summary>
    /// <returns>When to check again, and whether the verdict says something else than before.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is concluded.</exception>
    public async Task<(TimeSpan Next, bool Changed)> CheckAsync(CancellationToken cancel)
    {
        var target = _target;
        if (_nudged)
            (_nudged, _retry) = (false, FirstRetry);
        if (await MaintainAsync(target, cancel) is not var (report, roles))
            return (Slower(target.Period), false);
        cancel.ThrowIfCancellationRequested();
        foreach (var action in report.Actions)
            target.Acted(action);
        var before = Verdict;
        _judgement = _judgement.Next(report.Health, target.FailureThreshold);
        var changed = Verdict is { } verdict && !verdict.SaysTheSame(before);
        if (changed)
            LogVerdict(log, target.Key, Verdict!.IsReady, Verdict.Message);
        if (roles is not null && !AreSame(roles, _roles))
        {
            _roles = roles;
            changed = true;
        }

        var certificates = _renewal.Report(time.GetUtcNow());
        changed |= certificates != _certificates;
        _certificates = certificates;
        return (NextAfter(report, target), changed);
    }

    private TimeSpan NextAfter(MaintenanceReport report, HealthTarget target)
    {
        // A healthy server whose check fails for the first time is asked again after the period: the threshold counts periods.
        if (Verdict is not { IsReady: true })
            return report.Again is { } sooner && sooner < target.Period ? sooner : Slower(target.Period);
        _retry = FirstRetry;
        return report.Again is { } again && again < target.Period ? again : target.Period * (0.9 + (random.NextDouble() / 5));
    }

    private static bool AreSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string>? other) =>
        other is not null && one.Count == other.Count && one.All(o => other.TryGetValue(o.Key, out var role) && role == o.Value);

    private async Task<Round?> MaintainOnceAsync(HealthTarget target, CancellationToken cancel)
    {
        if (target.Instances() is not { } instances)
            return null;
        var report = await target.Engine.MaintainAsync(instances, cancel);
        if (report.Health.Failure is null && await _renewal.RunAsync(target.Engine, instances, cancel) is { } renewed)
            report = report with { Actions = [.. report.Actions, renewed] };

        // By UID: a pod that was made again meanwhile under the same name plays a role of its own.
        return new(report, report.Roles is not { } roles ? null : instances.Pods
            .Where(p => roles.ContainsKey(p.Metadata.Name))
            .ToDictionary(p => p.Metadata.Uid, p => roles[p.Metadata.Name], StringComparer.Ordinal));
    }

    private static Round Failed(string label, string message) =>
        new(MaintenanceReport.Of(new HealthReport(new HealthFailure(label, message, false))), null);

    private async Task<Round?> MaintainAsync(HealthTarget target, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(target.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            return await MaintainOnceAsync(target, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Failed("timeout", $"The health check got no answer within {target.Timeout.TotalSeconds:0.#} s.");
        }
        catch (ApiException refused) when (refused.Error.Kind == ApiErrorKind.NotLeader)
        {
            // Another process leads now, and checks.
            return null;
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            LogFault(log, target.Key, problem);
            return Failed("fault", $"The health check could not be carried out: {problem.Message}");
        }
    }

    private TimeSpan Slower(TimeSpan period)
    {
        var delay = _retry < period ? _retry : period;
        _retry = delay * 2;
        return delay * (0.9 + (random.NextDouble() / 5));
    }

    private sealed record Round(MaintenanceReport Report, IReadOnlyDictionary<string, string>? Roles);

    [LoggerMessage(200, LogLevel.Information, "Health of {Database} is now: ready {Ready}. {Text}")]
    private static partial void LogVerdict(ILogger log, Api.Kubernetes.ObjectKey database, bool ready, string text);

    [LoggerMessage(201, LogLevel.Error, "Checking the health of {Database} hit a fault.")]
    private static partial void LogFault(ILogger log, Api.Kubernetes.ObjectKey database, Exception problem);
}
