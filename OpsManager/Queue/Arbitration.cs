using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.OpsManager.Execution;

namespace KubeDb.OpsManager.Queue;

/// <summary>
/// Decides, for the requests of one database, which one runs and what becomes of the others. Pure and total: equal facts give equal decisions,
/// so a process killed while it carries one out comes to the same one again.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>At most one request runs. The others wait, oldest first; a merged request has the place of its oldest source.</item>
/// <item>A request that can not start (database halted; not Ready and <c>apply: IfReady</c>; whatever a check found to wait for) holds up none
/// that can, is not merged with one, and takes the place of none.</item>
/// <item>When it is the turn of a request and a newer one of the same type can start as well, the older is skipped.</item>
/// <item>When it is the turn of a Reconfigure, it is merged with those that follow it, as long as they ask for the same in every other respect,
/// the engine can express them as one, and nothing but Restarts, which change no configuration, is due between them.</item>
/// <item>What takes the place of others, or is merged with them, is checked whole before, so that a bad request spoils no good one.</item>
/// <item>A request whose spec was edited after it was accepted fails, unless it has begun.</item>
/// </list>
/// </remarks>
internal static class Arbitration
{
    /// <summary>Decides. A decision with <see cref="Decision.Checks"/> is a part: once they are made, decide again with the findings.</summary>
    public static Decision Decide(QueueFacts facts)
    {
        var open = facts.Requests.Where(r => !OpsRequestPhases.IsTerminal(r.Status.Phase)).OrderBy(r => r, OldestFirst).ToList();
        if (open.Count == 0)
            return Decision.Nothing;
        if (!facts.Database.Exists || facts.Database.IsDeleting)
            return WithoutDatabase(open, facts);
        if (open.FirstOrDefault(r => MergeRecord.IsIncomplete(r) && IsWaiting(r)) is { } merged)
            return Decision.Nothing with { Merge = MergeRecord.Resume(merged, [.. open.Where(IsWaiting)]) };

        var running = Running(open, facts.Database);
        var waiting = open.Where(r => r != running && IsWaiting(r)).ToList();
        var failures = waiting.Where(AcceptedGeneration.IsEdited).Select(r => AcceptedGeneration.Edited(facts.Kind, r)).ToList();
        waiting.RemoveAll(AcceptedGeneration.IsEdited);
        if (running is not null)
            return Decision.Nothing with { Run = running, Failures = failures, Waits = [.. waiting.Select(w => Behind(w, running))] };

        var broken = waiting.Where(r => r.Type == OpsRequestTypes.Reconfigure && Found(r, facts) is { Kind: FindingKind.Broken }).ToList();
        failures.AddRange(broken.Select(r => new Verdict(r, Found(r, facts)!.Reason, Found(r, facts)!.Message)));
        return Choose(facts, [.. waiting.Except(broken)]) with { Failures = failures };
    }

    /// <summary>Orders requests by their place in the queue: by age, then by name, since creation times are whole seconds.</summary>
    public static IComparer<IOpsRequest> OldestFirst { get; } = Comparer<IOpsRequest>.Create((a, b) =>
    {
        var (placeA, placeB) = (MergeRecord.PlaceOf(a), MergeRecord.PlaceOf(b));
        var byTime = placeA.Time.CompareTo(placeB.Time);
        if (byTime != 0)
            return byTime;
        var byPlace = string.CompareOrdinal(placeA.Name, placeB.Name);
        return byPlace != 0 ? byPlace : string.CompareOrdinal(a.Metadata.Name, b.Metadata.Name);
    });

    private static bool IsWaiting(IOpsRequest request) =>
        !request.Metadata.IsDeleting && request.Status.Phase is "" or OpsRequestPhases.Pending or OpsRequestPhases.Approved;

    private static Finding? Found(IOpsRequest request, QueueFacts facts) => facts.Findings.GetValueOrDefault(request.Metadata.Uid);

    private static Decision WithoutDatabase(List<IOpsRequest> open, QueueFacts facts)
    {
        var database = facts.Database;
        var failures = new List<Verdict>();
        var waits = new List<Verdict>();
        foreach (var request in open)
        {
            if (database.Exists || HadDatabase(request))
                failures.Add(new(request, Reasons.DatabaseDeleting, $"{database.Kind} {database.Key} is deleted; the request is not carried out."));
            else if (AcceptedGeneration.IsEdited(request))
                failures.Add(AcceptedGeneration.Edited(facts.Kind, request));
            else if (database.Key.Name.Length == 0 || facts.Missing.GetValueOrDefault(request.Metadata.Uid) >= MissingDatabases.Patience)
                failures.Add(new(request, Reasons.DatabaseNotFound, $"spec.databaseRef {database.Key}, is invalid or not found"));
            else if (IsWaiting(request))
                waits.Add(new(request, Reasons.DatabaseNotFound, Absent(database, facts.Kind)));
        }

        return Decision.Nothing with { Failures = failures, Waits = waits };
    }

