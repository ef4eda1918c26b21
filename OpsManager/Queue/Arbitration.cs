using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Queue;

/// <summary>
/// Decides, for the requests of one database, which one runs and what becomes of the others. Pure and total: equal input gives an equal
/// decision, so a process killed in the middle of carrying one out comes to the same one again.
/// </summary>
/// <remarks>
/// At most one request runs. Others wait for their turn, oldest first. Of several waiting ones of a type only the newest runs, the older
/// are skipped; waiting Reconfigures are merged into one instead. A request that waits for the database to become Ready does not hold up
/// one that runs in any phase: that one may be the repair.
/// </remarks>
internal static class Arbitration
{
    /// <summary>Decides.</summary>
    /// <param name="kind">Kind of the requests, as messages name it.</param>
    /// <param name="requests">Every request that names the database, in any order.</param>
    /// <param name="database">What is known of the database.</param>
    public static Decision Decide(string kind, IReadOnlyList<IOpsRequest> requests, DatabaseState database)
    {
        var open = requests.Where(r => !OpsRequestPhases.IsTerminal(r.Status.Phase)).OrderBy(r => r, OldestFirst).ToList();
        if (open.Count == 0)
            return Decision.Nothing;
        if (!database.Exists || database.IsDeleting)
            return Gone(open, database);

        if (open.FirstOrDefault(r => MergeRecord.IsIncomplete(r)) is { } merged)
            return Decision.Nothing with { Merge = MergeRecord.Resume(merged, open) };

        var running = Running(open, database);
        var pending = open.Where(r => r != running && !r.Metadata.IsDeleting && r.Status.Phase is "" or OpsRequestPhases.Pending or OpsRequestPhases.Approved).ToList();
        if (running is not null)
            return Decision.Nothing with { Run = running, Waits = [.. pending.Select(p => Behind(p, running))] };

        var skips = Skips(kind, pending);
        var left = pending.Where(p => !skips.Any(s => s.Request == p)).ToList();
        return Merge(database, requests, left) is { } merge
            ? Decision.Nothing with { Skips = skips, Merge = merge }
            : Choose(left, skips, database);
    }

    /// <summary>Orders requests by age, then by name, since creation times are whole seconds.</summary>
    public static IComparer<IOpsRequest> OldestFirst { get; } = Comparer<IOpsRequest>.Create((a, b) =>
    {
        var byTime = Nullable.Compare(a.Metadata.CreationTimestamp, b.Metadata.CreationTimestamp);
        return byTime != 0 ? byTime : string.CompareOrdinal(a.Metadata.Name, b.Metadata.Name);
    });

    private static Decision Gone(List<IOpsRequest> open, DatabaseState database) => Decision.Nothing with
    {
        Failures =
        [
            // A database under a request that began was there once, also when this process has never seen it.
            .. open.Select(r => database.Exists || r.Status.Phase == OpsRequestPhases.Progressing
                ? new Verdict(r, OpsReasons.DatabaseDeleting, $"{database.Kind} {database.Key} is deleted; the request is not carried out.")
                : new Verdict(r, OpsReasons.DatabaseNotFound, $"spec.databaseRef {database.Key}, is invalid or not found")),
        ],
    };

    private static IOpsRequest? Running(List<IOpsRequest> open, DatabaseState database) =>
        open.FirstOrDefault(r => r.Metadata.Uid == database.HeldBy)
        ?? open.FirstOrDefault(r => r.Status.Phase == OpsRequestPhases.Progressing);

    private static List<Verdict> Skips(string kind, List<IOpsRequest> pending)
    {
        var skips = new List<Verdict>();
        foreach (var group in pending.Where(p => p.Type != OpsRequestTypes.Reconfigure).GroupBy(p => p.Type))
        {
            var newest = group.Last();
            var message = OpsConditionTypes.SkippedMessage(newest.Metadata.Key.ToString(), kind, newest.Type, newest.Metadata.CreationTimestamp ?? default);
            skips.AddRange(group.Where(r => r != newest).Select(r => new Verdict(r, OpsReasons.Skipped, message)));
        }

        return skips;
    }

