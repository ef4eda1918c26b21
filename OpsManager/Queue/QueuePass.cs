using KubeDb.Api.Controllers;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Queue;

/// <summary>
/// One pass over the requests of one database: decides, carries it out, and decides again whenever it found out more about a request. Each
/// finding is made once, so it ends.
/// </summary>
/// <param name="view">What is known of the databases.</param>
/// <param name="queue">Carries out what is decided about requests that do not run.</param>
/// <param name="merger">Merges requests.</param>
/// <param name="execution">Carries out the request that runs.</param>
/// <param name="key">The database.</param>
/// <param name="waited">How long requests have waited for the database, which does not exist; by UID.</param>
internal sealed class QueuePass(
    DatabaseView view, RequestQueue queue, RequestMerger merger, RequestExecution execution, ObjectKey key, IReadOnlyDictionary<string, TimeSpan> waited)
{
    /// <summary>How often requests that wait are looked at although no event came.</summary>
    private static readonly TimeSpan Cadence = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Finding> _findings = [];
    private TimeSpan _again = waited.Values.Where(w => w < MissingDatabases.Patience).Select(w => MissingDatabases.Patience - w).DefaultIfEmpty(Cadence).Min();
    private bool _merges = true;

    /// <summary>Runs the pass.</summary>
    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var decision = Arbitration.Decide(Facts());
            foreach (var failure in decision.Failures)
                await execution.RefuseAsync(failure, cancel);
            foreach (var skip in decision.Skips)
                await queue.SkipAsync(skip, cancel);
            if (await ContinueAsync(decision, cancel) is { } outcome)
                return outcome;
        }
    }

    /// <summary>The outcome of the pass; null to decide again.</summary>
    private async Task<Outcome?> ContinueAsync(Decision decision, CancellationToken cancel)
    {
        var database = view.Database(key);
        if (decision.Checks.Count > 0 && database is not null)
        {
            foreach (var request in decision.Checks)
                _findings[request.Metadata.Uid] = await queue.CheckAsync(request, database, cancel);
            return null;
        }

        if (decision.Merge is { } merge)
        {
            _merges = await merger.MergeAsync(key, merge, cancel);
            return _merges ? Outcome.Wait("Merged", "The merged request runs next.", TimeSpan.Zero) : null;
        }

        if (decision.Run is { } run && database is not null)
        {
            var outcome = await execution.RunAsync(run, database, cancel);
            var phase = view.Request(run.Metadata.Key)?.Status.Phase;
            if (phase is OpsRequestPhases.Pending or OpsRequestPhases.Approved && outcome.Kind == OutcomeKind.Wait && IsNews(run.Metadata.Uid))
            {
                // It could not begin: the next one that can does.
                _findings[run.Metadata.Uid] = new Finding(FindingKind.Waits, outcome.Reason, outcome.Message);
                _again = outcome.RetryAfter is { } after && after < _again ? after : _again;
                return null;
            }

            if (phase == OpsRequestPhases.Progressing)
                await WaitAsync(decision.Waits, cancel);
            return outcome;
        }

        await WaitAsync(decision.Waits, cancel);
        return decision.Waits is [var first, ..] ? Outcome.Wait(first.Reason, first.Message, _again) : Outcome.Done;
    }

    private bool IsNews(string uid) => _findings.GetValueOrDefault(uid) is not { Kind: FindingKind.Waits };

    private async Task WaitAsync(IReadOnlyList<Verdict> waits, CancellationToken cancel)
    {
        foreach (var wait in waits)
            await queue.WaitAsync(wait, cancel);
    }

    private QueueFacts Facts()
    {
        var database = view.Database(key);
        return new QueueFacts
        {
            Kind = view.Engine.Kinds.OpsRequest.Kind,
            Requests = view.RequestsOf(key),
            Database = new DatabaseState
            {
                Kind = view.Engine.Kinds.Name,
                Key = key,
                Exists = database is not null,
                IsDeleting = database?.Metadata.IsDeleting == true,
                IsHalted = database?.Spec.Halted == true || database?.Status.Phase == DatabasePhases.Halted,
                Phase = database?.Status.Phase ?? "",
                HeldBy = database is null ? null : PauseLock.HolderOf(database),
            },
            Merge = sources => _merges && database is not null ? view.Engine.Configuration?.Merge(sources, view.Version(database.Spec.Version)) : null,
            Findings = _findings,
            Missing = waited,
        };
    }
}
