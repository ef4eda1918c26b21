using System.Collections.Concurrent;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Diagnosis;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Provisioner.Databases;

/// <summary>
/// Reports on the database why its pods do not run. Watched objects are judged at once; events are listed and logs read only once pods have been
/// missing for some seconds, a few requests at a time and with a growing interval, a log only after a container ended once more. Not while a
/// request holds the database: the request reports what it waits for.
/// </summary>
internal sealed class DiagnoseStep(DatabaseParts parts)
{
    private const int MostEventLists = 6;
    private const int EventsOfOne = 100;

    /// <summary>Nothing is reported before this long: it may pass by itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Rarest = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<ObjectKey, Case> _cases = new();

    /// <summary>The database is gone.</summary>
    public void Forget(ObjectKey database) => _cases.TryRemove(database, out _);

    /// <summary>Judges, and sets the condition.</summary>
    /// <param name="pass">The reconcile.</param>
    /// <param name="areUp">Every workload has all its pods ready.</param>
    /// <param name="cancel">Cancels the calls.</param>
    public async Task RunAsync(DatabasePass pass, bool areUp, CancellationToken cancel)
    {
        ReportClaims(pass);
        var sets = parts.StatefulSets.WithLabel(pass.Key.Namespace, DatabaseLabels.Instance, pass.Key.Name)
            .Where(s => DatabaseLabels.AreOf(parts.Engine, pass.Key.Name, s.Metadata) && !s.Metadata.IsDeleting)
            .ToList();
        if (areUp || sets.Count == 0)
        {
            Forget(pass.Key);
            pass.Status.Remove(ConditionTypes.PodsRunning);
            return;
        }

        if (Pause.IsPaused(pass.Stored.Status))
            return;
        var open = _cases.AddOrUpdate(
            pass.Key,
            static (_, now) => new Case(now.Uid, now.Time),
            static (_, known, now) => known.Uid == now.Uid ? known : new Case(now.Uid, now.Time),
            (pass.Stored.Metadata.Uid, Time: parts.Time.GetTimestamp()));
        var lasts = parts.Time.GetElapsedTime(open.Began);
        if (lasts < Patience)
        {
            pass.RequeueAfter(Patience - lasts);
            return;
        }

        var facts = await AskAsync(pass, open, Seen(pass, sets, lasts), cancel);
        if (PodDiagnosis.Of(facts) is { } finding)
            Report(pass, finding);
    }

    private WorkloadFacts Seen(DatabasePass pass, IReadOnlyList<StatefulSet> sets, TimeSpan lasts) => new()
    {
        Sets = sets,
        Pods = parts.Caches.PodsOf(parts.Engine, pass.Stored),
        Claims = parts.Caches.ClaimsOf(parts.Engine, pass.Stored),
        Lasts = lasts,
    };