    private static string Absent(DatabaseState database, string kind) =>
        $"{database.Kind} {database.Key}, which spec.databaseRef names, does not exist. The request starts if it is created within "
        + $"{MissingDatabases.Patience.TotalMinutes:0} minutes; if the name is wrong, create another {kind}.";

    // A request that began, or waited for anything else, had a database, also when this process has never seen it.
    private static bool HadDatabase(IOpsRequest request) =>
        request.Status.Phase == OpsRequestPhases.Progressing
        || MergeRecord.IsMerged(request)
        || request.Status.Conditions.Of(OpsConditions.Waiting) is { } waiting && waiting.Reason != Reasons.DatabaseNotFound;

    private static IOpsRequest? Running(List<IOpsRequest> open, DatabaseState database) =>
        open.FirstOrDefault(r => r.Metadata.Uid == database.HeldBy)
        ?? open.FirstOrDefault(r => r.Status.Phase == OpsRequestPhases.Progressing);

    private static Decision Choose(QueueFacts facts, IReadOnlyList<IOpsRequest> waiting)
    {
        var startable = waiting.Where(r => Hindrance(r, facts) is null).ToList();
        var skips = new List<Verdict>();
        while (startable.FirstOrDefault() is { } first && Successor(first, startable, facts) is { } successor)
        {
            if (Found(successor, facts) is null)
                return Decision.Nothing with { Skips = skips, Checks = [successor] };
            var message = OpsConditionTypes.SkippedMessage(
                successor.Metadata.Key.ToString(), facts.Kind, successor.Type, successor.Metadata.CreationTimestamp ?? default);
            skips.Add(new(first, Reasons.Skipped, message));
            startable.Remove(first);
        }

        var run = startable.FirstOrDefault();
        if (run is not null && Mergeable(run, startable, facts) is { } merge)
        {
            var notChecked = merge.Sources.Where(s => Found(s, facts) is null).ToList();
            return notChecked.Count > 0
                ? Decision.Nothing with { Skips = skips, Checks = notChecked }
                : Decision.Nothing with { Skips = skips, Merge = merge };
        }

        var waits = waiting.Where(r => r != run && skips.TrueForAll(s => s.Request != r)).Select(r => Hindrance(r, facts) ?? Behind(r, run!));
        return new Decision { Run = run, Skips = skips, Waits = [.. waits] };
    }

    /// <summary>The newest request that makes this one superfluous; null when none does.</summary>
    private static IOpsRequest? Successor(IOpsRequest request, List<IOpsRequest> startable, QueueFacts facts) =>
        request.Type == OpsRequestTypes.Reconfigure
            ? null
            : startable.LastOrDefault(r => r != request && r.Type == request.Type && Found(r, facts) is not { Kind: FindingKind.Broken });

    /// <summary>The longest merge that begins with this request; null when there is none.</summary>
    private static Merge? Mergeable(IOpsRequest first, List<IOpsRequest> startable, QueueFacts facts)
    {
        if (first.Type != OpsRequestTypes.Reconfigure)
            return null;
        var sources = startable
            .TakeWhile(r => r.Type is OpsRequestTypes.Reconfigure or OpsRequestTypes.Restart)
            .Where(r => r.Type == OpsRequestTypes.Reconfigure)
            .TakeWhile(r => ReconfigureMerge.CanMerge(first, r))
            .ToList();
        for (; sources.Count >= 2; sources.RemoveAt(sources.Count - 1))
        {
            if (facts.Merge(sources) is { } configuration)
                return new Merge(sources, configuration, null);
        }

        return null;
    }

    private static Verdict? Hindrance(IOpsRequest request, QueueFacts facts)
    {
        var database = facts.Database;
        if (database.IsHalted)
        {
            return new Verdict(
                request, Reasons.DatabaseHalted, $"{database.Kind} {database.Key} is halted. The request starts once spec.halted is false again.");
        }

        if (request.Apply != ApplyOptions.Always && database.Phase != DatabasePhases.Ready)
        {
            var phase = database.Phase.Length == 0 ? "not known yet" : database.Phase;
            return new Verdict(
                request,
                Reasons.DatabaseNotReady,
                $"The phase of {database.Kind} {database.Key} is {phase}. The request starts once it is Ready; another {facts.Kind} with spec.apply Always starts in any phase.");
        }

        return Found(request, facts) is { Kind: FindingKind.Waits } found ? new Verdict(request, found.Reason, found.Message) : null;
    }

    private static Verdict Behind(IOpsRequest request, IOpsRequest running) =>
        new(request, Reasons.AnotherRequestRuns, $"{running.Metadata.Key} of type {running.Type} runs first; one request at a time runs on a database.");
}