    private static Merge? Merge(DatabaseState database, IReadOnlyList<IOpsRequest> all, List<IOpsRequest> pending)
    {
        var sources = pending
            .Where(p => p.Type == OpsRequestTypes.Reconfigure)
            .OrderBy(p => MergeRecord.IsMerged(p) ? 0 : 1)
            .ThenBy(p => p, OldestFirst)
            .ToList();
        return sources.Count < 2 ? null : new Merge(MergeRecord.Name(database.Key.Name, sources, all), sources, null);
    }

    private static Decision Choose(List<IOpsRequest> pending, List<Verdict> skips, DatabaseState database)
    {
        var waits = new List<Verdict>();
        IOpsRequest? run = null;
        foreach (var request in pending)
        {
            if (run is not null)
                waits.Add(Behind(request, run));
            else if (Hindrance(request, database) is { } hindrance)
                waits.Add(hindrance);
            else
                run = request;
        }

        return new Decision { Run = run, Skips = skips, Waits = waits };
    }

    private static Verdict? Hindrance(IOpsRequest request, DatabaseState database)
    {
        if (database.IsHalted)
        {
            return new Verdict(
                request, OpsReasons.DatabaseHalted, $"{database.Kind} {database.Key} is halted. The request starts once spec.halted is false again.");
        }

        if (request.Apply == ApplyOptions.Always || database.Phase == DatabasePhases.Ready)
            return null;
        var phase = database.Phase.Length == 0 ? "not known yet" : database.Phase;
        return new Verdict(
            request,
            OpsReasons.DatabaseNotReady,
            $"The phase of {database.Kind} {database.Key} is {phase}. The request starts once it is Ready; with spec.apply Always it would start in any phase.");
    }

    private static Verdict Behind(IOpsRequest request, IOpsRequest running) =>
        new(request, OpsReasons.AnotherRequestRuns, $"{running.Metadata.Key} of type {running.Type} runs first; one request at a time runs on a database.");
}

/// <summary>What arbitration needs to know of a database.</summary>
internal sealed record DatabaseState
{
    /// <summary>Kind, as messages name it.</summary>
    public required string Kind { get; init; }

    /// <summary>Namespace and name.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>False when there is none.</summary>
    public bool Exists { get; init; }

    /// <summary>Its deletion was asked for.</summary>
    public bool IsDeleting { get; init; }

    /// <summary>The user switched it off.</summary>
    public bool IsHalted { get; init; }

    /// <summary>Its phase; empty when none is set.</summary>
    public string Phase { get; init; } = "";

    /// <summary>UID of the request that holds its pause; null when it is not paused.</summary>
    public string? HeldBy { get; init; }
}

/// <summary>What becomes of the requests of one database now.</summary>
internal sealed record Decision
{
    /// <summary>Nothing is to be done.</summary>
    public static Decision Nothing { get; } = new();

    /// <summary>The request that runs (or is about to); null when none may.</summary>
    public IOpsRequest? Run { get; init; }

    /// <summary>Requests that fail without having run.</summary>
    public IReadOnlyList<Verdict> Failures { get; init; } = [];

    /// <summary>Requests that a newer one makes superfluous.</summary>
    public IReadOnlyList<Verdict> Skips { get; init; } = [];

    /// <summary>Requests that become one; null when none do.</summary>
    public Merge? Merge { get; init; }

    /// <summary>Requests that stay Pending, and why.</summary>
    public IReadOnlyList<Verdict> Waits { get; init; } = [];
}

/// <summary>What is decided about one request.</summary>
/// <param name="Request">The request.</param>
/// <param name="Reason">Stable id of why.</param>
/// <param name="Message">The sentence for people.</param>
internal sealed record Verdict(IOpsRequest Request, string Reason, string Message);