    private async Task<WorkloadFacts> AskAsync(DatabasePass pass, Case open, WorkloadFacts facts, CancellationToken cancel)
    {
        await ReadWordsAsync(pass, open, facts.Pods, cancel);
        var wanted = PodDiagnosis.EventsWanted(facts).Take(MostEventLists).ToList();
        if (wanted.Count > 0)
        {
            var left = open.Left(string.Join(' ', wanted), parts.Time);
            if (left <= TimeSpan.Zero)
            {
                open.Events = await ReadEventsAsync(pass.Key.Namespace, wanted, cancel);
                left = open.Asks(string.Join(' ', wanted), parts.Time);
            }

            pass.RequeueAfter(left);
        }

        return facts with { Events = open.Events, Words = open.Words };
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<KubernetesEvent>>> ReadEventsAsync(
        string ns, IReadOnlyList<string> wanted, CancellationToken cancel)
    {
        var events = new Dictionary<string, IReadOnlyList<KubernetesEvent>>();
        foreach (var uid in wanted)
        {
            var request = new ApiRequest
            {
                Verb = ApiVerb.List,
                Type = KubernetesEvent.Resource,
                Namespace = ns,
                FieldSelector = $"involvedObject.uid={uid}",
                Limit = EventsOfOne,
            };

            // Without these events the diagnosis is less precise; nothing else fails.
            if (await parts.Client.ListAsync(request, KubernetesEvent.Decode, cancel) is { Succeeded: true } page)
                events[uid] = page.Value.Items;
        }

        return events;
    }

    private async Task ReadWordsAsync(DatabasePass pass, Case open, IReadOnlyList<Pod> pods, CancellationToken cancel)
    {
        foreach (var pod in pods)
        {
            var uid = pod.Metadata.Uid;
            if (CrashLoop.Of(pod) is not { } crash || open.Asked.GetValueOrDefault(uid) == crash)
                continue;
            open.Asked[uid] = crash;
            if (await FactsAsync(pass, cancel) is not { } facts)
                continue;
            if (await LastWords.ReadAsync(parts.Client, pod.Metadata.Key, crash.Container, parts.Engine.Confidential(facts), cancel) is { } words)
                open.Words[uid] = words;
        }
    }

    // Without the facts it is not known which words are confidential.
    private async Task<DatabaseFacts?> FactsAsync(DatabasePass pass, CancellationToken cancel)
    {
        if (pass.Facts is { } facts)
            return facts;
        try
        {
            return (await parts.Gatherer.GatherAsync(parts.Engine, pass.Stored, cancel)).Value;
        }
        catch (ApiException)
        {
            return null;
        }
    }

    private void Report(DatabasePass pass, Finding finding)
    {
        // Lines of a log carry times and numbers that differ from run to run: the first ones stay.
        if (pass.Status.Conditions.Of(ConditionTypes.PodsRunning) is { } known && known.Reason == finding.Reason && Essence(known.Message) == Essence(finding.Message))
            return;
        if (pass.Status.Set(DatabaseConditions.Make(ConditionTypes.PodsRunning, false, finding.Reason, finding.Message)))
            parts.Events.Warning(pass.Target, finding.Reason, finding.Message);
    }

    private void ReportClaims(DatabasePass pass)
    {
        var going = parts.Caches.ClaimsOf(parts.Engine, pass.Stored)
            .Where(c => c.Metadata.IsDeleting && !pass.IsOfPredecessor(c.Metadata))
            .Select(c => c.Metadata.Name)
            .ToList();
        if (going.Count == 0)
        {
            pass.Status.Remove(ConditionTypes.DataAtRisk);
            return;
        }

        var message = $"PersistentVolumeClaim {string.Join(", ", going)} is being deleted, which nothing can take back: it goes, with its data, as soon as its pod ends. "
            + "Save the data elsewhere now, and do not restart or delete the pod before.";
        if (pass.Status.Set(DatabaseConditions.Make(ConditionTypes.DataAtRisk, true, Reasons.ClaimBeingDeleted, message)))
            parts.Events.Warning(pass.Target, Reasons.ClaimBeingDeleted, message);
    }

    private static string Essence(string message) => string.Concat(message.Where(c => !char.IsAsciiDigit(c)));

    /// <summary>One database whose pods do not all run.</summary>
    private sealed class Case(string uid, long began)
    {
        private string _question = "";
        private TimeSpan _interval;
        private long _asked;

        public string Uid => uid;

        /// <summary>When that was seen first.</summary>
        public long Began => began;

        /// <summary>The events that were listed last.</summary>
        public IReadOnlyDictionary<string, IReadOnlyList<KubernetesEvent>> Events { get; set; } = new Dictionary<string, IReadOnlyList<KubernetesEvent>>();

        /// <summary>The crashes whose log was asked for, by UID of the pod.</summary>
        public Dictionary<string, CrashLoop> Asked { get; } = [];

        /// <summary>What those logs said, by UID of the pod.</summary>
        public Dictionary<string, string> Words { get; } = [];

        /// <summary>Time until the next listing of events is due: soon for another question, with a growing interval for the same.</summary>
        public TimeSpan Left(string question, TimeProvider time) =>
            (question == _question ? _interval : Min(_interval, Patience)) - time.GetElapsedTime(_asked);

        /// <summary>Events are listed now.</summary>
        /// <returns>Time until the next one.</returns>
        public TimeSpan Asks(string question, TimeProvider time)
        {
            _interval = question == _question ? Min(_interval * 2, Rarest) : Patience;
            (_question, _asked) = (question, time.GetTimestamp());
            return _interval;
        }

        private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
    }
}
